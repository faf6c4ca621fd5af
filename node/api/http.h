/* HTTP/1.1 on libuv: connections, their limits and timeouts, requests in and
 * answers out, in order.  What is answered is the service's business.
 *
 * One request of a connection is under way at a time; pipelined ones wait in a
 * bounded buffer.  One thread. */
#ifndef STELE_NODE_API_HTTP_H
#define STELE_NODE_API_HTTP_H

#include "base/err.h"
#include "p2p/net.h"

struct http;
struct service;
struct call;

struct http_listen {
	struct net_address address; /* port 0: any free one */
	bool is_metrics;
};

struct http_limits {
	uint32_t connections_max; /* a newcomer takes the place of who was silent longest */
	uint32_t idle_ms;   /* between requests */
	uint32_t header_ms; /* from a request's first byte to the end of its headers */
	uint32_t body_ms;   /* from there to the end of its body */
	uint32_t write_ms;  /* to take the whole answer */
	size_t bytes_max;   /* of all bodies and answers; beyond, only small bodies are read */
};

/* loop: a uv_loop_t that is not running yet.  ERR_NET_CONNECT: cannot listen. */
MUST_CHECK enum err http_open(struct http **out, void *loop, struct service *service,
			      const struct http_listen *listens, size_t count,
			      const struct http_limits *limits);
/* The port of the k-th listener. */
uint16_t http_port(const struct http *http, size_t k);
uint32_t http_connections(const struct http *http);
/* Takes no new requests, lets answers under way go out, then closes; what is not
 * done after grace_ms is cut. */
void http_close(struct http *http, uint32_t grace_ms);
/* After the loop has run the handles down. */
void http_free(struct http *http);

/* From the service: call->answer is there.  Takes the call. */
void http_answer(struct call *call);

#endif
