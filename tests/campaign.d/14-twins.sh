#!/usr/bin/env bash
# Twins: dramas of n = 4 by number, and of n = 7 with two twins, the ranges cut into one part for each core.
#   RANGE=A..B   n = 4; default 0..199999; ci: the first 4,000 and 6,000 that rotate
#   SEVEN=A..B   n = 7; default 0..9999; ci: 100 that rotate
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release twins || exit 1

# One range in as many parts as there are cores.
play() { # NAME A..B OPTION...
	local name=$1 from=${2%..*} to=${2#*..} part a b k
	shift 2
	part=$(((to - from) / jobs + 1))
	for ((k = 0; k < jobs; k++)); do
		a=$((from + k * part)) b=$((from + (k + 1) * part - 1))
		[ "$b" -gt "$to" ] && b=$to
		[ "$a" -gt "$b" ] && continue
		build/release/twins --range "$a..$b" --quiet "$@" >"$work/$name.$k" 2>&1 &
	done
	wait
}

if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${SEVEN:=$((turn * 100))..$((turn * 100 + 99))}"
	if [ -z "${RANGE:-}" ]; then
		play first 0..3999
		RANGE=$((30000 + turn * 6000))..$((35999 + turn * 6000))
	fi
fi
play four "${RANGE:-0..199999}"
play seven "${SEVEN:-0..9999}" --seven

passed=0 failed=0
for log in "$work"/*; do
	echo "-- $(basename "$log")"
	tail -n 12 "$log"
	add_sum "$log"
done
echo "twins: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
