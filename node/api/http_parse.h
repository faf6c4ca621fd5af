/* From bytes to a request: llhttp in its strict mode, with our bounds.  Two
 * lengths, or a bare line feed, are refused.  No I/O. */
#ifndef STELE_NODE_API_HTTP_PARSE_H
#define STELE_NODE_API_HTTP_PARSE_H

#include <llhttp.h>

#include "base/err.h"
#include "node/api/request.h"

enum parse_state {
	PARSE_IDLE,    /* between requests */
	PARSE_HEADERS, /* within request line and headers */
	PARSE_BODY,
	PARSE_DONE,    /* a whole request is there */
	PARSE_REFUSED, /* error, status and detail say why; the connection is lost */
};

enum parse_field {
	FIELD_OTHER,
	FIELD_HOST,
	FIELD_CONTENT_TYPE,
	FIELD_PREFER,
	FIELD_IF_NONE_MATCH,
	FIELD_EXPECT,
};

struct http_parse {
	llhttp_t llhttp;
	struct request *request; /* where the next bytes go */
	enum parse_state state;
	bool has_headers;    /* all of them were read: 100 Continue may be sent */
	enum parse_field field;
	char name[24];       /* of the header being read, lower case */
	size_t name_len;
	size_t header_bytes; /* so far */
	enum err error;
	unsigned status;
	const char *detail;
};

void http_parse_init(struct http_parse *parse);
/* The next request goes into this one. */
void http_parse_begin(struct http_parse *parse, struct request *request);
/* Reads on; gives how many bytes were taken, all of them unless a request is done
 * or refused. */
size_t http_parse_feed(struct http_parse *parse, const char *at, size_t len);

#endif
