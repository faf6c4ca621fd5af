/* Commitments against texts that were hashed apart, by Python's hashlib. */
#include "proto/seal.h"

#include <string.h>

#include "tests/lib/unit.h"

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

UNIT_MAIN("seal", a_proposal_is_sealed_by_its_text, a_review_is_sealed_by_its_text,
	  a_content_is_sealed_by_its_text)
