#include "p2p/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/rate.h"
#include "crypto/random.h"
#include "p2p/link_uv.h"

#define HALF_OPEN_MAX 128     /* accepted and not yet proven */
#define ENTRIES_PER_S 20      /* connections accepted from one address */
#define ENTRIES_BURST 256
#define LISTEN_BACKLOG 128
#define TURN_BYTES 262144     /* encrypted in one turn of the loop, over all links */
#define SETTLED_US 5000000    /* a session that lasted so long clears the backoff */

static const struct quota_rate log_rate = {.bytes = 1, .messages = 5};

/* One address of the configuration. */
struct dial {
	struct net *net;
	struct net_address address;
	uv_timer_t timer;
	struct backoff backoff;
	struct link *link; /* under way or open */
	struct public_key node_key; /* who answered there */
	bool is_known;              /* node_key is set */
	bool is_self;               /* this node itself answered: never again */
	enum err said;              /* the last failure in the log */
};

struct net {
	struct link_host host;
	struct net_callbacks callbacks;
	uint32_t self;
	uint32_t sessions_max;
	uint32_t next_observer;
	uv_tcp_t listener;
	uv_prepare_t prepare;
	uv_idle_t idle; /* runs while there is more to send than a turn may */
	uint16_t port;
	unsigned handles; /* of the net itself, not of links */
	bool is_closing;
	struct dial *dials;
	size_t dials_count;
	struct punished punished;
	struct rates *entries; /* by address */
	struct rng rng;
};

static struct net *net_of(const struct link *link)
{
	/* host is the first member */
	return (struct net *)link->host;
}

static uint64_t now_us(void)
{
	return uv_hrtime() / 1000;
}

/* ---- who is in session --------------------------------------------------------- */

/* The one link that stands for the peer above the seam. */
static bool is_session(const struct link *link)
{
	return link->phase == LINK_OPEN && link->peer != SET_NO_INDEX;
}

static struct link *find_peer(const struct net *net, uint32_t peer)
{
	struct link *link;

	TAILQ_FOREACH(link, &net->host.links, entry) {
		if (is_session(link) && link->peer == peer)
			return link;
	}
	return NULL;
}

static struct link *find_key(const struct net *net, const struct public_key *key)
{
	struct link *link;

	TAILQ_FOREACH(link, &net->host.links, entry) {
		if (is_session(link) &&
		    public_key_equal(&session_peer(link->session)->node_key, key))
			return link;
	}
	return NULL;
}

static uint32_t count_observers(const struct net *net)
{
	struct link *link;
	uint32_t count = 0;

	TAILQ_FOREACH(link, &net->host.links, entry)
		count += is_session(link) && link->peer >= NET_OBSERVERS;
	return count;
}

/* ---- dialling -------------------------------------------------------------------- */

static void on_dial_timer(uv_timer_t *timer);

/* Under way, or in session from either end: the end of that session starts the
 * dialling again. */
static bool is_needless(const struct dial *dial)
{
	return dial->net->is_closing || dial->is_self || dial->link != NULL ||
	       (dial->is_known && find_key(dial->net, &dial->node_key) != NULL);
}

static void dial_later(struct dial *dial)
{
	struct net *net = dial->net;

	if (is_needless(dial) || uv_is_active((uv_handle_t *)&dial->timer))
		return;
	uv_timer_start(&dial->timer, on_dial_timer, backoff_next(&dial->backoff, &net->rng), 0);
}

static void on_dial_timer(uv_timer_t *timer)
{
	struct dial *dial = timer->data;
	struct net *net = dial->net;

	if (is_needless(dial))
		return;
	if (dial->is_known && find_key(net, &dial->node_key) != NULL)
		return;
	if (dial->is_known && punished_has(&net->punished, &dial->node_key, now_us())) {
		dial_later(dial);
		return;
	}
	dial->link = link_dial(&net->host, &dial->address, dial);
	if (dial->link == NULL)
		dial_later(dial);
}

static void redial(struct net *net)
{
	for (size_t i = 0; i < net->dials_count; i++)
		dial_later(&net->dials[i]);
}

static void dial_failed(struct dial *dial, const struct link *link, enum err reason)
{
	bool is_new = dial->said != reason;

	dial->said = reason;
	if (reason == ERR_PEER_SELF) {
		dial->is_self = true;
		log_event(LOG_WARN, "peer_is_self", "%s is this node itself: not dialled again",
			  link->address);
	} else if (is_new && reason != ERR_OK) {
		log_event(LOG_WARN, "peer_not_reached", "%s: [E%04d %s] %s; trying again",
			  link->address, (int)reason, err_name(reason), err_text(reason));
	}
}

