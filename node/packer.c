#include "node/packer.h"

#include <stdlib.h>

#include "base/mutant.h"
#include "node/bodies.h"
#include "node/outbound.h"
#include "node/peers.h"
#include "node/pool.h"
#include "node/pump.h"

#define PACK_BYTES_MIN ((uint64_t)64 << 10)
#define PACK_WAIT_US 5000u
/* Own parcels that no block references yet, and their bytes for each millisecond of Delta:
 * about what a block takes of an author.  What is packed goes in order of arrival, so the
 * rest waits in the pool, whose turns let nobody stand behind another's flood. */
#define OWN_OPEN_MAX 32u
#define OWN_OPEN_BYTES_MS 2048u
#define LIFE_HEIGHTS 2048u       /* until a parcel expires */
#define SKIPPED_MAX 256u
#define SKIPPED_WAIT_US 1000000u /* before what was skipped is packed again */
/* a payload has four bytes more for each of its transactions */
#define PACK_BYTES_MAX (LIMIT_PARCEL_BYTES - 4u * LIMIT_PARCEL_TRANSACTIONS)
#define PACK_STEPS_MAX 1024u /* so that a block can take any time */
#define FORWARD_BYTES_MAX ((uint64_t)512 << 10)

/* A committed own parcel, some of whose transactions may have been skipped. */
struct skipped {
	uint64_t sequence;
	uint64_t since_us;
};

struct packer {
	uint64_t sequence; /* of the next parcel */
	bool is_waiting;   /* the timer runs, or ran out */
	bool is_due;
	struct skipped skipped[SKIPPED_MAX];
	size_t skipped_first, skipped_count;
};

struct packer *packer_new(void)
{
	return pump_alloc(1, sizeof(struct packer));
}

void packer_free(struct packer *packer)
{
	free(packer);
}

void packer_load(struct node *node)
{
	uint64_t sequence = io_wall_ms(node->io) * 1024;

	/* above all that were ever used: what was pruned has no trace here */
	if (sequence <= pool_sequence_max(node->pool))
		sequence = pool_sequence_max(node->pool) + 1;
	node->packer->sequence = sequence;
}

/* About: the pool counts the bytes of all. */
static uint64_t bytes_waiting(const struct node *node)
{
	uint64_t count = mempool_count(node->mempool);

	if (count == 0)
		return 0;
	return mempool_bytes(node->mempool) / count * mempool_waiting(node->mempool);
}

/* Those of this sequence that are still in the pool wait again in a second: a
 * committed parcel's skipped ones, or what an observer forwarded. */
static void keep(struct node *node, uint64_t sequence)
{
	struct packer *packer = node->packer;
	struct skipped *place;

	if (packer->skipped_count == SKIPPED_MAX) {
		mempool_unpack(node->mempool, packer->skipped[packer->skipped_first].sequence);
		packer->skipped_first = (packer->skipped_first + 1) % SKIPPED_MAX;
		packer->skipped_count--;
	}
	place = &packer->skipped[(packer->skipped_first + packer->skipped_count) % SKIPPED_MAX];
	*place = (struct skipped){sequence, io_now_us(node->io)};
	packer->skipped_count++;
}

static uint64_t own_open_bytes_max(const struct node *node)
{
	uint64_t bytes = node->config.genesis->timers.delta_us * OWN_OPEN_BYTES_MS / 1000;

	return bytes > PACK_BYTES_MIN ? bytes : PACK_BYTES_MIN;
}

/* What fits beside the own parcels that are open; where none is, one of any size. */
static size_t take(struct node *node, uint64_t sequence, const struct own_open *own, struct tx **out)
{
	uint64_t bytes = own_open_bytes_max(node) - own->bytes;
	size_t count;

	if (bytes > PACK_BYTES_MAX)
		bytes = PACK_BYTES_MAX;
	count = mempool_take(node->mempool, sequence, PACK_STEPS_MAX, bytes, out);
	if (count == 0 && own->count == 0)
		count = mempool_take(node->mempool, sequence, 1, PACK_BYTES_MAX, out);
	return count;
}

