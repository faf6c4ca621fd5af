#!/usr/bin/env bash
# The verifier in Python, clients/python: its rules one by one, the corpus of receipts, and what it imports.
# Runs beside others.
cd "$(dirname "$0")/../../clients/python" || exit 2
exec python3 -B -m tests.run
