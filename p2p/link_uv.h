/* Link: one TCP connection with its session, its queue of frames to send, and
 * its timer.  It moves bytes and reports to the net (net_uv.c), which decides
 * who may stay. */
#ifndef STELE_P2P_LINK_UV_H
#define STELE_P2P_LINK_UV_H

#include <sys/queue.h>
#include <uv.h>

#include "p2p/net.h"
#include "p2p/peer.h"
#include "p2p/session.h"

#define LINK_HANDSHAKE_MS 5000 /* from the first packet to a proven peer */
#define LINK_LINGER_MS 1000    /* for the last words to arrive */
#define LINK_DRAIN_MS 2000     /* for a replaced session's last frames */
#define LINK_READ_BYTES 65536
#define LINK_BATCH_BYTES 65536
#define LINK_PIECE_BYTES (LINK_BATCH_BYTES - 1024) /* encrypted at a time; its ciphertext fits wire */

enum link_phase {
	LINK_DIALLING,  /* TCP connects */
	LINK_GREETING,  /* TLS and hello */
	LINK_OPEN,      /* frames both ways */
	LINK_DRAINING,  /* replaced by another session: still heard, sends no more */
	LINK_LINGERING, /* over: only the last words are on their way */
	LINK_CLOSING    /* handles are being closed */
};

struct link {
	struct link_host *host;
	TAILQ_ENTRY(link) entry;
	TAILQ_ENTRY(link) dirty_entry;
	bool is_dirty; /* in the host's list of links with something to do */
	bool is_client;
	bool is_paused; /* over its quota */
	enum link_phase phase;
	enum err doom;  /* set from above: to be ended for this reason */
	void *dial;     /* the net's */
	uint32_t peer;  /* number above the seam, or SET_NO_INDEX */
	uint64_t opened_us;
	char address[64];
	uint8_t from[16]; /* link_origin of who was accepted */

	uv_tcp_t tcp;
	uv_timer_t timer;
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	unsigned handles;

	struct session *session;
	struct quota quota;

	struct frame **queue; /* a ring */
	size_t queue_at, queue_count, queue_cap;
	uint64_t queue_bytes; /* of the frames in it */
	size_t head_sent;     /* of the first of them, what is encrypted already */
	size_t in_flight;     /* ciphertext given to the kernel's side */

	uint64_t bytes_in, bytes_out, frames_in, frames_out, frames_dropped;
};

TAILQ_HEAD(link_list, link);

/* What all links of a net share. */
struct link_host {
	uv_loop_t *loop;
	struct session_self self;
	uint64_t queue_bytes_max;
	struct link_list links;
	struct link_list dirty;
	struct quota log; /* strangers may not fill the log */
	uint8_t read[LINK_READ_BYTES];
	uint8_t batch[LINK_BATCH_BYTES];
	uint8_t wire[LINK_BATCH_BYTES]; /* ciphertext that the kernel may take at once */
};

/* An IPv4 address as it is mapped into IPv6; of IPv6 the network of 64 bits, for that
 * is what one stranger commands. */
void link_origin(uint8_t out[16], const struct sockaddr_storage *name);
/* A connection to be accepted from the listener.  NULL: it could not be, or may not
 * (net_may_enter). */
struct link *link_accept(struct link_host *host, uv_stream_t *listener);
/* A connection to be dialled; reports as any other when it fails. */
struct link *link_dial(struct link_host *host, const struct net_address *address, void *dial);

/* Takes the frame (holds it itself).  False: full, and the frame is counted as
 * dropped. */
bool link_queue(struct link *link, struct frame *frame);
/* Carries out what waits: doom, or a piece of the frames to send; it is dirty again where
 * more could go.  Called before the loop sleeps.  Gives the bytes that it encrypted. */
size_t link_work(struct link *link);
/* To be ended before the loop sleeps next; nothing is reported from inside. */
void link_doom(struct link *link, enum err reason);
/* Refuses the peer by name, and ends. */
void link_refuse(struct link *link, enum err reason, const char *detail);
/* Another session with this peer took over: sends what is queued, then hears the
 * other side out. */
void link_drain(struct link *link);
/* At once; net_on_link_gone follows from the loop. */
void link_close(struct link *link);

bool link_may_log(struct link_host *host);

/* ip:port, or [ip]:port. */
void link_address_text(char out[64], const struct net_address *address);

/* --- reports, given by net_uv.c ---------------------------------------------- */

void net_on_link_open(struct link *link);
void net_on_link_frame(struct link *link, uint8_t type, struct bytes payload);
/* The session is over (or never came to be); told once.  phase is still what it
 * was before. */
void net_on_link_over(struct link *link, enum err reason);
/* Whether a connection from this address is taken now. */
bool net_may_enter(struct link_host *host, const uint8_t from[16]);
/* One link's memory is gone. */
void net_on_link_gone(struct link_host *host);

#endif
