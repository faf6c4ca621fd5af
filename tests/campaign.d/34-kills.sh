#!/usr/bin/env bash
# SIGKILL to the nodes of a network under load: see tests/crash/kills.py.
#   KILLS=N   default 5000; ci: 60      SECONDS_MAX=S   default 7200; ci: 90
set -u
cd "$(dirname "$0")/../.." || exit 2
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${KILLS:=60}" "${SECONDS_MAX:=90}"
fi
make -s -j"${JOBS:-2}" PROFILE=release all >/dev/null || exit 1
STELE_BUILD=build/release exec python3 tests/crash/kills.py --kills "${KILLS:-5000}" \
	--seconds "${SECONDS_MAX:-7200}" --seed "${TURN:-0}"
