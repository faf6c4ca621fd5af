#!/usr/bin/env bash
# A crash at every disk job of a node, to both of its stores, before and after the write, of it alone and of
# all; n from 1 to 7.  ci: every seventh point, moved with the turn.
#   STRIDE=N   default 1; ci: 7        HEIGHTS=N   default 20; ci: 8
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${STRIDE:=7}" "${HEIGHTS:=8}"
fi
: "${STRIDE:=1}" "${HEIGHTS:=20}"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release sim || exit 1
seq 1 7 | xargs -P "$jobs" -I{} sh -c "build/release/sim --seed \$(($turn % 1000 + {})) --nodes {} \
	--scene calm --heights $HEIGHTS --crash-points $STRIDE --quiet >$work/{} 2>&1"
passed=0 failed=0
for log in "$work"/*; do
	grep -a -A1 FAILED "$log" | head -n 6
	add_sum "$log"
done
echo "crash points, n = 1 to 7: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
