#!/usr/bin/env bash
# Records of simulated runs, judged by a checker that shares no code with the node.
#   CHECKER_SEEDS=A..B   default 1..10000; ci: 300 that rotate     CHECKER_HEIGHTS=N   default 100; ci: 40
cd "$(dirname "$0")/../.." || exit 2
turn=${TURN:-0}
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${CHECKER_SEEDS:=$((20 + turn))..$((319 + turn))}" "${CHECKER_HEIGHTS:=40}"
fi
make -s -j"${JOBS:-2}" PROFILE=release sim || exit 1
exec tests/checker/run.py --seeds "${CHECKER_SEEDS:-1..10000}" --heights "${CHECKER_HEIGHTS:-100}" \
	--jobs "${JOBS:-2}"
