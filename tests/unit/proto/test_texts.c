/* Header, body, set, votes, parcels, evidence, session and key texts against the
 * frozen vectors: parse and render give the same bytes, and nothing else parses. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proto/body.h"
#include "proto/evidence.h"
#include "proto/header.h"
#include "proto/parcel.h"
#include "proto/rejected.h"
#include "proto/role.h"
#include "proto/session_text.h"
#include "proto/vote.h"
#include "tests/unit/proto/vectors.h"

#define TEXT_MAX 70000

static void is_same(struct buf *rendered, struct bytes text)
{
	ck_assert(!rendered->has_failed);
	ck_assert_msg(bytes_equal(buf_bytes(rendered), text), "%.*s", (int)rendered->len,
		      (const char *)rendered->at);
	buf_release(rendered);
}

static void header_round_trip(struct bytes text)
{
	struct header header;
	struct buf rendered;

	if (header_parse(&header, text) != ERR_OK)
		return;
	buf_init(&rendered, TEXT_MAX);
	header_render(&rendered, &header);
	is_same(&rendered, text);
}

UNIT_TEST(headers_agree)
{
	json_t *json = vectors("headers.json");
	const json_t *vector;
	size_t i;

	json_array_foreach(unit_json_array(json, "headers"), i, vector) {
		struct bytes text = vector_text(vector, "text");
		struct header header;
		struct hash hash;

		ck_assert_int_eq(header_parse(&header, text), ERR_OK);
		ck_assert_uint_eq(header.log_size, vector_number(vector, "log_size"));
		ck_assert_uint_eq(header.height, vector_number(vector, "height"));
		ck_assert_uint_eq(header.view, vector_number(vector, "view"));
		ck_assert_uint_eq(header.parent_view, vector_number(vector, "parent_view"));
		ck_assert_uint_eq(header.time_ms, vector_number(vector, "time"));
		ck_assert_uint_eq(header.proposer, vector_number(vector, "proposer"));
		ck_assert_uint_eq(header.rejected_count, vector_number(vector, "rejected"));
		ck_assert(vector_hash_is(vector, "log_root", &header.log_root));
		ck_assert(vector_hash_is(vector, "parent", &header.parent));
		ck_assert(vector_hash_is(vector, "body", &header.body));
		ck_assert(vector_hash_is(vector, "state", &header.state));
		ck_assert(vector_hash_is(vector, "rejected_root", &header.rejected_root));
		ck_assert_int_eq(header.has_next_validators,
				 json_is_string(json_object_get(vector, "next")));
		sha256(&hash, text.at, text.len);
		ck_assert(vector_hash_is(vector, "hash", &hash));
		header_round_trip(text);
		vector_mutate(text, header_round_trip);
	}
	ck_assert_uint_eq(i, 3);
	json_decref(json);
}

UNIT_TEST(longest_header_fits_its_limit)
{
	struct header header = {.log_size = INT64_MAX,
				.height = INT64_MAX,
				.epoch = INT64_MAX,
				.view = INT64_MAX,
				.parent_view = INT64_MAX,
				.time_ms = INT64_MAX,
				.proposer = LIMIT_VALIDATORS - 1,
				.rejected_count = LIMIT_BLOCK_TRANSACTIONS,
				.has_next_validators = true};
	struct header parsed;
	struct buf text;

	memset(header.origin, 'a', ORIGIN_MAX);
	header.origin[64] = '/';
	header.origin[91] = '/';
	memset(header.origin + 110, '0', 17);
	header.origin[110] = '/';
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	ck_assert(!text.has_failed);
	ck_assert_int_eq(header_parse(&parsed, buf_bytes(&text)), ERR_OK);
	ck_assert_uint_lt(text.len, LIMIT_HEADER_BYTES / 2 + 100);
	buf_release(&text);
}

UNIT_TEST(network_names_have_one_form)
{
	ck_assert(network_name_is_valid(bytes_text("example.stele/demo")));
	ck_assert(network_name_is_valid(bytes_text("a")));
	ck_assert(!network_name_is_valid(bytes_text("")));
	ck_assert(!network_name_is_valid(bytes_text("/a")));
	ck_assert(!network_name_is_valid(bytes_text("a/")));
	ck_assert(!network_name_is_valid(bytes_text("a//b")));
	ck_assert(!network_name_is_valid(bytes_text("A")));
	ck_assert(!network_name_is_valid(bytes_text("a b")));
	ck_assert(!network_name_is_valid(
		bytes_text("a/123456789012345678901234567890123")));
}

static void body_round_trip(struct bytes text)
{
	struct body *body = malloc(sizeof(*body));
	struct buf rendered;

	ck_assert_ptr_nonnull(body);
	if (body_parse(body, text) == ERR_OK) {
		buf_init(&rendered, TEXT_MAX);
		body_render(&rendered, body);
		is_same(&rendered, text);
	}
	free(body);
}

UNIT_TEST(bodies_agree)
{
	json_t *json = vectors("bodies.json");
	const json_t *vector;
	size_t i;

	json_array_foreach(unit_json_array(json, "bodies"), i, vector) {
		struct bytes text = vector_text(vector, "text");
		struct body body;
		struct hash hash;

		ck_assert_int_eq(body_parse(&body, text), ERR_OK);
		ck_assert_uint_eq(body.evidence_count, i * 2);
		ck_assert_uint_eq(body.parcels_count, i * 2);
		sha256(&hash, text.at, text.len);
		ck_assert(vector_hash_is(vector, "hash", &hash));
		body_round_trip(text);
		vector_mutate(text, body_round_trip);
	}
	json_decref(json);
}

UNIT_TEST(body_beyond_its_sums_or_with_a_double_is_refused)
{
	struct body *body = calloc(1, sizeof(*body));
	struct body *parsed = calloc(1, sizeof(*parsed));
	struct buf text;

	ck_assert(body != NULL && parsed != NULL);
	buf_init(&text, TEXT_MAX);
	body->parcels_count = 16;
	for (uint32_t i = 0; i < 17; i++)
		body->parcels[i] = (struct body_parcel){{{(uint8_t)i}}, 0, 1, 524288};
	body_render(&text, body);
	ck_assert_int_eq(body_parse(parsed, buf_bytes(&text)), ERR_OK);
	body->parcels_count = 17; /* 8 MiB and half a MiB */
	buf_reset(&text);
	body_render(&text, body);
	ck_assert_int_eq(body_parse(parsed, buf_bytes(&text)), ERR_TEXT_FORM);
	body->parcels_count = 2;
	body->parcels[1].digest = body->parcels[0].digest;
	buf_reset(&text);
	body_render(&text, body);
	ck_assert_int_eq(body_parse(parsed, buf_bytes(&text)), ERR_TEXT_FORM);
	buf_release(&text);
	free(parsed);
	free(body);
}

