#!/usr/bin/env bash
# Every planted bug, or (ci) ten that rotate with the commit.
cd "$(dirname "$0")/../.." || exit 2
[ "${CAMPAIGN:-full}" = ci ] || exec scripts/mutants
mapfile -t names < <(scripts/mutants --list)
[ "${#names[@]}" -gt 0 ] || exit 1
chosen=()
for ((k = 0; k < 10 && k < ${#names[@]}; k++)); do
	chosen+=("${names[$(((${TURN:-0} * 10 + k) % ${#names[@]}))]}")
done
exec scripts/mutants "${chosen[@]}"
