#!/usr/bin/env bash
# Seeds of the simulator, the range cut into one part for each core.
#   SEEDS=A..B   default 1..20000; ci: 1,000 that rotate        HEIGHTS=N   default 200; ci: 100
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${SEEDS:=$((1000 + turn))..$((1999 + turn))}" "${HEIGHTS:=100}"
fi
: "${SEEDS:=1..20000}" "${HEIGHTS:=200}"
from=${SEEDS%..*} to=${SEEDS#*..} work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release sim || exit 1
part=$(((to - from) / jobs + 1))
for ((k = 0; k < jobs; k++)); do
	a=$((from + k * part)) b=$((from + (k + 1) * part - 1))
	[ "$b" -gt "$to" ] && b=$to
	[ "$a" -gt "$b" ] && continue
	build/release/sim --seeds "$a..$b" --heights "$HEIGHTS" --quiet --require-drama >"$work/$k" 2>&1 &
done
wait
passed=0 failed=0
for log in "$work"/*; do
	tail -n 12 "$log"
	add_sum "$log"
done
echo "seeds $SEEDS x $HEIGHTS heights: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
