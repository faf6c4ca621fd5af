/* HTTP/1.1 to one of several nodes: blocking, with time limits, connections kept
 * and used again.  IP literals only: names are never resolved.
 *
 * Every request Stele has may be sent twice (the same bytes are the same
 * transaction), so what fails at one node is tried at the next.  What matters is
 * told apart: ERR_NET_CONNECT, no node had the whole request, so nothing was
 * submitted; ERR_NET_UNKNOWN, one had it and gave no answer. */
#ifndef STELE_CLIENTS_CLI_HTTP_H
#define STELE_CLIENTS_CLI_HTTP_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/header.h"

#define HTTP_NODES_MAX 128
#define HTTP_ANSWER_BYTES_MAX ((size_t)256 << 20)
#define HTTP_NODE_ANY SIZE_MAX

struct http;

struct http_request {
	const char *method; /* "GET", "POST" */
	const char *path;   /* with its query, already escaped */
	const char *content_type; /* NULL without a body */
	struct bytes body;
	const char *prefer; /* NULL: none */
	unsigned timeout_ms; /* for the whole answer of one node; 0: 10 s */
	size_t node;         /* that one only, or HTTP_NODE_ANY */
};

struct http_answer {
	int status;
	char content_type[64];
	char network[ORIGIN_MAX + 1];
	char request_id[72];
	uint64_t height;
	unsigned retry_after_s;
	bool is_duplicate;
	size_t node; /* who answered */
	struct buf body;
};

/* NULL when memory is short. */
struct http *http_new(void);
void http_free(struct http *http);
/* http://IP:PORT or http://[IP6]:PORT, no path.  ERR_USAGE; ERR_FULL. */
MUST_CHECK enum err http_add_node(struct http *http, const char *url);
size_t http_nodes_count(const struct http *http);
/* "127.0.0.1:26601" */
const char *http_node_name(const struct http *http, size_t node);
/* A 429 or 503 counts as an answer, but the other nodes are asked first.  out:
 * http_answer_init it once, release it at the end; it is used again.
 * ERR_NET_CONNECT, ERR_NET_UNKNOWN, ERR_NET_ANSWER. */
MUST_CHECK enum err http_ask(struct http *http, const struct http_request *request,
			     struct http_answer *out);
void http_answer_init(struct http_answer *answer);
void http_answer_release(struct http_answer *answer);
/* The request as it goes over the wire to that node. */
void http_request_text(struct buf *out, const struct http *http, size_t node,
		       const struct http_request *request);
/* A socket that is connecting to the node, non-blocking; -1: it cannot. */
int http_dial(const struct http *http, size_t node);
/* Percent-encodes what is not [A-Za-z0-9._~-]. */
void url_add(struct buf *out, const char *text);

#endif
