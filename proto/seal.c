#include "proto/seal.h"

#include "crypto/digest.h"
#include "proto/canon.h"

/* Far above what the bounds of fields let any such text or message take. */
#define SEAL_BYTES ((size_t)1 << 20)

static void text_begin(struct buf *text, const char *domain, const struct hash *chain)
{
	buf_init(text, SEAL_BYTES);
	buf_print(text, "stele/v1 %s\nchain ", domain);
	buf_hex(text, chain->b, sizeof(chain->b));
}

static void text_end(struct buf *text, struct bytes content, struct bytes salt, struct hash *out)
{
	buf_print(text, "\ncontent ");
	buf_hex(text, content.at, content.len);
	buf_print(text, "\nsalt ");
	buf_hex(text, salt.at, salt.len);
	buf_print(text, "\n");
	ASSERT(!text->has_failed);
	sha256(out, text->at, text->len);
	buf_release(text);
}

static void text_end_message(struct buf *text, const ProtobufCMessage *content, struct bytes salt,
			     struct hash *out)
{
	struct hash hash;
	struct buf encoded;

	buf_init(&encoded, SEAL_BYTES);
	canon_pack(&encoded, content);
	ASSERT(!encoded.has_failed);
	sha256(&hash, encoded.at, encoded.len);
	buf_release(&encoded);
	text_end(text, bytes_of(hash.b, sizeof(hash.b)), salt, out);
}

void seal_proposal(struct hash *out, const struct hash *chain, const char *programme,
		   const char *call, const char *org, const Stele__ProposalContent *content,
		   struct bytes salt)
{
	struct buf text;

	text_begin(&text, "proposal", chain);
	buf_print(&text, "\nprogramme %s\ncall %s\norganisation %s", programme, call, org);
	text_end_message(&text, &content->base, salt, out);
}

void seal_review(struct hash *out, const struct hash *chain, const char *programme,
		 const char *call, uint64_t proposal, struct bytes reviewer,
		 const Stele__ReviewContent *content, struct bytes salt)
{
	struct buf text;

	text_begin(&text, "review", chain);
	buf_print(&text, "\nprogramme %s\ncall %s\nproposal %llu\nreviewer ", programme, call,
		  (unsigned long long)proposal);
	buf_hex(&text, reviewer.at, reviewer.len);
	text_end_message(&text, &content->base, salt, out);
}

void seal_content(struct hash *out, const struct hash *chain, const char *org,
		  struct bytes content, struct bytes salt)
{
	struct buf text;

	text_begin(&text, "content.commit", chain);
	buf_print(&text, "\norganisation %s", org);
	text_end(&text, content, salt, out);
}
