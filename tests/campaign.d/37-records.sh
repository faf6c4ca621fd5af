#!/usr/bin/env bash
# Records changed, swapped, dropped, moved, inserted and rolled back in every table of a chain store: see
# tests/unit/ledger/test_verify_records.c.   RECORDS=N   default 20000; ci: 1000, that rotate with TURN
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
jobs=${JOBS:-2} turn=${TURN:-0}
[ "${CAMPAIGN:-full}" = ci ] && : "${RECORDS:=1000}"
: "${RECORDS:=20000}"
program=build/release/tests/unit/ledger/test_verify_records
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release "$program" >/dev/null || exit 1
for ((k = 0; k < jobs; k++)); do
	UNIT_TEST_TIMEOUT_S=36000 STELE_RECORDS=$((RECORDS / jobs)) STELE_SEED=$((turn * jobs + k + 1)) \
		"$program" >"$work/log.$k" 2>&1 &
done
wait
passed=0 failed=0
for log in "$work"/log.*; do
	cat "$log"
	add_sum "$log"
done
echo "records: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
