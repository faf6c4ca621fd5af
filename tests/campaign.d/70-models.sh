#!/usr/bin/env bash
# The spin models and their mutants: small configurations in CI, larger ones otherwise.
cd "$(dirname "$0")/../.." || exit 2
exec scripts/model-check "--${CAMPAIGN:-full}"
