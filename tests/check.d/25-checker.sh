#!/usr/bin/env bash
# Records of simulated runs, judged by a checker that shares no code with the node; and six planted bugs of
# voting, each of which it must notice.     CHECKER_SEEDS=A..B, CHECKER_HEIGHTS=N: others
cd "$(dirname "$0")/../.." || exit 2

make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 sim || exit 1
make -s -j"${JOBS:-2}" PROFILE=mutants sim || exit 1
exec tests/checker/run.py --seeds "${CHECKER_SEEDS:-1..20}" --heights "${CHECKER_HEIGHTS:-60}" \
	--jobs "${JOBS:-2}" --mutants
