#!/usr/bin/env bash
# The three verifiers of receipts, and the two of proofs, on the corpus and on inputs made from it: one
# verdict on each.
# DIFFERENTIAL_INPUTS, DIFFERENTIAL_SEED: more of them, or others; by default a seed for each commit.
cd "$(dirname "$0")/../.." || exit 2
without=
if ! tests/lib/javascript_libraries.sh; then
	[ "${CI:-}" = true ] && { echo "verdicts: 0 passed, 1 failed" && exit 1; }
	echo "verdicts: without the verifier in JavaScript, whose libraries cannot be installed (npm ci)"
	without="--without javascript"
fi
make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 verdicts || exit 1
seed=${DIFFERENTIAL_SEED:-$(git rev-parse --short HEAD 2>/dev/null || echo 1)}
inputs=${DIFFERENTIAL_INPUTS:-3000} failed=0
# shellcheck disable=SC2086  # words of a command
tests/differential/run.py --count "$inputs" --seed "$seed" $without || failed=$((failed + 1))
tests/differential/run.py --proofs --count "$inputs" --seed "$seed" || failed=$((failed + 1))
echo "verdicts: $((2 - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
