#!/usr/bin/env bash
# One scene on a real network, the fastest; the others are the campaign's.
cd "$(dirname "$0")/../.." || exit 2
exec timeout -k 10 120 python3 tests/net/run.py --dark 4 split_2_2