static void set_round_trip(struct bytes text)
{
	struct set *set = malloc(sizeof(*set));
	struct buf rendered;

	ck_assert_ptr_nonnull(set);
	if (set_parse(set, text) == ERR_OK) {
		buf_init(&rendered, TEXT_MAX);
		set_render(&rendered, set);
		is_same(&rendered, text);
	}
	free(set);
}

UNIT_TEST(set_agrees_and_seals_to_the_same)
{
	json_t *json = vectors("genesis.json");
	struct bytes text = vector_text(json, "set");
	struct validator first;
	struct set set;

	vector_set(&set);
	ck_assert_uint_eq(set.count, 4);
	ck_assert(vector_hash_is(json, "set_hash", &set.hash));
	first = set.validators[0];
	set.validators[0] = set.validators[3];
	set.validators[3] = first;
	set_seal(&set);
	ck_assert(vector_hash_is(json, "set_hash", &set.hash));
	ck_assert_uint_eq(set_find_consensus(&set, &first.consensus_key), 0);
	ck_assert_uint_eq(set_find_node(&set, &first.node_key), 0);
	ck_assert_uint_eq(set_find_node(&set, &first.consensus_key), SET_NO_INDEX);
	vector_mutate(text, set_round_trip);
	json_decref(json);
}

