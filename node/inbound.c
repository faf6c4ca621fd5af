#include "node/inbound.h"

#include <stdlib.h>

#include "crypto/digest.h"
#include "node/bodies.h"
#include "node/clients.h"
#include "node/evidences.h"
#include "node/message.h"
#include "node/peers.h"
#include "node/pool.h"
#include "node/pump.h"
#include "node/ranges.h"

#define QUEUE_MAX 1024u         /* messages of one peer under way */
#define QUEUE_BYTES_MAX ((uint64_t)16 << 20)
#define QUICK_MAX 4u            /* signatures cheaper to check than to hand over */
#define QUICK_SET_MAX 10u       /* validators; the votes of more come in numbers that add up */
#define QUICK_BYTES 4096u       /* of a parcel that is cheaper to open than to hand over */
#define VERIFYING_MAX 32u       /* of them with the workers */
#define OPENING_MAX 1024u       /* parcels being opened that no block misses, */
#define OPENING_PEER_MAX 128u   /* of one validator or all observers; in a large set an equal share */
#define OPENING_PLACES (OPENING_MAX + LIMIT_BODY_PARCELS)
#define OPENING_BYTES 2097152u  /* of them with the workers: what a block misses waits for no more */
#define CERTIFICATES_MAX 64u    /* certificates being verified */

/* What a certificate is about: two of these need no verification at once. */
struct subject {
	enum vote_kind kind;
	uint64_t view;
};

struct opening {
	struct hash digest;
	uint32_t peer;
	uint32_t author;
	uint64_t bytes;
	bool is_awaited; /* a block misses it */
	struct parcel_job *waiting; /* owned; NULL: a worker has it */
	uint64_t arrival;
};

struct inbound {
	struct opening opening[OPENING_PLACES];
	size_t opening_count;
	uint64_t opening_bytes; /* of those that workers have */
	uint64_t arrivals;
	uint32_t served;        /* whose parcel went to a worker last */
	struct subject subjects[CERTIFICATES_MAX];
	size_t subjects_count;
};

struct verify_job {
	struct job job;
	struct message *message;
};

struct parcel_job {
	struct job job;
	uint32_t peer;
	struct hash digest;
	struct bytes text, payload; /* owned */
	struct signature signature;
	uint32_t author, count;
	struct parcel *parcel;
	enum err result;
};

struct inbound *inbound_new(void)
{
	return pump_alloc(1, sizeof(struct inbound));
}

static void parcel_job_release(struct job *at)
{
	struct parcel_job *job = (struct parcel_job *)at;

	if (job->parcel != NULL)
		parcel_release(job->parcel);
	free((void *)(uintptr_t)job->text.at);
	free((void *)(uintptr_t)job->payload.at);
	free(job);
}

void inbound_free(struct inbound *inbound)
{
	for (size_t i = 0; inbound != NULL && i < inbound->opening_count; i++) {
		if (inbound->opening[i].waiting != NULL)
			parcel_job_release(&inbound->opening[i].waiting->job);
	}
	free(inbound);
}

void inbound_queue_init(struct inbound_queue *queue)
{
	*queue = (struct inbound_queue){.count = 0};
	STAILQ_INIT(&queue->list);
}

void inbound_queue_release(struct inbound_queue *queue)
{
	while (!STAILQ_EMPTY(&queue->list)) {
		struct message *message = STAILQ_FIRST(&queue->list);

		STAILQ_REMOVE_HEAD(&queue->list, next);
		if (message->stage == MESSAGE_VERIFYING)
			message->has_left = true; /* its job frees it */
		else
			message_free(message);
	}
	inbound_queue_init(queue);
}

void inbound_punish(struct node *node, uint32_t peer, enum err reason)
{
	if (peers_find(node, peer) == NULL)
		return;
	node->counters.messages_refused++;
	log_event(LOG_WARN, "peer_refused", "peer %u: %s", peer, err_text(reason));
	net_punish(node->net, peer, reason);
}

/* --- certificates under verification ------------------------------------- */

static size_t subject_find(const struct inbound *inbound, const struct message *message)
{
	size_t i = 0;

	while (i < inbound->subjects_count &&
	       (inbound->subjects[i].kind != message->certificates[0].kind ||
		inbound->subjects[i].view != message->certificates[0].view))
		i++;
	return i;
}

