#!/usr/bin/env bash
# Networks of real processes on loopback: tests/cluster/test_*.py, JOBS=2 at a time, each with its own ports
# and folder, its words printed when it ends; summed up.  (test_api.py has a hook of its own.)
# Usage: tests/check.d/40-cluster.sh [WORD]      only the tests whose name has WORD in it
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

play() { # TEST
	local log rc
	log=$work/$(basename "$1")
	timeout -k 10 240 python3 "$1" >"$log" 2>&1
	rc=$?
	[ "$rc" -eq 0 ] ||
		grep -oE '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 | grep -q ' [1-9][0-9]* failed' ||
		echo "$1 ended with code $rc: 0 passed, 1 failed" >>"$log"
	cat "$log"
}
export work
export -f play

tests=()
for test in tests/cluster/test_*"${1:-}"*.py; do
	[ "$test" = tests/cluster/test_api.py ] || tests+=("$test")
done
printf '%s\0' "${tests[@]}" | xargs -0 -P "${JOBS:-2}" -n 1 bash -c 'play "$0"'
passed=0 failed=0
for test in "${tests[@]}"; do
	log=$work/$(basename "$test")
	[ -e "$log" ] || echo "$test was not played: 0 passed, 1 failed" >"$log"
	add_sum "$log"
done
echo "cluster: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
