#include "p2p/link_uv.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/log.h"

#define IN_FLIGHT_MAX 1048576  /* ciphertext made ahead of the kernel */
/* above this the peer makes us answer and does not read: one frame ahead, one on top */
#define STUCK_BYTES (IN_FLIGHT_MAX + 2 * (size_t)LIMIT_FRAME_BYTES)
#define KEEPALIVE_SECONDS 10
#define USER_TIMEOUT_MS 20000  /* unacknowledged for so long: the peer vanished */
#define NOT_SENT_BYTES 131072  /* the kernel's share of what waits: the rest we can count */

struct write {
	uv_write_t request;
	struct link *link;
	size_t len;
	uint8_t at[];
};

bool link_may_log(struct link_host *host)
{
	return quota_take(&host->log, 0, uv_hrtime() / 1000) == 0;
}

void link_address_text(char out[64], const struct net_address *address)
{
	const char *form = strchr(address->ip, ':') != NULL ? "[%s]:%u" : "%s:%u";

	snprintf(out, 64, form, address->ip, address->port);
}

/* ---- end ------------------------------------------------------------------------ */

static void on_handle_closed(uv_handle_t *handle)
{
	struct link *link = handle->data;
	struct link_host *host = link->host;

	if (--link->handles > 0)
		return;
	TAILQ_REMOVE(&host->links, link, entry);
	while (link->queue_count > 0) {
		frame_drop(link->queue[link->queue_at]);
		link->queue_at = (link->queue_at + 1) % link->queue_cap;
		link->queue_count--;
	}
	free(link->queue);
	session_free(link->session);
	free(link);
	net_on_link_gone(host);
}

void link_close(struct link *link)
{
	if (link->phase == LINK_CLOSING)
		return;
	link->phase = LINK_CLOSING;
	if (link->is_dirty)
		TAILQ_REMOVE(&link->host->dirty, link, dirty_entry);
	link->is_dirty = false;
	uv_close((uv_handle_t *)&link->tcp, on_handle_closed);
	uv_close((uv_handle_t *)&link->timer, on_handle_closed);
}

/* The conversation is over without a word. */
static void link_lost(struct link *link, enum err reason)
{
	if (link->phase == LINK_CLOSING)
		return;
	if (link->phase != LINK_LINGERING)
		net_on_link_over(link, reason);
	link_close(link);
}

static void send_output(struct link *link);
static enum err encrypt_head(struct link *link, size_t max, size_t *len);
static enum err encrypt_all(struct link *link);
static void on_timer(uv_timer_t *timer);

static void on_shutdown(uv_shutdown_t *request, int status)
{
	(void)request;
	(void)status; /* the timer ends what this does not */
}

static void half_close(struct link *link, unsigned timeout_ms)
{
	uv_timer_start(&link->timer, on_timer, timeout_ms, 0);
	if (uv_shutdown(&link->shutdown, (uv_stream_t *)&link->tcp, on_shutdown) != 0)
		link_close(link);
}

static void log_refusal(struct link *link, enum err reason)
{
	bool by_peer = session_was_refused(link->session);

	if (!link_may_log(link->host))
		return;
	log_event(LOG_WARN, by_peer ? "peer_refused_us" : "peer_refused", "%s: [E%04d %s] %s; %s",
		  link->address, (int)reason, err_name(reason), err_text(reason),
		  session_detail(link->session));
}

/* Over for a reason: the output, which may hold it, is still sent. */
static void link_linger(struct link *link, enum err reason)
{
	log_refusal(link, reason);
	net_on_link_over(link, reason);
	if (link->phase == LINK_CLOSING)
		return;
	link->phase = LINK_LINGERING;
	link->is_paused = false;
	send_output(link);
	if (link->phase == LINK_LINGERING)
		half_close(link, LINK_LINGER_MS);
}

void link_refuse(struct link *link, enum err reason, const char *detail)
{
	size_t len;

	if (link->phase >= LINK_LINGERING)
		return;
	/* the refusal is a frame: it cannot stand inside of another */
	if (link->head_sent > 0 && encrypt_head(link, SIZE_MAX, &len) != ERR_OK) {
		link_lost(link, ERR_PEER_TLS);
		return;
	}
	session_refuse(link->session, reason, detail);
	link_linger(link, reason);
}

void link_drain(struct link *link)
{
	link->phase = LINK_DRAINING;
	if (encrypt_all(link) != ERR_OK) {
		link_lost(link, ERR_PEER_TLS);
		return;
	}
	(void)link_work(link);
	if (link->phase == LINK_DRAINING)
		half_close(link, LINK_DRAIN_MS);
}

static void mark_dirty(struct link *link)
{
	if (link->is_dirty || link->phase == LINK_CLOSING)
		return;
	link->is_dirty = true;
	TAILQ_INSERT_TAIL(&link->host->dirty, link, dirty_entry);
}

