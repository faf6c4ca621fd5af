#!/usr/bin/env bash
# A few seeds of each villain, and what must be noticed above the threshold.
cd "$(dirname "$0")/../.." || exit 2
CAMPAIGN=ci TURN=0 SEEDS=8 exec tests/campaign.d/12-zoo.sh
