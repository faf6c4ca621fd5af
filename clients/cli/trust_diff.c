/* stele trust diff: what two parties rely on, side by side. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/trust_move.h"
#include "clients/cli/trust_sets.h"
#include "proofs/proof.h"
#include "proofs/trust.h"

struct side {
	const char *name;
	struct trust trust;
	struct set newest; /* of the newest epoch, where its text is known */
	bool has_newest;
};

/* --- where they come from ---------------------------------------------------------------- */

/* What a node shows of itself: nobody vouches for it. */
static enum err read_node(struct cli *cli, struct side *out)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	json_t *proof = NULL;
	enum err err = api_get(cli, &proof, "/v1/proofs/consistency?from=1");

	ASSERT(facts != NULL);
	if (err == ERR_OK) {
		const struct cover *cover = &facts->cover;

		err = proof_check(proof, NULL, facts);
		if (err != ERR_OK) {
			cli_fail(cli, err, "what the node shows does not hold");
			cli_exit(cli, EXIT_CODE_CHECK_FAILED);
		} else {
			memcpy(out->trust.origin, cover->top.origin, sizeof(out->trust.origin));
			out->trust.chain = cover->top.chain;
			out->trust.epoch = cover->epoch;
			for (uint64_t k = 0; k <= cover->changes_count; k++)
				trust_add_set(&out->trust, &cover_set(cover, cover->epoch + k)->hash);
			out->trust.has_head = true;
			out->trust.head =
				(struct trust_head){cover->last.height, cover->last_block,
						    cover->last.log_size, cover->last.log_root};
			out->newest = *cover->set;
			out->has_newest = true;
		}
	}
	proof_facts_release(facts);
	free(facts);
	json_decref(proof);
	return err;
}

/* The set that a genesis names; its text is in the document. */
static void take_genesis_set(struct bytes text, struct side *out)
{
	static const char first[] = "\nstele/v1 set\n";
	const uint8_t *at = memmem(text.at, text.len, first, sizeof(first) - 1);
	const uint8_t *end;

	if (at == NULL)
		return;
	at++;
	end = memmem(at, text.len - (size_t)(at - text.at), "\n\n", 2);
	end = end != NULL ? end + 1 : text.at + text.len;
	out->has_newest = set_parse(&out->newest, bytes_of(at, (size_t)(end - at))) == ERR_OK &&
			  hash_equal(&out->newest.hash, &out->trust.sets[0]);
}

static enum err read_text(struct cli *cli, struct side *out)
{
	struct buf text;
	enum err err;

	buf_init(&text, GENESIS_FILE_BYTES);
	err = file_read(cli, out->name, &text);
	if (err == ERR_OK) {
		err = trust_parse(&out->trust, buf_bytes(&text));
		if (err != ERR_OK)
			cli_fail(cli, err, "%s", out->name);
		else if (!trust_is_pin(buf_bytes(&text)))
			take_genesis_set(buf_bytes(&text), out);
	}
	buf_release(&text);
	return err;
}

static enum err read_side(struct cli *cli, struct side *out)
{
	enum err err = strcmp(out->name, "node") == 0 ? read_node(cli, out) : read_text(cli, out);

	if (err == ERR_OK && !out->has_newest)
		out->has_newest = set_kept(cli, &out->trust.sets[out->trust.sets_count - 1],
					   &out->newest);
	return err;
}

/* --- comparing --------------------------------------------------------------------------- */

/* Epochs that both tell of: how many, and how many of them with another set. */
static void compare_sets(const struct trust *a, const struct trust *b, json_int_t *shared,
			 json_int_t *other)
{
	*shared = 0;
	*other = 0;
	for (uint32_t i = 0; i < a->sets_count; i++) {
		const struct hash *hash = trust_set(b, a->epoch + i);

		*shared += hash != NULL;
		*other += hash != NULL && !hash_equal(hash, &a->sets[i]);
	}
}

static json_t *members_without(const struct set *set, const struct set *other)
{
	json_t *names = json_array();

	for (uint32_t i = 0; i < set->count; i++)
		if (set_find_consensus(other, &set->validators[i].consensus_key) == SET_NO_INDEX)
			json_array_append_new(names,
					      json_sprintf("%s of %s", set->validators[i].id,
							   set->validators[i].org));
	return names;
}

static json_t *side_json(const struct side *side)
{
	const struct trust *trust = &side->trust;
	json_t *object = json_pack("{s:s, s:s, s:o, s:I, s:I, s:o}", "name", side->name, "network",
				   trust->origin, "chain", json_hex(trust->chain.b, 32),
				   "epoch_first", (json_int_t)trust->epoch, "epoch_last",
				   (json_int_t)trust_epoch_last(trust), "set_hash",
				   json_hex(trust->sets[trust->sets_count - 1].b, 32));

	if (trust->has_head) {
		json_object_set_new(object, "height", json_integer((json_int_t)trust->head.height));
		json_object_set_new(object, "block", json_hex(trust->head.block.b, 32));
		json_object_set_new(object, "log_size",
				    json_integer((json_int_t)trust->head.log_size));
	}
	return object;
}