void link_doom(struct link *link, enum err reason)
{
	link->doom = reason;
	mark_dirty(link);
}

/* ---- sending ---------------------------------------------------------------------- */

static void on_written(uv_write_t *request, int status)
{
	struct write *write = (struct write *)request;
	struct link *link = write->link;

	link->in_flight -= write->len;
	free(write);
	if (link->phase == LINK_CLOSING)
		return;
	if (status < 0)
		link_lost(link, ERR_OK);
	else if (link->queue_count > 0)
		mark_dirty(link);
}

/* What the kernel takes at once needs no memory and no call back.  Gives how much
 * it took of wire, or -1: the link is lost. */
static ssize_t write_now(struct link *link, size_t len)
{
	uint8_t *wire = link->host->wire;
	uv_buf_t buf = uv_buf_init((char *)wire, (unsigned)len);
	int taken;

	session_output_take(link->session, wire, len);
	taken = uv_try_write((uv_stream_t *)&link->tcp, &buf, 1);
	if (taken == UV_EAGAIN)
		taken = 0;
	if (taken < 0) {
		link_lost(link, ERR_OK);
		return -1;
	}
	link->bytes_out += (uint64_t)taken;
	return taken;
}

static void send_output(struct link *link)
{
	size_t len = session_output_len(link->session);
	bool is_now = link->in_flight == 0 && len <= sizeof(link->host->wire);
	ssize_t taken = 0;
	struct write *write;
	uv_buf_t buf;

	if (len == 0 || link->phase == LINK_CLOSING)
		return;
	if (link->in_flight > STUCK_BYTES) {
		link_lost(link, ERR_PEER_QUOTA);
		return;
	}
	if (is_now) {
		taken = write_now(link, len);
		if (taken < 0 || (size_t)taken == len)
			return;
		len -= (size_t)taken;
	}
	write = malloc(sizeof(*write) + len);
	if (write == NULL) {
		link_lost(link, ERR_MEMORY);
		return;
	}
	write->link = link;
	write->len = len;
	if (is_now)
		memcpy(write->at, link->host->wire + taken, len);
	else
		session_output_take(link->session, write->at, len);
	buf = uv_buf_init((char *)write->at, (unsigned)len);
	if (uv_write(&write->request, (uv_stream_t *)&link->tcp, &buf, 1, on_written) != 0) {
		free(write);
		link_lost(link, ERR_OK);
		return;
	}
	link->in_flight += len;
	link->bytes_out += len;
}

static struct frame *queue_head(const struct link *link)
{
	return link->queue[link->queue_at];
}

static void queue_pop(struct link *link)
{
	struct frame *frame = queue_head(link);

	link->queue_at = (link->queue_at + 1) % link->queue_cap;
	link->queue_count--;
	link->queue_bytes -= frame->len;
	link->head_sent = 0;
	link->frames_out++;
	frame_drop(frame);
}

static bool queue_grow(struct link *link)
{
	size_t cap = link->queue_cap == 0 ? 64 : 2 * link->queue_cap;
	struct frame **grown = malloc(cap * sizeof(struct frame *));

	if (grown == NULL)
		return false;
	for (size_t i = 0; i < link->queue_count; i++)
		grown[i] = link->queue[(link->queue_at + i) % link->queue_cap];
	free(link->queue);
	link->queue = grown;
	link->queue_cap = cap;
	link->queue_at = 0;
	return true;
}

bool link_queue(struct link *link, struct frame *frame)
{
	uint64_t held = link->queue_bytes + link->in_flight;

	if (link->phase != LINK_OPEN || link->doom != ERR_OK)
		return false;
	if (held + frame->len > link->host->queue_bytes_max ||
	    (link->queue_count == link->queue_cap && !queue_grow(link))) {
		if (link->frames_dropped++ == 0 || link_may_log(link->host))
			log_event(LOG_WARN, "peer_queue_full", "%s: %llu bytes wait", link->address,
				  (unsigned long long)held);
		return false;
	}
	link->queue[(link->queue_at + link->queue_count) % link->queue_cap] = frame_hold(frame);
	link->queue_count++;
	link->queue_bytes += frame->len;
	mark_dirty(link);
	return true;
}

/* At most max bytes more of the first frame. */
static enum err encrypt_head(struct link *link, size_t max, size_t *len)
{
	const struct frame *frame = queue_head(link);
	enum err err;

	*len = frame->len - link->head_sent < max ? frame->len - link->head_sent : max;
	err = session_send(link->session, bytes_of(frame->at + link->head_sent, *len));
	link->head_sent += *len;
	if (link->head_sent == frame->len)
		queue_pop(link);
	return err;
}

/* Encrypts a piece of a long frame by itself, or as many short ones together as fit. */
static enum err encrypt_some(struct link *link, size_t *len)
{
	uint8_t *batch = link->host->batch;

