/* Mutants: planted bugs, compiled in by the profile "mutants" only, one of them
 * switched on by the environment variable STELE_MUTANT.  Each must be found by
 * a judge or a test; a release binary holds none of them.
 *
 * The list is the only place where a name is registered. */
#ifndef STELE_BASE_MUTANT_H
#define STELE_BASE_MUTANT_H

#include <stdbool.h>

/* X(name, what is wrong while it is on), by floor. */
#define MUTANT_LIST(X) \
	X(leaf_without_prefix, "a leaf of the log is hashed without its prefix") \
	X(high_s_accepted, "a signature with a high s verifies") \
	X(vote_without_chain, "the signed bytes of a vote name no chain") \
	X(signatures_unchecked, "the signatures of a certificate are not verified") \
	X(bits_beyond_the_set, "a quorum is counted over bits that stand beyond the set") \
	X(certificate_of_any_set, "a certificate of another set or epoch is taken") \
	X(unknown_fields_allowed, "fields that no rule knows pass the canonical walk") \
	X(quorum_2f, "a certificate needs 2f votes") \
	X(quorum_exceeded, "a certificate needs more votes than the quorum") \
	X(signer_counted_twice, "a repeated vote counts again") \
	X(vote_before_durable, "a vote leaves before its record is durable") \
	X(own_vote_not_persisted, "an own vote is never written to the journal") \
	X(finalize_after_nullify, "a finalize vote follows an own nullify") \
	X(finalize_on_replay, "a restart finalizes what was notarized, whatever was nullified since") \
	X(nullified_twice, "each path that times out a view writes a nullify of its own") \
	X(own_nullify_not_replayed, "a restart forgets to send the own nullify again") \
	X(resumed_from_the_last_record, "the last record read is taken for the newest finalization") \
	X(no_timer_after_replay, "a restart arms no timer") \
	X(floor_moves_back, "the last sign floor read counts, not the highest") \
	X(view_window_uncapped, "votes of any later view are stored") \
	X(retry_dropped, "the retry timer does nothing") \
	X(late_nullify_unanswered, "who nullifies a view long certified hears nothing") \
	X(certificate_not_relayed, "certificates are kept, and told nobody") \
	X(announcement_not_followed, "a certificate that peers say they hold is not asked for") \
	X(request_of_the_other_kind, "a view that is notarized here ends the request for its nullification") \
	X(notarize_without_skip_certs, "a skipped view needs no nullification") \
	X(own_branch_only, "a block that skips a view notarized here is not voted for") \
	X(unknown_parent_taken, "a parent without a certificate passes for notarized") \
	X(late_notarization_dropped, "a notarization that follows a nullification of its view is dropped") \
	X(second_proposal_overrides, "a leader's second proposal replaces its first") \
	X(reservation_not_awaited, "a vote does not wait for a reservation that covers it") \
	X(stale_sign_state_accepted, "a journal below the sign-state file counts as intact") \
	X(floor_off_by_one, "after a loss the node signs one view too early") \
	X(recovery_from_f_others, "after a loss f other members are enough to ask") \
	X(fetching_is_invalid, "a body that is still being fetched or executed is taken for invalid") \
	X(contradiction_unnoticed, "certificates that contradict each other do not trip") \
	X(divergence_unnoticed, "a certified block that came out differently here does not trip") \
	X(equivocation_unreported, "votes that contradict each other are not reported") \
	X(timer_of_a_left_view, "a timer armed for a view that was left fires in the next") \
	X(wall_clock_in_timers, "timers run by the wall clock") \
	X(delta_uncapped, "the wait of a view grows without bound") \
	X(notarized_is_idle, "a view on a parent that is not final counts as idle") \
	X(empty_blocks_at_full_rate, "a leader without work does not wait for its parent's finalization") \
	X(bodies_far_ahead, "bodies are ordered and executed however far above the committed height") \
	X(delivered_before_final_durable, "a block is committed before its finalization is durable") \
	X(forgotten_too_early, "own votes above the last final view leave the journal") \
	X(parcel_not_durable, "parcels of others are never written to the journal") \
	X(parcel_to_one_victim, "a new parcel goes to one validator only") \
	X(parcels_not_fetched, "missing parcels are asked for once only") \
	X(author_share_uncapped, "the parcels of one author may fill the pool") \
	X(author_fills_a_block, "a block takes all parcels of one author before the next one's") \
	X(nobody_passed_over, "whoever sends its parcels to one leader only is never passed over") \
	X(one_line_for_all, "a client waits behind all that came before, whoever sent it") \
	X(leader_not_told_of_work, "a leader that waits for work never hears of what others hold") \
	X(work_not_told, "the core never hears that there is something to order") \
	X(pending_parent_invalid, "a block on a parent that is still being executed is invalid") \
	X(event_before_commit, "clients hear of a block before it is durable") \
	X(range_unverified, "catching up takes a range whose certificate it did not verify") \
	X(vote_signature_unchecked, "votes of peers are not verified") \
	X(frame_length_uncapped, "a frame may be longer than its type allows") \
	X(session_proof_ignored, "the key of a peer need not be proven") \
	X(session_of_any_chain, "a peer of another chain is let in") \
	X(tls_session_resumed, "a TLS session can be resumed without a certificate") \
	X(quota_uncapped, "a peer may send without end") \
	X(verified_by_id, "verified transactions are remembered by their id") \
	X(parcel_referenced_again, "what a committed block referenced may be referenced again") \
	X(parcel_line_unchecked, "a body's line about a parcel need not fit it") \
	X(shared_transaction_invalid, "a block with a transaction twice is invalid") \
	X(results_not_compared, "a block's roots are not compared with its execution") \
	X(wall_clock_in_execution, "execution asks the wall clock for the time") \
	X(changes_unsorted, "the changes of a block are taken in the order of their addresses") \
	X(id_forgotten_early, "a consumed id is forgotten while it may still come again") \
	X(view_of_two_states, "a reader's height and its state may be of two blocks") \
	X(undo_keeps_what_is_new, "an older state still has the keys that later blocks made") \
	X(audit_trusts_undo, "an audit does not look at what the blocks replaced") \
	X(audit_ranges_unbound, "nothing holds the ranges that were checked and executed together") \
	X(audit_signatures_unchecked, "verify-ledger's other processes take any signature") \
	X(audit_trusts_counts, "verify-ledger minds no row too many") \
	X(audit_trusts_history, "an audit does not compare histories with what the records changed") \
	X(audit_trusts_values, "an audit does not compare the values with the state root") \
	X(frame_not_counted, "a parcel is packed without counting the frames of its transactions") \
	X(limit_off_by_one, "a policy may set the window above its bound") \
	X(proof_at_another_size, "a path is made for another tree than the one that is signed") \
	X(budget_int32, "a programme's budget is compared in 32 bits") \
	X(award_count_off_by_one, "a programme takes one award more than its greatest number") \
	X(approver_of_recipient, "a recipient approves its own award") \
	X(reveal_after_window, "a proposal is opened after its call's reveal time") \
	X(payment_before_acceptance, "an award that nobody accepted is paid") \
	X(payment_while_suspended, "a suspended award is paid") \
	X(objection_ignored, "an award is granted while an objection is open or may come") \
	X(terminated_still_committed, "a terminated award stays committed") \
	X(commitment_opened_again, "a commitment is opened by one anchor after the other") \
	X(first_by_anchor, "the first claim is the one that was anchored first") \
	X(ended_delegation_counts, "a producer code stays lent when its delegation has ended") \
	X(review_by_a_member, "who is in a proposal's consortium reviews it") \
	X(review_quorum_ignored, "a decision needs no reviews") \
	X(void_but_still_selected, "an upheld objection leaves the selection in the call's totals") \
	X(evidence_of_anybody, "a milestone is claimed with content of an organisation that is no recipient") \
	X(assessed_twice, "a milestone is assessed again") \
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
/* Whether that one is on. */
bool mutant_on(const char *name);
#else
#define mutant_on(name) false
#endif

#endif
