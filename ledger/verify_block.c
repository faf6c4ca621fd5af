/* One height of verify-ledger: header, body and finalization; then the block is
 * executed anew, or, where parcels were pruned, leaves, rejected entries and index
 * rows are held against the header's lines. */
#include "crypto/digest.h"
#include "ledger/genesis_state.h"
#include "ledger/verify_internal.h"
#include "proto/rejected.h"

static enum err header_check(struct verify *verify, uint64_t height,
			     const struct row_block *row, struct header *header,
			     struct hash *hash)
{
	struct hash body_hash;
	struct bytes place;
	struct row_key key = row_key_u64(height);
	enum err err;

	if (header_parse(header, row->header_text) != ERR_OK)
		return verify_bad(verify, height, "the header is malformed");
	sha256(hash, row->header_text.at, row->header_text.len);
	if (header->height != height ||
	    !hash_equal(&header->chain, &verify->order->genesis->chain) ||
	    !hash_equal(&header->validators, &verify->order->genesis->set.hash))
		return verify_bad(verify, height, "the header is not this chain's");
	if (height > 0 && (!hash_equal(&header->parent, &verify->parent_hash) ||
			   header->time_ms <= verify->parent.time_ms))
		return verify_bad(verify, height, "the header does not follow its parent");
	sha256(&body_hash, row->body_text.at, row->body_text.len);
	if (!hash_equal(&body_hash, &header->body) ||
	    body_parse(verify->body, row->body_text) != ERR_OK)
		return verify_bad(verify, height, "the body is not the header's");
	if (row->parcels != verify->body->parcels_count)
		return verify_bad(verify, height, "the number of parcels differs");
	if (verify->order->is_export)
		return ERR_OK;
	err = store_get(verify->read, TABLE_BLOCK_HASH, bytes_of(hash->b, sizeof(hash->b)),
			&place);
	if (err == ERR_OK && !bytes_equal(place, row_key_bytes(&key)))
		err = ERR_STORE_DAMAGED;
	return verify_row(verify, height, "the block is not found by its hash", err);
}

enum err verify_finalization(struct verify *verify, uint64_t height, struct bytes finalization,
			     const struct hash *block, uint64_t epoch)
{
	const struct genesis *genesis = verify->order->genesis;
	struct certificate *certificate = verify->certificate;

	if (finalization.len == 0)
		return ERR_OK;
	if (certificate_decode(certificate, finalization, genesis->set.count) != ERR_OK ||
	    certificate->kind != VOTE_FINALIZE || !hash_equal(&certificate->block, block))
		return verify_bad(verify, height, "the finalization does not hold");
	verify_bind(verify, finalization);
	if (verify->order->bound == NULL) {
		if (certificate_check(certificate, &genesis->chain, &genesis->set, epoch, NULL) !=
		    ERR_OK)
			return verify_bad(verify, height, "the finalization does not hold");
		verify->report->signatures += certificate->signatures_count;
	}
	verify->report->finalizations++;
	verify->report->finalized = height;
	return ERR_OK;
}

enum err verify_index(struct verify *verify, uint64_t height, const struct hash *id,
		      const struct row_tx *want)
{
	uint8_t wanted[ROW_TX_BYTES];
	struct bytes row;
	enum err err;

	if (!index_heights_cover(&verify->index_heights, id, height))
		return ERR_OK; /* made again at the next start */
	row_tx_encode(wanted, want);
	err = store_get(verify->read, TABLE_TX, bytes_of(id->b, sizeof(id->b)), &row);
	if (err == ERR_OK && !bytes_equal(row, bytes_of(wanted, sizeof(wanted))))
		err = ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		verify->indexed++;
	return verify_row(verify, height, "the index of transactions is wrong", err);
}

static enum err signature_check(struct verify *verify, const struct tx *tx)
{
	if (verify->order->bound != NULL)
		return ERR_OK; /* checked elsewhere */
	verify->report->signatures++;
	return tx_check_signature(tx);
}

/* The leaf itself shows its signature and what its attachment must be. */
static enum err leaf_prove(struct verify *verify, uint64_t height, uint64_t log_index,
			   struct bytes leaf)
{
	struct bytes attachment = {NULL, 0};
	struct tx *tx;
	enum err err = row_get(verify->read, TABLE_ATTACHMENT, row_key_u64(log_index), &attachment);

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	verify->attachments += err == ERR_OK;
	verify_bind(verify, leaf);
	err = tx_from_leaf(&tx, leaf, attachment, &verify->order->genesis->chain);
	if (err == ERR_OK) {
		err = signature_check(verify, tx);
		tx_free(tx);
	}
	if (err == ERR_OK || err == ERR_MEMORY)
		return err;
	return verify_bad(verify, height, "a leaf is no signed transaction");
}