static bool subject_add(struct inbound *inbound, const struct message *message)
{
	if (message->type != PEER_CERTIFICATE)
		return true;
	if (subject_find(inbound, message) < inbound->subjects_count ||
	    inbound->subjects_count == CERTIFICATES_MAX)
		return false;
	inbound->subjects[inbound->subjects_count++] =
		(struct subject){message->certificates[0].kind, message->certificates[0].view};
	return true;
}

static void subject_remove(struct inbound *inbound, const struct message *message)
{
	size_t at;

	if (message->type != PEER_CERTIFICATE)
		return;
	at = subject_find(inbound, message);
	if (at < inbound->subjects_count)
		inbound->subjects[at] = inbound->subjects[--inbound->subjects_count];
}

/* --- the queue of one peer ----------------------------------------------- */

static void queue_run(struct node *node, struct peer_state *peer);

static void verify_run(struct job *at)
{
	struct verify_job *job = (struct verify_job *)at;

	message_verify(job->job.node, job->message);
}

static void verify_done(struct job *at)
{
	struct verify_job *job = (struct verify_job *)at;
	struct node *node = job->job.node;
	struct message *message = job->message;
	struct peer_state *peer = peers_find(node, message->peer);
	bool is_certificate = message->type == PEER_CERTIFICATE;

	subject_remove(node->inbound, message);
	message->stage = message->is_good ? MESSAGE_READY : MESSAGE_BAD;
	if (message->has_left)
		peer = NULL; /* its release frees it */
	else
		job->message = NULL;
	if (peer != NULL) {
		peer->queue.verifying--;
		queue_run(node, peer);
	}
	if (!is_certificate)
		return;
	/* others may have waited for this one */
	LIST_FOREACH(peer, peers_list(node), link)
		queue_run(node, peer);
}

static void verify_release(struct job *at)
{
	struct verify_job *job = (struct verify_job *)at;

	if (job->message != NULL && job->message->has_left)
		message_free(job->message);
	else if (job->message != NULL)
		job->message->stage = MESSAGE_UNWANTED; /* its queue frees it */
	free(job);
}

/* Few signatures, and of words whose number the core bounds: what a peer could
 * repeat without end goes to a worker.  So do the votes of a large set, which the
 * workers check at once while the loop takes the next ones. */
static bool is_quick(const struct node *node, const struct message *message)
{
	size_t signatures = message->votes_count;
	struct core_status status;

	if (node->set->count > QUICK_SET_MAX)
		return false;
	core_status(node->core, &status);
	for (size_t i = 0; i < message->votes_count; i++) {
		if (message->votes[i].view > status.view + 1)
			return false;
	}
	if (message->proposal.has_vote) {
		if (!core_wants_vote(node->core, &message->proposal.vote))
			return false;
		signatures++;
	}
	for (size_t i = 0; i < message->certificates_count; i++)
		signatures += message->certificates[i].signatures_count;
	return signatures <= QUICK_MAX;
}

static bool is_news(const struct node *node, const struct message *message)
{
	if (message->type == PEER_CERTIFICATE)
		return core_wants_certificate(node->core, message->certificates[0].kind,
					      message->certificates[0].epoch,
					      message->certificates[0].view,
					      &message->certificates[0].block);
	if (message->type == PEER_VOTE)
		return core_wants_vote(node->core, &message->votes[0]);
	return true;
}

static void start_waiting(struct node *node, struct peer_state *peer)
{
	struct message *message;

	STAILQ_FOREACH(message, &peer->queue.list, next) {
		struct verify_job *job;

		if (peer->queue.verifying == VERIFYING_MAX)
			return;
		if (message->stage != MESSAGE_WAITING)
			continue;
		if (!is_news(node, message)) {
			message->stage = MESSAGE_UNWANTED;
			continue;
		}
		if (is_quick(node, message)) {
			message_verify(node, message);
			message->stage = message->is_good ? MESSAGE_READY : MESSAGE_BAD;
			continue;
		}
		if (!subject_add(node->inbound, message))
			continue;
		message->stage = MESSAGE_VERIFYING;
		peer->queue.verifying++;
		job = pump_alloc(1, sizeof(*job));
		job->job = (struct job){
			.run = verify_run, .done = verify_done, .release = verify_release};
		job->message = message;
		job_start(node, IO_LANE_VOTES, &job->job);
	}
}

static void tell_head(struct node *node, struct peer_state *peer, struct message *message)
{
	if (message->stage == MESSAGE_BAD ||
	    (message->stage == MESSAGE_READY && !message_tell(node, message)))
		inbound_punish(node, peer->number, ERR_PEER_MESSAGE);
}

