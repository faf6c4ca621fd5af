#!/usr/bin/env bash
# Twins: the shortest dramas and some drawn ones, a few seconds; in most of them the twins contradict
# each other and are reported; and planted bugs must be found by it.
# Runs beside others.
set -u
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0
out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT

# Adds its sum; at least half of its dramas must show what Twins is for.
play() { # OPTION...
	local p f dramas
	build/release/twins --quiet "$@" | tee "$out"
	read -r p _ f _ <<<"$(grep -oE '[0-9]+ passed, [0-9]+ failed' "$out" | tail -n 1 | tr -d ,)"
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
	dramas=$(grep -oE '^[0-9]+ dramas' "$out" | cut -d' ' -f1)
	for kind in 'contradict each other' evidence; do
		seen=$(grep -oE "$kind [0-9]+" "$out" | grep -oE '[0-9]+$')
		if [ $((2 * ${seen:-0})) -lt "${dramas:-1}" ]; then
			echo "only ${seen:-0} of $dramas dramas saw: $kind"
			failed=$((failed + 1))
		fi
	done
}

make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 twins || exit 1
make -s -j"${JOBS:-2}" PROFILE=mutants twins || exit 1
play --range 0..599
play --range 30000..30399
play --range 0..39 --seven
for mutant in quorum_2f finalize_after_nullify; do
	if STELE_MUTANT=$mutant build/mutants/twins --range 26300..26399 --quiet >"$out"; then
		echo "twins: the planted bug $mutant is not found"
		failed=$((failed + 1))
	else
		grep -m1 FAILED "$out"
		passed=$((passed + 1))
	fi
done
echo "twins: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