/* ---- reports of links -------------------------------------------------------------- */

static void announce(struct net *net, struct link *link)
{
	log_event(LOG_DEBUG, "session_open", "%s: peer %u, %s", link->address, link->peer,
		  link->is_client ? "dialled" : "accepted");
	net->callbacks.on_open(net->callbacks.context, link->peer,
			       &session_peer(link->session)->node_key, link->address);
}

static void bury(struct net *net, struct link *link, enum err reason)
{
	uint32_t peer = link->peer;

	log_event(LOG_DEBUG, "session_close", "%s: peer %u%s%s", link->address, peer,
		  reason ? ", " : "", reason ? err_name(reason) : "");
	link->peer = SET_NO_INDEX;
	net->callbacks.on_close(net->callbacks.context, peer, reason);
}

static void abandon(struct link *link)
{
	struct dial *dial = link->dial;

	if (dial != NULL)
		dial->link = NULL;
	link->dial = NULL;
	link_close(link);
}

/* A second session with a peer.  Dialled from the same end it replaces one that
 * the peer has already given up; from both ends, one of them stays, and above
 * the seam nothing is seen of it. */
static void settle(struct net *net, struct link *old, struct link *link)
{
	const struct session_peer *peer = session_peer(link->session);
	bool prefers_own = peer_prefers_own_dial(net->self, &net->host.self.node_public,
						 peer->index, &peer->node_key);
	uint32_t number = old->peer;

	if (old->is_client == link->is_client) {
		bury(net, old, ERR_OK);
		abandon(old);
		link->peer = number;
		announce(net, link);
		return;
	}
	link->peer = number;
	link_drain(link->is_client == prefers_own ? old : link);
}

static uint32_t next_observer(struct net *net)
{
	uint32_t number;

	do {
		number = NET_OBSERVERS + net->next_observer++ % 1000000;
	} while (find_peer(net, number) != NULL);
	return number;
}

void net_on_link_open(struct link *link)
{
	struct net *net = net_of(link);
	const struct session_peer *peer = session_peer(link->session);
	struct dial *dial = link->dial;
	struct link *old = find_key(net, &peer->node_key);

	if (dial != NULL) {
		dial->node_key = peer->node_key;
		dial->is_known = true;
		dial->said = ERR_OK;
	}
	if (punished_has(&net->punished, &peer->node_key, link->opened_us)) {
		link_refuse(link, ERR_PEER_QUOTA, "kept out for a while after a broken rule");
	} else if (old != NULL) {
		settle(net, old, link);
	} else if (peer->index == SET_NO_INDEX && count_observers(net) >= net->sessions_max) {
		link_refuse(link, ERR_PEER_QUOTA, "no room for more observers here");
	} else {
		link->peer = peer->index != SET_NO_INDEX ? peer->index : next_observer(net);
		announce(net, link);
	}
}

void net_on_link_frame(struct link *link, uint8_t type, struct bytes payload)
{
	struct net *net = net_of(link);

	if (!net->is_closing && link->peer != SET_NO_INDEX)
		net->callbacks.on_frame(net->callbacks.context, link->peer, type, payload);
}

void net_on_link_over(struct link *link, enum err reason)
{
	struct net *net = net_of(link);
	struct dial *dial = link->dial;

	if (dial != NULL) {
		dial->link = NULL;
		link->dial = NULL;
		if (link->opened_us != 0 && now_us() - link->opened_us > SETTLED_US)
			backoff_reset(&dial->backoff);
		if (!net->is_closing)
			dial_failed(dial, link, reason);
	}
	if (is_session(link) && !net->is_closing)
		bury(net, link, reason);
	link->peer = SET_NO_INDEX;
	redial(net);
}

static void free_when_done(struct net *net)
{
	if (!net->is_closing || net->handles > 0 || !TAILQ_EMPTY(&net->host.links))
		return;
	tls_context_free(net->host.self.tls);
	rates_free(net->entries);
	free(net->dials);
	free(net);
}

static void handle_gone(struct net *net)
{
	net->handles--;
	free_when_done(net);
}

static void on_own_handle_closed(uv_handle_t *handle)
{
	handle_gone(handle->data);
}

static void on_dial_closed(uv_handle_t *handle)
{
	struct dial *dial = handle->data;

	handle_gone(dial->net);
}

void net_on_link_gone(struct link_host *host)
{
	free_when_done((struct net *)host);
}

/* ---- accepting ------------------------------------------------------------------------ */

