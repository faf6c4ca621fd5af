/* The genesis document, its sealed file, cards and the words of a fingerprint. */
#include "proto/genesis.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/card.h"
#include "proto/domain.h"
#include "proto/genesis_file.h"
#include "proto/words.h"
#include "tests/unit/proto/vectors.h"

static void round_trip(struct bytes text)
{
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	struct buf again;
	unsigned line;

	ck_assert_ptr_nonnull(genesis);
	if (genesis_parse(genesis, text, &line) == ERR_OK) {
		struct hash chain = genesis->chain;

		buf_init(&again, LIMIT_GENESIS_BYTES);
		ck_assert_int_eq(genesis_render(&again, genesis), ERR_OK);
		ck_assert(bytes_equal(buf_bytes(&again), text));
		ck_assert(hash_equal(&chain, &genesis->chain));
		buf_release(&again);
	} else {
		ck_assert_uint_ge(line, 1);
	}
	free(genesis);
}

UNIT_TEST(document_agrees_both_ways)
{
	json_t *json = vectors("genesis.json");
	struct genesis *genesis = vector_genesis();
	char origin[ORIGIN_MAX + 1];
	struct buf found;

	ck_assert(vector_hash_is(json, "chain", &genesis->chain));
	ck_assert_str_eq(genesis->name, "example.stele/demo");
	ck_assert_uint_eq(genesis->orgs_count, 5);
	ck_assert_uint_eq(genesis->rules_count, 13);
	ck_assert_uint_eq(genesis->timers.late_ms, 20000);
	ck_assert_uint_eq(genesis->set.count, 4);
	ck_assert(vector_hash_is(json, "set_hash", &genesis->set.hash));
	genesis_origin(origin, genesis);
	ck_assert_str_eq(origin, unit_json_text(json, "origin"));
	buf_init(&found, 200);
	genesis_found_text(&found, &genesis->chain);
	ck_assert(bytes_equal(buf_bytes(&found), vector_text(json, "found")));
	buf_release(&found);
	round_trip(vector_text(json, "document"));
	free(genesis);
	json_decref(json);
}

UNIT_TEST(changed_documents_render_again_or_are_refused)
{
	json_t *json = vectors("genesis.json");

	vector_mutate(vector_text(json, "document"), round_trip);
	json_decref(json);
}

UNIT_TEST(header_of_height_0_follows_from_the_document)
{
	json_t *json = vectors("genesis.json"), *headers = vectors("headers.json");
	const json_t *want = json_array_get(unit_json_array(headers, "headers"), 0);
	struct genesis *genesis = vector_genesis();
	struct hash state;
	struct header header;
	struct buf text;

	memset(state.b, 0x11, sizeof(state.b));
	genesis_header(&header, genesis, vector_text(json, "document"), &state);
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	ck_assert(bytes_equal(buf_bytes(&text), vector_text(want, "text")));
	buf_release(&text);
	free(genesis);
	json_decref(headers);
	json_decref(json);
}

UNIT_TEST(first_bad_line_is_named)
{
	static const char wrong[] = "stele/v1 genesis\nname a\nsuite sm2-sm3\n";
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	unsigned line = 0;

	ck_assert_ptr_nonnull(genesis);
	ck_assert_int_eq(genesis_parse(genesis, bytes_text(wrong), &line), ERR_GENESIS_FORM);
	ck_assert_uint_eq(line, 3);
	free(genesis);
}

