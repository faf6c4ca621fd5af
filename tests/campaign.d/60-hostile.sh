#!/usr/bin/env bash
# Hostile peers against real nodes: every door, and three attacks that rotate with the commit (ci); or
# all attacks, longer.
cd "$(dirname "$0")/../.." || exit 2
make -s -j"${JOBS:-2}" PROFILE=release all || exit 1
# Debian's interpreter: it has python3-openssl
[ "${CAMPAIGN:-full}" = ci ] || exec timeout -k 10 1800 /usr/bin/python3 tests/hostile/run.py --seconds 20
exec timeout -k 10 300 /usr/bin/python3 tests/hostile/run.py --seconds 6 --rotate "${TURN:-0}" --count 3
