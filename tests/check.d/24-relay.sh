#!/usr/bin/env bash
# Certificates are announced, and asked for, as in sets of more than 40: seeds with all faults and villains
# in a build of the simulator that does so in sets of any size (R10).
# Runs beside others.
cd "$(dirname "$0")/../.." || exit 2
make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 build/release/sim-relay-0 >/dev/null || exit 1
exec build/release/sim-relay-0 --seeds 1..40 --heights 50 --quiet