UNIT_TEST(set_with_anything_twice_is_refused)
{
	struct set set;

	vector_set(&set);
	ck_assert(set_is_sound(&set));
	memcpy(set.validators[1].id, set.validators[0].id, LIMIT_SEGMENT);
	ck_assert(!set_is_sound(&set));
	vector_set(&set);
	memcpy(set.validators[1].org, set.validators[0].org, LIMIT_SEGMENT);
	ck_assert(!set_is_sound(&set));
	vector_set(&set);
	set.validators[1].node_key = set.validators[0].node_key;
	ck_assert(!set_is_sound(&set));
	vector_set(&set);
	set.validators[1].node_key = set.validators[0].consensus_key;
	ck_assert(!set_is_sound(&set));
	vector_set(&set);
	set.count = 0;
	ck_assert(!set_is_sound(&set));
}

UNIT_TEST(quorum_is_n_less_a_third)
{
	static const uint32_t table[][3] = {{1, 0, 1},  {2, 0, 2},  {3, 0, 3},   {4, 1, 3},
					    {6, 1, 5},  {7, 2, 5},  {10, 3, 7},  {100, 33, 67},
					    {127, 42, 85}, {128, 42, 86}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_uint_eq(set_faults(table[i][0]), table[i][1]);
		ck_assert_uint_eq(set_quorum(table[i][0]), table[i][2]);
	}
}

static enum vote_kind kind_of(const char *name)
{
	if (strcmp(name, "notarize") == 0)
		return VOTE_NOTARIZE;
	return strcmp(name, "nullify") == 0 ? VOTE_NULLIFY : VOTE_FINALIZE;
}

UNIT_TEST(votes_agree_and_verify)
{
	json_t *json = vectors("votes.json");
	struct hash chain, digest;
	const json_t *vector;
	struct set set;
	size_t i;

	vector_set(&set);
	vector_chain(&chain);
	json_array_foreach(unit_json_array(json, "votes"), i, vector) {
		struct vote vote = {.kind = kind_of(unit_json_text(vector, "kind"))};
		struct buf text;

		vote.epoch = vector_number(vector, "epoch");
		vote.view = vector_number(vector, "view");
		vote.signer = (uint32_t)vector_number(vector, "signer");
		if (vote.kind != VOTE_NULLIFY)
			vector_hex(vector, "block", vote.block.b, 32);
		vector_hex(vector, "signature", vote.signature.b, 64);
		buf_init(&text, LIMIT_VOTE_BYTES);
		vote_text(&text, vote.kind, &chain, vote.epoch, &set.hash, vote.view, &vote.block);
		is_same(&text, vector_text(vector, "text"));
		vote_digest(&digest, vote.kind, &chain, vote.epoch, &set.hash, vote.view,
			    &vote.block);
		ck_assert(vector_hash_is(vector, "digest", &digest));
		ck_assert_int_eq(vote_check(&vote, &chain, &set), ERR_OK);
		vote.view ^= 1;
		ck_assert_int_eq(vote_check(&vote, &chain, &set), ERR_CERT_SIGNATURE);
		vote.view ^= 1;
		vote.signer = set.count;
		ck_assert_int_eq(vote_check(&vote, &chain, &set), ERR_CERT_SIGNATURE);
	}
	json_decref(json);
}

static void parcel_round_trip(struct bytes text)
{
	struct parcel_text parcel;
	struct buf rendered;

	if (parcel_text_parse(&parcel, text) != ERR_OK)
		return;
	buf_init(&rendered, TEXT_MAX);
	parcel_text_render(&rendered, &parcel);
	is_same(&rendered, text);
}

