#include "ledger/proof_make.h"

#include <stdlib.h>

#include "base/limits.h"
#include "crypto/merkle.h"
#include "ledger/cover_make.h"
#include "ledger/ledger.h"
#include "proofs/proof.h"
#include "proofs/shape.h"
#include "proto/rejected.h"

/* What a proof's bytes leave for entries and facts, beside their tree and the cover. */
#define CONTENT_BYTES_MAX (LIMIT_PROOF_BYTES - LIMIT_PROOF_TREE_BYTES / 3 * 4 - LIMIT_RECEIPT_BYTES)

enum err proof_begin(struct proof_make *proof, struct ledger_view *view, uint64_t height)
{
	*proof = (struct proof_make){.view = view, .height = height, .facts = json_array()};
	entries_init(&proof->entries, view, LIMIT_PROOF_ENTRIES, CONTENT_BYTES_MAX,
		     LIMIT_PROOF_TREE_BYTES);
	return cover_log_size(view, height, &proof->log_size);
}

void proof_release(struct proof_make *proof)
{
	json_decref(proof->facts);
	proof->facts = NULL;
	free(proof->rejected);
	proof->rejected = NULL;
	entries_release(&proof->entries);
}

enum err proof_end(struct proof_make *proof, struct bytes set_text, json_t **out)
{
	json_t *object = json_object();
	enum err err = ERR_OK;

	if (proof->cover == NULL)
		err = cover_add(proof->view, proof->height, set_text, object);
	else if (json_object_update(object, proof->cover) != 0)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = entries_write(&proof->entries, object);
	if (err != ERR_OK) {
		json_decref(object);
		return err;
	}
	json_object_set_new(object, "stele_proof", json_integer(PROOF_VERSION));
	json_object_set(object, "facts", proof->facts);
	*out = object;
	return ERR_OK;
}

enum err proof_add_fact(struct proof_make *proof, const char *name, json_t *fact)
{
	json_object_set_new(fact, "fact", json_string(name));
	if (json_array_size(proof->facts) == LIMIT_PROOF_FACTS) {
		json_decref(fact);
		return ERR_API_PROOF_SIZE;
	}
	json_array_append_new(proof->facts, fact);
	return ERR_OK;
}

enum err proof_add_state(struct proof_make *proof, const char *key)
{
	enum err err = entries_add(&proof->entries, key, NULL);

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return proof_add_fact(proof, "state", json_pack("{s:s}", "key", key));
}

/* --- the log -------------------------------------------------------------- */

enum err proof_add_inclusion(struct proof_make *proof, uint64_t log_index)
{
	struct hash path[MERKLE_PATH_MAX];
	struct bytes data, attachment;
	size_t path_count;
	json_t *fact;
	enum err err = log_index < proof->log_size ? ERR_OK : ERR_NOT_FOUND;

	if (err == ERR_OK)
		err = view_leaf(proof->view, log_index, &data, &attachment);
	if (err == ERR_OK)
		err = view_inclusion(proof->view, log_index, proof->log_size, path, &path_count);
	if (err == ERR_OK)
		err = entries_take_bytes(&proof->entries, (data.len + 2) / 3 * 4);
	if (err != ERR_OK)
		return err;
	fact = json_object();
	json_object_set_new(fact, "log_index", json_integer((json_int_t)log_index));
	json_object_set_new(fact, "data", json_of_base64(data));
	json_object_set_new(fact, "path", json_of_hashes(path, path_count));
	return proof_add_fact(proof, "inclusion", fact);
}

enum err proof_add_consistency(struct proof_make *proof, uint64_t from)
{
	struct hash path[MERKLE_PATH_MAX], root;
	size_t path_count;
	json_t *fact;
	enum err err = from > 0 && from <= proof->log_size ? ERR_OK : ERR_NOT_FOUND;

	if (err == ERR_OK)
		err = view_log_root(proof->view, from, &root);
	if (err == ERR_OK)
		err = view_consistency(proof->view, from, proof->log_size, path, &path_count);
	if (err != ERR_OK)
		return err;
	fact = json_object();
	json_object_set_new(fact, "from", json_integer((json_int_t)from));
	json_object_set_new(fact, "root", json_of_hash(&root));
	json_object_set_new(fact, "path", json_of_hashes(path, path_count));
	return proof_add_fact(proof, "consistency", fact);
}

/* --- rejected entries ------------------------------------------------------- */

static enum err rejected_leaves(struct proof_make *proof)
{
	for (uint32_t i = 0; i < proof->rejected_count; i++) {
		struct view_rejected found;
		enum err err = view_rejected(proof->view, proof->height, i, &found);

		if (err != ERR_OK)
			return err;
		rejected_leaf(&proof->rejected[i], &found.id, (uint16_t)found.reason, found.parcel,
			      found.position);
	}
	return ERR_OK;
}

/* Their tree, made once: a proof may ask for many of a large block. */
static enum err rejected_tree(struct proof_make *proof, uint32_t count)
{
	struct hash *below, *above;
	enum err err;

	if (proof->rejected != NULL)
		return ERR_OK;
	proof->rejected = calloc(count, 2 * sizeof(*proof->rejected));
	if (proof->rejected == NULL)
		return ERR_MEMORY;
	proof->rejected_count = count;
	err = rejected_leaves(proof);
	below = proof->rejected;
	for (uint32_t width = count; err == ERR_OK && width > 1; width /= 2) {
		above = below + width;
		for (uint32_t i = 0; i < width / 2; i++)
			merkle_node(&above[i], &below[(size_t)2 * i], &below[(size_t)2 * i + 1]);
		below = above;
	}
	return err;
}

static enum err rejected_subtree(void *making, unsigned level, uint64_t index, struct hash *out)
{
	const struct proof_make *proof = making;
	const struct hash *at = proof->rejected;

	for (unsigned below = 0; below < level; below++)
		at += proof->rejected_count >> below;
	*out = at[index];
	return ERR_OK;
}

enum err proof_add_rejected(struct proof_make *proof, uint32_t k)
{
	struct hash path[MERKLE_PATH_MAX];
	struct view_rejected found;
	struct view_block block;
	size_t path_count;
	json_t *fact;
	enum err err = view_block(proof->view, proof->height, &block);

	if (err == ERR_OK && k >= block.rejected)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = view_rejected(proof->view, proof->height, k, &found);
	if (err == ERR_OK)
		err = rejected_tree(proof, block.rejected);
	if (err == ERR_OK)
		err = merkle_inclusion_path(rejected_subtree, proof, k, block.rejected, path,
					    &path_count);
	if (err != ERR_OK)
		return err;
	fact = json_object();
	json_object_set_new(fact, "id", json_of_hash(&found.id));
	json_object_set_new(fact, "code", json_integer((json_int_t)found.reason));
	json_object_set_new(fact, "parcel", json_integer(found.parcel));
	json_object_set_new(fact, "position", json_integer(found.position));
	json_object_set_new(fact, "index", json_integer(k));
	json_object_set_new(fact, "count", json_integer(block.rejected));
	json_object_set_new(fact, "path", json_of_hashes(path, path_count));
	return proof_add_fact(proof, "rejected", fact);
}
