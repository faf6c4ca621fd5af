/* Judges of certificates: 2 (one notarization a view), 3 (never nullification and
 * finalization), 4 (a finalization implies a notarization), 9 (valid and
 * canonical), 11 (notarized bodies are durable at f+1 correct nodes).  The bytes
 * are read here, by the text of docs/protocol.md section 3. */
#include <string.h>

#include "crypto/digest.h"
#include "tests/sim/judge_state.h"

struct parts {
	uint8_t kind;
	uint64_t epoch, view;
	struct hash set, block;
	struct node_set signers;
	struct bytes signatures, header;
};

/* Exact length, zero pad bits, as many signatures as bits. */
static bool take_apart(struct parts *out, struct bytes data, uint32_t n)
{
	struct cursor cursor = cursor_of(data);
	struct bytes bitmap;

	memset(out, 0, sizeof(*out));
	out->kind = cursor_u8(&cursor);
	out->epoch = cursor_u64(&cursor);
	cursor_hash(&cursor, &out->set);
	out->view = cursor_u64(&cursor);
	if (out->kind < 1 || out->kind > 3)
		return false;
	if (out->kind != 2)
		cursor_hash(&cursor, &out->block);
	bitmap = cursor_take(&cursor, (n + 7) / 8);
	for (uint32_t i = 0; i < 8 * (uint32_t)bitmap.len; i++) {
		if ((bitmap.at[i / 8] >> i % 8 & 1) == 0)
			continue;
		if (i >= n)
			return false;
		node_set_add(&out->signers, i);
	}
	out->signatures = cursor_take(&cursor, 64 * (size_t)node_set_count(&out->signers));
	if (out->kind != 2) {
		uint16_t len = cursor_u16(&cursor);

		out->header = cursor_take(&cursor, len);
	}
	return cursor_is_done(&cursor);
}

static const char *objection(const struct world *world, const struct parts *parts)
{
	const struct set *set = &world->genesis->set;
	uint32_t n = set->count, next = 0;
	struct hash digest, hash;

	if (parts->epoch != 0 || !hash_equal(&parts->set, &set->hash))
		return "another set";
	if (node_set_count(&parts->signers) < n - (n - 1) / 3)
		return "too few signers";
	vote_digest(&digest, (enum vote_kind)parts->kind, &world->genesis->chain, parts->epoch,
		    &set->hash, parts->view, &parts->block);
	for (uint32_t i = 0; i < n; i++) {
		struct signature signature;

		if (!node_set_has(&parts->signers, i))
			continue;
		memcpy(signature.b, parts->signatures.at + 64 * (size_t)next++, 64);
		if (!sign_verify(&set->validators[i].consensus_key, &digest, &signature))
			return "a signature does not verify";
	}
	if (parts->kind == 2)
		return NULL;
	sha256(&hash, parts->header.at, parts->header.len);
	return hash_equal(&hash, &parts->block) ? NULL : "another header";
}

/* 11: those who notarized hold the body. */
static void check_held(struct judge *judge, const struct parts *parts)
{
	const struct seen_block *block = judge_block(judge, &parts->block);
	uint32_t faults = world_faults(judge->world->genesis->set.count);
	uint32_t holders = 0;

	for (uint32_t i = 0; block != NULL && i < judge->world->voters; i++)
		holders += world_is_correct(judge->world, i) && node_set_has(&block->durable, i);
	if (holders < faults + 1)
		world_fail(judge->world, "judge 11: the block of view %llu is notarized and durable "
			   "at %u correct nodes only", (unsigned long long)parts->view, holders);
}

static void on_notarization(struct judge *judge, struct seen_view *view, const struct parts *parts)
{
	unsigned long long number = parts->view;

	if (view->has_n && !hash_equal(&view->n, &parts->block))
		world_fail(judge->world, "judge 2: two notarizations in view %llu", number);
	if (view->has_n)
		return;
	view->has_n = true;
	view->n = parts->block;
	check_held(judge, parts);
}

static void on_finalization(struct judge *judge, struct seen_view *view, const struct parts *parts)
{
	unsigned long long number = parts->view;

	if (view->has_f && !hash_equal(&view->f, &parts->block))
		world_fail(judge->world, "judge 1: two finalizations in view %llu", number);
	if (!view->has_n || !hash_equal(&view->n, &parts->block))
		world_fail(judge->world, "judge 4: view %llu is final without a notarization of its "
			   "block", number);
	view->has_f = true;
	view->f = parts->block;
}

void judge_certificate(struct judge *judge, uint32_t node, struct bytes data)
{
	struct world *world = judge->world;
	struct parts parts;
	struct seen_view *view;
	const char *why;

	if (!take_apart(&parts, data, world->genesis->set.count)) {
		world_fail(world, "judge 9: node %u has a malformed certificate", node);
		return;
	}
	why = objection(world, &parts);
	if (why != NULL) {
		world_fail(world, "judge 9: node %u has a certificate of kind %d for view %llu: %s",
			   node, parts.kind, (unsigned long long)parts.view, why);
		return;
	}
	judge_hold_votes(judge, parts.view, (enum vote_kind)parts.kind, &parts.block,
			 &parts.signers);
	view = judge_view(judge, parts.view);
	if (parts.kind == VOTE_NOTARIZE)
		on_notarization(judge, view, &parts);
	else if (parts.kind == VOTE_NULLIFY)
		view->has_x = true;
	else
		on_finalization(judge, view, &parts);
	if (view->has_x && view->has_f)
		world_fail(world, "judge 3: view %llu is nullified and final",
			   (unsigned long long)parts.view);
}
