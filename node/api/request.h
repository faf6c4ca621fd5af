/* A request as the handlers see it: method, path segments and query parameters
 * decoded, the few headers that mean something here, the body.
 * Bounded; pure: no socket. */
#ifndef STELE_NODE_API_REQUEST_H
#define STELE_NODE_API_REQUEST_H

#include "base/bytes.h"
#include "base/err.h"

#define REQUEST_SEGMENTS_MAX 8
#define REQUEST_PARAMS_MAX 40
#define REQUEST_FIELD_MAX 511 /* bytes of a header's value that is looked at */

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER };

struct request_param {
	const char *name;
	const char *value;
};

struct request {
	enum method method;
	bool is_keep_alive;
	bool has_host;
	char host[REQUEST_FIELD_MAX + 1];
	char content_type[REQUEST_FIELD_MAX + 1];
	char prefer[REQUEST_FIELD_MAX + 1];
	char if_none_match[REQUEST_FIELD_MAX + 1];
	bool expects_continue;
	struct buf target; /* as it came; request_split decodes it in place */
	struct buf body;
	const char *segments[REQUEST_SEGMENTS_MAX]; /* of the path, into target */
	size_t segments_count;
	struct request_param params[REQUEST_PARAMS_MAX];
	size_t params_count;
};

void request_init(struct request *request);
void request_release(struct request *request);

/* Splits target into segments and parameters.  ERR_API_NOT_FOUND: no path of
 * ours; ERR_API_PARAMETER: a malformed or over-long query. */
MUST_CHECK enum err request_split(struct request *request);
/* The first value of a parameter; NULL when it is not given. */
const char *request_param(const struct request *request, const char *name);

/* What the Prefer header (RFC 7240) asks for; unknown preferences are ignored. */
struct preferences {
	uint32_t wait_s; /* 0: not */
	bool simulate;   /* false: simulate=no */
	bool is_minimal; /* return=minimal: the answer goes without the receipt */
};
#define PREFER_WAIT_MAX_S 30
void request_preferences(const struct request *request, struct preferences *out);

/* Whether If-None-Match names this tag (which is with its quotes). */
bool request_matches_etag(const struct request *request, const char *etag);

#endif