bool net_may_enter(struct link_host *host, const uint8_t from[16])
{
	struct rate_state state;

	return rates_take(((struct net *)host)->entries, from, now_us() / 1000, &state);
}

/* How many of them came from one's address. */
static unsigned count_from(struct link *const *links, unsigned count, const uint8_t from[16])
{
	unsigned same = 0;

	for (unsigned i = 0; i < count; i++)
		same += memcmp(links[i]->from, from, sizeof(links[i]->from)) == 0;
	return same;
}

/* Strangers that say nothing may not shut out others: of the address that has the most
 * the oldest goes. */
static void bound_half_open(struct net *net)
{
	struct link *half_open[HALF_OPEN_MAX + 1]; /* oldest first */
	struct link *victim = NULL;
	struct link *link;
	unsigned count = 0, most = 0, same;

	TAILQ_FOREACH(link, &net->host.links, entry) {
		if (link->phase == LINK_GREETING && !link->is_client && count <= HALF_OPEN_MAX)
			half_open[count++] = link;
	}
	if (count <= HALF_OPEN_MAX)
		return;
	for (unsigned i = 0; i < count; i++) {
		same = count_from(half_open, count, half_open[i]->from);
		if (same > most) {
			most = same;
			victim = half_open[i];
		}
	}
	link_close(victim);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct net *net = listener->data;

	if (status < 0 || net->is_closing)
		return;
	if (link_accept(&net->host, listener) != NULL)
		bound_half_open(net);
}

/* As long as it runs the loop does not sleep. */
static void on_idle(uv_idle_t *idle)
{
	(void)idle;
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct net *net = prepare->data;
	struct link *link;
	size_t spent = 0;

	while (spent < TURN_BYTES && (link = TAILQ_FIRST(&net->host.dirty)) != NULL)
		spent += link_work(link);
	/* what comes in goes between; then on without a wait */
	if (TAILQ_EMPTY(&net->host.dirty))
		uv_idle_stop(&net->idle);
	else
		uv_idle_start(&net->idle, on_idle);
}

/* ---- the door ---------------------------------------------------------------------------- */

static enum err listen_at(struct net *net, const struct net_address *address)
{
	struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
	int len = sizeof(name);

	if (uv_ip4_addr(address->ip, address->port, (struct sockaddr_in *)&name) != 0 &&
	    uv_ip6_addr(address->ip, address->port, (struct sockaddr_in6 *)&name) != 0)
		return ERR_NET_CONNECT;
	if (uv_tcp_bind(&net->listener, (const struct sockaddr *)&name, 0) != 0 ||
	    uv_listen((uv_stream_t *)&net->listener, LISTEN_BACKLOG, on_connection) != 0 ||
	    uv_tcp_getsockname(&net->listener, (struct sockaddr *)&name, &len) != 0)
		return ERR_NET_CONNECT;
	net->port = ntohs(name.ss_family == AF_INET6
				  ? ((const struct sockaddr_in6 *)&name)->sin6_port
				  : ((const struct sockaddr_in *)&name)->sin_port);
	return ERR_OK;
}

static void start_handles(struct net *net, const struct net_config *config)
{
	ASSERT(uv_tcp_init(net->host.loop, &net->listener) == 0);
	ASSERT(uv_prepare_init(net->host.loop, &net->prepare) == 0);
	ASSERT(uv_prepare_start(&net->prepare, on_prepare) == 0);
	ASSERT(uv_idle_init(net->host.loop, &net->idle) == 0);
	net->listener.data = net;
	net->prepare.data = net;
	net->idle.data = net;
	net->handles = 3;
	for (size_t i = 0; i < config->peers_count; i++) {
		struct dial *dial = &net->dials[i];

		dial->net = net;
		dial->address = config->peers[i];
		ASSERT(uv_timer_init(net->host.loop, &dial->timer) == 0);
		dial->timer.data = dial;
		net->handles++;
		/* the first attempt without a pause */
		uv_timer_start(&dial->timer, on_dial_timer, 0, 0);
	}
}

static enum err set_up(struct net *net, const struct net_config *config)
{
	struct session_self *self = &net->host.self;
	uint64_t seed;
	enum err err;

