#!/usr/bin/env bash
# Branches that the tests take, against the marks of scripts/coverage.
cd "$(dirname "$0")/../.." || exit 2
exec scripts/coverage
