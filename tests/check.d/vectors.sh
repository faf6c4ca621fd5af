#!/usr/bin/env bash
# The frozen vectors are what their generator makes: neither was changed alone.
cd "$(dirname "$0")/../.." || exit 2
if PYTHONDONTWRITEBYTECODE=1 python3 tests/vectors/generate.py --check; then
	echo "vectors: 1 passed, 0 failed"
else
	echo "vectors: 0 passed, 1 failed"
	exit 1
fi
