#!/usr/bin/env bash
# Networks of real processes on loopback: tests/cluster/test_*.py one after the other, summed up.
# (test_api.py has a hook of its own.)
# Usage: tests/check.d/40-cluster.sh [WORD]      only the tests whose name has WORD in it
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0
for test in tests/cluster/test_*"${1:-}"*.py; do
	[ "$test" != tests/cluster/test_api.py ] || continue
	out=$(timeout -k 10 240 python3 "$test" 2>&1)
	rc=$?
	printf '%s\n' "$out"
	sum=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' <<<"$out" | tail -n 1)
	read -r p _ f _ <<<"${sum/,/}"
	[ "$rc" -ne 0 ] && [ "${f:-0}" -eq 0 ] && f=1
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
done
echo "cluster: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