static void queue_run(struct node *node, struct peer_state *peer)
{
	struct message *message;

	start_waiting(node, peer);
	while ((message = STAILQ_FIRST(&peer->queue.list)) != NULL && !node->is_stopped) {
		if (message->stage == MESSAGE_WAITING || message->stage == MESSAGE_VERIFYING)
			return;
		STAILQ_REMOVE_HEAD(&peer->queue.list, next);
		peer->queue.count--;
		peer->queue.bytes -= message->payload.len;
		tell_head(node, peer, message);
		message_free(message);
	}
}

static void queue_add(struct node *node, uint32_t number, uint8_t type, struct bytes payload)
{
	struct peer_state *peer = peers_find(node, number);
	struct message *message;

	if (peer == NULL)
		return;
	if (peer->queue.count == QUEUE_MAX ||
	    peer->queue.bytes + payload.len > QUEUE_BYTES_MAX) {
		node->counters.messages_refused++;
		return;
	}
	message = message_new(number, type, payload);
	message_decode(node, message);
	peer->queue.count++;
	peer->queue.bytes += payload.len;
	STAILQ_INSERT_TAIL(&peer->queue.list, message, next);
	queue_run(node, peer);
}

/* --- parcels ------------------------------------------------------------- */

static struct opening *opening_find(struct inbound *inbound, const struct hash *digest)
{
	for (size_t i = 0; i < inbound->opening_count; i++) {
		if (hash_equal(&inbound->opening[i].digest, digest))
			return &inbound->opening[i];
	}
	return NULL;
}

static void opening_start(struct node *node, struct opening *opening)
{
	struct inbound *inbound = node->inbound;
	struct parcel_job *job = opening->waiting;

	opening->waiting = NULL;
	inbound->opening_bytes += opening->bytes;
	job_start(node, IO_LANE_PARCELS, &job->job);
}

/* The oldest of the next peer that has one waiting; NULL: nothing waits. */
static struct opening *opening_next(struct inbound *inbound)
{
	struct opening *best = NULL;

	for (size_t i = 0; i < inbound->opening_count; i++) {
		struct opening *opening = &inbound->opening[i];
		uint32_t turn = opening->peer - inbound->served - 1;

		if (opening->waiting != NULL &&
		    (best == NULL || turn < best->peer - inbound->served - 1 ||
		     (opening->peer == best->peer && opening->arrival < best->arrival)))
			best = opening;
	}
	return best;
}

/* All peers in turns: one that sends much delays itself. */
static void opening_go_on(struct node *node)
{
	struct inbound *inbound = node->inbound;
	struct opening *opening;

	while (inbound->opening_bytes < OPENING_BYTES &&
	       (opening = opening_next(inbound)) != NULL) {
		inbound->served = opening->peer;
		opening_start(node, opening);
	}
}

bool inbound_hurry(struct node *node, const struct hash *digest)
{
	struct opening *opening = opening_find(node->inbound, digest);

	if (opening == NULL)
		return false;
	opening->is_awaited = true;
	if (opening->waiting != NULL)
		opening_start(node, opening);
	return true;
}

static void opening_remove(struct inbound *inbound, const struct hash *digest)
{
	struct opening *opening = opening_find(inbound, digest);

	ASSERT(opening != NULL && opening->waiting == NULL);
	inbound->opening_bytes -= opening->bytes;
	*opening = inbound->opening[--inbound->opening_count];
}

/* So that nobody takes the places of others. */
static uint32_t share_of_peer(const struct node *node)
{
	uint32_t share = OPENING_MAX / (node->set->count + 1);

	return share < OPENING_PEER_MAX ? share : OPENING_PEER_MAX;
}

/* Observers have one share, however many they are. */
static bool is_of_one_share(const struct node *node, uint32_t a, uint32_t b)
{
	return a == b || (a >= node->set->count && b >= node->set->count);
}

/* Whether there is room for this one, and the pool will take it. */
static bool may_open(const struct node *node, const struct opening *wanted,
		     const struct parcel_text *text)
{
	const struct inbound *inbound = node->inbound;
	uint64_t author_bytes = 0; /* will count as held */
	uint32_t of_peer = 0;

	for (size_t i = 0; i < inbound->opening_count; i++) {
		const struct opening *opening = &inbound->opening[i];

		of_peer += !opening->is_awaited &&
			   is_of_one_share(node, opening->peer, wanted->peer);
		if (opening->author == wanted->author)
			author_bytes += opening->bytes;
	}
	return inbound->opening_count < OPENING_PLACES &&
	       (wanted->is_awaited || of_peer < share_of_peer(node)) &&
	       pool_wants(node, &wanted->digest, text, author_bytes);
}

