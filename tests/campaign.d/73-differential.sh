#!/usr/bin/env bash
# The three verifiers of receipts against each other, a tenth of the inputs with the one in C under ASan and
# UBSan; the two that judge proofs; and the planted bugs, each of which must show.
#   INPUTS=N   default 1000000; ci: 10000, of other seeds each time
cd "$(dirname "$0")/../.." || exit 2
[ "${CAMPAIGN:-full}" = ci ] && : "${INPUTS:=10000}"
: "${INPUTS:=1000000}"
seed=campaign-${TURN:-0}
tests/lib/javascript_libraries.sh || exit 1
make -s -j"${JOBS:-2}" PROFILE=release verdicts && make -s -j"${JOBS:-2}" PROFILE=asan verdicts || exit 1
failed=0
run=tests/differential/run.py
$run --count "$INPUTS" --seed "$seed" || failed=$((failed + 1))
$run --count $((INPUTS / 10)) --seed "$seed-asan" --profile asan || failed=$((failed + 1))
$run --proofs --count $((INPUTS / 10)) --seed "$seed" --profile asan || failed=$((failed + 1))
$run --planted --seed "$seed" || failed=$((failed + 1))
echo "differential: $((4 - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