	if (queue_head(link)->len > LINK_PIECE_BYTES / 4)
		return encrypt_head(link, LINK_PIECE_BYTES, len);
	*len = 0;
	while (link->queue_count > 0 && queue_head(link)->len <= LINK_PIECE_BYTES - *len) {
		const struct frame *frame = queue_head(link);

		memcpy(batch + *len, frame->at, frame->len);
		*len += frame->len;
		queue_pop(link);
	}
	return session_send(link->session, bytes_of(batch, *len));
}

static bool may_encrypt(const struct link *link)
{
	return link->queue_count > 0 &&
	       link->in_flight + session_output_len(link->session) < IN_FLIGHT_MAX;
}

size_t link_work(struct link *link)
{
	size_t len = 0;

	if (link->is_dirty)
		TAILQ_REMOVE(&link->host->dirty, link, dirty_entry);
	link->is_dirty = false;
	if (link->doom != ERR_OK) {
		link_refuse(link, link->doom, "a rule was broken");
		return 0;
	}
	if (link->phase != LINK_OPEN && link->phase != LINK_DRAINING)
		return 0;
	if (may_encrypt(link) && encrypt_some(link, &len) != ERR_OK) {
		link_lost(link, ERR_PEER_TLS);
		return 0;
	}
	send_output(link);
	if (link->phase == LINK_OPEN && may_encrypt(link))
		mark_dirty(link);
	return len;
}

/* All that is queued, whatever the kernel's side holds already. */
static enum err encrypt_all(struct link *link)
{
	enum err err = ERR_OK;
	size_t len;

	while (link->queue_count > 0 && !err)
		err = encrypt_some(link, &len);
	return err;
}

/* ---- receiving ---------------------------------------------------------------------- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct link *link = handle->data;

	(void)suggested;
	*buf = uv_buf_init((char *)link->host->read, LINK_READ_BYTES);
}

static void pause_for(struct link *link, uint64_t wait_us)
{
	link->is_paused = true;
	uv_read_stop((uv_stream_t *)&link->tcp);
	uv_timer_start(&link->timer, on_timer, wait_us / 1000 + 1, 0);
	if (link_may_log(link->host))
		log_event(LOG_WARN, "peer_over_quota", "%s: not listened to for %llu ms",
			  link->address, (unsigned long long)(wait_us / 1000 + 1));
}

static bool on_frame(void *context, uint8_t type, struct bytes payload)
{
	struct link *link = context;
	uint64_t wait_us;

	if (link->doom != ERR_OK)
		return false;
	link->frames_in++;
	net_on_link_frame(link, type, payload);
	if (link->doom != ERR_OK || link->phase == LINK_CLOSING)
		return false;
	if (link->phase != LINK_OPEN)
		return true;
	wait_us = quota_take(&link->quota, FRAME_HEADER_BYTES + payload.len, uv_hrtime() / 1000);
	if (wait_us > 0)
		pause_for(link, wait_us);
	return wait_us == 0;
}

static void open_link(struct link *link)
{
	bool is_validator = session_peer(link->session)->index != SET_NO_INDEX;

	uv_timer_stop(&link->timer);
	link->phase = LINK_OPEN;
	link->opened_us = uv_hrtime() / 1000;
	quota_init(&link->quota, is_validator ? &quota_validator : &quota_observer,
		   link->opened_us);
	net_on_link_open(link);
}

static void hear(struct link *link, struct bytes in)
{
	enum err err;

	link->bytes_in += in.len;
	for (;;) {
		err = session_receive(link->session, in, on_frame, link);
		if (link->phase == LINK_CLOSING)
			return;
		if (err) {
			link_linger(link, err);
			return;
		}
		if (session_state(link->session) == SESSION_OVER) {
			link_lost(link, ERR_OK);
			return;
		}
		if (session_state(link->session) != SESSION_OPEN || link->phase != LINK_GREETING)
			break;
		send_output(link); /* our own hello goes out whatever comes of theirs */
		if (link->phase != LINK_GREETING)
			return;
		open_link(link);
		if (link->phase >= LINK_LINGERING)
			return;
		in = bytes_of(NULL, 0);
	}
	send_output(link);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
	struct link *link = stream->data;

	if (count < 0) {
		link_lost(link, ERR_OK);
		return;
	}
	if (count > 0 && link->phase != LINK_LINGERING && link->doom == ERR_OK)
		hear(link, bytes_of(buf->base, (size_t)count));
}

static void on_timer(uv_timer_t *timer)
{
	struct link *link = timer->data;

	if (link->phase == LINK_OPEN && link->is_paused) {
		link->is_paused = false;
		hear(link, bytes_of(NULL, 0));
		if (link->phase < LINK_CLOSING && !link->is_paused &&
		    uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) != 0)
			link_lost(link, ERR_OK);
		return;
	}
	link_lost(link, link->phase == LINK_GREETING ? ERR_PEER_TLS : ERR_OK);
}