static void parcel_run(struct job *at)
{
	struct parcel_job *job = (struct parcel_job *)at;
	const struct node *node = job->job.node;

	job->result = parcel_open(&job->parcel, job->text, &job->signature, job->payload,
				  &node->chain, node->set, node->epoch, node->verified);
}

static void take_opened(struct node *node, struct parcel_job *job)
{
	node->counters.signatures_checked += job->count + 1;
	if (!job->result) {
		bodies_take(node, job->parcel);
		job->parcel = NULL;
		return;
	}
	if (job->result == ERR_MEMORY || err_class_of(job->result) == ERR_CLASS_DISK) {
		pump_stop(node, job->result, "a parcel could not be opened");
		return;
	}
	/* its author signed a malformed transaction, or the peer made it up */
	if (job->result != ERR_PARCEL_FORM && job->result != ERR_PARCEL_SIGNATURE) {
		log_event(LOG_WARN, "parcel_malformed", "author %u: %s", job->author,
			  err_text(job->result));
		bodies_on_malformed(node, &job->digest);
		if (job->author != job->peer)
			return;
	}
	inbound_punish(node, job->peer, job->result);
}

static void parcel_done(struct job *at)
{
	struct parcel_job *job = (struct parcel_job *)at;
	struct node *node = job->job.node;

	opening_remove(node->inbound, &job->digest);
	take_opened(node, job);
	opening_go_on(node);
}

/* One transaction, from its author, while there is nothing else to order: its two signatures
 * take no longer than handing it over, and no peer can repeat it without end: a good one is
 * something to order, and for a malformed one its author is refused, though nobody else. */
static bool is_quick_parcel(const struct node *node, uint32_t peer, const struct parcel_text *text)
{
	return !node->has_work && node->inbound->opening_count == 1 && text->author == peer &&
	       text->count == 1 && text->bytes <= QUICK_BYTES;
}

static void open_here(struct node *node, struct opening *opening)
{
	struct parcel_job *job = opening->waiting;

	opening->waiting = NULL;
	node->inbound->opening_bytes += opening->bytes;
	job->job.node = node;
	parcel_run(&job->job);
	parcel_done(&job->job);
	parcel_job_release(&job->job);
}

static struct parcel_job *parcel_job_new(const struct opening *opening, uint32_t count,
					 const Stele__ParcelMessage *in)
{
	struct parcel_job *job = pump_alloc(1, sizeof(*job));

	job->job = (struct job){
		.run = parcel_run, .done = parcel_done, .release = parcel_job_release};
	job->peer = opening->peer;
	job->digest = opening->digest;
	job->author = opening->author;
	job->count = count;
	job->text = pump_copy(bytes_of(in->text.data, in->text.len));
	job->payload = pump_copy(bytes_of(in->payload.data, in->payload.len));
	for (size_t i = 0; i < sizeof(job->signature.b); i++)
		job->signature.b[i] = in->signature.data[i];
	return job;
}

static bool on_parcel(struct node *node, uint32_t peer, const Stele__ParcelMessage *in)
{
	struct inbound *inbound = node->inbound;
	struct bytes text_bytes = bytes_of(in->text.data, in->text.len);
	struct opening opening = {.peer = peer};
	struct opening *place;
	struct parcel_text text;

	if (parcel_text_parse(&text, text_bytes) || in->signature.len != 64 ||
	    in->payload.len != text.bytes)
		return false;
	sha256(&opening.digest, text_bytes.at, text_bytes.len);
	opening.author = text.author;
	opening.bytes = text.bytes;
	opening.is_awaited = bodies_wait_for(node, &opening.digest);
	node->counters.parcels_in++;
	if (opening_find(inbound, &opening.digest) != NULL || !may_open(node, &opening, &text))
		return true;
	opening.waiting = parcel_job_new(&opening, text.count, in);
	opening.arrival = ++inbound->arrivals;
	place = &inbound->opening[inbound->opening_count++];
	*place = opening;
	if (is_quick_parcel(node, peer, &text))
		open_here(node, place);
	else if (opening.is_awaited)
		opening_start(node, place);
	else
		opening_go_on(node);
	return true;
}