/* Each spoils one thing. */
static void spoil(struct genesis *genesis, int what)
{
	switch (what) {
	case 0:
		genesis->timers.delta_us = 999;
		break;
	case 1:
		genesis->window_ms = LIMIT_WINDOW_MS + 1;
		break;
	case 2:
		genesis->epoch_length = 0;
		break;
	case 3:
		genesis->time_ms = 0;
		break;
	case 4:
		memcpy(genesis->name, "A", 2);
		break;
	case 5:
		genesis->rules[1] = genesis->rules[0];
		break;
	case 6: /* approvals for what no motion carries */
		genesis->rules[12].approvals = 1;
		genesis->rules[12].approvers = STELE__ROLE__ROLE_AUDITOR;
		break;
	case 7:
		genesis->rules[0].openers = 0;
		break;
	case 8:
		genesis->orgs[1] = genesis->orgs[0];
		break;
	case 9:
		genesis->orgs[2].keys[0] = genesis->orgs[1].keys[0];
		break;
	case 10:
		genesis->orgs[0].roles = 1u << STELE__ROLE__ROLE_FUNDER;
		break;
	case 11:
		genesis->orgs[0].name_zh[0] = genesis->orgs[0].name_en[0] = '\0';
		break;
	case 12:
		genesis->orgs[0].name_en[0] = '\n';
		break;
	case 13: /* a consensus key that an organisation has too */
		genesis->orgs[0].keys[1].key = genesis->set.validators[0].consensus_key;
		break;
	case 14:
		memcpy(genesis->set.validators[0].org, "nobody", 7);
		break;
	case 15:
		genesis->rules[0].operation = STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN;
		break;
	case 16: /* no govern key to sign the founding with */
		for (uint32_t k = 0; k < genesis->orgs[0].keys_count; k++)
			genesis->orgs[0].keys[k].purposes = 1u << STELE__PURPOSE__PURPOSE_GRANT;
		break;
	default:
		genesis->orgs_count = 0;
		break;
	}
}

UNIT_TEST(every_bound_is_checked)
{
	for (int what = 0; what <= 17; what++) {
		struct genesis *genesis = vector_genesis();

		ck_assert_int_eq(genesis_check(genesis), ERR_OK);
		spoil(genesis, what);
		ck_assert_msg(genesis_check(genesis) == ERR_GENESIS_FORM, "%d", what);
		free(genesis);
	}
}

UNIT_TEST(sealed_file_agrees_and_every_founder_counts)
{
	json_t *json = vectors("genesis.json");
	struct genesis *genesis = vector_genesis();
	struct genesis_file *file = malloc(sizeof(*file));
	const char *missing = NULL;
	struct buf again;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(genesis_file_parse(file, vector_text(json, "sealed")), ERR_OK);
	ck_assert(bytes_equal(file->document, vector_text(json, "document")));
	ck_assert_int_eq(genesis_file_check(file, genesis, &missing), ERR_OK);
	buf_init(&again, GENESIS_FILE_BYTES);
	genesis_file_render(&again, file);
	ck_assert(bytes_equal(buf_bytes(&again), vector_text(json, "sealed")));
	file->founders[2].signature.b[5] ^= 1;
	ck_assert_int_eq(genesis_file_check(file, genesis, &missing), ERR_GENESIS_SIGNATURES);
	ck_assert_str_eq(missing, file->founders[2].org);
	file->founders[2].signature.b[5] ^= 1;
	file->founders_count = 3;
	ck_assert_int_eq(genesis_file_check(file, genesis, &missing), ERR_GENESIS_SIGNATURES);
	ck_assert_str_eq(missing, file->founders[3].org);
	file->founders[2] = file->founders[1];
	ck_assert_int_eq(genesis_file_check(file, genesis, &missing), ERR_GENESIS_SIGNATURES);
	buf_release(&again);
	free(file);
	free(genesis);
	json_decref(json);
}

static void file_round_trip(struct bytes text)
{
	struct genesis_file *file = malloc(sizeof(*file));
	struct buf again;

	ck_assert_ptr_nonnull(file);
	if (genesis_file_parse(file, text) == ERR_OK) {
		buf_init(&again, GENESIS_FILE_BYTES);
		genesis_file_render(&again, file);
		ck_assert(bytes_equal(buf_bytes(&again), text));
		buf_release(&again);
	}
	free(file);
}