/* ---- beginning ------------------------------------------------------------------------ */

static struct link *link_new(struct link_host *host, bool is_client)
{
	struct link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return NULL;
	link->host = host;
	link->is_client = is_client;
	link->peer = SET_NO_INDEX;
	link->phase = is_client ? LINK_DIALLING : LINK_GREETING;
	/* neither fails without a socket */
	ASSERT(uv_tcp_init(host->loop, &link->tcp) == 0);
	ASSERT(uv_timer_init(host->loop, &link->timer) == 0);
	link->tcp.data = link;
	link->timer.data = link;
	link->handles = 2;
	TAILQ_INSERT_TAIL(&host->links, link, entry);
	uv_timer_start(&link->timer, on_timer, LINK_HANDSHAKE_MS, 0);
	return link;
}

/* A peer whose host vanished is noticed within USER_TIMEOUT_MS when something
 * was sent to it, by the keepalive otherwise. */
static bool set_up_socket(struct link *link)
{
	unsigned timeout_ms = USER_TIMEOUT_MS, not_sent = NOT_SENT_BYTES;
	uv_os_fd_t fd;

	if (uv_tcp_nodelay(&link->tcp, 1) != 0 ||
	    uv_tcp_keepalive(&link->tcp, 1, KEEPALIVE_SECONDS) != 0 ||
	    uv_fileno((uv_handle_t *)&link->tcp, &fd) != 0)
		return false;
	return setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms)) == 0 &&
	       setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &not_sent, sizeof(not_sent)) == 0;
}

void link_origin(uint8_t out[16], const struct sockaddr_storage *name)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)name;

	memset(out, 0, 16);
	if (name->ss_family != AF_INET6) {
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, &((const struct sockaddr_in *)name)->sin_addr, 4);
	} else {
		bool is_mapped = memcmp(&six->sin6_addr, mapped, sizeof(mapped)) == 0;

		memcpy(out, &six->sin6_addr, is_mapped ? 16 : 8);
	}
}

static void name_remote(struct link *link)
{
	struct sockaddr_storage name;
	struct net_address address = {.port = 0};
	int len = sizeof(name);

	if (uv_tcp_getpeername(&link->tcp, (struct sockaddr *)&name, &len) != 0)
		return;
	link_origin(link->from, &name);
	if (name.ss_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&name;

		uv_ip6_name(six, address.ip, sizeof(address.ip));
		address.port = ntohs(six->sin6_port);
	} else {
		const struct sockaddr_in *four = (const struct sockaddr_in *)&name;

		uv_ip4_name(four, address.ip, sizeof(address.ip));
		address.port = ntohs(four->sin_port);
	}
	link_address_text(link->address, &address);
}

struct link *link_accept(struct link_host *host, uv_stream_t *listener)
{
	struct link *link = link_new(host, false);

	if (link == NULL)
		return NULL;
	if (uv_accept(listener, (uv_stream_t *)&link->tcp) == 0) {
		name_remote(link);
		/* a stranger in a crowd of his own costs no session */
		if (net_may_enter(host, link->from) &&
		    session_new(&link->session, &host->self, false) == ERR_OK &&
		    set_up_socket(link) &&
		    uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) == 0)
			return link;
	}
	link_close(link);
	return NULL;
}

static void on_connect(uv_connect_t *request, int status)
{
	struct link *link = request->data;

	if (link->phase == LINK_CLOSING)
		return;
	if (status < 0 || !set_up_socket(link) ||
	    uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) != 0) {
		link_lost(link, ERR_NET_CONNECT);
		return;
	}
	link->phase = LINK_GREETING;
	hear(link, bytes_of(NULL, 0)); /* the client speaks first */
}

static bool resolve(struct sockaddr_storage *out, const struct net_address *address)
{
	memset(out, 0, sizeof(*out));
	return uv_ip4_addr(address->ip, address->port, (struct sockaddr_in *)out) == 0 ||
	       uv_ip6_addr(address->ip, address->port, (struct sockaddr_in6 *)out) == 0;
}

struct link *link_dial(struct link_host *host, const struct net_address *address, void *dial)
{
	struct link *link = link_new(host, true);
	struct sockaddr_storage to;

	if (link == NULL)
		return NULL;
	link->dial = dial;
	link->connect.data = link;
	link_address_text(link->address, address);
	if (session_new(&link->session, &host->self, true) != ERR_OK || !resolve(&to, address) ||
	    uv_tcp_connect(&link->connect, &link->tcp, (const struct sockaddr *)&to,
			   on_connect) != 0) {
		link->dial = NULL;
		link_close(link);
		return NULL;
	}
	return link;
}
