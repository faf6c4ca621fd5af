/* The corpus of version 1: every receipt gets the verdict that the page gives it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/light.h"
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

static void proof_verdict_of(const json_t *row, char out[256])
{
	const char *trust_name = json_string_value(json_object_get(row, "trust"));
	struct bytes proof = read_file(unit_json_text(row, "proof"));
	struct bytes trust = trust_name == NULL ? bytes_of(NULL, 0) : read_file(trust_name);
	struct buf line;

	buf_init(&line, 255);
	ck_assert_int_eq(verdict_proof_line(&line, proof, trust), ERR_OK);
	(void)snprintf(out, 256, "%.*s", (int)line.len, (const char *)line.at);
	buf_release(&line);
	free_file(proof);
	free_file(trust);
}

static void check_list(const char *name, void (*verdict)(const json_t *row, char out[256]))
{
	json_t *list = read_list(name), *row;
	size_t i, wrong = 0;
	char line[256];

	json_array_foreach(list, i, row)
	{
		const char *wanted = unit_json_text(row, "verdict");

		verdict(row, line);
		if (strcmp(line, wanted) == 0)
			continue;
		wrong++;
		printf("%s:\n  wanted %s\n  got    %s\n", unit_json_text(row, "name"), wanted, line);
	}
	ck_assert_msg(wrong == 0, "%zu of %zu", wrong, json_array_size(list));
	json_decref(list);
}

UNIT_TEST(each_receipt_of_the_corpus_gets_its_verdict)
{
	check_list("corpus.json", verdict_of);
}

UNIT_TEST(each_proof_of_the_corpus_gets_its_verdict)
{
	check_list("proofs.json", proof_verdict_of);
}

/* --- a light client's steps ------------------------------------------------------------ */

static enum err step(const json_t *row, struct trust *out)
{
	struct bytes text = read_file(unit_json_text(row, "proof"));
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	struct trust *trust = calloc(1, sizeof(*trust));
	json_t *proof = NULL;
	enum err err;

	ck_assert(facts != NULL && trust != NULL);
	ck_assert_int_eq(trust_parse(trust, bytes_text(unit_json_text(row, "pin"))), ERR_OK);
	err = proof_parse(text, &proof);
	if (err == ERR_OK)
		err = proof_findings(proof, trust, facts);
	if (err == ERR_OK)
		err = light_step(facts, trust, out);
	proof_facts_release(facts);
	json_decref(proof);
	free(facts);
	free(trust);
	free_file(text);
	return err;
}

UNIT_TEST(each_step_of_a_light_client_leads_to_its_pin)
{
	json_t *list = read_list("light.json"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		const json_t *expect = json_object_get(row, "expect");
		const char *name = unit_json_text(row, "name");
		struct trust *out = calloc(1, sizeof(*out));
		struct buf text;
		enum err err;

		ck_assert_ptr_nonnull(out);
		err = step(row, out);
		ck_assert_msg((int64_t)err == unit_json_integer(expect, "code"), "%s: %d", name,
			      (int)err);
		buf_init(&text, PIN_BYTES_MAX);
		if (err == ERR_OK) {
			pin_render(&text, out);
			ck_assert_msg(bytes_equal(buf_bytes(&text),
						  bytes_text(unit_json_text(expect, "pin"))),
				      "%s", name);
		}
		buf_release(&text);
		free(out);
	}
	json_decref(list);
}

UNIT_MAIN("corpus", each_receipt_of_the_corpus_gets_its_verdict,
	  each_proof_of_the_corpus_gets_its_verdict,
	  each_step_of_a_light_client_leads_to_its_pin)
