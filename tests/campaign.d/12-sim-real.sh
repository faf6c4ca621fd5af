#!/usr/bin/env bash
# The simulator with real signatures and real LMDB stores, the range cut into one part for each core; the
# first seed is played twice and has to leave the same trace.
#   SEEDS=A..B   default 1..2000; ci: 40 that rotate        HEIGHTS=N   default 100
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${SEEDS:=$((100 + turn))..$((139 + turn))}"
fi
: "${SEEDS:=1..2000}" "${HEIGHTS:=100}"
from=${SEEDS%..*} to=${SEEDS#*..} work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release sim-real || exit 1
sim=build/release/sim-real
for ((k = 0; k < jobs; k++)); do
	part=$(((to - from) / jobs + 1))
	a=$((from + k * part)) b=$((from + (k + 1) * part - 1))
	[ "$b" -gt "$to" ] && b=$to
	[ "$a" -gt "$b" ] && continue
	$sim --seeds "$a..$b" --heights "$HEIGHTS" --quiet >"$work/$k" 2>&1 &
done
wait
passed=0 failed=0
for log in "$work"/*; do
	tail -n 12 "$log"
	add_sum "$log"
done
first=$($sim --seed "$from" --heights 30 | grep -oE 'trace [0-9a-f]+')
again=$($sim --seed "$from" --heights 30 | grep -oE 'trace [0-9a-f]+')
if [ -n "$first" ] && [ "$first" = "$again" ]; then
	passed=$((passed + 1))
else
	echo "the same seed gave two traces: $first, $again"
	failed=$((failed + 1))
fi
echo "real signatures and stores, seeds $SEEDS x $HEIGHTS heights: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
