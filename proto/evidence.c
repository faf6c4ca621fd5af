#include "proto/evidence.h"

#include <string.h>

#include "base/limits.h"
#include "base/mutant.h"
#include "crypto/digest.h"
#include "proto/lines.h"

#define LEAF_EVIDENCE 0x02

/* The order of signed texts of one epoch, set and view: the first line, then
 * the block. */
static int compare(const struct vote *a, const struct vote *b)
{
	int order = strcmp(vote_kind_name(a->kind), vote_kind_name(b->kind));

	return order != 0 ? order : hash_compare(&a->block, &b->block);
}

enum evidence_type evidence_type_of(const struct vote *a, const struct vote *b)
{
	bool is_same_block = hash_equal(&a->block, &b->block);

	if (a->epoch != b->epoch || a->view != b->view || a->signer != b->signer)
		return EVIDENCE_NONE;
	if (a->kind == b->kind) {
		if (is_same_block || a->kind == VOTE_NULLIFY)
			return EVIDENCE_NONE;
		return a->kind == VOTE_NOTARIZE ? EVIDENCE_E1 : EVIDENCE_E2;
	}
	if (a->kind != VOTE_FINALIZE && b->kind != VOTE_FINALIZE)
		return EVIDENCE_NONE; /* notarize, then nullify: legal */
	if (a->kind == VOTE_NULLIFY || b->kind == VOTE_NULLIFY)
		return EVIDENCE_E3;
	return is_same_block ? EVIDENCE_NONE : EVIDENCE_E4;
}

void evidence_make(struct evidence *out, const struct vote *a, const struct vote *b,
		   const struct set *set)
{
	bool is_ordered = compare(a, b) < 0;

	ASSERT(a->signer < set->count);
	*out = (struct evidence){.epoch = a->epoch,
				 .signer = set->validators[a->signer].consensus_key,
				 .type = evidence_type_of(a, b),
				 .set_hash = set->hash,
				 .view = a->view};
	ASSERT(out->type != EVIDENCE_NONE);
	out->votes[0] = is_ordered ? *a : *b;
	out->votes[1] = is_ordered ? *b : *a;
	out->votes[0].signer = 0;
	out->votes[1].signer = 0;
}

static void head_render(struct buf *out, const struct evidence *evidence)
{
	buf_print(out, "stele/v1 evidence\nepoch %llu\nsigner ",
		  (unsigned long long)evidence->epoch);
	buf_hex(out, evidence->signer.b, sizeof(evidence->signer.b));
	buf_print(out, "\ntype E%d\n", (int)evidence->type);
}

void evidence_id(struct hash *out, const struct evidence *evidence)
{
	struct buf head;

	buf_init(&head, LIMIT_EVIDENCE_BYTES);
	if (mutant_on("evidence_reordered_twice"))
		evidence_render(&head, evidence);
	else
		head_render(&head, evidence);
	ASSERT(!head.has_failed);
	sha256(out, head.at, head.len);
	buf_release(&head);
}

static void vote_render(struct buf *out, const struct vote *vote)
{
	buf_print(out, "vote %s ", vote_kind_name(vote->kind));
	if (vote->kind == VOTE_NULLIFY)
		buf_u8(out, '-');
	else
		buf_hex(out, vote->block.b, sizeof(vote->block.b));
	buf_u8(out, ' ');
	buf_hex(out, vote->signature.b, sizeof(vote->signature.b));
	buf_u8(out, '\n');
}

void evidence_render(struct buf *out, const struct evidence *evidence)
{
	head_render(out, evidence);
	buf_print(out, "set ");
	buf_hex(out, evidence->set_hash.b, sizeof(evidence->set_hash.b));
	buf_print(out, "\nview %llu\n", (unsigned long long)evidence->view);
	vote_render(out, &evidence->votes[0]);
	vote_render(out, &evidence->votes[1]);
}

