#!/bin/sh
# Checks an unpacked Stele receipt with openssl, sha256sum, awk, sed, grep, xxd
# and base64 alone.  Written by `stele receipt unpack`; calls nothing of Stele.
#
#   sh verify.sh TRUST [FILE]
#
# TRUST is the genesis file or the pin that you trust; got from the institutions,
# never from whoever gave you the receipt.  FILE is the content that the receipt
# is about.  Without TRUST everything but the signers' identity is checked, and
# the script ends with status 5.  Status 0: all held.  Status 3: a check failed.
#
# What it checks, in the words of docs/receipt.md: F1 to F5, I1 to I5, content,
# T1 to T4 where there is a status, S1 to S4.
set -eu
LC_ALL=C
export LC_ALL

trust=${1:-}
file=${2:-}
case "$trust" in ''|/*) ;; *) trust=$PWD/$trust ;; esac
case "$file" in ''|/*) ;; *) file=$PWD/$file ;; esac
for given in "$trust" "$file"; do
	[ -z "$given" ] || [ -r "$given" ] || {
		echo "usage: sh verify.sh TRUST [FILE]; cannot read $given" >&2
		exit 2
	}
done
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

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
bytes() { # hex to bytes
	xxd -r -p
}
word() { # word KEY FILE: what follows KEY
	awk -v key="$1" '$1 == key { print $2; exit }' "$2"
}
# What a header says goes into arithmetic, where a shell may run what is no number:
# line KEY FILE and log_size FILE give hex digits, or nothing.
line() {
	word "$1" "$2" | grep -Ex '[0-9a-f]+' || :
}
log_root() {
	sed -n 3p "$1" | base64 -d | xxd -p | tr -d '\n'
}
log_size() {
	sed -n 2p "$1" | grep -Ex '[0-9]+' || :
}
cut_hex() { # cut_hex HEX FROM COUNT: from 1, in digits
	printf '%s' "$1" | cut -c "$2-$(($2 + $3 - 1))"
}

# --- signatures: r and s of 32 bytes each, as DER and PEM for openssl ------------

half=7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0
der_integer() {
	h=$1
	while [ "${#h}" -gt 2 ] && [ "${h#00}" != "$h" ]; do h=${h#00}; done
	case $h in [89a-f]*) h=00$h ;; esac
	printf '02%02x%s' $((${#h} / 2)) "$h"
}
signed_by() { # signed_by KEY-HEX SIGNATURE-HEX FILE
	r=$(cut_hex "$2" 1 64)
	s=$(cut_hex "$2" 65 64)
	printf '%s %s\n' "$s" "$half" | awk '{ exit !("x" $1 <= "x" $2) }' || return 1
	der=$(der_integer "$r")$(der_integer "$s")
	printf '30%02x%s' $((${#der} / 2)) "$der" | bytes >"$tmp/sig.der"
	{
		echo '-----BEGIN PUBLIC KEY-----'
		printf '3036301006072a8648ce3d020106052b8104000a032200%s' "$1" | bytes | base64
		echo '-----END PUBLIC KEY-----'
	} >"$tmp/key.pem"
	openssl dgst -sha256 -verify "$tmp/key.pem" -signature "$tmp/sig.der" "$3" \
		>/dev/null 2>&1
}

# --- trees of RFC 9162 -----------------------------------------------------------

node() {
	printf '01%s%s' "$1" "$2" | bytes | sha
}

root_of() { # 2.1.3.2: leaf hash, index, size, file of path -> $hash
	hash=$1 fn=$2 sn=$(($3 - 1))
	[ "$2" -lt "$3" ] || fail "index $2 lies outside a tree of $3"
	while read -r p; do
		[ "$sn" -gt 0 ] || fail "the path is too long"
		if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
			hash=$(node "$p" "$hash")
			while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do
				fn=$((fn >> 1)) sn=$((sn >> 1))
			done
		else
			hash=$(node "$hash" "$p")
		fi
		fn=$((fn >> 1)) sn=$((sn >> 1))
	done <"$4"
	[ "$sn" = 0 ] || fail "the path is too short"
}

is_prefix() { # 2.1.4.2: size, root, size, root, file of path
	if [ "$1" = "$3" ]; then
		[ "$2" = "$4" ] && [ ! -s "$5" ]
		return
	fi
	[ "$1" -lt "$3" ] && [ -s "$5" ] || return 1
	fn=$(($1 - 1)) sn=$(($3 - 1))
	if [ $(($1 & ($1 - 1))) = 0 ]; then
		{ echo "$2"; cat "$5"; } >"$tmp/path"
	else
		cat "$5" >"$tmp/path"
	fi
	while [ $((fn & 1)) = 1 ]; do
		fn=$((fn >> 1)) sn=$((sn >> 1))
	done
	old='' new=''
	while read -r p; do
		if [ -z "$old" ]; then
			old=$p new=$p
			continue
		fi
		[ "$sn" -gt 0 ] || return 1
		if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
			old=$(node "$p" "$old") new=$(node "$p" "$new")
			while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do
				fn=$((fn >> 1)) sn=$((sn >> 1))
			done
		else
			new=$(node "$new" "$p")
		fi
		fn=$((fn >> 1)) sn=$((sn >> 1))
	done <"$tmp/path"
	[ "$sn" = 0 ] && [ "$old" = "$2" ] && [ "$new" = "$4" ]
}

# --- certificates: a quorum of a set says that a header is final --------------------

members_of() {
	echo $(($(wc -l <"$1") - 1))
}

certified() { # certified CERTIFICATE SET EPOCH HEADER-OUT; sets $signed and $quorum
	cert=$(hexed "$1")
	n=$(members_of "$2")
	quorum=$((n - (n - 1) / 3))
	set_hash=$(sha <"$2")
	[ "$(cut_hex "$cert" 1 2)" = 03 ] || fail "$1 is no finalization"
	[ "$(cut_hex "$cert" 3 16)" = "$(printf '%016x' "$3")" ] || fail "$1 is of another epoch"
	[ "$(cut_hex "$cert" 19 64)" = "$set_hash" ] || fail "$1 is of another set than $2"
	view=$((0x$(cut_hex "$cert" 83 16)))
	block=$(cut_hex "$cert" 99 64)
	bitmap=$(cut_hex "$cert" 163 $(((n + 7) / 8 * 2)))
	printf '%s\n' "$bitmap" | awk -v n="$n" '{ # indices of the bits, least significant first
		for (i = 0; i < length($0) / 2 * 8; i++) {
			b = index("0123456789abcdef", substr($0, int(i / 8) * 2 + (i % 8 < 4 ? 2 : 1), 1)) - 1
			if (int(b / 2 ^ (i % 4)) % 2) { if (i >= n) exit 1; print i }
		}
	}' >"$tmp/signers" || fail "$1 has signers beyond the set"
	signed=$(wc -l <"$tmp/signers")
	[ "$signed" -ge "$quorum" ] || fail "$1 has $signed signatures, $quorum are needed"
	at=$((163 + (n + 7) / 8 * 2))
	length=$((0x$(cut_hex "$cert" $((at + signed * 128)) 4)))
	header=$(printf '%s' "$cert" | cut -c "$((at + signed * 128 + 4))-")
	[ "${#header}" = $((length * 2)) ] || fail "$1 has another length"
	printf '%s' "$header" | bytes >"$4"
	[ "$(sha <"$4")" = "$block" ] || fail "$1 holds another header than its votes name"
	[ "$(line epoch "$4")" = "$3" ] && [ "$(line validators "$4")" = "$set_hash" ] ||
		fail "the header in $1 is of another epoch or set"
	own_view=$(line view "$4")
	[ "$own_view" = "$view" ] || {
		[ -n "$(line next-validators "$4")" ] && [ "$own_view" -le "$view" ]
	} || fail "the view of $1 is not its header's"
	printf 'stele/v1 finalize\nchain %s\nepoch %s\nset %s\nview %s\nblock %s\n' \
		"$(line chain "$4")" "$3" "$set_hash" "$view" "$block" >"$tmp/vote"
	k=0
	while read -r i; do
		key=$(sed -n "$((i + 2))p" "$2" | cut -d ' ' -f 3)
		signed_by "$key" "$(cut_hex "$cert" $((at + k * 128)) 128)" "$tmp/vote" ||
			fail "the signature of member $i in $1 does not verify"
		k=$((k + 1))
	done <"$tmp/signers"
}

same_chain() { # same_chain HEADER HEADER
	[ "$(line chain "$1")" = "$(line chain "$2")" ] &&
		[ "$(sed -n 1p "$1")" = "$(sed -n 1p "$2")" ]
}
is_above() { # is_above HEADER HEADER: higher and later
	[ "$(line height "$1")" -gt "$(line height "$2")" ] &&
		[ "$(line time "$1")" -gt "$(line time "$2")" ]
}

# changes PREFIX EPOCH SET: what ended that epoch and those behind it; sets $set and $epoch
changes() {
	epoch=$2 set=$3
	k=0
	while [ -f "$1change-$k.bin" ]; do
		j=$k
		certified "$1change-$k.bin" "$set" "$epoch" "$tmp/$1ended-$k.txt"
		k=$j
		same_chain "$tmp/$1ended-$k.txt" header-0.txt || fail "$1change-$k.bin is of another chain"
		set=$1set-$((k + 1)).txt
		[ "$(line next-validators "$tmp/$1ended-$k.txt")" = "$(sha <"$set")" ] ||
			fail "$set is not the set that followed"
		epoch=$((epoch + 1)) k=$((k + 1))
		pass "epoch $((epoch - 1)) ended, $signed signatures; $set followed"
	done
}

# 1. the sets lead to the one that signed the finalized header, which a quorum of it signed
count=0
while [ -f "change-$count.bin" ]; do count=$((count + 1)); done
top_epoch=$(line epoch header-0.txt)
first_epoch=$((top_epoch - count))
[ "$first_epoch" -ge 0 ] || fail "there are more set changes than epochs"
changes '' "$first_epoch" set-0.txt
certified final.bin "$set" "$top_epoch" "$tmp/top.txt"
cmp -s "$tmp/top.txt" header-0.txt || fail "final.bin is over another header than header-0.txt"
top_set=$set
pass "$signed signatures of distinct members verify; $quorum of $(members_of "$set") are needed"
pass "block $(sha <header-0.txt) is final, height $(line height header-0.txt)"

# 2. the headers lead from that block down to the record's own
n=0
while [ -f "header-$((n + 1)).txt" ]; do
	above=header-$n.txt below=header-$((n + 1)).txt
	[ "$(line parent "$above")" = "$(sha <"$below")" ] || fail "$below is not the parent of $above"
	[ "$(line height "$above")" = $(($(line height "$below") + 1)) ] &&
		[ "$(line time "$above")" -gt "$(line time "$below")" ] &&
		[ "$(log_size "$above")" -ge "$(log_size "$below")" ] &&
		[ "$(line epoch "$above")" = "$(line epoch "$below")" ] &&
		[ "$(line validators "$above")" = "$(line validators "$below")" ] &&
		[ -z "$(line next-validators "$below")" ] && same_chain "$above" "$below" ||
		fail "$above does not follow $below"
	n=$((n + 1))
done
own=header-$n.txt
above=$own
while [ "$count" -gt 0 ]; do
	count=$((count - 1))
	is_above "$above" "$tmp/ended-$count.txt" || fail "the set changes are not below the record"
	above=$tmp/ended-$count.txt
done
pass "$((n + 1)) headers are linked; the record's block has height $(line height "$own")"

# 3. the record is in the log, in that block, and its signer signed it
leaf_holds() { # leaf_holds NAME; sets $body, $signer, $operation
	index=$(cat "$1.index")
	root_of "$(printf '00%s' "$(hexed "$1.bin")" | bytes | sha)" "$index" \
		"$(log_size header-0.txt)" "$1.path"
	[ "$hash" = "$(log_root header-0.txt)" ] || fail "the path of $1 does not lead to the log root"
	leaf=$(hexed "$1.bin")
	signature=$(printf '%s' "$leaf" | tail -c 128)
	varint='([89a-f][0-9a-f])*[0-7][0-9a-f]'
	body=$(printf '%s' "$leaf" | sed -E "s/^010a($varint)(0a20.*)1240[0-9a-f]{128}\$/\\3/")
	[ "$body" != "$leaf" ] || fail "$1 is no signed transaction"
	# the length in front of the body is that of the body
	length=$(printf '%s' "${leaf%"$body"1240"$signature"}" | cut -c 5- | awk '{
		for (i = length($0) - 1; i > 0; i -= 2) {
			high = index("0123456789abcdef", substr($0, i, 1)) - 1
			low = index("0123456789abcdef", substr($0, i + 1, 1)) - 1
			v = v * 128 + (high % 8) * 16 + low
		}
		print v }')
	[ "$((length * 2))" = "${#body}" ] || fail "$1 is no signed transaction"
	[ "$(cut_hex "$body" 5 64)" = "$(line chain header-0.txt)" ] || fail "$1 is of another chain"
	signer=$(cut_hex "$body" 73 66)
	{ printf 'stele/v1 transaction\n'; printf '%s' "$body" | bytes; } >"$tmp/signed"
	signed_by "$signer" "$signature" "$tmp/signed" || fail "the signature of $1 does not verify"
	operation=$(printf '%s' "$body" |
		sed -E "s/^0a20[0-9a-f]{64}1221[0-9a-f]{66}(18$varint)?(20$varint)?//")
}
[ "$(sha <previous.txt)" = "$(line parent "$own")" ] && same_chain previous.txt "$own" &&
	[ "$(line height "$own")" = $(($(line height previous.txt) + 1)) ] ||
	fail "previous.txt is not the header before the record's"
[ "$(cat record.index)" -ge "$(log_size previous.txt)" ] &&
	[ "$(cat record.index)" -lt "$(log_size "$own")" ] ||
	fail "log index $(cat record.index) is not of that block"
if [ -f opened.bin ]; then
	leaf_holds opened
	[ "$index" -lt "$(cat record.index)" ] || fail "the motion was opened behind the record"
	case $operation in 8201*) ;; *) fail "opened is no motion.open" ;; esac
	pass "the motion was opened as leaf $index"
fi
leaf_holds record
time=$(($(line time "$own") / 1000))
time=$(date -u -d "@$time" '+%Y-%m-%d %H:%M:%S UTC')
pass "record is leaf $index of $(log_size header-0.txt), recorded $time"
pass "signed by key $signer"

# fields_of HEX: each field of a message, "number value" or "number hex"
fields_of() {
	printf '%s\n' "$1" | awk '
	function byte() {
		if (at > length(text)) { print "bad"; exit 1 }
		at += 2
		return (index(digits, substr(text, at - 2, 1)) - 1) * 16 + \
			index(digits, substr(text, at - 1, 1)) - 1
	}
	function varint(  v, scale, b) { # minimal; its length is in used
		v = 0; scale = 1; used = 0
		do { b = byte(); v += (b % 128) * scale; scale *= 128; used++ } while (b >= 128)
		if (used > 10 || (b == 0 && used > 1)) { print "bad"; exit 1 }
		return v
	}
	{
		text = $0; at = 1; digits = "0123456789abcdef"
		while (at <= length(text)) {
			tag = varint(); value = varint()
			if (int(tag / 8) < before) { print "bad"; exit 1 }
			before = int(tag / 8)
			if (tag % 8 == 0) { printf "%d %d %d\n", before, value, used; continue }
			if (tag % 8 != 2 || at + value * 2 - 1 > length(text)) { print "bad"; exit 1 }
			printf "%d %s\n", int(tag / 8), substr(text, at, value * 2)
			at += value * 2
		}
	}' >"$tmp/fields" || fail "a message is malformed"
}
field() { # field NUMBER: its value in what fields_of read; nothing where it is absent
	awk -v n="$1" '$1 == n { print $2 }' "$tmp/fields"
}
inside() { # the message of the operation: behind tag and length
	printf '%s' "$operation" | sed -E "s/^$varint$varint//"
}

# 4. an entry of a batch or a roll-up is bound by the root in the signed body
content='' size=''
case $operation in
8a05*)
	fields_of "$(inside)"
	content=$(field 1) size=$(field 2)
	;;
esac
if [ -f entry.bin ]; then
	fields_of "$(inside)"
	case $operation in
	9205*) entries=$(field 1) root=$(field 2) ;;
	9a05*) entries=$(field 2) root=$(field 1) ;;
	*) fail "the record has no entries" ;;
	esac
	root_of "$(printf '00%s' "$(hexed entry.bin)" | bytes | sha)" "$(cat entry.index)" \
		"$entries" entry.path
	[ "$hash" = "$root" ] || fail "the entry is not of this record"
	fields_of "$(hexed entry.bin)"
	content=$(field 1) size=$(field 2)
	pass "entry $(cat entry.index) of $entries"
fi

# 5. the subject, and the file, are what the record speaks of
open_size=no
case $operation in 9a05*) [ -n "$size" ] || open_size=yes ;; esac
if [ -f subject.sha256 ]; then
	[ "$(cat subject.sha256)" = "$content" ] || fail "the record speaks of other content"
	[ "$open_size" = yes ] || [ "$(cat subject.size)" = "${size:-0}" ] ||
		fail "the record speaks of another size"
fi
if [ -n "$file" ]; then
	[ -n "$content" ] || fail "the record speaks of no file"
	[ "$(sha <"$file")" = "$content" ] || fail "$file is not the content of that record"
	[ "$open_size" = yes ] || [ "$(wc -c <"$file")" = "${size:-0}" ] ||
		fail "$file has another size"
	pass "content of $file"
fi

# 6. what has become of the record since
last_epoch=$top_epoch
if [ -f status-tree.bin ]; then
	newest=header-0.txt
	if [ -f newer.bin ]; then
		changes newer- "$top_epoch" "$top_set"
		last_epoch=$epoch
		certified newer.bin "$set" "$epoch" "$tmp/newest.txt"
		newest=$tmp/newest.txt
		same_chain "$newest" header-0.txt || fail "newer.bin is of another chain"
		before=header-0.txt k=0
		while [ -f "$tmp/newer-ended-$k.txt" ]; do
			cmp -s "$tmp/newer-ended-$k.txt" "$before" ||
				is_above "$tmp/newer-ended-$k.txt" "$before" ||
				fail "newer headers do not rise"
			before=$tmp/newer-ended-$k.txt k=$((k + 1))
		done
		cmp -s "$newest" "$before" || is_above "$newest" "$before" || fail "newer headers do not rise"
		is_prefix "$(log_size header-0.txt)" "$(log_root header-0.txt)" \
			"$(log_size "$newest")" "$(log_root "$newest")" newer.path ||
			fail "the newer log does not go on from this one"
		pass "$signed signatures over height $(line height "$newest"); its log goes on from here"
	fi
	: >"$tmp/entries"
	i=0
	while [ -f "status-$i.key" ]; do
		[ -f "status-$i.value" ] || fail "an entry is absent"
		echo "$(sha <"status-$i.key") $(sha <"status-$i.value")" >>"$tmp/entries"
		i=$((i + 1))
	done
	# the walk as a program for a stack: push a hash, join two
	hexed status-tree.bin | awk -v entries="$tmp/entries" '
	function bad() { print "bad"; failed = 1; exit 1 }
	function take(n) {
		if (at + n - 1 > length(text)) bad()
		at += n
		return substr(text, at - n, n)
	}
	function bit(key, d,  h) {
		h = index("0123456789abcdef", substr(key, int(d / 4) + 1, 1)) - 1
		return int(h / 2 ^ (3 - d % 4)) % 2
	}
	function walk(d, low, high,  mark, middle) {
		if (low == high) { print "push " take(64); return }
		mark = take(2)
		if (mark == "02" && high - low == 1) { print "leaf " key[low] " " value[low]; return }
		if (mark != "01" || d == 256) bad()
		middle = low
		while (middle < high && bit(key[middle], d) == 0) middle++
		walk(d + 1, low, middle)
		walk(d + 1, middle, high)
		print "node"
	}
	{
		text = $0; at = 1; n = 0
		while ((getline pair < entries) > 0) {
			split(pair, part, " ")
			if (n > 0 && "x" key[n - 1] >= "x" part[1]) bad()
			key[n] = part[1]; value[n] = part[2]; n++
		}
		walk(0, 0, n)
		if (at != length(text) + 1) bad()
	}' >"$tmp/walk" || fail "the proof of the state is malformed"
	set --
	while read -r word a b; do
		case $word in
		push) set -- "$a" "$@" ;;
		leaf) set -- "$(printf '00%s%s' "$a" "$b" | bytes | sha)" "$@" ;;
		node)
			joined=$(node "$2" "$1")
			shift 2
			set -- "$joined" "$@"
			;;
		esac
	done <"$tmp/walk"
	[ "$#" = 1 ] && [ "$1" = "$(line state "$newest")" ] || fail "the entries are not in the state"

	is_number() { # 1 to 2^63 - 1, as it is written
		printf '%s\n' "$1" | awk '{
			most = "9223372036854775807"
			exit !($0 ~ /^[1-9][0-9]*$/ && (length($0) < 19 ||
				(length($0) == 19 && "x" $0 <= "x" most)))
		}'
	}
	# the entries are the signer's key and, of a claim or a motion, what it has become
	key_id=$(printf '%s' "$signer" | bytes | sha)
	word=recorded keys=0 others=0
	motion=''
	case $operation in 8a01*|9201*) fields_of "$(inside)"; motion=$(field 1) ;; esac
	i=0
	while [ -f "status-$i.key" ]; do
		key=$(cat "status-$i.key")
		value=$(hexed "status-$i.value")
		fields_of "$(printf '%s' "$value" | cut -c 3-)"
		case $key in
		"key/$key_id")
			[ "$(cut_hex "$value" 1 2)" = 03 ] && [ "$(field 1)" = "$signer" ] ||
				fail "the entry of the key is another key's"
			organisation=$(field 2 | bytes)
			printf '%s\n' "$organisation" | grep -Eqx '[A-Za-z0-9._-]{1,64}' ||
				fail "the key is of no organisation"
			revoked=$(field 5)
			awk '$1 == 5 && ($2 < 1 || $3 > 9) { exit 1 }' "$tmp/fields" ||
				fail "the key is revoked from no height"
			keys=$((keys + 1))
			;;
		"content/${content:-none}"|"claim/${content:-none}/"*)
			case $operation in 9a05*) fail "a roll-up makes no claim" ;; esac
			case $key in claim/*)
				is_number "${key##*/}" && [ "${key##*/}" != 1 ] ||
					fail "there is no claim of that number"
				;;
			esac
			[ "$(cut_hex "$value" 1 2)" = 20 ] && [ "$(field 2)" = "$(cat record.index)" ] ||
				fail "the claim is another record's"
			own_entry=0
			[ ! -f entry.index ] || own_entry=$(($(cat entry.index) + 1))
			[ "$(field 7)" = "${own_entry#0}" ] || [ "$(field 7)" = "$own_entry" ] ||
				fail "the claim is another entry's"
			case $(field 5) in '') word=live ;; 1) word=superseded ;; 2) word=withdrawn ;;
			*) fail "the claim has no such state" ;; esac
			others=$((others + 1))
			;;
		motion/0) fail "there is no motion 0" ;;
		motion/*)
			is_number "${key#motion/}" || fail "there is no motion of that number"
			[ "$(cut_hex "$value" 1 2)" = 07 ] && [ "$(field 1)" = "${key#motion/}" ] ||
				fail "the entry is another motion's"
			case $operation in
			8201*)
				[ "$(field 9)" = "$(cat record.index)" ] ||
					fail "the motion is another record's"
				;;
			8a01*|9201*) [ "$motion" = "${key#motion/}" ] || fail "the motion is another one" ;;
			*) fail "the record is about no motion" ;;
			esac
			if [ -f opened.index ]; then
				[ "$(field 9)" = "$(cat opened.index)" ] && [ "$(field 5)" = 1 ] &&
					[ "$(field 10)" = "$(cat record.index)" ] ||
					fail "this record did not execute that motion"
			fi
			case $(field 5) in '') word=open ;; 1) word=executed ;; 2) word=withdrawn ;;
			*) fail "the motion has no such state" ;; esac
			others=$((others + 1))
			;;
		*) fail "an entry is none that the record asks for: $key" ;;
		esac
		i=$((i + 1))
	done
	wanted=0
	[ ! -f subject.sha256 ] || case $operation in 9a05*) ;; *) wanted=1 ;; esac
	case $operation in 8201*|8a01*|9201*) wanted=1 ;; esac
	[ "$keys" = 1 ] && [ "$others" = "$wanted" ] || fail "entries are missing"
	pass "the key is $organisation's${revoked:+, revoked from height $revoked on}"
	time=$(($(line time "$newest") / 1000))
	time=$(date -u -d "@$time" '+%Y-%m-%d %H:%M:%S UTC')
	pass "state $word at height $(line height "$newest"), $time"
fi

# 7. the signers are those that you trust
if [ -z "$trust" ]; then
	printf 'OPEN    signers not checked: no genesis or pin given\n'
	exit 5
fi
if [ "$(sed -n 1p "$trust")" = 'stele/v1 pin' ]; then
	chain=$(line chain "$trust") origin=$(word origin "$trust")
	sed -n 's/^set \([0-9]*\) \([0-9a-f]*\)$/\1 \2/p' "$trust" >"$tmp/sets"
	head=$(sed -n 's/^head \([0-9]*\) \([0-9a-f]*\) .*$/\1 \2/p' "$trust")
else
	sed '/^$/,$d' "$trust" >"$tmp/document"
	chain=$(sha <"$tmp/document") head=''
	origin=$(word name "$tmp/document")/$(cut_hex "$chain" 1 16)
	echo "0 $(sed -n '/^stele\/v1 set$/,$p' "$tmp/document" | sha)" >"$tmp/sets"
fi
[ "$chain" = "$(line chain header-0.txt)" ] && [ "$origin" = "$(sed -n 1p header-0.txt)" ] ||
	fail "another chain than that of $trust"
if [ -n "$head" ]; then
	for header in header-*.txt "$tmp"/ended-*.txt "$tmp"/newer-ended-*.txt "$tmp"/newest.txt; do
		[ -f "$header" ] || continue
		[ "$(line height "$header")" != "${head% *}" ] || [ "$(sha <"$header")" = "${head#* }" ] ||
			fail "another block than the pinned one at height ${head% *}: keep both as evidence"
	done
fi
# no set vouches for those before it: one of the status alone does not reach the trust
reached=0 other=''
epoch=$first_epoch
while [ "$epoch" -le "$last_epoch" ]; do
	if [ "$epoch" -le "$top_epoch" ]; then
		set=set-$((epoch - first_epoch)).txt
	else
		set=newer-set-$((epoch - top_epoch)).txt
	fi
	known=$(awk -v epoch="$epoch" '$1 == epoch { print $2 }' "$tmp/sets")
	if [ -n "$known" ]; then
		[ "$known" = "$(sha <"$set")" ] || other=$epoch
		[ "$epoch" -gt "$top_epoch" ] || reached=1
	fi
	epoch=$((epoch + 1))
done
if [ "$reached" = 0 ]; then
	printf 'OPEN    signers not checked: no set up to the one that signed is in %s\n' "$trust"
	exit 5
fi
[ -z "$other" ] || fail "the validators of epoch $other are not those of $trust"
pass "chain and signers are those of $trust"
