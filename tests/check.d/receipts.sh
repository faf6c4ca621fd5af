#!/usr/bin/env bash
# The corpus of receipts by the tool itself: judged by openssl, coreutils and awk (`stele receipt unpack` and
# its verify.sh), a light client's steps (`stele trust update`), and what `stele verify` and
# `stele proof check` say of each, without a network; and what a hostile node can make of a receipt
# (`stele receipt refresh`).
# Runs beside others.
cd "$(dirname "$0")/../.." || exit 2
make -s PROFILE=release WERROR=1 build/release/stele || exit 2
failed=0
python3 tests/differential/unpacked.py build/release/stele --every 12 || failed=$((failed + 1))
python3 tests/differential/light.py build/release/stele || failed=$((failed + 1))
python3 tests/differential/tool.py build/release/stele || failed=$((failed + 1))
python3 tests/differential/refresh.py build/release/stele || failed=$((failed + 1))
echo "receipts: $((4 - failed)) passed, $failed failed"
exit $((failed > 0))
