#include "clients/cli/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/finalized.h"
#include "crypto/digest.h"

#define EVIDENCE_BYTES ((size_t)16 << 20)
#define LINK_TRIES 3 /* blocks that come while two proofs of one head are asked for */

const char *watch_finding_name(enum watch_finding finding)
{
	switch (finding) {
	case WATCH_LEVEL:
		return "level";
	case WATCH_LAGS:
		return "lags";
	case WATCH_DOWN:
		return "down";
	case WATCH_STRANGE:
		return "strange";
	case WATCH_ALARM:
		return "alarm";
	}
	UNREACHABLE();
}

bool watch_has_alarm(const struct watch *watch)
{
	return json_array_size(watch->state.alarms) > 0;
}

bool watch_node_lags(const struct watch_node *node, const struct head *reference,
		     uint64_t lag_ms, uint64_t now_ms)
{
	const struct header *newest = &reference->header;

	if (!node->has_head || node->height >= newest->height)
		return false;
	return newest->time_ms > node->time_ms + lag_ms || now_ms > reference->seen_ms + lag_ms;
}

/* --- alarms ------------------------------------------------------------------------- */

/* Evidence first, durably; then the alarm that names it. */
static enum err raise(struct watch *watch, size_t node, enum err alarm, const struct hash *about,
		      const json_t *evidence)
{
	const char *name = http_node_name(watch->cli->http, node);
	char *text = json_dumps(evidence, JSON_INDENT(1) | JSON_SORT_KEYS);
	char hex[HASH_HEX_LEN + 1];
	char *path;
	enum err err = ERR_OK;

	ASSERT(text != NULL);
	hex_encode(hex, about->b, sizeof(about->b));
	path = path_of("%s.E%04d-%.16s.json", watch->state_path, (int)alarm, hex);
	if (!file_exists(path))
		err = file_write(watch->cli, path, bytes_text(text), 0644, false);
	if (err == ERR_OK) {
		watch_state_alarm(&watch->state, alarm, name, path, watch->round_ms);
		watch->is_changed = true;
	}
	watch->nodes[node].finding = WATCH_ALARM;
	watch->nodes[node].err = alarm;
	free(path);
	free(text);
	return err;
}

static enum err raise_fork(struct watch *watch, size_t node, enum contradiction what,
			   const struct head *seen, const struct head *shown)
{
	json_t *evidence = fork_evidence(what, seen, shown);
	enum err err = raise(watch, node, ERR_FORK, &shown->block, evidence);

	json_decref(evidence);
	return err;
}

/* Nobody signed this, so it tells of that node (or of the wire to it), not of the network. */
static enum err raise_diverged(struct watch *watch, size_t node, const json_t *answer)
{
	struct hash about;
	char *text = json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *evidence;
	enum err err;

	ASSERT(text != NULL);
	evidence = json_pack("{s:i, s:s, s:I, s:O}", "stele_divergence", 1, "node",
			     http_node_name(watch->cli->http, node), "seen",
			     (json_int_t)watch->round_ms, "answer", answer);
	sha256(&about, text, strlen(text));
	err = raise(watch, node, ERR_DIVERGED, &about, evidence);
	json_decref(evidence);
	free(text);
	return err;
}

/* --- asking -------------------------------------------------------------------------- */

/* What kept us from a head, as a finding; an answer that was signed by nobody, though it
 * has the form of a proof, is an alarm. */
static enum err take_refusal(struct watch *watch, size_t node, enum err err, const json_t *answer)
{
	struct watch_node *out = &watch->nodes[node];

	if (answer != NULL && (err == ERR_RECEIPT_FINALITY || err == ERR_PROOF_ROOT))
		return raise_diverged(watch, node, answer);
	out->finding = answer != NULL || err == ERR_NET_ANSWER ? WATCH_STRANGE : WATCH_DOWN;
	out->err = err;
	return ERR_OK;
}