UNIT_TEST(parcels_agree_and_verify)
{
	json_t *json = vectors("parcels.json");
	const json_t *vector;
	struct hash chain;
	struct set set;
	size_t i;

	vector_set(&set);
	vector_chain(&chain);
	json_array_foreach(unit_json_array(json, "parcels"), i, vector) {
		struct bytes text = vector_text(vector, "text");
		struct signature signature;
		struct parcel_text parsed;
		struct buf payload;
		struct bytes all;

		buf_init(&payload, LIMIT_PARCEL_BYTES);
		vector_bytes(vector, "payload", &payload);
		vector_hex(vector, "signature", signature.b, 64);
		all = buf_bytes(&payload);
		ck_assert_int_eq(parcel_check(text, &signature, all, &chain, &set, 0, &parsed),
				 ERR_OK);
		ck_assert_uint_eq(parsed.count, vector_number(vector, "count"));
		ck_assert_int_eq(parcel_check(text, &signature, all, &chain, &set, 1, &parsed),
				 ERR_PARCEL_FORM);
		ck_assert_int_eq(parcel_check(text, &signature, all, &set.hash, &set, 0, &parsed),
				 ERR_PARCEL_FORM);
		all.len--;
		ck_assert_int_eq(parcel_check(text, &signature, all, &chain, &set, 0, &parsed),
				 ERR_PARCEL_FORM);
		all.len++;
		signature.b[63] ^= 1;
		ck_assert_int_eq(parcel_check(text, &signature, all, &chain, &set, 0, &parsed),
				 ERR_PARCEL_SIGNATURE);
		vector_mutate(text, parcel_round_trip);
		buf_release(&payload);
	}
	json_decref(json);
}

static void evidence_round_trip(struct bytes text)
{
	struct evidence evidence;
	struct buf rendered;

	if (evidence_parse(&evidence, text) != ERR_OK)
		return;
	buf_init(&rendered, TEXT_MAX);
	evidence_render(&rendered, &evidence);
	is_same(&rendered, text);
}

static void evidence_leaf_agrees(const json_t *vector, struct bytes text)
{
	struct buf leaf, want;
	struct bytes again;
	struct hash hash;

	buf_init(&leaf, TEXT_MAX);
	buf_init(&want, TEXT_MAX);
	evidence_leaf(&leaf, text);
	vector_bytes(vector, "leaf", &want);
	ck_assert(bytes_equal(buf_bytes(&leaf), buf_bytes(&want)));
	merkle_leaf(&hash, buf_bytes(&leaf));
	ck_assert(vector_hash_is(vector, "leaf_hash", &hash));
	ck_assert(evidence_leaf_text(buf_bytes(&leaf), &again) && bytes_equal(again, text));
	leaf.at[0] = 0x01;
	ck_assert(!evidence_leaf_text(buf_bytes(&leaf), &again));
	ck_assert(!evidence_leaf_text(bytes_of(leaf.at, 0), &again));
	buf_release(&want);
	buf_release(&leaf);
}

/* The text with its view changed. */
static enum err parse_with_view(struct bytes text, const char *view)
{
	const char *at = strstr((const char *)text.at, "\nview ") + strlen("\nview ");
	size_t head = (size_t)(at - (const char *)text.at);
	const char *rest = strchr(at, '\n');
	struct evidence evidence;
	struct buf changed;
	enum err err;

	buf_init(&changed, TEXT_MAX);
	buf_add(&changed, text.at, head);
	buf_print(&changed, "%s", view);
	buf_add(&changed, rest, text.len - (size_t)(rest - (const char *)text.at));
	err = evidence_parse(&evidence, buf_bytes(&changed));
	buf_release(&changed);
	return err;
}

