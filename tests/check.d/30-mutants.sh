#!/usr/bin/env bash
# Eight planted bugs, each of which a judge of the simulator must catch.
cd "$(dirname "$0")/../.." || exit 2
exec scripts/mutants quorum_2f vote_before_durable own_vote_not_persisted finalize_after_nullify \
	signer_counted_twice equivocation_unreported parcel_not_durable pending_parent_invalid
