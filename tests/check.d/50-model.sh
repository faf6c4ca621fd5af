#!/usr/bin/env bash
# The ledger against an independent model of it: random histories, compared after every block, and the
# planted bugs of the ledger, each of which the comparison must notice.
# MODEL_OPERATIONS, MODEL_SEED: more of them, or others; by default a seed of its own for each commit (the
# planted bugs are hunted with one that stays).
cd "$(dirname "$0")/../.." || exit 2

make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 model || exit 1
make -s -j"${JOBS:-2}" PROFILE=mutants model || exit 1
seed=${MODEL_SEED:-$(git rev-parse --short HEAD 2>/dev/null || echo 1)}
exec tests/model/run.py --operations "${MODEL_OPERATIONS:-10000}" --seconds 40 --seed "$seed" \
	--jobs "${JOBS:-2}" \
	--mutants build/mutants/tests/model/replay