UNIT_TEST(evidence_is_of_a_view_from_1_to_2_to_the_32)
{
	json_t *json = vectors("evidence.json");
	struct bytes text = vector_text(json_array_get(unit_json_array(json, "evidence"), 0),
					"text");

	ck_assert_int_eq(parse_with_view(text, "0"), ERR_TEXT_FORM);
	ck_assert_int_eq(parse_with_view(text, "1"), ERR_OK);
	ck_assert_int_eq(parse_with_view(text, "4294967295"), ERR_OK);
	ck_assert_int_eq(parse_with_view(text, "4294967296"), ERR_OK);
	ck_assert_int_eq(parse_with_view(text, "4294967297"), ERR_TEXT_FORM);
	json_decref(json);
}

/* A key that was retired two epochs ago names nobody any more, however much its
 * thief signs. */
UNIT_TEST(evidence_spam_from_a_leaked_retired_key_is_refused_by_its_epoch)
{
	json_t *json = vectors("evidence.json");
	struct evidence evidence;
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(evidence_parse(&evidence, vector_text(json_array_get(
				unit_json_array(json, "evidence"), 0), "text")), ERR_OK);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 0), ERR_OK);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 1), ERR_OK);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 2), ERR_EVIDENCE_EPOCH);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, UINT64_MAX), ERR_EVIDENCE_EPOCH);
	/* of the future: nobody's set; then the set is there, and the texts are others */
	evidence.epoch = evidence.votes[0].epoch = evidence.votes[1].epoch = 3;
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 2), ERR_EVIDENCE_EPOCH);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 3), ERR_EVIDENCE_SIGNATURE);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 4), ERR_EVIDENCE_SIGNATURE);
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 5), ERR_EVIDENCE_EPOCH);
	json_decref(json);
}

/* A stranger's key, or one that the set of the epoch has dropped. */
UNIT_TEST(evidence_names_a_member_of_its_set)
{
	json_t *json = vectors("evidence.json");
	struct evidence evidence;
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(evidence_parse(&evidence, vector_text(json_array_get(
				unit_json_array(json, "evidence"), 0), "text")), ERR_OK);
	evidence.signer.b[5] ^= 1;
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 0), ERR_EVIDENCE_MATCH);
	evidence.signer.b[5] ^= 1;
	evidence.set_hash.b[5] ^= 1;
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 0), ERR_EVIDENCE_MATCH);
	evidence.set_hash.b[5] ^= 1;
	evidence.votes[1].signature.b[5] ^= 1;
	ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 0), ERR_EVIDENCE_SIGNATURE);
	json_decref(json);
}

static void pair_swap(struct bytes text, struct buf *out)
{
	const char *first = strstr((const char *)text.at, "\nvote ") + 1;
	const char *second = strstr(first, "\nvote ") + 1;
	size_t head = (size_t)(first - (const char *)text.at);
	size_t middle = (size_t)(second - first);

	buf_add(out, text.at, head);
	buf_add(out, second, text.len - head - middle);
	buf_add(out, first, middle);
}

/* Two evidences of one pair would need two texts, or two ids. */
UNIT_TEST(evidence_with_reordered_pair_is_not_counted_twice)
{
	json_t *json = vectors("evidence.json");
	const json_t *vector;
	size_t i;

	json_array_foreach(unit_json_array(json, "evidence"), i, vector) {
		struct bytes text = vector_text(vector, "text");
		struct evidence evidence;
		struct hash id, swapped_id;
		struct buf swapped;

		buf_init(&swapped, TEXT_MAX);
		pair_swap(text, &swapped);
		ck_assert_uint_eq(swapped.len, text.len);
		ck_assert_int_eq(evidence_parse(&evidence, buf_bytes(&swapped)), ERR_TEXT_FORM);
		ck_assert_int_eq(evidence_parse(&evidence, text), ERR_OK);
		evidence_id(&id, &evidence);
		ck_assert(vector_hash_is(vector, "id", &id));
		evidence.view++; /* nor does another pair of the same type */
		evidence.votes[0].view = evidence.votes[1].view = evidence.view;
		evidence_id(&swapped_id, &evidence);
		ck_assert(hash_equal(&id, &swapped_id));
		buf_release(&swapped);
	}
	json_decref(json);
}

