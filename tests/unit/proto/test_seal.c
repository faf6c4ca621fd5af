/* Commitments against texts that were hashed apart, by Python's hashlib, and against the frozen vectors. */
#include "proto/seal.h"

#include <string.h>

#include "tests/unit/proto/vectors.h"

static struct hash chain, salt;

static void begin(void)
{
	memset(chain.b, 0x11, sizeof(chain.b));
	memset(salt.b, 0x22, sizeof(salt.b));
}

static struct bytes salt_bytes(void)
{
	return bytes_of(salt.b, sizeof(salt.b));
}

static void is(const struct hash *hash, const char *expected)
{
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, hash->b, sizeof(hash->b));
	ck_assert_str_eq(hex, expected);
}

UNIT_TEST(a_proposal_is_sealed_by_its_text)
{
	Stele__ProposalContent content = STELE__PROPOSAL_CONTENT__INIT;
	Stele__Names titles = STELE__NAMES__INIT;
	Stele__Recipient member = STELE__RECIPIENT__INIT, *members[] = {&member};
	struct hash out;

	begin();
	titles.en = (char[]){"A"};
	member.org = (char[]){"org"};
	member.share = 10000;
	content.titles = &titles;
	content.area = (char[]){"genai"};
	content.requested = 500;
	content.consortium = members;
	content.n_consortium = 1;
	seal_proposal(&out, &chain, "P", "C", "O", &content, salt_bytes());
	is(&out, "307b28d0be86020beef3c14d179db9625c90535fbfe5d27f007bba196977b2e2");
}

UNIT_TEST(a_review_is_sealed_by_its_text)
{
	Stele__ReviewContent content = STELE__REVIEW_CONTENT__INIT;
	Stele__Score merit = STELE__SCORE__INIT, plan = STELE__SCORE__INIT;
	Stele__Score *scores[] = {&merit, &plan};
	uint8_t key[33];
	struct hash out;

	begin();
	memset(key, 0x03, sizeof(key));
	merit.criterion = (char[]){"merit"};
	merit.value = 7;
	plan.criterion = (char[]){"plan"};
	content.scores = scores;
	content.n_scores = 2;
	seal_review(&out, &chain, "P", "C", 12, bytes_of(key, sizeof(key)), &content, salt_bytes());
	is(&out, "af44144bedf2cab77094130fa5ad2a717b0962a3b2b0605282b843af67cd320f");
}

UNIT_TEST(a_content_is_sealed_by_its_text)
{
	struct hash content, out;

	begin();
	memset(content.b, 0x44, sizeof(content.b));
	seal_content(&out, &chain, "O", bytes_of(content.b, sizeof(content.b)), salt_bytes());
	is(&out, "b768094d688fb1d5ca41d641a7abadd73a0509085821b15b2f9393ed941d87d6");
}

/* The commitment of the vector's kind over its content, its salt and whom it names. */
static void seal_of(const json_t *vector, struct bytes content, struct bytes salt_read,
		    struct hash *out)
{
	const char *kind = unit_json_text(vector, "kind");
	const char *programme = unit_json_text(vector, "programme");
	const char *call = unit_json_text(vector, "call");
	const char *org = unit_json_text(vector, "organisation");

	if (strcmp(kind, "proposal") == 0) {
		Stele__ProposalContent *message =
			stele__proposal_content__unpack(NULL, content.len, content.at);

		seal_proposal(out, &chain, programme, call, org, message, salt_read);
		stele__proposal_content__free_unpacked(message, NULL);
	} else if (strcmp(kind, "review") == 0) {
		Stele__ReviewContent *message =
			stele__review_content__unpack(NULL, content.len, content.at);
		uint8_t key[33];

		vector_hex(vector, "reviewer", key, sizeof(key));
		seal_review(out, &chain, programme, call, vector_number(vector, "proposal"),
			    bytes_of(key, sizeof(key)), message, salt_read);
		stele__review_content__free_unpacked(message, NULL);
	} else {
		ck_assert_str_eq(kind, "content");
		seal_content(out, &chain, org, content, salt_read);
	}
}

UNIT_TEST(seals_agree_with_the_vectors)
{
	json_t *json = vectors("commitments.json");
	const json_t *vector;
	size_t i;

	vector_hex(json, "chain", chain.b, sizeof(chain.b));
	json_array_foreach(unit_json_array(json, "commitments"), i, vector) {
		struct hash out;
		struct buf content;

		buf_init(&content, 4096);
		vector_bytes(vector, "content", &content);
		vector_hex(vector, "salt", salt.b, sizeof(salt.b));
		seal_of(vector, buf_bytes(&content), salt_bytes(), &out);
		is(&out, unit_json_text(vector, "commitment"));
		buf_release(&content);
	}
	ck_assert_uint_eq(i, 3);
	json_decref(json);
}

UNIT_MAIN("seal", a_proposal_is_sealed_by_its_text, a_review_is_sealed_by_its_text,
	  a_content_is_sealed_by_its_text, seals_agree_with_the_vectors)