enum err verify_evidence(struct verify *verify, const struct header *header, uint32_t k,
			 struct bytes leaf)
{
	const struct body_evidence *line = &verify->body->evidence[k];
	struct evidence evidence;
	struct bytes text;
	struct hash id, text_hash;

	if (!evidence_leaf_text(leaf, &text) || evidence_parse(&evidence, text) != ERR_OK ||
	    evidence_check(&evidence, &verify->order->genesis->chain, &verify->order->genesis->set,
			   header->epoch) != ERR_OK)
		return verify_bad(verify, header->height, "the evidence of a leaf does not hold");
	evidence_id(&id, &evidence);
	sha256(&text_hash, text.at, text.len);
	if (!hash_equal(&id, &line->id) || !hash_equal(&text_hash, &line->text_hash))
		return verify_bad(verify, header->height, "evidence is not the body's");
	return ERR_OK;
}

/* Leaf k of the block: evidence, then transactions. */
static enum err leaf_check(struct verify *verify, const struct header *header, uint32_t k)
{
	uint64_t height = header->height;
	uint64_t log_index = verify->frontier.size;
	struct row_tx place = {true, height, log_index};
	struct bytes leaf;
	struct hash hash;
	struct hash id;
	uint64_t until;
	enum err err = row_get(verify->read, TABLE_LEAF, row_key_u64(log_index), &leaf);

	if (err != ERR_OK)
		return verify_row(verify, height, "a leaf is missing", err);
	merkle_leaf(&hash, leaf);
	merkle_frontier_append(&verify->frontier, &hash);
	if (height == 0)
		return ERR_OK; /* the document; the log root binds it */
	if (k < verify->body->evidence_count)
		return verify_evidence(verify, header, k, leaf);
	if (row_leaf_peek(leaf, &id, &until) != ERR_OK)
		return verify_bad(verify, height, "a leaf is malformed");
	err = verify_index(verify, height, &id, &place);
	return err == ERR_OK ? leaf_prove(verify, height, log_index, leaf) : err;
}

static enum err leaves_check(struct verify *verify, uint64_t height, const struct row_block *row,
			     const struct header *header)
{
	struct hash root;

	if (row->log_first != verify->frontier.size)
		return verify_bad(verify, height, "the leaves do not follow the parent's");
	if (row->leaves < verify->body->evidence_count)
		return verify_bad(verify, height, "the leaves are not all there");
	for (uint32_t i = 0; i < row->leaves; i++) {
		enum err err = leaf_check(verify, header, i);

		if (err != ERR_OK)
			return err;
	}
	verify->report->leaves += row->leaves;
	merkle_frontier_root(&verify->frontier, &root);
	if (header->log_size != verify->frontier.size || !hash_equal(&root, &header->log_root))
		return verify_bad(verify, height, "the leaves do not give the header's log root");
	return ERR_OK;
}

/* The entry's id is that of the signed bytes beside it. */
static enum err rejected_prove(struct verify *verify, uint64_t height,
			       const struct row_rejected *rejected)
{
	struct tx *tx;
	enum err err;

	verify_bind(verify, rejected->raw);
	err = tx_decode(&tx, rejected->raw, &verify->order->genesis->chain);
	if (err == ERR_OK) {
		err = hash_equal(&tx->id, &rejected->id) ? signature_check(verify, tx)
							 : ERR_STORE_DAMAGED;
		tx_free(tx);
	}
	if (err == ERR_OK || err == ERR_MEMORY)
		return err;
	return verify_bad(verify, height, "a rejected entry is not its transaction's");
}

static enum err rejected_check(struct verify *verify, uint64_t height,
			       const struct row_block *block, const struct header *header)
{
	struct merkle_frontier frontier;
	struct hash root;

	merkle_frontier_init(&frontier);
	for (uint32_t k = 0; k < block->rejected; k++) {
		struct row_tx place = {false, height, k};
		struct row_rejected rejected;
		struct bytes row;
		struct hash leaf;
		enum err err = row_get(verify->read, TABLE_REJECTED, row_key_pair(height, k), &row);

		if (err == ERR_OK)
			err = row_rejected_decode(&rejected, row);
		if (err != ERR_OK)
			return verify_row(verify, height, "a rejected entry is missing", err);
		rejected_leaf(&leaf, &rejected.id, (uint16_t)rejected.reason, rejected.parcel,
			      rejected.position);
		merkle_frontier_append(&frontier, &leaf);
		err = verify_index(verify, height, &rejected.id, &place);
		if (err == ERR_OK)
			err = rejected_prove(verify, height, &rejected);
		if (err != ERR_OK)
			return err;
	}
	verify->report->rejected += block->rejected;
	merkle_frontier_root(&frontier, &root);
	if (header->rejected_count != block->rejected ||
	    !hash_equal(&root, &header->rejected_root))
		return verify_bad(verify, height, "the rejected entries do not give their root");
	return ERR_OK;
}

