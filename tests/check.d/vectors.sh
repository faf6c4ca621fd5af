#!/usr/bin/env bash
# The frozen vectors are what their generators make: neither was changed alone.
# Runs beside others.
cd "$(dirname "$0")/../.." || exit 2
failed=0
for generator in tests/vectors/generate.py tests/vectors/receipts/generate.py; do
	PYTHONDONTWRITEBYTECODE=1 python3 "$generator" --check || failed=$((failed + 1))
done
echo "vectors: $((2 - failed)) passed, $failed failed"
exit $((failed > 0))
