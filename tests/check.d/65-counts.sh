#!/usr/bin/env bash
# What a record costs, counted: instructions, signature checks, hashes, allocations, system calls, bytes.
cd "$(dirname "$0")/../.." || exit 2
make -s PROFILE=release all benches || exit 1
exec python3 tests/bench/counts.py