/* The node's newest head, by a proof that the log of that size is a prefix of its log. The
 * proof stays for the caller to free, also where it does not hold. */
static enum err ask_head(struct watch *watch, size_t node, uint64_t from, struct head *out,
			 json_t **proof)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	char path[64];
	enum err err;

	ASSERT(facts != NULL);
	json_decref(*proof);
	*proof = NULL;
	(void)snprintf(path, sizeof(path), "/v1/proofs/consistency?from=%" PRIu64, from);
	err = api_get_from(watch->cli, node, proof, path);
	if (err == ERR_OK) {
		err = proof_check(*proof, &watch->trust, facts);
		if (err == ERR_OK && (proof_only(facts, FACT_CONSISTENCY) == NULL ||
				      facts->facts[0].from_size != from))
			err = ERR_PROOF_FORM;
		if (err == ERR_OK)
			head_set(out, http_node_name(watch->cli->http, node), watch->round_ms,
				 &facts->cover, *proof);
		proof_facts_release(facts);
	}
	free(facts);
	return err;
}

/* Whether the node has that very block at the head's height, finalized.  *why: what kept it
 * from showing that, which is no alarm; ERR_OK where it has shown it. */
static enum err check_block(struct watch *watch, size_t node, const struct head *seen,
			    enum err *why)
{
	struct head shown = {.proof = NULL};
	json_t *object = NULL;
	struct cover cover;
	enum err err = ERR_OK;

	*why = finalized_get(watch->cli, node, seen->header.height, &watch->trust, &cover, &object);
	if (*why == ERR_OK && !hash_equal(&cover.last_block, &seen->block)) {
		*why = ERR_FORK;
		head_set(&shown, http_node_name(watch->cli->http, node), watch->round_ms, &cover,
			 object);
		err = raise_fork(watch, node, CONTRADICTION_BLOCKS, seen, &shown);
		head_release(&shown);
	}
	json_decref(object);
	return err;
}

/* --- judging --------------------------------------------------------------------------- */

static void mark_strange(struct watch_node *node, enum err err)
{
	node->finding = WATCH_STRANGE;
	node->err = err;
}

/* A head that is not lower than the reference, from a proof that starts at it. */
static enum err take_upper(struct watch *watch, size_t node, struct head *head,
			   const json_t *proof)
{
	struct head *reference = &watch->state.reference;
	enum contradiction what = heads_extend(reference, head, proof);
	enum err err, why;

	if (what != CONTRADICTION_NONE)
		return raise_fork(watch, node, what, reference, head);
	if (head->header.height == reference->header.height)
		return ERR_OK;
	err = check_block(watch, node, reference, &why);
	if (err == ERR_OK && why == ERR_OK) {
		head_move(reference, head);
		watch->is_changed = true;
	} else if (err == ERR_OK && why != ERR_FORK) {
		mark_strange(&watch->nodes[node], why); /* it cannot show what its head builds on */
	}
	return err;
}

/* A head that is lower than the reference, of which it is still to be shown that the
 * reference extends it. */
static enum err take_lower(struct watch *watch, size_t node, struct head *head)
{
	enum contradiction what = heads_compare(head, &watch->state.reference);
	bool is_new;

	if (what != CONTRADICTION_NONE)
		return raise_fork(watch, node, what, &watch->state.reference, head);
	if (!watch_state_wait(&watch->state, head, &is_new)) {
		mark_strange(&watch->nodes[node], ERR_FULL);
		return ERR_OK;
	}
	watch->is_changed = watch->is_changed || is_new;
	return ERR_OK;
}

