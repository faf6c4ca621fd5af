#!/usr/bin/env bash
# Seeds of the simulator: 120 runs of 100 heights, about a minute on one core; each kind of drama must
# have been seen by one seed in twenty at least, and the same seed gives the same trace.
# Runs beside others.
set -u
cd "$(dirname "$0")/../.." || exit 2
from=${SIM_FROM:-1} count=${SIM_COUNT:-120} heights=${SIM_HEIGHTS:-100}

make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 sim || exit 1
sim=build/release/sim
out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT
$sim --seeds "$from..$((from + count - 1))" --heights "$heights" --quiet --require-drama | tee "$out"
result=$(tail -n 1 "$out")
passed=$(grep -oE '[0-9]+ passed' <<<"$result" | cut -d' ' -f1)
failed=$(grep -oE '[0-9]+ failed' <<<"$result" | cut -d' ' -f1)
if [ -z "$passed" ]; then
	echo "sim: it ended before its seeds did"
	passed=0 failed=1
fi

first=$($sim --seed "$from" --heights 30 | grep -oE 'trace [0-9a-f]+')
again=$($sim --seed "$from" --heights 30 | grep -oE 'trace [0-9a-f]+')
if [ -n "$first" ] && [ "$first" = "$again" ]; then
	passed=$((passed + 1))
else
	echo "the same seed gave two traces: $first, $again"
	failed=$((failed + 1))
fi
echo "sim: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
