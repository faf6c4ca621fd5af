/* The corpus of version 1: every receipt gets the verdict that the page gives it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/proof.h"
#include "proofs/verdict.h"
#include "tests/lib/unit.h"

#define PLACE "tests/vectors/receipts/v1/"

static struct bytes read_file(const char *name)
{
	char place[256];
	char *path;
	size_t len;
	uint8_t *text;

	(void)snprintf(place, sizeof(place), PLACE "%s", name);
	path = unit_repo(place);
	text = unit_file(path, &len);
	free(path);
	return bytes_of(text, len);
}

static void free_file(struct bytes text)
{
	free((void *)(uintptr_t)text.at);
}

static json_t *read_list(const char *name)
{
	char place[256];
	char *path;
	json_t *list;

	(void)snprintf(place, sizeof(place), PLACE "%s", name);
	path = unit_repo(place);
	list = unit_json(path);
	free(path);
	ck_assert(json_is_array(list) && json_array_size(list) > 0);
	return list;
}

static void verdict_of(const json_t *row, char out[256])
{
	const char *trust_name = json_string_value(json_object_get(row, "trust"));
	const json_t *fact = json_object_get(row, "file");
	struct bytes receipt = read_file(unit_json_text(row, "receipt"));
	struct bytes trust = trust_name == NULL ? bytes_of(NULL, 0) : read_file(trust_name);
	struct receipt_file file;
	struct buf line;

	if (json_is_object(fact)) {
		ck_assert(hex_decode(file.sha256.b, sizeof(file.sha256.b),
				     bytes_text(unit_json_text(fact, "sha256"))));
		file.size = (uint64_t)unit_json_integer(fact, "size");
	}
	buf_init(&line, 255);
	ck_assert_int_eq(verdict_line(&line, receipt, trust, json_is_object(fact) ? &file : NULL),
			 ERR_OK);
	(void)snprintf(out, 256, "%.*s", (int)line.len, (const char *)line.at);
	buf_release(&line);
	free_file(receipt);
	free_file(trust);
}

UNIT_TEST(each_receipt_of_the_corpus_gets_its_verdict)
{
	json_t *list = read_list("corpus.json"), *row;
	size_t i, wrong = 0;
	char line[256];

	json_array_foreach(list, i, row)
	{
		const char *wanted = unit_json_text(row, "verdict");

		verdict_of(row, line);
		if (strcmp(line, wanted) == 0)
			continue;
		wrong++;
		printf("%s:\n  wanted %s\n  got    %s\n", unit_json_text(row, "name"), wanted, line);
	}
	ck_assert_msg(wrong == 0, "%zu of %zu", wrong, json_array_size(list));
	json_decref(list);
}

static int proof_code(const json_t *row, uint32_t *former)
{
	const char *trust_name = json_string_value(json_object_get(row, "trust"));
	struct bytes text = read_file(unit_json_text(row, "proof"));
	struct bytes trust_text = trust_name == NULL ? bytes_of(NULL, 0) : read_file(trust_name);
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	struct trust *trust = calloc(1, sizeof(*trust));
	json_t *proof = NULL;
	enum err err;

	ck_assert(facts != NULL && trust != NULL);
	ck_assert(trust_name == NULL || trust_parse(trust, trust_text) == ERR_OK);
	err = proof_parse(text, &proof);
	if (err == ERR_OK)
		err = proof_check(proof, trust_name == NULL ? NULL : trust, facts);
	if (err == ERR_OK && !facts->is_trusted)
		err = ERR_RECEIPT_UNPINNED;
	*former = facts->former;
	proof_facts_release(facts);
	json_decref(proof);
	free(facts);
	free(trust);
	free_file(text);
	free_file(trust_text);
	return (int)err;
}

UNIT_TEST(each_proof_of_the_corpus_gets_its_code)
{
	json_t *list = read_list("proofs.json"), *row;
	size_t i, wrong = 0;

	json_array_foreach(list, i, row)
	{
		int wanted = (int)unit_json_integer(row, "code");
		uint32_t former;
		int code = proof_code(row, &former);

		if (code == wanted &&
		    (code != 0 || (json_int_t)former == unit_json_integer(row, "former")))
			continue;
		wrong++;
		printf("%s: wanted %d, got %d with %u former sets\n", unit_json_text(row, "name"),
		       wanted, code, former);
	}
	ck_assert_msg(wrong == 0, "%zu of %zu", wrong, json_array_size(list));
	json_decref(list);
}

UNIT_MAIN("corpus", each_receipt_of_the_corpus_gets_its_verdict,
	  each_proof_of_the_corpus_gets_its_code)
