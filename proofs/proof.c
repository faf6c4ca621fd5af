#include "proofs/proof.h"

#include <string.h>

#include "base/limits.h"
#include "proofs/shape.h"
#include "proofs/signer.h"
#include "proofs/text.h"
#include "proofs/v0/proof.h"

#define FACTS_MEMORY ((size_t)1 << 30)

/* --- form ------------------------------------------------------------------------------------ */

static enum err read_facts(const json_t *proof, struct proof_facts *out)
{
	const json_t *array = json_object_get(proof, "facts");
	size_t count = json_array_size(array);
	enum err err = ERR_OK;

	if (!json_is_array(array) || count == 0 || count > LIMIT_PROOF_FACTS)
		return ERR_RECEIPT_FORM;
	out->facts = arena_alloc(&out->arena, count * sizeof(*out->facts));
	if (out->facts == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		err = fact_read(json_array_get(array, i), &out->arena, &out->facts[i]);
	out->facts_count = count;
	return err;
}

/* Both are there, or none. */
static enum err read_entries(const json_t *proof, struct proof_facts *out, struct bytes *tree)
{
	const json_t *entries = json_object_get(proof, "entries");
	enum err err;

	if ((entries == NULL) != (json_object_get(proof, "tree") == NULL))
		return ERR_RECEIPT_FORM;
	if (entries == NULL)
		return ERR_OK;
	err = entries_read(proof, LIMIT_PROOF_ENTRIES, &out->arena, &out->entries, &out->entries_count);
	return err == ERR_OK ? json_read_base64(proof, "tree", LIMIT_PROOF_TREE_BYTES, &out->arena, tree)
			     : err;
}

static enum err read_form(const json_t *proof, struct proof_facts *out, struct bytes *tree)
{
	static const char *const members[] = {"entries", "facts",       "finalization", "headers", "set",
					      "set_changes", "stele_proof", "tree",   NULL};
	enum err err;

	if (!json_has_only(proof, members))
		return ERR_RECEIPT_FORM;
	err = cover_read(proof, &out->arena, &out->cover);
	if (err == ERR_OK)
		err = read_facts(proof, out);
	return err == ERR_OK ? read_entries(proof, out, tree) : err;
}

/* --- judging --------------------------------------------------------------------------------- */

static enum finding finding_of(enum err err)
{
	return err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
}

static enum err check_facts(struct proof_facts *out)
{
	struct fact_source source = {.entries = out->entries, .count = out->entries_count};
	enum err err = ERR_OK;

	source.used = arena_alloc(&out->arena, source.count + 1);
	if (source.used == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < out->facts_count && err == ERR_OK; i++)
		err = fact_check(&out->facts[i], &source, &out->cover.last, &out->arena);
	for (size_t i = 0; i < source.count && err == ERR_OK; i++)
		if (!source.used[i])
			err = ERR_PROOF_FORM;
	return err;
}

static enum err check_tree(const struct proof_facts *facts, struct bytes tree)
{
	enum err err;

