/* Evidence of a body: taken out of its texts, checked, and recorded before the
 * parcels; docs/ledger.md section 2. */
#include "crypto/digest.h"
#include "ledger/apply/apply.h"
#include "ledger/ledger_internal.h"

static enum err evidence_open(const struct ledger *ledger, uint64_t epoch, struct bytes text,
			      struct recorded *out)
{
	const struct genesis *genesis = ledger->genesis;
	enum err err = evidence_parse(&out->evidence, text);

	if (err == ERR_OK) /* the set of the only epoch */
		err = evidence_check(&out->evidence, &genesis->chain, &genesis->set, epoch);
	if (err != ERR_OK)
		return err;
	evidence_id(&out->id, &out->evidence);
	sha256(&out->text_hash, text.at, text.len);
	buf_init(&out->leaf, 1 + LIMIT_EVIDENCE_BYTES);
	evidence_leaf(&out->leaf, text);
	if (!out->leaf.has_failed)
		return ERR_OK;
	buf_release(&out->leaf);
	return ERR_MEMORY;
}

static struct apply_block apply_of(const struct executed *block)
{
	/* No rule of evidence asks for the epoch's length. */
	return (struct apply_block){.overlay = block->overlay,
				    .height = block->header.height,
				    .time_ms = block->header.time_ms};
}

/* --- building ------------------------------------------------------------ */

static enum err is_known(const struct executed *block, const struct hash *id, bool *out)
{
	struct apply_block apply = apply_of(block);
	struct arena arena;
	enum err err;

	for (uint32_t i = 0; i < block->evidence_count; i++) {
		if (hash_equal(&block->evidence[i].id, id)) {
			*out = true;
			return ERR_OK;
		}
	}
	arena_init(&arena, LEDGER_APPLY_ARENA);
	err = apply_evidence_is_known(&apply, id, &arena, out);
	arena_release(&arena);
	return err;
}

/* At its place by id. */
static void insert(struct executed *block, const struct recorded *recorded)
{
	uint32_t at = block->evidence_count++;

	for (; at > 0 && hash_compare(&block->evidence[at - 1].id, &recorded->id) > 0; at--)
		block->evidence[at] = block->evidence[at - 1];
	block->evidence[at] = *recorded;
}

static enum err offer(const struct ledger *ledger, struct executed *block, struct bytes text)
{
	struct recorded recorded;
	bool is_there;
	enum err err = evidence_open(ledger, block->header.epoch, text, &recorded);

	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return ERR_OK; /* no evidence here: left out */
	err = is_known(block, &recorded.id, &is_there);
	if (err == ERR_OK && !is_there)
		insert(block, &recorded);
	else
		buf_release(&recorded.leaf);
	return err;
}

enum err evidence_choose(struct ledger *ledger, struct executed *block, const struct bytes *texts,
			 uint32_t count)
{
	enum err err;

	if (count == 0)
		return ERR_OK;
	err = ledger_base_begin(ledger);
	if (err != ERR_OK)
		return err;
	for (uint32_t i = 0; i < count && block->evidence_count < LIMIT_EVIDENCE_PER_BLOCK &&
			     err == ERR_OK;
	     i++)
		err = offer(ledger, block, texts[i]);
	ledger_base_end(ledger);
	return err;
}

/* --- checking ------------------------------------------------------------ */

enum err evidence_take(const struct ledger *ledger, struct executed *block,
		       const struct body *body, const struct bytes *texts)
{
	for (uint32_t i = 0; i < body->evidence_count; i++) {
		struct recorded *recorded = &block->evidence[i];
		enum err err = evidence_open(ledger, block->header.epoch, texts[i], recorded);

		if (err == ERR_MEMORY)
			return err;
		if (err != ERR_OK)
			return ERR_BLOCK_INVALID;
		block->evidence_count++; /* its leaf goes with the block from here on */
		if (!hash_equal(&recorded->id, &body->evidence[i].id) ||
		    !hash_equal(&recorded->text_hash, &body->evidence[i].text_hash))
			return ERR_BLOCK_INVALID;
	}
	return ERR_OK;
}

/* --- execution ----------------------------------------------------------- */

enum err evidence_run(struct executed *block)
{
	struct apply_block apply = apply_of(block);
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < block->evidence_count && err == ERR_OK; i++) {
		struct recorded *recorded = &block->evidence[i];
		struct arena arena;

		arena_init(&arena, LEDGER_APPLY_ARENA);
		err = apply_evidence(&apply, &recorded->evidence, &recorded->text_hash,
				     block->frontier.size, &arena);
		arena_release(&arena);
		overlay_settle(block->overlay);
		merkle_leaf(&recorded->hash, buf_bytes(&recorded->leaf));
		merkle_frontier_append(&block->frontier, &recorded->hash);
	}
	return err == ERR_EVIDENCE_KNOWN ? ERR_BLOCK_INVALID : err;
}
