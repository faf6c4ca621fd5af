#!/usr/bin/env bash
# No planted bug is in a release: neither a name of one nor the variable that switches them on.
set -u
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0
names=$(mktemp) || exit 2
trap 'rm -f "$names"' EXIT
make -s -j"${JOBS:-2}" PROFILE=release all >/dev/null || exit 1
make -s -j"${JOBS:-2}" PROFILE=mutants sim >/dev/null || exit 1
{ scripts/mutants --list; echo STELE_MUTANT; } >"$names"

tell() { # GOOD WHAT
	if [ "$1" -eq 1 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$2"
	fi
}
for program in build/release/steled build/release/stele; do
	found=$(grep -aoFf "$names" "$program" | sort -u | tr '\n' ' ')
	tell "$((${#found} == 0))" "$program holds $found"
done
# and where they are, this finds them
found=$(grep -aoFf "$names" build/mutants/sim | sort -u | wc -l)
tell "$((found > 30))" "in build/mutants/sim only $found names were found"
echo "mutants in a release: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