static enum err take_head(struct watch *watch, size_t node, struct head *head, uint64_t from,
			  const json_t *proof)
{
	struct watch_node *out = &watch->nodes[node];
	struct head *reference = &watch->state.reference;

	*out = (struct watch_node){.finding = WATCH_LEVEL,
				   .has_head = true,
				   .height = head->header.height,
				   .log_size = head->header.log_size,
				   .time_ms = head->header.time_ms};
	if (reference->proof == NULL) {
		head_move(reference, head);
		watch->is_changed = true;
		return ERR_OK;
	}
	if (head->header.height >= reference->header.height &&
	    from == reference->header.log_size)
		return take_upper(watch, node, head, proof);
	return take_lower(watch, node, head);
}

static enum err visit(struct watch *watch, size_t node)
{
	const struct head *reference = &watch->state.reference;
	uint64_t from = reference->proof != NULL ? reference->header.log_size : 1;
	struct head head = {.proof = NULL};
	json_t *proof = NULL;
	enum err err;

	watch->nodes[node] = (struct watch_node){.finding = WATCH_DOWN};
	err = ask_head(watch, node, from, &head, &proof);
	if ((err == ERR_NOT_RECORDED || err == ERR_NOT_FOUND) && from > 1) {
		from = 1; /* its log is shorter than that */
		err = ask_head(watch, node, from, &head, &proof);
	}
	err = err == ERR_OK ? take_head(watch, node, &head, from, proof)
			    : take_refusal(watch, node, err, proof);
	head_release(&head);
	json_decref(proof);
	return err;
}

/* --- linking ---------------------------------------------------------------------------- */

/* Whether the node shows that the reference extends the head; it may move on meanwhile, and
 * the reference with it. */
static enum err link_by(struct watch *watch, size_t node, const struct head *waiting,
			bool *is_linked)
{
	const struct head *reference = &watch->state.reference;
	struct head head = {.proof = NULL};
	json_t *proof = NULL;
	enum err why;
	enum err err = check_block(watch, node, waiting, &why);

	for (unsigned i = 0; err == ERR_OK && why == ERR_OK && !*is_linked && i < LINK_TRIES; i++) {
		enum contradiction what;

		why = ask_head(watch, node, waiting->header.log_size, &head, &proof);
		if (why != ERR_OK) {
			err = take_refusal(watch, node, why, proof);
			break;
		}
		if (!hash_equal(&head.block, &reference->block)) {
			err = visit(watch, node);
			continue;
		}
		what = heads_extend(waiting, &head, proof);
		if (what != CONTRADICTION_NONE) {
			err = raise_fork(watch, node, what, waiting, &head);
			break;
		}
		*is_linked = true;
	}
	head_release(&head);
	json_decref(proof);
	return err;
}

static enum err link_waiting(struct watch *watch)
{
	struct watch_state *state = &watch->state;
	enum err err = ERR_OK;

	for (size_t i = state->waiting_count; err == ERR_OK && i > 0; i--) {
		bool is_linked = false;

		for (size_t node = 0; err == ERR_OK && !is_linked && node < watch->nodes_count; node++) {
			const struct watch_node *at = &watch->nodes[node];

			if (at->finding == WATCH_LEVEL && at->height >= state->reference.header.height)
				err = link_by(watch, node, &state->waiting[i - 1], &is_linked);
		}
		if (is_linked) {
			watch_state_drop(state, i - 1);
			watch->is_changed = true;
		}
	}
	return err;
}

enum err watch_round(struct watch *watch, uint64_t now_ms)
{
	enum err err = ERR_OK;

	watch->round_ms = now_ms;
	watch->nodes_count = http_nodes_count(watch->cli->http);
	for (size_t node = 0; err == ERR_OK && node < watch->nodes_count && !watch->is_stopped(); node++)
		err = visit(watch, node);
	if (err == ERR_OK && !watch->is_stopped())
		err = link_waiting(watch);
	for (size_t node = 0; node < watch->nodes_count; node++)
		if (watch->nodes[node].finding == WATCH_LEVEL &&
		    watch_node_lags(&watch->nodes[node], &watch->state.reference, watch->lag_ms, now_ms))
			watch->nodes[node].finding = WATCH_LAGS;
	watch->rounds++;
	return err;
}