	self->chain = config->chain;
	self->epoch = config->epoch;
	self->set = config->set;
	self->node_key = config->node_key;
	self->may_observe = config->callbacks.may_observe;
	self->context = config->callbacks.context;
	net->host.queue_bytes_max = config->queue_bytes_max;
	net->callbacks = config->callbacks;
	net->self = config->self;
	net->sessions_max = config->sessions_max;
	net->dials_count = config->peers_count;
	TAILQ_INIT(&net->host.links);
	TAILQ_INIT(&net->host.dirty);
	quota_init(&net->host.log, &log_rate, 0);
	random_bytes(&seed, sizeof(seed));
	rng_init(&net->rng, seed);
	net->entries = rates_new(ENTRIES_PER_S, ENTRIES_BURST, rng_u64(&net->rng));
	if (net->entries == NULL)
		return ERR_MEMORY;
	err = sign_public(&self->node_public, config->node_key);
	if (err)
		return err;
	return tls_context_new(&self->tls);
}

enum err net_open(struct net **out, void *loop, const struct net_config *config)
{
	struct net *net = calloc(1, sizeof(*net));
	enum err err;

	if (net == NULL)
		return ERR_MEMORY;
	net->host.loop = loop;
	net->dials = calloc(config->peers_count + 1, sizeof(*net->dials));
	err = net->dials == NULL ? ERR_MEMORY : set_up(net, config);
	if (err) {
		rates_free(net->entries);
		free(net->dials);
		free(net);
		return err;
	}
	start_handles(net, config);
	if (config->listen.ip[0] != '\0')
		err = listen_at(net, &config->listen);
	if (err) {
		net_close(net);
		return err;
	}
	*out = net;
	return ERR_OK;
}

void net_close(struct net *net)
{
	struct link *link;

	if (net->is_closing)
		return;
	net->is_closing = true;
	/* what was to be said is said as far as the kernel takes it */
	while ((link = TAILQ_FIRST(&net->host.dirty)) != NULL)
		(void)link_work(link);
	TAILQ_FOREACH(link, &net->host.links, entry)
		link_close(link);
	uv_close((uv_handle_t *)&net->listener, on_own_handle_closed);
	uv_close((uv_handle_t *)&net->prepare, on_own_handle_closed);
	uv_close((uv_handle_t *)&net->idle, on_own_handle_closed);
	for (size_t i = 0; i < net->dials_count; i++)
		uv_close((uv_handle_t *)&net->dials[i].timer, on_dial_closed);
}

uint16_t net_port(const struct net *net)
{
	return net->port;
}

bool net_send(struct net *net, uint32_t peer, enum peer_type type, struct bytes payload)
{
	struct link *link = net->is_closing ? NULL : find_peer(net, peer);
	struct frame *frame;
	bool is_queued;

	if (link == NULL)
		return false;
	frame = frame_new(type, payload);
	if (frame == NULL)
		return false;
	is_queued = link_queue(link, frame);
	frame_drop(frame);
	return is_queued;
}

bool net_has_room(const struct net *net, uint32_t peer, uint64_t bytes)
{
	const struct link *link = net->is_closing ? NULL : find_peer(net, peer);
	uint64_t most = net->host.queue_bytes_max / 2;

	return link != NULL && link->queue_bytes + link->in_flight < (bytes < most ? bytes : most);
}

void net_broadcast(struct net *net, enum peer_type type, struct bytes payload, bool is_all)
{
	struct frame *frame = net->is_closing ? NULL : frame_new(type, payload);
	struct link *link;

	if (frame == NULL)
		return;
	TAILQ_FOREACH(link, &net->host.links, entry) {
		if (is_session(link) && (is_all || link->peer < NET_OBSERVERS))
			(void)link_queue(link, frame);
	}
	frame_drop(frame);
}

void net_punish(struct net *net, uint32_t peer, enum err reason)
{
	struct link *link = net->is_closing ? NULL : find_peer(net, peer);

	if (link == NULL)
		return;
	punished_add(&net->punished, &session_peer(link->session)->node_key, now_us());
	link_doom(link, reason);
}

size_t net_peers(const struct net *net, struct net_peer_status *out, size_t max)
{
	struct link *link;
	size_t count = 0;

	TAILQ_FOREACH(link, &net->host.links, entry) {
		struct net_peer_status *status = &out[count];

		if (!is_session(link))
			continue;
		if (count++ >= max)
			continue;
		memset(status, 0, sizeof(*status));
		status->peer = link->peer;
		memcpy(status->address, link->address, sizeof(status->address));
		status->node_key = session_peer(link->session)->node_key;
		status->bytes_in = link->bytes_in;
		status->bytes_out = link->bytes_out;
		status->frames_in = link->frames_in;
		status->frames_out = link->frames_out;
		status->frames_dropped = link->frames_dropped;
		status->queue_bytes = link->queue_bytes + link->in_flight;
	}
	return count;
}
