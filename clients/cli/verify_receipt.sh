#!/bin/sh
# Checks an unpacked Stele receipt with openssl, sha256sum, awk, sed, xxd and
# base64 alone.  Written by `stele receipt unpack`; calls nothing of Stele.
#
#   sh verify.sh GENESIS [FILE]
#
# GENESIS is the genesis file you trust; got from the institutions, never from
# whoever gave you the receipt.  FILE is the content that the receipt is about.
# Without GENESIS everything but the signers' identity is checked, and the
# script ends with status 5.  Status 0: all held.  Status 3: a check failed.
set -eu

genesis=${1:-}
file=${2:-}
case "$genesis" in ''|/*) ;; *) genesis=$PWD/$genesis ;; esac
case "$file" in ''|/*) ;; *) file=$PWD/$file ;; esac
for given in "$genesis" "$file"; do
	[ -z "$given" ] || [ -r "$given" ] || {
		echo "usage: sh verify.sh GENESIS [FILE]; cannot read $given" >&2
		exit 2
	}
done
cd "$(dirname "$0")"

fail() {
	printf 'FAILED  %s\n' "$*"
	exit 3
}
pass() {
	printf 'ok      %s\n' "$*"
}
sha() { # of standard input, as hex
	sha256sum | cut -d ' ' -f 1
}
hexed() { # bytes of a file as one line of hex
	xxd -p "$1" | tr -d '\n'
}
line() { # line KEY FILE: what follows KEY in a header
	awk -v key="$1" '$1 == key { print $2; exit }' "$2"
}
bytes() { # hex to bytes
	xxd -r -p
}

# The leaf up to its operation: 01, body, chain, signer, valid_until, nonce.
varint='([89a-f][0-9a-f])*[0-7][0-9a-f]'
before="^010a${varint}0a20$(line chain header-0.txt)1221[0-9a-f]{66}18$varint(20$varint)?"
leaf_is() { # leaf_is PATTERN: what the operation begins with
	hexed leaf.bin | grep -Eq "$before$1"
}

# RFC 9162 section 2.1.3.2: leaf hash, index, size, file of path -> root
root_of() {
	hash=$1 fn=$2 sn=$(($3 - 1))
	[ "$2" -lt "$3" ] || fail "index $2 lies outside a tree of $3"
	while read -r p; do
		[ "$sn" -gt 0 ] || fail "the path is too long"
		if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
			hash=$(printf '01%s%s' "$p" "$hash" | bytes | sha)
			while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do
				fn=$((fn >> 1)) sn=$((sn >> 1))
			done
		else
			hash=$(printf '01%s%s' "$hash" "$p" | bytes | sha)
		fi
		fn=$((fn >> 1)) sn=$((sn >> 1))
	done <"$4"
	[ "$sn" = 0 ] || fail "the path is too short"
}

# 1. the validator set is the one that the header names
set_hash=$(sha <set.txt)
[ "$set_hash" = "$(line validators header-0.txt)" ] || fail "set.txt is not the set of the header"
members=$(($(wc -l <set.txt) - 1))
quorum=$((members - (members - 1) / 3))
pass "validator set of $members members, hash $set_hash"

# 2. the signed text says: this block is final
block=$(sha <header-0.txt)
view=$(line view vote.txt)
printf 'stele/v1 finalize\nchain %s\nepoch %s\nset %s\nview %s\nblock %s\n' \
	"$(line chain header-0.txt)" "$(line epoch header-0.txt)" "$set_hash" "$view" "$block" |
	cmp -s - vote.txt || fail "vote.txt does not finalize header-0.txt"
[ "$view" = "$(line view header-0.txt)" ] || fail "the vote's view is not the header's"
pass "vote finalizes block $block, height $(line height header-0.txt)"

# 3. a quorum of distinct members signed it
signed=0
for key in key-*.pem; do
	i=${key#key-} i=${i%.pem}
	hex=$(sed -n "$((i + 2))p" set.txt | cut -d ' ' -f 3)
	[ -n "$hex" ] || fail "the set has no member $i"
	# SubjectPublicKeyInfo of a compressed secp256k1 point
	want=3036301006072a8648ce3d020106052b8104000a032200$hex
	[ "$(sed '/-----/d' "$key" | base64 -d | xxd -p | tr -d '\n')" = "$want" ] ||
		fail "$key is not the key of member $i"
	openssl dgst -sha256 -verify "$key" -signature "sig-$i.der" vote.txt >/dev/null 2>&1 ||
		fail "the signature of member $i does not verify"
	signed=$((signed + 1)) # one file a member: distinct by name
done
[ "$signed" -ge "$quorum" ] || fail "$signed signatures, $quorum are needed"
pass "$signed signatures of distinct members verify; $quorum of $members are needed"

# 4. the headers lead from that block down to the record's own
n=0
while [ -f "header-$((n + 1)).txt" ]; do
	[ "$(line parent "header-$n.txt")" = "$(sha <"header-$((n + 1)).txt")" ] ||
		fail "header-$((n + 1)).txt is not the parent of header-$n.txt"
	n=$((n + 1))
done
[ "$n" -ge 1 ] || fail "the header before the record's is missing"
own=$((n - 1))
pass "$((n + 1)) headers are linked; the record's block has height $(line height "header-$own.txt")"

# 5. the record is in the log of that block
index=$(cat index.txt)
size=$(sed -n 2p header-0.txt)
[ "$index" -ge "$(sed -n 2p "header-$n.txt")" ] &&
	[ "$index" -lt "$(sed -n 2p "header-$own.txt")" ] ||
	fail "log index $index is not of that block"
root_of "$(printf '00%s' "$(hexed leaf.bin)" | bytes | sha)" "$index" "$size" path.txt
[ "$hash" = "$(sed -n 3p header-0.txt | base64 -d | xxd -p | tr -d '\n')" ] ||
	fail "the inclusion path does not lead to the log root"
time=$(($(line time "header-$own.txt") / 1000))
pass "record is leaf $index of $size, recorded $(date -u -d "@$time" '+%Y-%m-%d %H:%M:%S UTC')"

# 6. an entry of a batch or a roll-up is bound by the root in the signed body
if [ -f entry.bin ]; then
	root_of "$(printf '00%s' "$(hexed entry.bin)" | bytes | sha)" \
		"$(sed -n 1p entry-place.txt)" "$(sed -n 2p entry-place.txt)" entry-path.txt
	leaf_is "9205${varint}08${varint}1220$hash" || leaf_is "9a05${varint}0a20$hash" ||
		fail "the entry is not of this record"
	pass "entry $(sed -n 1p entry-place.txt) of $(sed -n 2p entry-place.txt)"
fi

# 7. the file is what the record speaks of: field 1 of content.anchor or of the entry
if [ -n "$file" ]; then
	want=0a20$(sha <"$file")
	if [ -f entry.bin ]; then
		hexed entry.bin | grep -q "^$want" || fail "$file is not the content of that entry"
	else
		leaf_is "8a05${varint}$want" || fail "$file is not the content of that record"
	fi
	pass "content of $file"
fi

# 8. the signers are those of the genesis that you trust
if [ -z "$genesis" ]; then
	printf 'OPEN    signers not checked: no genesis given\n'
	exit 5
fi
[ "$(sed '/^$/,$d' "$genesis" | sha)" = "$(line chain header-0.txt)" ] ||
	fail "another chain than that of $genesis"
[ "$(sed '/^$/,$d' "$genesis" | sed -n '/^stele\/v1 set$/,$p' | sha)" = "$set_hash" ] ||
	fail "the signers are not the validators that $genesis names"
pass "chain and signers are those of $genesis"