	if (facts->entries_count == 0)
		return ERR_OK;
	err = entries_check(facts->entries, facts->entries_count, tree, &facts->cover.last.state);
	return err == ERR_PROOF_FORM ? ERR_PROOF_ROOT : err;
}

/* S2 of a log: at the size of the head it had another root. */
static bool contradicts_log(const struct proof_facts *facts, const struct trust_head *head)
{
	for (size_t i = 0; i < facts->facts_count; i++) {
		struct fact fact = facts->facts[i];

		if (fact.kind == FACT_CONSISTENCY && fact.from_size == head->log_size &&
		    !hash_equal(&fact.from_root, &head->log_root) &&
		    fact_check(&fact, NULL, &facts->cover.last, NULL) == ERR_OK)
			return true;
	}
	return false;
}

static void judge_signer(struct proof_facts *out, const struct trust *trust)
{
	struct signer_finding found = {FINDING_NOT_CHECKED, ERR_OK, 0};

	if (out->finality == FINDING_PASS)
		found = signer_judge(&out->cover, NULL, trust);
	else if (trust == NULL)
		found.code = ERR_RECEIPT_UNPINNED;
	/* it comes before the sets, and behind chain and origin */
	if (out->finality == FINDING_PASS && trust != NULL && trust->has_head &&
	    hash_equal(&out->cover.top.chain, &trust->chain) &&
	    strcmp(out->cover.top.origin, trust->origin) == 0 &&
	    contradicts_log(out, &trust->head))
		found = (struct signer_finding){FINDING_FAIL, ERR_RECEIPT_FORK, 0};
	out->signer = found.finding;
	out->signer_code = found.code;
	out->former = found.former;
	out->is_trusted = found.finding == FINDING_PASS;
}

enum err proof_findings(const json_t *proof, const struct trust *trust, struct proof_facts *out)
{
	struct bytes tree = {NULL, 0};
	enum err err;

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena, FACTS_MEMORY);
	out->version = PROOF_VERSION;
	err = read_form(proof, out, &tree);
	if (err != ERR_OK)
		return err;
	out->finality_code = cover_check(&out->cover);
	out->finality = finding_of(out->finality_code);
	err = check_tree(out, tree);
	if (err == ERR_OK)
		err = check_facts(out);
	if (err == ERR_MEMORY)
		return err;
	out->promises_code = err;
	out->promises = finding_of(err);
	judge_signer(out, trust);
	return ERR_OK;
}

/* The first that failed. */
static enum err check_v1(const json_t *proof, const struct trust *trust, struct proof_facts *out)
{
	enum err err = proof_findings(proof, trust, out);

	if (err == ERR_OK)
		err = out->finality_code;
	if (err == ERR_OK && trust != NULL)
		err = out->signer_code;
	return err == ERR_OK ? out->promises_code : err;
}

enum err proof_check(const json_t *proof, const struct trust *trust, struct proof_facts *out)
{
	const json_t *version = json_object_get(proof, "stele_proof");

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena, FACTS_MEMORY);
	if (!json_is_integer(version))
		return ERR_RECEIPT_FORM;
	if (json_integer_value(version) == 0)
		return v0_proof_check(proof, trust, out);
	if (json_integer_value(version) != PROOF_VERSION)
		return ERR_RECEIPT_VERSION;
	return check_v1(proof, trust, out);
}

void proof_facts_release(struct proof_facts *facts)
{
	arena_release(&facts->arena);
}

const struct fact *proof_only(const struct proof_facts *facts, enum fact_kind kind)
{
	return facts->facts_count == 1 && facts->facts[0].kind == kind ? &facts->facts[0] : NULL;
}

const struct fact *proof_list(const struct proof_facts *facts, enum fact_kind kind,
			      const char *subject)
{
	const struct fact *fact = proof_only(facts, kind);

	return fact != NULL && strcmp(fact->subject, subject) == 0 && fact_is_whole(fact) ? fact
											  : NULL;
}

/* --- the text -------------------------------------------------------------------------------- */

#define V0_BYTES_MAX ((size_t)256 << 20)

static enum err parse_v0(struct bytes text, json_t **out)
{
	json_t *proof = text.len <= V0_BYTES_MAX
				? json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES,
					     NULL)
				: NULL;
	const json_t *version = json_object_get(proof, "stele_proof");

	if (!json_is_integer(version) || json_integer_value(version) != 0) {
		json_decref(proof);
		return ERR_RECEIPT_FORM;
	}
	*out = proof;
	return ERR_OK;
}

enum err proof_parse(struct bytes text, json_t **out)
{
	struct text_scan scan;

	if (!text_scan(text, LIMIT_PROOF_BYTES, "stele_proof", &scan))
		return parse_v0(text, out);
	if (scan.has_number && scan.number > PROOF_VERSION)
		return ERR_RECEIPT_VERSION;
	return text_build(text, &scan, out);
}
