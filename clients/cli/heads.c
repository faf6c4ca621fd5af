#include "clients/cli/heads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proofs/shape.h"
#include "proofs/signer.h"

#define ARENA_BYTES ((size_t)64 << 20)

void head_release(struct head *head)
{
	json_decref(head->proof);
	memset(head, 0, sizeof(*head));
}

void head_set(struct head *out, const char *node, uint64_t seen_ms, const struct cover *cover,
	      json_t *proof)
{
	json_t *kept = json_incref(proof);

	head_release(out);
	(void)snprintf(out->node, sizeof(out->node), "%s", node);
	out->seen_ms = seen_ms;
	out->header = cover->last;
	out->block = cover->last_block;
	out->proof = kept;
}

void head_move(struct head *to, struct head *from)
{
	head_release(to);
	*to = *from;
	memset(from, 0, sizeof(*from));
}

static enum err read_cover(struct head *out, const char *node, uint64_t seen_ms, json_t *object,
			   const struct trust *trust)
{
	struct cover cover;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = cover_read(object, &arena, &cover);
	if (err == ERR_OK)
		err = cover_check(&cover);
	if (err == ERR_OK)
		err = cover_check_trust(&cover, trust);
	if (err == ERR_OK)
		head_set(out, node, seen_ms, &cover, object);
	arena_release(&arena);
	return err;
}

enum err head_read(struct head *out, const char *node, uint64_t seen_ms, json_t *object,
		   const struct trust *trust)
{
	struct proof_facts *facts;
	enum err err;

	if (json_object_get(object, "stele_proof") == NULL)
		return read_cover(out, node, seen_ms, object, trust);
	facts = calloc(1, sizeof(*facts));
	ASSERT(facts != NULL);
	err = proof_check(object, trust, facts);
	if (err == ERR_OK)
		head_set(out, node, seen_ms, &facts->cover, object);
	proof_facts_release(facts);
	free(facts);
	return err;
}

enum contradiction heads_compare(const struct head *a, const struct head *b)
{
	const struct head *lower = a->header.height <= b->header.height ? a : b;
	const struct head *upper = lower == a ? b : a;

	if (lower->header.height == upper->header.height)
		return hash_equal(&lower->block, &upper->block) ? CONTRADICTION_NONE
								: CONTRADICTION_BLOCKS;
	if (lower->header.log_size > upper->header.log_size)
		return CONTRADICTION_LOGS;
	if (lower->header.log_size == upper->header.log_size &&
	    !hash_equal(&lower->header.log_root, &upper->header.log_root))
		return CONTRADICTION_LOGS;
	return CONTRADICTION_NONE;
}

enum contradiction heads_extend(const struct head *lower, const struct head *upper,
				const json_t *proof)
{
	enum contradiction what = heads_compare(lower, upper);
	const json_t *fact = json_array_get(json_object_get(proof, "facts"), 0);
	struct hash root;
	uint64_t from;

	if (what != CONTRADICTION_NONE)
		return what;
	if (fact == NULL) /* version 0 is one fact itself */
		fact = proof;
	ASSERT(json_read_number(fact, "from", &from) == ERR_OK && from == lower->header.log_size);
	ASSERT(json_read_hash(fact, fact == proof ? "from_root" : "root", &root) == ERR_OK);
	return hash_equal(&root, &lower->header.log_root) ? CONTRADICTION_NONE : CONTRADICTION_LOGS;
}

const char *contradiction_name(enum contradiction what)
{
	switch (what) {
	case CONTRADICTION_NONE:
		return "none";
	case CONTRADICTION_BLOCKS:
		return "blocks";
	case CONTRADICTION_LOGS:
		return "logs";
	}
	UNREACHABLE();
}

static json_t *head_json(const struct head *head)
{
	return json_pack("{s:s, s:I, s:I, s:o, s:I, s:o, s:O}", "node", head->node, "seen",
			 (json_int_t)head->seen_ms, "height", (json_int_t)head->header.height, "block",
			 json_of_hash(&head->block), "log_size", (json_int_t)head->header.log_size,
			 "log_root", json_of_hash(&head->header.log_root), "proof", head->proof);
}

json_t *fork_evidence(enum contradiction what, const struct head *seen, const struct head *shown)
{
	return json_pack("{s:i, s:s, s:s, s:[o, o]}", "stele_fork", 1, "contradiction",
			 contradiction_name(what), "network", seen->header.origin, "heads",
			 head_json(seen), head_json(shown));
}