static void card_round_trip(struct bytes text)
{
	struct card card;
	struct buf again;
	unsigned line;

	if (card_parse(&card, text, &line) != ERR_OK)
		return;
	buf_init(&again, CARD_BYTES);
	card_render(&again, &card);
	ck_assert(bytes_equal(buf_bytes(&again), text));
	buf_release(&again);
}

UNIT_TEST(cards_agree_and_each_key_signs)
{
	json_t *json = vectors("genesis.json");
	const json_t *text;
	size_t i;

	json_array_foreach(unit_json_array(json, "cards"), i, text) {
		struct bytes bytes = bytes_text(json_string_value(text));
		struct card card;
		uint32_t bad = 99;
		unsigned line;

		ck_assert_int_eq(card_parse(&card, bytes, &line), ERR_OK);
		ck_assert_uint_eq(card_keys_count(&card), 4);
		ck_assert_int_eq(card_check(&card, &bad), ERR_OK);
		card_round_trip(bytes);
		card.signatures[i].b[0] ^= 1;
		ck_assert_int_eq(card_check(&card, &bad), ERR_GENESIS_SIGNATURES);
		ck_assert_uint_eq(bad, i);
	}
	vector_mutate(bytes_text(json_string_value(json_array_get(unit_json_array(json, "cards"), 0))),
		      card_round_trip);
	vector_mutate(vector_text(json, "sealed"), file_round_trip);
	json_decref(json);
}

/* Letters to change, add or drop between the two, as far as the answer matters. */
static bool differ_by_two(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), head = 0, tail = 0;

	while (head < m && head < n && a[head] == b[head])
		head++;
	while (tail < m - head && tail < n - head && a[m - 1 - tail] == b[n - 1 - tail])
		tail++;
	/* What neither shared end covers: one letter at most means distance 1. */
	return m - head - tail > 1 || n - head - tail > 1;
}

UNIT_TEST(words_differ_by_two_letters)
{
	for (int i = 0; i < 256; i++) {
		ck_assert_uint_ge(strlen(genesis_word[i]), 4);
		ck_assert_uint_le(strlen(genesis_word[i]), 8);
		for (int k = 0; k < i; k++)
			ck_assert_msg(differ_by_two(genesis_word[i], genesis_word[k]), "%s %s",
				      genesis_word[i], genesis_word[k]);
	}
}

UNIT_TEST(fingerprint_is_eight_words)
{
	struct hash chain = {{0, 255, 1}};
	struct buf words;
	size_t hyphens = 0;

	buf_init(&words, 200);
	genesis_words(&words, &chain);
	for (size_t i = 0; i < words.len; i++)
		hyphens += words.at[i] == '-';
	ck_assert_uint_eq(hyphens, 7);
	ck_assert_int_eq(memcmp(words.at, genesis_word[0], strlen(genesis_word[0])), 0);
	buf_release(&words);
}

UNIT_TEST(no_domain_is_a_prefix_of_another)
{
	static const char *const domains[] = {
#define DOMAIN_TEXT(name, text, key) text,
		DOMAIN_LIST(DOMAIN_TEXT)
#undef DOMAIN_TEXT
	};
	size_t count = sizeof(domains) / sizeof(domains[0]);

	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(domains[i][strlen(domains[i]) - 1], '\n');
		for (size_t k = 0; k < count; k++) {
			if (i != k)
				ck_assert_int_ne(strncmp(domains[i], domains[k],
							 strlen(domains[i])), 0);
		}
	}
}

UNIT_MAIN("genesis", document_agrees_both_ways, changed_documents_render_again_or_are_refused,
	  header_of_height_0_follows_from_the_document, first_bad_line_is_named,
	  every_bound_is_checked, sealed_file_agrees_and_every_founder_counts,
	  cards_agree_and_each_key_signs, words_differ_by_two_letters,
	  fingerprint_is_eight_words, no_domain_is_a_prefix_of_another)
