/* Reading one HTTP answer, as its bytes come in.  Pure. */
#ifndef STELE_CLIENTS_CLI_HTTP_READING_H
#define STELE_CLIENTS_CLI_HTTP_READING_H

#include <llhttp.h>

#include "clients/cli/http.h"

#define HTTP_READING_NAME_MAX 32
#define HTTP_READING_VALUE_MAX 256
#define HTTP_READING_HEADERS_MAX 65536 /* bytes of all headers and trailers */

/* Stays where it was initialised: the parser points into it. */
struct http_reading {
	llhttp_t parser;
	llhttp_settings_t settings;
	struct http_answer *answer;
	char name[HTTP_READING_NAME_MAX];
	char value[HTTP_READING_VALUE_MAX];
	size_t name_len, value_len;
	size_t headers_len;
	bool is_done;
	bool is_kept; /* the connection can be used again */
};

/* Empties the answer, which stays lent until the reading is done. */
void http_reading_init(struct http_reading *reading, struct http_answer *answer);
/* False: this is no HTTP answer. */
bool http_reading_feed(struct http_reading *reading, const char *at, size_t len);
/* The other side closed, which is how some answers end. */
void http_reading_end(struct http_reading *reading);

#endif
