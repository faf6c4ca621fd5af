/* Reviews: rules NC (coi.declare), RC (review.commit) and RR (review.reveal) of
 * docs/ledger.md.  A reviewer is the key that signs, at its place on the panel.
 *
 *   nothing --- commit ---> sealed --- reveal ---> revealed
 *      '------- declare ------'------- declare ---> in conflict: sealed for ever */
#include <inttypes.h>
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/panel.h"
#include "ledger/apply/recipient.h"
#include "ledger/apply/values.h"
#include "proto/seal.h"

/* The signer's own review of a proposal, and where it belongs. */
struct own {
	Stele__CallValue *call;
	Stele__ProposalValue *proposal;
	struct state_key at;
	bool is_there;
	Stele__ReviewValue review; /* empty where none is there */
};

static enum err find_own(struct apply *apply, const char *programme, const char *call,
			 uint64_t proposal, struct own *out)
{
	Stele__ReviewValue *review;
	uint64_t place = 0;
	enum err err = proposal_find(apply, programme, call, proposal, NULL, &out->call,
				     &out->proposal); /* NC-01, RC-01, RR-01 */

	if (err == ERR_OK)
		err = panel_place(apply, programme, call, apply->tx->signer.b,
				  &place); /* NC-02, RC-02, RR-02 */
	if (err != ERR_OK)
		return err;
	out->at = state_key("review/%s/%s/%" PRIu64 "/%" PRIu64, programme, call, proposal, place);
	out->review = (Stele__ReviewValue)STELE__REVIEW_VALUE__INIT;
	err = get_review(apply, out->at, &review);
	out->is_there = err == ERR_OK;
	if (out->is_there)
		out->review = *review;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool is_committed(const Stele__ReviewValue *review)
{
	return review->commitment.len > 0;
}

static bool is_revealed(const Stele__ReviewValue *review)
{
	return review->content != NULL;
}

static enum err put_own(struct apply *apply, struct own *own)
{
	if (own->is_there)
		own->review.changed_log_index = apply->log_index;
	else
		own->review.log_index = apply->log_index;
	return put_review(apply, own->at, &own->review);
}

enum err coi_declare(struct apply *apply, const Stele__CoiDeclare *record)
{
	struct own own;
	enum err err =
		find_own(apply, record->programme, record->call, record->proposal, &own);

	if (err != ERR_OK)
		return err;
	if (is_revealed(&own.review)) /* NC-03 */
		return ERR_EXISTS_REVIEW;
	if (own.review.is_conflicted) /* NC-04 */
		return ERR_CONFLICT;
	own.review.is_conflicted = true;
	own.review.reason_sha256 = record->reason_sha256;
	return put_own(apply, &own);
}

static bool is_in_consortium(const Stele__ProposalContent *content, const char *org)
{
	return recipient_place(content->consortium, content->n_consortium, org) != 0;
}

static enum err check_commit(const struct apply *apply, const struct own *own)
{
	const Stele__CallTerms *terms = own->call->terms;

	if (apply->time_ms < terms->reveal_until || apply->time_ms >= terms->review_until) /* RC-03 */
		return ERR_REVIEW_WINDOW;
	if (own->proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_REVEALED) /* RC-04 */
		return ERR_PROPOSAL_STATE;
	if (own->call->reviewers < terms->review->panel_min) /* RC-05 */
		return ERR_PANEL_SMALL;
	if ((is_in_consortium(own->proposal->content, apply->actor) && !mutant_on("review_by_a_member")) ||
	    own->review.is_conflicted) /* RC-06 */
		return ERR_CONFLICT;
	return is_committed(&own->review) ? ERR_EXISTS_REVIEW : ERR_OK; /* RC-07 */
}

enum err review_commit(struct apply *apply, const Stele__ReviewCommit *record)
{
	struct own own;
	enum err err =
		find_own(apply, record->programme, record->call, record->proposal, &own);

	if (err == ERR_OK)
		err = check_commit(apply, &own);
	if (err != ERR_OK)
		return err;
	own.review.commitment = record->commitment;
	err = put_own(apply, &own);
	if (err != ERR_OK)
		return err;
	own.proposal->reviews++;
	return put_proposal(apply,
			    key_of_proposal(record->programme, record->call, record->proposal),
			    own.proposal);
}

/* RR-09: one score for each criterion, in order, and their weighted sum. */
static bool weigh(const Stele__ReviewTerms *terms, const Stele__ReviewContent *content,
		  uint64_t *sum)
{
	*sum = 0;
	if (content->n_scores != terms->n_criteria)
		return false;
	for (size_t i = 0; i < content->n_scores; i++) {
		const Stele__Criterion *criterion = terms->criteria[i];
		const Stele__Score *score = content->scores[i];

		if (strcmp(score->criterion, criterion->code) != 0 || score->value > criterion->max)
			return false;
		*sum += (uint64_t)criterion->weight * score->value;
	}
	return true;
}

/* Whether the content and the salt are what the signer committed to. */
static bool is_sealed_so(const struct apply *apply, const Stele__ReviewReveal *record,
			 const Stele__ReviewValue *review)
{
	struct hash chain = apply_chain(apply);
	struct hash sealed;

	seal_review(&sealed, &chain, record->programme, record->call, record->proposal,
		    bytes_of(apply->tx->signer.b, sizeof(apply->tx->signer.b)), record->content,
		    bytes_of(record->salt.data, record->salt.len));
	return memcmp(sealed.b, review->commitment.data, sizeof(sealed.b)) == 0;
}

static enum err check_reveal(const struct apply *apply, const Stele__ReviewReveal *record,
			     const struct own *own)
{
	if (apply->time_ms < own->call->terms->review_until) /* RR-03 */
		return ERR_REVIEW_WINDOW;
	if (own->proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_REVEALED) /* RR-04 */
		return ERR_PROPOSAL_STATE;
	if (own->review.is_conflicted) /* RR-05 */
		return ERR_CONFLICT;
	if (!is_committed(&own->review)) /* RR-06 */
		return ERR_NOT_FOUND_REVIEW;
	if (is_revealed(&own->review)) /* RR-07 */
		return ERR_EXISTS_REVIEW;
	if (!is_sealed_so(apply, record, &own->review)) /* RR-08 */
		return ERR_COMMITMENT;
	return ERR_OK;
}

enum err review_reveal(struct apply *apply, const Stele__ReviewReveal *record)
{
	struct own own;
	enum err err =
		find_own(apply, record->programme, record->call, record->proposal, &own);

	if (err == ERR_OK)
		err = check_reveal(apply, record, &own);
	if (err != ERR_OK)
		return err;
	own.review.content = record->content;
	if (!weigh(own.call->terms->review, record->content, &own.review.score)) /* RR-09 */
		return ERR_SCORES;
	err = put_own(apply, &own);
	if (err != ERR_OK)
		return err;
	own.proposal->revealed_reviews++;
	own.proposal->score += own.review.score;
	return put_proposal(apply,
			    key_of_proposal(record->programme, record->call, record->proposal),
			    own.proposal);
}
