#include "node/api/answer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rate.h"
#include "crypto/digest.h"

#define MAX_AGE_S 31536000

void answer_init(struct answer *answer)
{
	*answer = (struct answer){.status = 500, .type = "application/json"};
	buf_init(&answer->body, ANSWER_BYTES_MAX);
}

void answer_release(struct answer *answer)
{
	buf_release(&answer->body);
}

static int add_piece(const char *at, size_t len, void *context)
{
	struct buf *out = context;

	buf_add(out, at, len);
	return out->has_failed ? -1 : 0;
}

void answer_json(struct answer *answer, unsigned status, json_t *json)
{
	answer->status = status;
	answer->is_too_large = false;
	answer->type = "application/json";
	buf_reset(&answer->body);
	if (json_dump_callback(json, add_piece, &answer->body, JSON_COMPACT) != 0) {
		answer->status = 500; /* memory, or larger than any answer may be */
		answer->is_too_large = true;
		buf_reset(&answer->body);
	}
	json_decref(json);
}

void answer_bytes(struct answer *answer, const char *type, struct bytes body)
{
	answer->status = 200;
	answer->type = type;
	buf_reset(&answer->body);
	buf_add_bytes(&answer->body, body);
	if (answer->body.has_failed) {
		answer->status = 500;
		buf_reset(&answer->body);
	}
}

void answer_tag(struct answer *answer)
{
	struct hash hash;
	char hex[33];

	sha256(&hash, answer->body.at, answer->body.len);
	hex_encode(hex, hash.b, 16);
	answer->etag[0] = '"';
	memcpy(answer->etag + 1, hex, 32);
	answer->etag[33] = '"';
	answer->etag[34] = '\0';
}

static const char *status_text(unsigned status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 202:
		return "Accepted";
	case 204:
		return "No Content";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 409:
		return "Conflict";
	case 410:
		return "Gone";
	case 413:
		return "Content Too Large";
	case 414:
		return "URI Too Long";
	case 415:
		return "Unsupported Media Type";
	case 421:
		return "Misdirected Request";
	case 422:
		return "Unprocessable Content";
	case 429:
		return "Too Many Requests";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	default:
		return "Internal Server Error";
	}
}

static void add_caching(struct buf *out, const struct answer *answer)
{
	if (answer->etag[0] != '\0')
		buf_print(out, "ETag: %s\r\n", answer->etag);
	if (answer->is_immutable && (answer->status == 200 || answer->status == 304))
		buf_print(out, "Cache-Control: public, max-age=%d, immutable\r\n", MAX_AGE_S);
	else
		buf_print(out, "Cache-Control: no-cache\r\n");
}

static void add_rate(struct buf *out, const struct rate_state *rate)
{
	buf_print(out, "RateLimit-Limit: %" PRIu32 "\r\nRateLimit-Remaining: %" PRIu32
		       "\r\nRateLimit-Reset: %" PRIu32 "\r\n",
		  rate->limit, rate->remaining, rate->reset_s);
}

void answer_head(struct buf *out, const struct answer *answer, const struct answer_frame *frame)
{
	bool has_body = answer->status != 204 && answer->status != 304;

	buf_print(out, "HTTP/1.1 %u %s\r\n", answer->status, status_text(answer->status));
	if (has_body)
		buf_print(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", answer->type,
			  answer->body.len);
	buf_print(out, "Stele-Network: %s\r\nStele-Height: %" PRIu64 "\r\nRequest-Id: %016" PRIx64 "\r\n",
		  frame->network, frame->height, frame->request_id);
	add_caching(out, answer);
	if (answer->is_duplicate)
		buf_print(out, "Stele-Duplicate: true\r\n");
	if (answer->retry_after_s > 0)
		buf_print(out, "Retry-After: %" PRIu32 "\r\n", answer->retry_after_s);
	if (answer->allow[0] != '\0')
		buf_print(out, "Allow: %s\r\n", answer->allow);
	if (frame->rate != NULL)
		add_rate(out, frame->rate);
	buf_print(out, "X-Content-Type-Options: nosniff\r\n%s\r\n",
		  frame->is_keep_alive ? "" : "Connection: close\r\n");
}