UNIT_TEST(evidence_agrees_and_verifies)
{
	json_t *json = vectors("evidence.json");
	const json_t *vector;
	struct hash chain, id;
	struct set set;
	size_t i;

	vector_set(&set);
	vector_chain(&chain);
	json_array_foreach(unit_json_array(json, "evidence"), i, vector) {
		struct bytes text = vector_text(vector, "text");
		struct evidence evidence, again;
		struct buf rendered;

		ck_assert_int_eq(evidence_parse(&evidence, text), ERR_OK);
		ck_assert_uint_eq(evidence.type, i + 1);
		ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 0), ERR_OK);
		evidence_id(&id, &evidence);
		ck_assert(vector_hash_is(vector, "id", &id));
		evidence_leaf_agrees(vector, text);
		evidence.votes[0].signer = evidence.votes[1].signer =
			set_find_consensus(&set, &evidence.signer);
		evidence_make(&again, &evidence.votes[1], &evidence.votes[0], &set);
		buf_init(&rendered, TEXT_MAX);
		evidence_render(&rendered, &again);
		is_same(&rendered, text);
		evidence.votes[0].signature.b[40] ^= 1;
		ck_assert_int_eq(evidence_check(&evidence, &chain, &set, 0), ERR_EVIDENCE_SIGNATURE);
		vector_mutate(text, evidence_round_trip);
	}
	ck_assert_uint_eq(i, 4);
	json_decref(json);
}

UNIT_TEST(legal_pairs_of_votes_are_no_evidence)
{
	struct vote a = {.kind = VOTE_NOTARIZE, .view = 3, .block = {{1}}};
	struct vote b = a;

	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_NONE);
	b.block.b[0] = 2;
	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_E1);
	b.view = 4;
	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_NONE);
	b = (struct vote){.kind = VOTE_NULLIFY, .view = 3};
	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_NONE);
	ck_assert_int_eq(evidence_type_of(&b, &b), EVIDENCE_NONE);
	a.kind = VOTE_FINALIZE;
	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_E3);
	ck_assert_int_eq(evidence_type_of(&b, &a), EVIDENCE_E3);
	b = (struct vote){.kind = VOTE_NOTARIZE, .view = 3, .block = {{1}}};
	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_NONE);
	b.signer = 1;
	b.block.b[0] = 9;
	ck_assert_int_eq(evidence_type_of(&a, &b), EVIDENCE_NONE);
}

static bool verifies(const json_t *vector, struct bytes text)
{
	struct signature signature;
	struct public_key key;
	struct hash digest;

	vector_hex(vector, "key", key.b, sizeof(key.b));
	vector_hex(vector, "signature", signature.b, sizeof(signature.b));
	sha256(&digest, text.at, text.len);
	return sign_verify(&key, &digest, &signature);
}

UNIT_TEST(session_key_and_ready_texts_agree)
{
	json_t *json = vectors("sessions.json");
	const json_t *vector;
	struct hash chain;
	struct buf text;
	size_t i;

	vector_chain(&chain);
	json_array_foreach(unit_json_array(json, "sessions"), i, vector) {
		uint8_t exporter[SESSION_EXPORTER_BYTES];
		bool is_client = strcmp(unit_json_text(vector, "role"), "client") == 0;

		vector_hex(vector, "exporter", exporter, sizeof(exporter));
		buf_init(&text, 512);
		session_text(&text, &chain, is_client ? SESSION_CLIENT : SESSION_SERVER,
			     vector_number(vector, "epoch"), exporter);
		is_same(&text, vector_text(vector, "text"));
		ck_assert(verifies(vector, vector_text(vector, "text")));
	}
	json_array_foreach(unit_json_array(json, "keys"), i, vector) {
		uint32_t purposes;

		ck_assert(purposes_parse(&purposes, vector_text(vector, "purposes")));
		buf_init(&text, 512);
		key_text(&text, &chain, vector_text(vector, "organisation"), purposes);
		is_same(&text, vector_text(vector, "text"));
		ck_assert(verifies(vector, vector_text(vector, "text")));
	}
	json_array_foreach(unit_json_array(json, "ready"), i, vector) {
		struct hash set;

		vector_hex(vector, "set", set.b, sizeof(set.b));
		buf_init(&text, 512);
		ready_text(&text, &chain, &set);
		is_same(&text, vector_text(vector, "text"));
		ck_assert(verifies(vector, vector_text(vector, "text")));
	}
	json_decref(json);
}

