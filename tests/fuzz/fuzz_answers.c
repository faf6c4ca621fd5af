/* Answers from a node that nobody trusts: however the bytes are cut, the same answer comes out, and
 * what the tool takes from its JSON is, as the API prints it, taken the same again.  The first byte
 * chooses the size of the pieces, the second what the body is read as. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "clients/cli/http_reading.h"
#include "clients/cli/json_read.h"
#include "proto/canon.h"
#include "proto/json_pb.h"

#define MEMORY ((size_t)1 << 22)
#define BYTES_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- the answer ----------------------------------------------------------------------- */

/* As clients/cli/http.c reads it: until it is whole.  False: this is no answer. */
static bool listen_to(struct http_reading *reading, struct http_answer *answer, const char *at,
		      size_t len, size_t piece)
{
	http_reading_init(reading, answer);
	while (len > 0 && !reading->is_done) {
		size_t count = len < piece ? len : piece;

		if (!http_reading_feed(reading, at, count))
			return false;
		at += count;
		len -= count;
	}
	if (!reading->is_done)
		http_reading_end(reading);
	return reading->is_done;
}

static void answers_compare(const struct http_answer *a, const struct http_answer *b)
{
	ASSERT(a->status == b->status && a->height == b->height);
	ASSERT(a->retry_after_s == b->retry_after_s && a->is_duplicate == b->is_duplicate);
	ASSERT(strcmp(a->content_type, b->content_type) == 0);
	ASSERT(strcmp(a->network, b->network) == 0 && strcmp(a->request_id, b->request_id) == 0);
	ASSERT(bytes_equal(buf_bytes(&a->body), buf_bytes(&b->body)));
}

/* --- its JSON -------------------------------------------------------------------------- */

/* One message of any kind. */
union read {
	ProtobufCMessage base;
	Stele__ContentAnchor anchor;
	Stele__ProposalContent proposal;
	Stele__ReviewContent review;
	Stele__CallTerms terms;
	Stele__ProgrammeAmend programme;
	Stele__AwardAmend award;
};

static bool message_read(union read *out, struct arena *arena, const json_t *json, unsigned kind)
{
	char place[JSON_PLACE_MAX] = "";
	bool is_read;

	switch (kind % 6) {
	case 0:
		stele__content_anchor__init(&out->anchor);
		is_read = json_read_anchor(&out->anchor, arena, json, place);
		break;
	case 1:
		stele__proposal_content__init(&out->proposal);
		is_read = json_read_revealed(&out->proposal, arena, json, place);
		break;
	case 2:
		stele__review_content__init(&out->review);
		is_read = json_read_review(&out->review, arena, json, place);
		break;
	case 3:
		stele__call_terms__init(&out->terms);
		is_read = json_read_terms(&out->terms, arena, json, place);
		break;
	case 4:
		stele__programme_amend__init(&out->programme);
		is_read = json_read_programme(&out->programme, arena, json, place);
		break;
	default:
		stele__award_amend__init(&out->award);
		is_read = json_read_award(&out->award, arena, json, place);
	}
	ASSERT(memchr(place, '\0', sizeof(place)) != NULL && place[0] != '\0');
	return is_read;
}

/* What the ledger would take; other values need not be printed as they were read. */
static bool pack(struct buf *out, const union read *message)
{
	canon_pack(out, &message->base);
	return !out->has_failed && canon_check(message->base.descriptor, buf_bytes(out)) == CANON_OK;
}

static void json_check(const json_t *json, unsigned kind)
{
	union read first, second;
	struct arena arena;
	struct buf a, b;
	json_t *printed;

	arena_init(&arena, MEMORY);
	buf_init(&a, MEMORY);
	buf_init(&b, MEMORY);
	if (message_read(&first, &arena, json, kind) && pack(&a, &first)) {
		printed = json_of_message(&first);
		ASSERT(printed != NULL && message_read(&second, &arena, printed, kind));
		ASSERT(pack(&b, &second) && bytes_equal(buf_bytes(&a), buf_bytes(&b)));
		json_decref(printed);
	}
	buf_release(&a);
	buf_release(&b);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_answer whole, cut;
	struct http_reading first, second;
	const char *at = (const char *)data + 2;
	json_t *json;
	bool is;

	if (size < 3 || size > BYTES_MAX)
		return 0;
	http_answer_init(&whole);
	http_answer_init(&cut);
	is = listen_to(&first, &whole, at, size - 2, size);
	ASSERT(is == listen_to(&second, &cut, at, size - 2, (size_t)data[0] % 32 + 1));
	if (is) {
		answers_compare(&whole, &cut);
		ASSERT(whole.status >= 200 && whole.status <= 999);
		json = json_loadb((const char *)whole.body.at, whole.body.len, JSON_REJECT_DUPLICATES, NULL);
		if (json != NULL)
			json_check(json, data[1]);
		json_decref(json);
	}
	http_answer_release(&whole);
	http_answer_release(&cut);
	return 0;
}
