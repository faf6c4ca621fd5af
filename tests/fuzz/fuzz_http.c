/* Requests from anybody: however the bytes are cut, the same requests come out, and
 * within their bounds.  The first byte chooses the size of the pieces. */
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "node/api/http_parse.h"

#define REQUESTS_MAX 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	unsigned requests;
	enum parse_state end;
	enum err error;
	struct hash chain; /* of all requests */
};

static void take(struct heard *heard, struct request *request)
{
	struct preferences preferences;
	struct bytes parts[7];
	uint8_t method = (uint8_t)request->method;

	parts[0] = bytes_of(heard->chain.b, sizeof(heard->chain.b));
	parts[1] = bytes_of(&method, 1);
	parts[2] = buf_bytes(&request->target);
	parts[3] = buf_bytes(&request->body);
	parts[4] = bytes_text(request->host);
	parts[5] = bytes_text(request->prefer);
	parts[6] = bytes_text(request->if_none_match);
	sha256_parts(&heard->chain, parts, 7);
	heard->requests++;
	request_preferences(request, &preferences);
	(void)request_matches_etag(request, "\"etag\"");
	if (request_split(request) != ERR_OK)
		return;
	ASSERT(request->segments_count <= REQUEST_SEGMENTS_MAX);
	ASSERT(request->params_count <= REQUEST_PARAMS_MAX);
	for (size_t i = 0; i < request->params_count; i++)
		ASSERT(request_param(request, request->params[i].name) != NULL);
}

static void listen_to(struct heard *heard, const char *at, size_t len, size_t piece)
{
	struct http_parse parse;
	struct request request;

	memset(heard, 0, sizeof(*heard));
	request_init(&request);
	http_parse_init(&parse);
	http_parse_begin(&parse, &request);
	while (len > 0 && parse.state != PARSE_REFUSED && heard->requests < REQUESTS_MAX) {
		size_t taken = http_parse_feed(&parse, at, len < piece ? len : piece);

		ASSERT(taken <= (len < piece ? len : piece));
		ASSERT(taken > 0 || parse.state == PARSE_DONE || parse.state == PARSE_REFUSED);
		at += taken;
		len -= taken;
		if (parse.state != PARSE_DONE)
			continue;
		take(heard, &request);
		request_release(&request);
		request_init(&request);
		http_parse_begin(&parse, &request);
	}
	heard->end = parse.state;
	heard->error = parse.state == PARSE_REFUSED ? parse.error : ERR_OK;
	request_release(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole, cut;

	if (size < 2)
		return 0;
	listen_to(&whole, (const char *)data + 1, size - 1, size);
	listen_to(&cut, (const char *)data + 1, size - 1, (size_t)data[0] % 32 + 1);
	ASSERT(whole.requests == cut.requests && whole.end == cut.end && whole.error == cut.error);
	ASSERT(hash_equal(&whole.chain, &cut.chain));
	return 0;
}
