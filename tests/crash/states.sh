#!/usr/bin/env bash
# Crash states of one workload: traces it and cuts the power.   states.sh BUILD SEED STATES
# The heights and lives of the workload come from the seed.
set -u
bin=$1/tests/crash seed=$2 states=$3
memory=$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")
folder=$(mktemp -d "$memory/stele-crash.XXXXXX") || exit 2
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/work"
STELE_TRACE_ROOT=$folder/work STELE_TRACE_OUT=$folder/trace LD_PRELOAD=$bin/trace_shim.so \
	"$bin/workload" "$folder/work" "$seed" $((16 + seed % 24)) $((1 + seed % 4)) || exit 1
STELE_MUTANT='' "$bin/crash_states" "$folder/trace" "$folder/run" --states "$states" --seed "$seed"
