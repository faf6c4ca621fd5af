/* Mutants: planted bugs, compiled in by the profile "mutants" only, one of them
 * switched on by the environment variable STELE_MUTANT.  Each must be found by
 * a judge or a test; a release binary holds none of them.
 *
 * The list is the only place where a name is registered. */
#ifndef STELE_BASE_MUTANT_H
#define STELE_BASE_MUTANT_H

#include <stdbool.h>

/* X(name, what is wrong while it is on) */
#define MUTANT_LIST(X) \
	X(quorum_2f, "a certificate needs 2f votes") \
	X(vote_before_durable, "a vote leaves before its record is durable") \
	X(own_vote_not_persisted, "an own vote is never written to the journal") \
	X(finalize_after_nullify, "a finalize vote follows an own nullify") \
	X(own_nullify_not_replayed, "a restart forgets to send the own nullify again") \
	X(signer_counted_twice, "a repeated vote counts again") \
	X(view_window_uncapped, "votes of any later view are stored") \
	X(retry_dropped, "the retry timer does nothing") \
	X(notarize_without_skip_certs, "a skipped view needs no nullification") \
	X(second_proposal_overrides, "a leader's second proposal replaces its first") \
	X(reservation_not_awaited, "a vote does not wait for a reservation that covers it") \
	X(stale_sign_state_accepted, "a journal below the sign-state file counts as intact") \
	X(floor_off_by_one, "after a loss the node signs one view too early") \
	X(recovery_from_f_others, "after a loss f other members are enough to ask") \
	X(parcel_not_durable, "parcels of others are never written to the journal") \
	X(work_not_told, "the core never hears that there is something to order") \
	X(parcels_not_fetched, "missing parcels are asked for once only") \
	X(budget_int32, "a programme's budget is compared in 32 bits") \
	X(award_count_off_by_one, "a programme takes one award more than its greatest number") \
	X(approver_of_recipient, "a recipient approves its own award") \
	X(payment_before_acceptance, "an award that nobody accepted is paid") \
	X(failed_write_ignored, "a failed write of the journal counts as done") \
	X(store_nosync, "a commit does not sync") \
	X(store_nometasync, "a commit does not sync its meta page") \
	X(store_name_not_synced, "the name of a new store is not synced") \
	X(second_acceptance, "one recipient accepts for another") \
	X(evidence_reordered_twice, "the same two votes in another order are other evidence") \
	X(evidence_signature_unchecked, "the signatures of evidence are not verified") \
	X(evidence_epoch_unchecked, "evidence of any epoch is accepted") \
	X(evidence_not_kept, "evidence that is found is only logged") \
	X(evidence_not_durable, "evidence is never written to the journal") \
	X(evidence_recorded_twice, "a body may repeat evidence that is recorded")

#ifdef STELE_MUTANTS
/* Whether that one is on.  An unregistered name ends the process. */
bool mutant_on(const char *name);
#else
static inline bool mutant_on(const char *name)
{
	(void)name;
	return false;
}
#endif

/* Calls visit for every entry, in the order of the list. */
void mutant_each(void (*visit)(const char *name, const char *text, void *context), void *context);

#endif
