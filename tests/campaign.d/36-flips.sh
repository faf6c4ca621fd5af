#!/usr/bin/env bash
# Bit flips in a chain store: see tests/crash/flips.c.   FLIPS=N   default 50000; ci: 500 that rotate
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
[ "${CAMPAIGN:-full}" = ci ] && : "${FLIPS:=500}"
: "${FLIPS:=50000}"
memory=$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")
work=$(mktemp -d "$memory/stele-flips.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release crash >/dev/null || exit 1
for ((k = 0; k < jobs; k++)); do
	build/release/tests/crash/flips "$work/$k" --flips $((FLIPS / jobs)) --seed $((turn * jobs + k + 1)) \
		>"$work/log.$k" 2>&1 &
done
wait
passed=0 failed=0
for log in "$work"/log.*; do
	cat "$log"
	add_sum "$log"
done
echo "bit flips: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
