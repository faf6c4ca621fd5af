#!/usr/bin/env bash
# A sample of crash states and of failing calls; the campaign has them in bulk.
set -u
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0
run() {
	local out sum p f
	out=$("$@" 2>&1)
	printf '%s\n' "$out"
	sum=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' <<<"$out" | tail -n 1)
	read -r p _ f _ <<<"${sum/,/}"
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
}
SEEDS=1..2 STATES=1000 run tests/campaign.d/30-crash-states.sh
EACH=4 FILES=1 run tests/campaign.d/32-fail-at-n.sh
echo "crash: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
