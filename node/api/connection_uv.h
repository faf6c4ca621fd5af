/* Connections: between http_uv.c, which listens and sweeps, connection_uv.c, which
 * sees them come and go, and exchange_uv.c, which reads requests and writes answers.
 * Nobody else includes this. */
#ifndef STELE_NODE_API_CONNECTION_UV_H
#define STELE_NODE_API_CONNECTION_UV_H

#include <sys/queue.h>
#include <uv.h>

#include "node/api/call.h"
#include "node/api/http.h"
#include "node/api/http_parse.h"

#define HTTP_LISTENERS_MAX 16
#define READ_BYTES 65536
#define OUT_BYTES_MAX 131072

struct listener {
	uv_tcp_t tcp;
	struct http *http;
	uint16_t port;
	bool is_metrics;
};

enum phase {
	PHASE_READING,   /* idle, or within a request: parse.state says which */
	PHASE_ANSWERING, /* the service has the call; what comes meanwhile is kept */
	PHASE_WRITING,   /* what goes out comes first: of a call, its answer waits for that */
	PHASE_LINGERING, /* the answer is out; what still comes is thrown away */
	PHASE_CLOSING,
};

struct connection {
	LIST_ENTRY(connection) entry;
	uv_tcp_t tcp;
	struct http *http;
	enum phase phase;
	bool is_metrics;
	bool is_loopback;
	bool closes_after; /* this answer is its last */
	bool is_continue_sent;
	bool is_reading;   /* the socket is read */
	bool has_ended;    /* the other side says nothing more */
	bool is_writing;   /* rest and body are on their way */
	bool is_large;     /* body counts as a large answer until it is out */
	uint8_t client[16];
	char local[48];
	uint64_t deadline_ms;
	struct http_parse parse;
	struct call *call;  /* the request that is read or answered */
	struct buf pending; /* bytes behind the request under way */
	struct buf rest;    /* of answers, what the socket did not take at once */
	struct buf body;    /* behind them, one that is not copied */
	size_t lent_bytes;  /* of the body that the service has */
	size_t held_bytes;  /* of bodies and answers, as http->held_bytes counts them */
	uv_write_t write;
	uv_shutdown_t shutdown;
};

LIST_HEAD(connection_list, connection);

struct http {
	uv_loop_t *loop;
	struct service *service;
	struct http_limits limits;
	struct listener listeners[HTTP_LISTENERS_MAX];
	size_t listeners_count;
	struct connection_list connections;
	uint32_t count;
	size_t held_bytes; /* by all connections, for bodies and answers */
	uv_timer_t sweep;
	uv_prepare_t turn; /* runs before the loop waits */
	bool is_closing;
	bool is_swept;
	uint64_t grace_ends_ms;
	struct connection *serving; /* whose requests are taken just now */
	struct buf out;        /* its answers so far: they go out together */
	char read[READ_BYTES]; /* what one read gave; parsed or copied at once */
};

void http_set_time(struct http *http);
void connection_accept(struct listener *listener);
/* Gives back what it holds, at once; the rest follows from the loop. */
void connection_close(struct connection *connection);
void exchange_init(struct connection *connection);
/* Once it was accepted: begins to read. */
void exchange_begin(struct connection *connection);
/* Answers a request that takes too long. */
void exchange_time_out(struct connection *connection);
/* Brings http's count of what it holds up to date. */
void exchange_count(struct connection *connection);
/* Closes who has been silent longest between requests, else within one, else in taking
 * its answer; false: everyone waits for the service. */
bool connections_make_room(struct http *http);
/* Those whose time is up. */
void connections_sweep(struct http *http);
/* Those that have no request under way. */
void connections_close_idle(struct http *http);
void connections_cut(struct http *http);

#endif
