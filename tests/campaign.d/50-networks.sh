#!/usr/bin/env bash
# Real networks: four scenes that rotate with the commit (ci), or all of them.
cd "$(dirname "$0")/../.." || exit 2
make -s -j"${JOBS:-2}" PROFILE=release all || exit 1
[ "${CAMPAIGN:-full}" = ci ] || exec timeout -k 10 1800 python3 tests/net/run.py --all
exec timeout -k 10 600 python3 tests/net/run.py --rotate "${TURN:-0}" --count 4
