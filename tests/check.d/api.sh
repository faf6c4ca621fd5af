#!/usr/bin/env bash
# The HTTP API of four running nodes: every route, error and limit, and abuse of HTTP.
cd "$(dirname "$0")/../.." || exit 2
make -s PROFILE=release WERROR=1 build/release/steled || exit 1
exec timeout 300 tests/cluster/test_api.py --steled build/release/steled
