#!/usr/bin/env bash
# The zoo: each villain alone among four, with another one among seven, with two and three others among ten
# and thirteen; then colluders, and twins, above the threshold: what they break must be noticed, and f + 1 of
# them at least be named.
#   SEEDS=N      of each villain; default 3000; ci: 24 that rotate      HEIGHTS=N   default 60; ci: 30
#   VILLAINS=... names; default all
set -u
cd "$(dirname "$0")/../.." || exit 2
jobs=${JOBS:-2} from=1
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${SEEDS:=24}" "${HEIGHTS:=30}"
	from=$((1 + ${TURN:-0} * SEEDS))
fi
: "${SEEDS:=3000}" "${HEIGHTS:=60}"
: "${VILLAINS:=$(grep -oE '^	X\([A-Z]+, [a-z]+' tests/sim/villain_kinds.h | cut -d' ' -f2 | xargs)}"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release sim twins || exit 1

# The next range of seeds, for a share of them.
run() { # NAME SEEDS PROGRAM OPTION...
	local name=$1 count=$2
	shift 2
	[ "$count" -gt 0 ] || return
	"$@" "$at..$((at + count - 1))" --quiet >>"$work/$name" 2>&1
	at=$((at + count))
}

villain() { # NAME
	local at=$from sim="build/release/sim --heights $HEIGHTS --scene $1"
	# shellcheck disable=SC2086  # words of a command
	run "$1" $((SEEDS - SEEDS / 4 - 2 * (SEEDS / 24))) $sim --nodes 4 --seeds
	# shellcheck disable=SC2086
	run "$1" $((SEEDS / 4)) $sim --nodes 7 --seeds
	# shellcheck disable=SC2086
	run "$1" $((SEEDS / 24)) $sim --nodes 10 --seeds
	# shellcheck disable=SC2086
	run "$1" $((SEEDS / 24)) $sim --nodes 13 --seeds
}

above() { # NAME SEEDS PROGRAM OPTION...: a quarter at least must break, and each break be accounted for
	local name=$1 at=$from broken named runs
	run "$@"
	read -r broken runs named <<<"$(grep -a '^above the threshold' "$work/$name" |
		sed -nE 's/.* in ([0-9]+) of ([0-9]+),.* named in ([0-9]+)$/\1 \2 \3/p')"
	if [ $((4 * ${broken:-0})) -lt $((${runs:-1} / least)) ] ||
		[ "${named:-0}" -ne "${broken:-1}" ]; then
		echo "above the threshold: 0 passed, 1 failed" >>"$work/$name"
	fi
}

export from SEEDS HEIGHTS work
export -f villain run
xargs -P "$jobs" -n 1 bash -c 'villain "$0"' <<<"${VILLAINS// /$'\n'}"
least=1
colluders="build/release/sim --heights 60 --scene colluder --above-threshold"
# shellcheck disable=SC2086  # words of a command
above above-colluder-4 $((SEEDS / 2)) $colluders --nodes 4 --seeds
# shellcheck disable=SC2086
above above-colluder-7 $((SEEDS / 8)) $colluders --nodes 7 --seeds
least=3
above above-twins $((SEEDS * 4)) build/release/twins --above-threshold --range

passed=0 failed=0
for log in "$work"/*; do
	p=$(grep -aoE '[0-9]+ passed' "$log" | awk '{sum += $1} END {print sum + 0}')
	f=$(grep -aoE '[0-9]+ failed' "$log" | awk '{sum += $1} END {print sum + 0}')
	printf '%-20s %d passed, %d failed\n' "$(basename "$log")" "$p" "$f"
	grep -a '^above the threshold' "$log"
	[ "$f" -eq 0 ] && [ "$p" -gt 0 ] || { grep -aA 2 FAILED "$log" | head -n 12; [ "$f" -gt 0 ] || f=1; }
	passed=$((passed + p)) failed=$((failed + f))
done
echo "zoo: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