UNIT_TEST(lists_of_roles_are_ascending)
{
	uint32_t bits = 0;
	struct buf text;

	ck_assert(roles_parse(&bits, bytes_text("funder,auditor,validator")));
	ck_assert_uint_eq(bits, 1u << 1 | 1u << 5 | 1u << 7);
	buf_init(&text, 100);
	roles_render(&text, bits);
	is_same(&text, bytes_text("funder,auditor,validator"));
	ck_assert(!roles_parse(&bits, bytes_text("validator,funder")));
	ck_assert(!roles_parse(&bits, bytes_text("funder,funder")));
	ck_assert(!roles_parse(&bits, bytes_text("funder,")));
	ck_assert(!roles_parse(&bits, bytes_text("")));
	ck_assert(!roles_parse(&bits, bytes_text("king")));
	ck_assert(!roles_are_valid(1));
	ck_assert(!roles_are_valid(1u << 8));
}

UNIT_TEST(rejected_entries_agree)
{
	json_t *json = vectors("rejected.json");
	struct merkle_frontier frontier;
	const json_t *vector;
	struct hash root;
	size_t i;

	merkle_frontier_init(&frontier);
	merkle_frontier_root(&frontier, &root);
	ck_assert(vector_hash_is(json, "empty", &root));
	json_array_foreach(unit_json_array(json, "entries"), i, vector) {
		uint8_t want[REJECTED_ENTRY_BYTES], got[REJECTED_ENTRY_BYTES];
		uint16_t code = (uint16_t)vector_number(vector, "error");
		uint32_t parcel = (uint32_t)vector_number(vector, "parcel");
		uint32_t position = (uint32_t)vector_number(vector, "position");
		struct hash id, leaf;

		vector_hex(vector, "id", id.b, sizeof(id.b));
		vector_hex(vector, "bytes", want, sizeof(want));
		rejected_encode(got, &id, code, parcel, position);
		ck_assert_mem_eq(got, want, sizeof(got));
		rejected_leaf(&leaf, &id, code, parcel, position);
		merkle_frontier_append(&frontier, &leaf);
	}
	merkle_frontier_root(&frontier, &root);
	ck_assert(vector_hash_is(json, "root", &root));
	json_decref(json);
}

UNIT_MAIN("texts", headers_agree, longest_header_fits_its_limit, network_names_have_one_form,
	  bodies_agree, body_beyond_its_sums_or_with_a_double_is_refused,
	  set_agrees_and_seals_to_the_same, set_with_anything_twice_is_refused,
	  quorum_is_n_less_a_third, votes_agree_and_verify, parcels_agree_and_verify,
	  evidence_agrees_and_verifies, evidence_is_of_a_view_from_1_to_2_to_the_32,
	  evidence_names_a_member_of_its_set,
	  evidence_spam_from_a_leaked_retired_key_is_refused_by_its_epoch,
	  evidence_with_reordered_pair_is_not_counted_twice, legal_pairs_of_votes_are_no_evidence,
	  session_key_and_ready_texts_agree, lists_of_roles_are_ascending, rejected_entries_agree)
