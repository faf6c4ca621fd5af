#!/usr/bin/env bash
# The verifier in JavaScript, clients/javascript: its rules one by one, the corpus of receipts, the command
# line, the page in a headless Chromium, and what it imports.  Where its libraries are not installed and npm's
# registry is out of reach, it is skipped; with CI=true that fails.
# Runs beside others.
cd "$(dirname "$0")/../../clients/javascript" || exit 2

log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT

if ! ../../tests/lib/javascript_libraries.sh; then
	if [ "${CI:-}" = true ]; then
		echo "javascript: 0 passed, 1 failed"
		exit 1
	fi
	echo "javascript: skipped, its libraries cannot be installed (npm ci)"
	echo "javascript: 0 passed, 0 failed"
	exit 0
fi

timeout 600 node --test --test-reporter=tap test/*.test.js >"$log" 2>&1
code=$?
grep -E -A 25 '^not ok' "$log" | head -n 200
grep -E '^ok .* # SKIP' "$log"
passed=$(sed -n 's/^# pass //p' "$log")
failed=$(sed -n 's/^# fail //p' "$log")
echo "javascript: ${passed:-0} passed, ${failed:-1} failed"
[ "$code" -eq 0 ]
