#!/usr/bin/env bash
# Receipts of the corpus, judged by openssl, coreutils and awk: `stele receipt unpack` and its verify.sh.
cd "$(dirname "$0")/../.." || exit 2
make -s build/debug/stele || exit 2
if python3 tests/differential/unpacked.py build/debug/stele --every 12; then
	echo "stock: 1 passed, 0 failed"
else
	echo "stock: 0 passed, 1 failed"
	exit 1
fi
