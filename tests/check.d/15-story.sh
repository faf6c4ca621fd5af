#!/usr/bin/env bash
# A call for proposals through its whole life on four real nodes: each claim of scripts/demo --story counts.
# (The first of those that run beside others, since it takes longest and waits for the most part.)
# Runs beside others.
cd "$(dirname "$0")/../.." || exit 2
out=$(timeout -k 10 600 scripts/demo --story 2>&1)
rc=$?
printf '%s\n' "$out"
passed=$(grep -c '^ ✓' <<<"$out") failed=$(grep -c '^ ✗' <<<"$out")
[ "$rc" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
echo "story: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
