#!/usr/bin/env bash
# The ledger against its model: random histories, compared after every block.
#   MODEL_OPERATIONS=N   default 1000000; ci: 20000, of other histories each time
cd "$(dirname "$0")/../.." || exit 2
[ "${CAMPAIGN:-full}" = ci ] && : "${MODEL_OPERATIONS:=20000}"
make -s -j"${JOBS:-2}" PROFILE=release model || exit 1
exec tests/model/run.py --operations "${MODEL_OPERATIONS:-1000000}" --jobs "${JOBS:-2}" \
	--seed "campaign-${TURN:-0}"