void evidence_leaf(struct buf *out, struct bytes text)
{
	buf_u8(out, LEAF_EVIDENCE);
	buf_add_bytes(out, text);
}

bool evidence_leaf_text(struct bytes leaf, struct bytes *text)
{
	if (leaf.len == 0 || leaf.at[0] != LEAF_EVIDENCE)
		return false;
	*text = bytes_of(leaf.at + 1, leaf.len - 1);
	return true;
}

static void vote_parse(struct lines *lines, const struct evidence *evidence, struct vote *out)
{
	struct bytes line = lines_field(lines, "vote");
	struct bytes kind = lines_word(lines, &line);

	*out = (struct vote){.epoch = evidence->epoch, .view = evidence->view};
	if (bytes_equal(kind, bytes_text("notarize")))
		out->kind = VOTE_NOTARIZE;
	else if (bytes_equal(kind, bytes_text("finalize")))
		out->kind = VOTE_FINALIZE;
	else if (bytes_equal(kind, bytes_text("nullify")))
		out->kind = VOTE_NULLIFY;
	else
		lines_fail(lines);
	if (out->kind != VOTE_NULLIFY)
		lines_word_hash(lines, &line, &out->block);
	else if (!bytes_equal(lines_word(lines, &line), bytes_text("-")))
		lines_fail(lines);
	lines_word_signature(lines, &line, &out->signature);
	lines_end(lines, line);
}

enum err evidence_parse(struct evidence *out, struct bytes text)
{
	struct lines lines = lines_of(text);
	struct bytes line;
	struct bytes type;

	*out = (struct evidence){.type = EVIDENCE_NONE};
	if (text.len > LIMIT_EVIDENCE_BYTES)
		return ERR_TEXT_FORM;
	lines_expect(&lines, "stele/v1 evidence");
	out->epoch = lines_decimal(&lines, "epoch");
	line = lines_field(&lines, "signer");
	lines_word_key(&lines, &line, &out->signer);
	lines_end(&lines, line);
	type = lines_field(&lines, "type");
	lines_hash(&lines, "set", &out->set_hash);
	out->view = lines_decimal_max(&lines, "view", LIMIT_VIEW);
	vote_parse(&lines, out, &out->votes[0]);
	vote_parse(&lines, out, &out->votes[1]);
	if (!lines_is_done(&lines) || out->view == 0 || type.len != 2 || type.at[0] != 'E' ||
	    type.at[1] < '1' || type.at[1] > '4')
		return ERR_TEXT_FORM;
	out->type = (enum evidence_type)(type.at[1] - '0');
	if (evidence_type_of(&out->votes[0], &out->votes[1]) != out->type ||
	    (compare(&out->votes[0], &out->votes[1]) >= 0 &&
	     !mutant_on("evidence_reordered_twice")))
		return ERR_TEXT_FORM;
	return ERR_OK;
}

bool evidence_epoch_fits(const struct evidence *evidence, uint64_t epoch)
{
	if (mutant_on("evidence_epoch_unchecked"))
		return true;
	return evidence->epoch == epoch || (epoch > 0 && evidence->epoch == epoch - 1);
}

enum err evidence_check(const struct evidence *evidence, const struct hash *chain,
			const struct set *set, uint64_t epoch)
{
	uint32_t index = set_find_consensus(set, &evidence->signer);

	if (!evidence_epoch_fits(evidence, epoch))
		return ERR_EVIDENCE_EPOCH;
	if (index == SET_NO_INDEX || !hash_equal(&evidence->set_hash, &set->hash))
		return ERR_EVIDENCE_MATCH;
	for (int i = 0; i < 2; i++) {
		struct vote vote = evidence->votes[i];

		vote.signer = index;
		if (vote_check(&vote, chain, set) != ERR_OK &&
		    !mutant_on("evidence_signature_unchecked"))
			return ERR_EVIDENCE_SIGNATURE;
	}
	return ERR_OK;
}
