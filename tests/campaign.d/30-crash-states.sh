#!/usr/bin/env bash
# Disks as a power cut could have left them, opened by production code: see tests/crash/crash_states.c.
#   SEEDS=A..B   workloads; default 1..100, ci: eight that rotate
#   STATES=N     of each; default 10000, ci: 3500
# A planted bug of the store, the journal or the core must be found by 400 states, or the test is asleep.
set -u
cd "$(dirname "$0")/../.." || exit 2
jobs=${JOBS:-2} turn=${TURN:-0}
if [ "${CAMPAIGN:-full}" = ci ]; then
	: "${SEEDS:=$((1 + turn))..$((8 + turn))}" "${STATES:=3500}"
fi
: "${SEEDS:=1..100}" "${STATES:=10000}"
planted="store_nosync store_nometasync store_name_not_synced vote_before_durable own_vote_not_persisted"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

make -s -j"$jobs" PROFILE=release crash >/dev/null || exit 1
make -s -j"$jobs" PROFILE=mutants crash >/dev/null || exit 1
# shellcheck disable=SC2016  # the inner shell expands
seq "${SEEDS%..*}" "${SEEDS#*..}" | xargs -P "$jobs" -I@ sh -c \
	'tests/crash/states.sh build/release @ "$1" >"$2/@" 2>&1; echo "exit code $?" >>"$2/@"' \
	sh "$STATES" "$work"
passed=0 failed=0
for log in "$work"/*; do
	sum=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	read -r p _ f _ <<<"${sum/,/}"
	if ! grep -q '^exit code 0$' "$log"; then
		echo "seed $(basename "$log"):"
		tail -n 20 "$log"
		[ "${f:-0}" -eq 0 ] && f=1
	fi
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
done
echo "$passed distinct states of seeds $SEEDS keep what was promised"
for name in $planted; do
	found=$(STELE_MUTANT=$name tests/crash/states.sh build/mutants 2 400 2>&1 | grep -m1 FAILED)
	if [ -n "$found" ]; then
		echo "planted: $name: ${found#*FAILED }"
		passed=$((passed + 1))
	else
		echo "planted: $name SURVIVED"
		failed=$((failed + 1))
	fi
done
echo "crash states: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