static bool on_parcel_request(struct node *node, uint32_t peer, const Stele__ParcelRequest *in)
{
	struct hash digests[LIMIT_BODY_PARCELS];

	if (in->n_digests > LIMIT_BODY_PARCELS)
		return false;
	for (size_t i = 0; i < in->n_digests; i++) {
		if (in->digests[i].len != sizeof(digests[i].b))
			return false;
		for (size_t k = 0; k < sizeof(digests[i].b); k++)
			digests[i].b[k] = in->digests[i].data[k];
	}
	bodies_serve(node, peer, digests, in->n_digests);
	return true;
}

static bool on_transactions(struct node *node, uint32_t peer, const Stele__TransactionsMessage *in)
{
	if (in->n_transactions > LIMIT_PARCEL_TRANSACTIONS)
		return false;
	for (size_t i = 0; i < in->n_transactions && node->self != SET_NO_INDEX; i++)
		clients_forwarded(node, peer, bytes_of(in->transactions[i].data, in->transactions[i].len));
	return true;
}

static bool on_evidence(struct node *node, uint32_t peer, const Stele__EvidenceMessage *in)
{
	return evidences_hear(node, peer, bytes_of(in->text.data, in->text.len));
}

/* --- frames -------------------------------------------------------------- */

#define ARENA_BYTES ((size_t)8 << 20)

static bool beside_order(struct node *node, uint32_t peer, enum peer_type type, struct bytes payload)
{
	struct arena arena;
	void *in;
	bool is_good;

	arena_init(&arena, ARENA_BYTES);
	is_good = peer_decode(&arena, (uint8_t)type, payload, &in) == ERR_OK;
	if (is_good && type == PEER_PARCEL)
		is_good = on_parcel(node, peer, in);
	else if (is_good && type == PEER_PARCEL_REQUEST)
		is_good = on_parcel_request(node, peer, in);
	else if (is_good && type == PEER_TRANSACTIONS)
		is_good = on_transactions(node, peer, in);
	else if (is_good && type == PEER_EVIDENCE)
		is_good = on_evidence(node, peer, in);
	else if (is_good && type == PEER_RANGE_REQUEST)
		ranges_serve(node, peer, ((Stele__RangeRequest *)in)->from_height);
	arena_release(&arena);
	return is_good;
}

/* A few bytes that may call for many: who asks for more than its share is not
 * answered; what matters is asked for again. */
static bool may_ask(struct node *node, uint32_t number, uint8_t type)
{
	struct peer_state *peer = peers_find(node, number);

	if (type != PEER_STATUS && type != PEER_CERTIFICATE_REQUEST && type != PEER_VOTES_REQUEST &&
	    type != PEER_BLOCK_REQUEST && type != PEER_PARCEL_REQUEST && type != PEER_RANGE_REQUEST)
		return true;
	return peer == NULL || quota_try(&peer->asking, io_now_us(node->io));
}

/* Validators pack what they admit, and have nothing to forward. */
static bool is_out_of_place(const struct node *node, uint32_t peer, uint8_t type)
{
	return type == PEER_TRANSACTIONS && peer < node->set->count;
}

void inbound_on_frame(struct node *node, uint32_t peer, uint8_t type, struct bytes payload)
{
	bool is_good = true;

	/* a disk without room: what is committed is served, the rest is lost as on a wire */
	if (node->is_paused && type != PEER_RANGE_REQUEST)
		return;
	if (is_out_of_place(node, peer, type) || !may_ask(node, peer, type)) {
		node->counters.messages_refused++;
		return;
	}
	switch ((enum peer_type)type) {
	case PEER_VOTE:
	case PEER_PROPOSAL:
	case PEER_CERTIFICATE:
	case PEER_STATUS:
	case PEER_CERTIFICATE_REQUEST:
	case PEER_VOTES_REQUEST:
	case PEER_VOTES:
	case PEER_BLOCK_REQUEST:
	case PEER_ANNOUNCEMENT:
		queue_add(node, peer, type, payload);
		break;
	case PEER_PARCEL:
	case PEER_PARCEL_REQUEST:
	case PEER_RANGE_REQUEST:
	case PEER_TRANSACTIONS:
	case PEER_EVIDENCE:
		is_good = beside_order(node, peer, (enum peer_type)type, payload);
		break;
	case PEER_RANGE:
		ranges_on_answer(node, peer, payload);
		break;
	case PEER_HELLO: /* these two are the session's own business */
	case PEER_REFUSE:
		break;
	}
	if (!is_good)
		inbound_punish(node, peer, ERR_PEER_MESSAGE);
}
