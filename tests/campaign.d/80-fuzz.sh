#!/usr/bin/env bash
# Every fuzz target for a while, JOBS at a time.   FUZZ_SECONDS=N each   default 600; ci: 15
cd "$(dirname "$0")/../.." || exit 2
[ "${CAMPAIGN:-full}" = ci ] && : "${FUZZ_SECONDS:=15}"
scripts/bootstrap --dev --fuzz --quiet || exit 1
exec make -s -j"${JOBS:-2}" PROFILE=fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-600}" fuzz
