#!/usr/bin/env bash
# A sample of crash states and of failing calls; the campaign has them in bulk.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lib/add_sum.sh
passed=0 failed=0
run() {
	local out
	out=$("$@" 2>&1)
	printf '%s\n' "$out"
	add_sum /dev/stdin <<<"$out"
}
SEEDS=1..2 STATES=1000 run tests/campaign.d/30-crash-states.sh
EACH=4 FILES=1 run tests/campaign.d/32-fail-at-n.sh
echo "crash: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