/* One parcel as the body names it; of its transactions only those that count were looked
 * at, as leaves and rejected entries. */
static enum err parcel_prove(struct verify *verify, const struct header *header, uint32_t k,
			     struct bytes bytes)
{
	struct parcel_text text;
	struct row_parcel row;
	struct hash digest;
	const struct genesis *genesis = verify->order->genesis;
	enum err err = row_parcel_decode(&row, bytes);

	if (err == ERR_OK && verify->order->bound == NULL) {
		verify->report->signatures++;
		err = parcel_check(row.text, &row.signature, row.payload, &genesis->chain,
				   &genesis->set, header->epoch, &text);
	} else if (err == ERR_OK) {
		err = parcel_check_form(row.text, row.payload, &genesis->chain, &genesis->set,
					header->epoch, &text);
	}
	if (err != ERR_OK)
		return verify_bad(verify, header->height, "a parcel does not hold");
	verify_bind_parcel(verify, &row);
	sha256(&digest, row.text.at, row.text.len);
	if (!hash_equal(&digest, &verify->body->parcels[k].digest))
		return verify_bad(verify, header->height, "a parcel is not the body's");
	verify->report->parcels++;
	return ERR_OK;
}

/* Parcels are there for the newest heights, and where they are they hold. */
static enum err parcels_check(struct verify *verify, const struct row_block *block,
			      const struct header *header)
{
	uint32_t pruned = 0;

	for (uint32_t k = 0; k < block->parcels; k++) {
		struct bytes row;
		enum err err = row_get(verify->read, TABLE_PARCEL,
				       row_key_pair(header->height, k), &row);

		if (err == ERR_NOT_FOUND && pruned == k &&
		    verify->report->heights >= header->height + LEDGER_PARCELS_KEPT) {
			pruned++;
			continue;
		}
		if (err != ERR_OK)
			return verify_row(verify, header->height, "a parcel is missing", err);
		if (pruned > 0)
			return verify_bad(verify, header->height, "some of its parcels are missing");
		err = parcel_prove(verify, header, k, row);
		if (err != ERR_OK)
			return err;
	}
	verify->report->unparcelled += pruned > 0;
	return ERR_OK;
}

/* Header 0 follows from the document alone. */
static enum err header_zero_check(struct verify *verify, const struct row_block *row)
{
	struct header header;
	struct buf text;
	enum err err = genesis_state_header(&header, verify->order->genesis, verify->order->genesis_text);

	if (err != ERR_OK)
		return err;
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	if (text.has_failed)
		err = ERR_MEMORY;
	else if (!bytes_equal(buf_bytes(&text), row->header_text))
		err = verify_bad(verify, 0, "header 0 is not the genesis document's");
	buf_release(&text);
	return err;
}

static enum err zero_check(struct verify *verify, const struct row_block *row)
{
	struct bytes leaf;
	struct hash hash;
	enum err err = row_get(verify->read, TABLE_LEAF, row_key_u64(0), &leaf);

	if (err != ERR_OK)
		return verify_row(verify, 0, "the genesis leaf is missing", err);
	if (leaf.len == 0 || leaf.at[0] != 0x00)
		return verify_bad(verify, 0, "leaf 0 is not the genesis document");
	sha256(&hash, leaf.at + 1, leaf.len - 1);
	if (!hash_equal(&hash, &verify->order->genesis->chain))
		return verify_bad(verify, 0, "leaf 0 is not the genesis document");
	return header_zero_check(verify, row);
}

/* Without execution. */
static enum err plain_check(struct verify *verify, uint64_t height, const struct row_block *row,
			    const struct header *header)
{
	enum err err = leaves_check(verify, height, row, header);

	if (err == ERR_OK)
		err = rejected_check(verify, height, row, header);
	return err == ERR_OK ? parcels_check(verify, row, header) : err;
}

enum err verify_block(struct verify *verify, uint64_t height)
{
	struct row_block row;
	struct header header;
	struct hash hash;
	enum err err = row_block_get(verify->read, height, &row);

	if (err != ERR_OK)
		return verify_row(verify, height, "the block is missing", err);
	if (height == 0)
		err = zero_check(verify, &row);
	if (err == ERR_OK)
		err = header_check(verify, height, &row, &header, &hash);
	if (err == ERR_OK)
		err = verify_finalization(verify, height, row.finalization, &hash, header.epoch);
	if (err != ERR_OK)
		return err;
	if (height > 0 && verify->again != NULL)
		err = verify_again(verify, &header, &row);
	else
		err = plain_check(verify, height, &row, &header);
	if (err == ERR_OK && height == 0 && verify->again != NULL)
		err = verify_zero_values(verify);
	if (err != ERR_OK)
		return err;
	verify->parent = header;
	verify->parent_hash = hash;
	return ERR_OK;
}