/* How far a side has followed; a genesis is at the beginning. */
static uint64_t height_of(const struct trust *trust)
{
	return trust->has_head ? trust->head.height : 0;
}

static const char *relation_of_one_history(const struct trust *a, const struct trust *b)
{
	if (trust_epoch_last(a) != trust_epoch_last(b))
		return trust_epoch_last(a) > trust_epoch_last(b) ? "the first is newer"
								  : "the second is newer";
	if (height_of(a) != height_of(b))
		return height_of(a) > height_of(b) ? "the first is newer" : "the second is newer";
	return "the same";
}

/* What a reader has to know first.  Two histories only where both rest on the same sets: a
 * head beside other sets was signed by whoever made those up. */
static const char *relation(const struct trust *a, const struct trust *b, json_int_t shared,
			    json_int_t other)
{
	if (!hash_equal(&a->chain, &b->chain) || strcmp(a->origin, b->origin) != 0)
		return "other networks";
	if (other > 0)
		return "other validators for one epoch";
	if (shared == 0)
		return "no epoch in common";
	if (a->has_head && b->has_head && a->head.height == b->head.height &&
	    !hash_equal(&a->head.block, &b->head.block))
		return "two histories";
	return relation_of_one_history(a, b);
}

static json_t *compare(const struct side *a, const struct side *b)
{
	json_int_t shared, other;
	json_t *result;

	compare_sets(&a->trust, &b->trust, &shared, &other);
	result = json_pack("{s:o, s:o, s:s, s:I, s:I}", "a", side_json(a), "b", side_json(b),
			   "relation", relation(&a->trust, &b->trust, shared, other),
			   "epochs_in_common", shared, "epochs_that_differ", other);
	if (a->has_newest && b->has_newest) {
		json_object_set_new(result, "joined", members_without(&b->newest, &a->newest));
		json_object_set_new(result, "left", members_without(&a->newest, &b->newest));
	}
	return result;
}

static void print_side(const struct cli *cli, const json_t *side)
{
	json_int_t height = json_integer_value(json_object_get(side, "height"));

	out_line(cli, "%s", json_text(side, "name"));
	out_line(cli, "  network    %s", json_text(side, "network"));
	out_line(cli, "  sets       epochs %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT
		      ", the newest %.16s…",
		 json_integer_value(json_object_get(side, "epoch_first")),
		 json_integer_value(json_object_get(side, "epoch_last")),
		 json_text(side, "set_hash"));
	if (json_object_get(side, "height") != NULL)
		out_line(cli, "  head       height %" JSON_INTEGER_FORMAT ", block %.16s…", height,
			 json_text(side, "block"));
}

static void print_names(const struct cli *cli, const json_t *result, const char *member)
{
	const json_t *names = json_object_get(result, member), *name;
	size_t i;

	json_array_foreach(names, i, name)
		out_line(cli, "%-10s %s", member, json_string_value(name));
}

static void print(const struct cli *cli, const json_t *result)
{
	print_side(cli, json_object_get(result, "a"));
	print_side(cli, json_object_get(result, "b"));
	out_line(cli, "relation   %s", json_text(result, "relation"));
	print_names(cli, result, "joined");
	print_names(cli, result, "left");
	if (json_object_get(result, "joined") == NULL)
		out_line(cli, "members    not known of both; trust update keeps the texts of sets");
}

static enum err conclude(struct cli *cli, const json_t *result)
{
	const char *what = json_text(result, "relation");

	if (strcmp(what, "two histories") == 0) {
		cli_fail(cli, ERR_RECEIPT_FORK, NULL);
		cli_exit(cli, EXIT_CODE_ALARM);
		return ERR_RECEIPT_FORK;
	}
	if (strcmp(what, "other networks") == 0 || strncmp(what, "other validators", 16) == 0) {
		cli_fail(cli, ERR_RECEIPT_SIGNER, "%s", what);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
		return ERR_RECEIPT_SIGNER;
	}
	return ERR_OK;
}

enum err trust_diff(struct cli *cli)
{
	struct side *sides = calloc(2, sizeof(*sides));
	json_t *result = NULL;
	enum err err = ERR_OK;

	ASSERT(sides != NULL);
	for (size_t i = 0; i < 2 && err == ERR_OK; i++) {
		sides[i].name = cli->args[i];
		err = read_side(cli, &sides[i]);
	}
	if (err == ERR_OK) {
		result = compare(&sides[0], &sides[1]);
		if (!out_json(cli, json_incref(result)))
			print(cli, result);
		err = conclude(cli, result);
	}
	json_decref(result);
	free(sides);
	return err;
}
