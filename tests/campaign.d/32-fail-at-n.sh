#!/usr/bin/env bash
# The n-th call of the system fails, in a workload of node and ledger: see tests/crash/fail_at_n.c.
#   EACH=N   calls of a kind, of a way to fail; default all, ci: 60 that rotate
#   FILES=N  the same for `stele init` and the start of steled, tests/crash/fail_files.py; ci: 4
# Two planted bugs must be found.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
[ "${CAMPAIGN:-full}" = ci ] && : "${EACH:=60}" "${FILES:=4}"
: "${EACH:=0}" "${FILES:=0}"
memory=$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")
work=$(mktemp -d "$memory/stele-fail.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release all crash >/dev/null || exit 1
make -s -j"$jobs" PROFILE=mutants crash >/dev/null || exit 1
for ((k = 0; k < jobs; k++)); do
	build/release/tests/crash/fail_at_n build/release/tests/crash "$work/$k" --each "$EACH" \
		--turn "$turn" --part "$k/$jobs" >"$work/log.$k" 2>&1 &
done
wait
passed=0 failed=0
for log in "$work"/log.*; do
	cat "$log"
	add_sum "$log"
done
out=$(STELE_BUILD=build/release python3 tests/crash/fail_files.py --each "$FILES" --turn "$turn" 2>&1)
printf '%s\n' "$out"
add_sum /dev/stdin <<<"$out"
for name in store_nosync failed_write_ignored; do
	found=$(STELE_MUTANT=$name build/mutants/tests/crash/fail_at_n build/mutants/tests/crash "$work/m" \
		--each 8 2>&1 | grep -m1 FAILED)
	if [ -n "$found" ]; then
		echo "planted: $name: ${found#*FAILED }"
		passed=$((passed + 1))
	else
		echo "planted: $name SURVIVED"
		failed=$((failed + 1))
	fi
done
echo "fail at call n: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
