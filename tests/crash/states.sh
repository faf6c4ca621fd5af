#!/usr/bin/env bash
# Crash states of one workload: traces it and cuts the power.   states.sh BUILD SEED STATES
# The heights and lives of the workload come from the seed.  With an odd seed the power is cut once
# before: what is traced begins on a disk that such a cut has left.
set -u
bin=$1/tests/crash seed=$2 states=$3
memory=$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")
folder=$(mktemp -d "$memory/stele-crash.XXXXXX") || exit 2
trap 'rm -rf "${folder%/next}"' EXIT
heights=$((16 + seed % 24)) lives=$((1 + seed % 4))

traced() { # FOLDER SEED HEIGHTS
	STELE_TRACE_ROOT=$1/work STELE_TRACE_OUT=$1/trace LD_PRELOAD=$bin/trace_shim.so \
		"$bin/workload" "$1/work" "$2" "$3" "$lives"
}
mkdir -p "$folder/work"
traced "$folder" "$seed" "$heights" || exit 1
if [ $((seed % 2)) -eq 1 ]; then
	env -u STELE_MUTANT "$bin/crash_states" "$folder/trace" "$folder/next" --leave \
		--seed "$seed" || exit 1
	folder=$folder/next
	if ! traced "$folder" $((seed + 1000000)) $((heights * 2)); then
		echo "crash states: FAILED seed $seed: no second life after a power cut"
		exit 1
	fi
fi
env -u STELE_MUTANT "$bin/crash_states" "$folder/trace" "$folder/run" --states "$states" --seed "$seed"
