#!/usr/bin/env bash
# Every input of the fuzz corpora once, under ASan and UBSan.
cd "$(dirname "$0")/../.." || exit 2
exec make -s -j"${JOBS:-2}" PROFILE=asan fuzz