static bool pack_one(struct node *node, const struct own_open *own)
{
	struct tx *txs[PACK_STEPS_MAX];
	uint64_t sequence = node->packer->sequence++;
	size_t count = take(node, sequence, own, txs);
	struct parcel *parcel;
	enum err err = ERR_OK;

	if (count > 0) {
		err = parcel_pack(&parcel, txs, (uint32_t)count, &node->chain, node->epoch,
				  node->self, sequence, node->tip_height + LIFE_HEIGHTS,
				  node->config.node_key);
		if (err) {
			mempool_unpack(node->mempool, sequence);
			pump_stop(node, err, "a parcel could not be made");
		} else {
			(void)pool_add(node, parcel);
			outbound_parcel(node, mutant_on("parcel_to_one_victim") ? node->self ^ 1
									       : PEER_ALL,
					parcel);
		}
	}
	return count > 0 && !err;
}

/* To f+1 validators in session, from a random one on: one of them is correct. */
static void send_to_some(struct node *node, const Stele__TransactionsMessage *message)
{
	uint32_t first = (uint32_t)rng_below(&node->rng, node->set->count);
	uint32_t wanted = set_faults(node->set->count) + 1;

	for (uint32_t i = 0; i < node->set->count && wanted > 0; i++) {
		uint32_t to = (first + i) % node->set->count;

		if (peers_find(node, to) == NULL)
			continue;
		outbound_send(node, to, PEER_TRANSACTIONS, message);
		wanted--;
	}
}

static void forward(struct node *node)
{
	struct tx **txs = pump_alloc(LIMIT_PARCEL_TRANSACTIONS, sizeof(struct tx *));
	ProtobufCBinaryData *list = pump_alloc(LIMIT_PARCEL_TRANSACTIONS, sizeof(*list));
	Stele__TransactionsMessage message = STELE__TRANSACTIONS_MESSAGE__INIT;
	uint64_t sequence = node->packer->sequence++;
	size_t count = mempool_take(node->mempool, sequence, LIMIT_PARCEL_TRANSACTIONS,
				    FORWARD_BYTES_MAX, txs);

	for (size_t i = 0; i < count; i++) {
		list[i].data = (uint8_t *)(uintptr_t)txs[i]->raw.at;
		list[i].len = txs[i]->raw.len;
	}
	message.n_transactions = count;
	message.transactions = list;
	if (count > 0)
		send_to_some(node, &message);
	keep(node, sequence); /* sent again if nothing came of it */
	free(list);
	free(txs);
}

static bool is_due(const struct node *node)
{
	return node->packer->is_due || bytes_waiting(node) >= PACK_BYTES_MIN;
}

static void be_patient(struct packer *packer, struct io *io)
{
	if (packer->is_waiting)
		return;
	packer->is_waiting = true;
	io_arm(io, SLOT_PACK, PACK_WAIT_US);
}

/* Always in batches: one message for each transaction would be more than the
 * validators listen to, and more than keep() has places for. */
static void run_observer(struct node *node)
{
	struct packer *packer = node->packer;

	if (!is_due(node)) {
		be_patient(packer, node->io);
		return;
	}
	packer->is_due = false;
	packer->is_waiting = false;
	forward(node);
}

void packer_run(struct node *node)
{
	struct packer *packer = node->packer;
	struct own_open own;

	if (mempool_waiting(node->mempool) == 0 || !node->is_started || node->is_tripped)
		return;
	if (node->self == SET_NO_INDEX) {
		run_observer(node);
		return;
	}
	own = pool_own_open(node);
	if (own.count >= OWN_OPEN_MAX || own.bytes >= own_open_bytes_max(node))
		return;
	if (own.count == 0 || is_due(node)) {
		packer->is_due = false;
		packer->is_waiting = false;
		(void)pack_one(node, &own);
	} else {
		be_patient(packer, node->io);
	}
}

void packer_on_timer(struct node *node)
{
	node->packer->is_waiting = false;
	node->packer->is_due = true;
}

void packer_on_house(struct node *node)
{
	struct packer *packer = node->packer;
	uint64_t now_us = io_now_us(node->io);

	while (packer->skipped_count > 0) {
		const struct skipped *first = &packer->skipped[packer->skipped_first];

		if (now_us - first->since_us < SKIPPED_WAIT_US)
			return;
		mempool_unpack(node->mempool, first->sequence);
		packer->skipped_first = (packer->skipped_first + 1) % SKIPPED_MAX;
		packer->skipped_count--;
	}
}

void packer_on_committed(struct node *node, const struct parcel *parcel)
{
	keep(node, parcel->text.sequence);
}

void packer_on_expired(struct node *node, const struct parcel *parcel)
{
	mempool_unpack(node->mempool, parcel->text.sequence);
}
