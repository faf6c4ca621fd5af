#include "node/pool.h"

#include <stdlib.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/verified.h"
#include "node/bodies.h"
#include "node/digests.h"
#include "node/journal.h"
#include "node/packer.h"
#include "node/pump.h"

#define KEPT_HEIGHTS 32u              /* committed parcels kept to serve those a little behind */
#define KEPT_BYTES_MAX ((uint64_t)32 << 20)
/* of one author, not committed: small ones cost more than their bytes */
#define AUTHOR_PARCELS_MAX 1024u
#define FREED_HERE_MAX 64u /* transactions and entries of a parcel: more are freed by a worker */
#define PARCEL_RECORD_MAX ((size_t)LIMIT_PARCEL_BYTES + 4096)

struct author_use {
	struct held_list open; /* its parcels that are not committed, by arrival */
	uint64_t bytes;        /* of these */
	uint32_t count;
};

struct pool {
	struct digests *table;
	struct held_list open;      /* not committed, by arrival */
	struct held_list committed; /* by height */
	struct held *kept;          /* the first committed one whose parcel is still here */
	uint64_t kept_bytes;
	uint64_t arrivals;
	uint64_t sequence_max; /* of own parcels seen */
	uint32_t open_count, branch_count;
	struct own_open own_on_branch;
	struct author_use authors[LIMIT_VALIDATORS];
};

struct pool *pool_new(uint64_t seed)
{
	struct pool *pool = pump_alloc(1, sizeof(*pool));

	pool->table = digests_new(seed);
	TAILQ_INIT(&pool->open);
	TAILQ_INIT(&pool->committed);
	for (size_t i = 0; i < LIMIT_VALIDATORS; i++)
		TAILQ_INIT(&pool->authors[i].open);
	return pool;
}

static void list_free(struct held_list *list)
{
	while (!TAILQ_EMPTY(list)) {
		struct held *held = TAILQ_FIRST(list);

		TAILQ_REMOVE(list, held, link);
		if (held->parcel != NULL)
			parcel_release(held->parcel);
		free(held);
	}
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	list_free(&pool->open);
	list_free(&pool->committed);
	digests_free(pool->table);
	free(pool);
}

struct held *pool_find(const struct pool *pool, const struct hash *digest)
{
	return digests_get(pool->table, digest);
}

bool pool_wants(const struct node *node, const struct hash *digest, const struct parcel_text *text,
		uint64_t opening_bytes)
{
	const struct pool *pool = node->pool;
	const struct author_use *author;
	uint64_t next = node->tip_height + 1;

	if (pool_find(pool, digest) != NULL || text->author >= node->set->count)
		return false;
	if (bodies_wait_for(node, digest))
		return true;
	if (text->expires < next || text->expires > next + LIMIT_PARCEL_EXPIRY)
		return false;
	author = &pool->authors[text->author];
	if (mutant_on("author_share_uncapped"))
		return true;
	return author->count < AUTHOR_PARCELS_MAX &&
	       author->bytes + opening_bytes + text->bytes <= node->config.parcel_bytes_max;
}

struct held *pool_add(struct node *node, struct parcel *parcel)
{
	struct pool *pool = node->pool;
	struct author_use *author = &pool->authors[parcel->text.author];
	struct held *held = pump_alloc(1, sizeof(*held));

	ASSERT(pool_find(pool, &parcel->digest) == NULL);
	held->digest = parcel->digest;
	held->parcel = parcel;
	held->arrival = ++pool->arrivals;
	held->since_us = io_now_us(node->io);
	held->reminded_us = held->since_us;
	digests_put(pool->table, &held->digest, held);
	TAILQ_INSERT_TAIL(&pool->open, held, link);
	TAILQ_INSERT_TAIL(&author->open, held, author_link);
	pool->open_count++;
	author->bytes += parcel->text.bytes;
	author->count++;
	if (parcel->text.author == node->self && parcel->text.sequence > pool->sequence_max)
		pool->sequence_max = parcel->text.sequence;
	node->is_work_stale = true;
	return held;
}

/* --- journal ------------------------------------------------------------- */

void pool_write(struct node *node, struct held *held)
{
	const struct parcel *parcel = held->parcel;
	struct record record = {
		.kind = RECORD_PARCEL,
		.epoch = node->epoch,
		.view = held->arrival,
		.tag = held->digest,
	};
	struct buf data;

	if (held->is_journaled || parcel == NULL)
		return;
	buf_init(&data, PARCEL_RECORD_MAX);
	buf_u32(&data, (uint32_t)parcel->text_bytes.len);
	buf_add_bytes(&data, parcel->text_bytes);
	buf_add(&data, parcel->signature.b, sizeof(parcel->signature.b));
	buf_add_bytes(&data, parcel->payload);
	ASSERT(!data.has_failed);
	record.data = buf_bytes(&data);
	journal_add(node, &record);
	buf_release(&data);
	held->is_journaled = true;
}

static void unwrite(struct node *node, struct held *held)
{
	if (!held->is_journaled)
		return;
	journal_delete(node, RECORD_PARCEL, node->epoch, held->arrival, &held->digest);
	held->is_journaled = false;
}

/* A parcel of the journal had its transactions verified before it was written;
 * its text's signature and its payload's hash show that it is the same. */
static enum err load_record(struct node *node, const struct record *record)
{
	struct cursor cursor = cursor_of(record->data);
	uint32_t text_len = cursor_u32(&cursor);
	struct bytes text = cursor_take(&cursor, text_len);
	struct bytes signature_bytes = cursor_take(&cursor, sizeof(struct signature));
	struct bytes payload = {cursor.at, cursor.left};
	struct parcel_text parsed;
	struct signature signature;
	struct parcel *parcel;
	struct held *held;
	enum err err;

	if (cursor.has_failed)
		return ERR_STORE_DAMAGED;
	for (size_t i = 0; i < sizeof(signature.b); i++)
		signature.b[i] = signature_bytes.at[i];
	if (parcel_check(text, &signature, payload, &node->chain, node->set, node->epoch, &parsed))
		return ERR_STORE_DAMAGED;
	err = parcel_open_unsigned(&parcel, text, &signature, payload, &node->chain, node->set,
				   node->epoch);
	if (err)
		return err_class_of(err) == ERR_CLASS_BUG ? err : ERR_STORE_DAMAGED;
	for (uint32_t i = 0; i < parcel->text.count; i++)
		verified_add(node->verified, &parcel->txs[i]->leaf_hash);
	if (pool_find(node->pool, &parcel->digest) != NULL) {
		journal_delete(node, RECORD_PARCEL, record->epoch, record->view, &record->tag);
		parcel_release(parcel);
		return ERR_OK;
	}
	held = pool_add(node, parcel);
	held->arrival = record->view;
	held->is_journaled = true;
	return ERR_OK;
}

static void remember_committed(struct pool *pool, const struct hash *digest, uint64_t height)
{
	struct held *held;

	if (pool_find(pool, digest) != NULL)
		return;
	held = pump_alloc(1, sizeof(*held));
	held->digest = *digest;
	held->committed_height = height;
	digests_put(pool->table, &held->digest, held);
	TAILQ_INSERT_TAIL(&pool->committed, held, link);
}

static enum err load_digests(struct node *node, struct ledger_view *view)
{
	uint64_t first = node->tip_height > LIMIT_PARCEL_EXPIRY
				 ? node->tip_height - LIMIT_PARCEL_EXPIRY : 1;
	struct body *body = pump_alloc(1, sizeof(*body));
	enum err err = ERR_OK;

	for (uint64_t height = first; height <= node->tip_height && !err; height++) {
		struct view_block block;

		err = view_block(view, height, &block);
		if (err)
			break;
		err = body_parse(body, block.body_text) ? ERR_STORE_DAMAGED : ERR_OK;
		for (uint32_t i = 0; !err && i < body->parcels_count; i++)
			remember_committed(node->pool, &body->parcels[i].digest, height);
	}
	free(body);
	return err;
}

enum err pool_load(struct node *node)
{
	struct ledger_view *view;
	const struct record *records;
	size_t count;
	enum err err = ledger_view_open(node->ledger, &view);

	if (err)
		return err;
	err = load_digests(node, view);
	ledger_view_close(view);
	records = journal_records(node->journal, &count);
	for (size_t i = 0; i < count && !err; i++) {
		if (records[i].kind != RECORD_PARCEL)
			continue;
		if (records[i].view > node->pool->arrivals)
			node->pool->arrivals = records[i].view;
		err = load_record(node, &records[i]);
	}
	return err;
}

/* --- leaving ------------------------------------------------------------- */

static void count_on_branch(struct node *node, const struct held *held, bool is_on_branch)
{
	struct pool *pool = node->pool;
	struct own_open *own = &pool->own_on_branch;
	bool is_own = held->parcel->text.author == node->self;

	if (is_on_branch) {
		pool->branch_count++;
		own->count += is_own;
		own->bytes += is_own ? held->parcel->text.bytes : 0;
	} else {
		pool->branch_count--;
		own->count -= is_own;
		own->bytes -= is_own ? held->parcel->text.bytes : 0;
	}
}

static void leave_open(struct node *node, struct held *held)
{
	struct pool *pool = node->pool;
	struct author_use *author = &pool->authors[held->parcel->text.author];

	TAILQ_REMOVE(&pool->open, held, link);
	TAILQ_REMOVE(&author->open, held, author_link);
	pool->open_count--;
	if (held->branch_blocks > 0)
		count_on_branch(node, held, false);
	held->branch_blocks = 0;
	author->bytes -= held->parcel->text.bytes;
	author->count--;
	node->is_work_stale = true;
}

void pool_commit(struct node *node, const struct hash *digest, uint64_t height)
{
	struct pool *pool = node->pool;
	struct held *held = pool_find(pool, digest);

	if (held == NULL) {
		remember_committed(pool, digest, height);
		return;
	}
	if (held->committed_height != 0)
		return;
	leave_open(node, held);
	unwrite(node, held);
	held->committed_height = height;
	TAILQ_INSERT_TAIL(&pool->committed, held, link);
	if (pool->kept == NULL)
		pool->kept = held;
	pool->kept_bytes += held->parcel->text.bytes;
	if (held->parcel->text.author == node->self)
		packer_on_committed(node, held->parcel);
}

/* A parcel on its way out, whose many transactions are freed off the loop. */
struct leaving {
	struct job job;
	struct parcel *parcel;
};

static void leaving_run(struct job *at)
{
	struct leaving *leaving = (struct leaving *)at;

	parcel_release(leaving->parcel);
	leaving->parcel = NULL;
}

static void leaving_done(struct job *at)
{
	(void)at;
}

static void leaving_release(struct job *at)
{
	struct leaving *leaving = (struct leaving *)at;

	if (leaving->parcel != NULL)
		parcel_release(leaving->parcel);
	free(leaving);
}

static void let_go(struct node *node, struct parcel *parcel)
{
	struct leaving *leaving;

	if (parcel->steps <= FREED_HERE_MAX) {
		parcel_release(parcel);
		return;
	}
	leaving = pump_alloc(1, sizeof(*leaving));
	leaving->job = (struct job){
		.run = leaving_run, .done = leaving_done, .release = leaving_release};
	leaving->parcel = parcel;
	job_start(node, IO_LANE_PARCELS, &leaving->job);
}

static void trim_committed(struct node *node)
{
	struct pool *pool = node->pool;
	struct held *held;

	while (pool->kept != NULL && (pool->kept->committed_height + KEPT_HEIGHTS < node->tip_height ||
				      pool->kept_bytes > KEPT_BYTES_MAX)) {
		held = pool->kept;
		pool->kept = TAILQ_NEXT(held, link);
		if (held->parcel == NULL)
			continue;
		pool->kept_bytes -= held->parcel->text.bytes;
		let_go(node, held->parcel);
		held->parcel = NULL;
	}
	while ((held = TAILQ_FIRST(&pool->committed)) != NULL &&
	       held->committed_height + LIMIT_PARCEL_EXPIRY < node->tip_height) {
		if (held == pool->kept)
			break;
		TAILQ_REMOVE(&pool->committed, held, link);
		digests_remove(pool->table, &held->digest);
		free(held);
	}
}

/* Nothing can reference it any more, or it was taken beyond its author's share for
 * a block that is gone: a leader that invents bodies may not fill the pool. */
static bool is_to_go(const struct node *node, const struct held *held)
{
	const struct parcel_text *text = &held->parcel->text;

	if (held->blocks > 0)
		return false;
	return text->expires <= node->tip_height ||
	       text->expires > node->tip_height + 1 + LIMIT_PARCEL_EXPIRY ||
	       (text->author != node->self &&
		node->pool->authors[text->author].bytes > node->config.parcel_bytes_max);
}

void pool_trim(struct node *node)
{
	struct pool *pool = node->pool;
	struct held *held = TAILQ_FIRST(&pool->open), *next;

	for (; held != NULL; held = next) {
		next = TAILQ_NEXT(held, link);
		if (!is_to_go(node, held))
			continue;
		leave_open(node, held);
		unwrite(node, held);
		digests_remove(pool->table, &held->digest);
		if (held->parcel->text.author == node->self)
			packer_on_expired(node, held->parcel);
		parcel_release(held->parcel);
		free(held);
	}
	trim_committed(node);
}

/* --- counting ------------------------------------------------------------ */

const struct held_list *pool_open_list(const struct pool *pool)
{
	return &pool->open;
}

const struct held_list *pool_author_list(const struct pool *pool, uint32_t author)
{
	return &pool->authors[author].open;
}

uint32_t pool_unreferenced(const struct pool *pool)
{
	ASSERT(pool->branch_count <= pool->open_count);
	return pool->open_count - pool->branch_count;
}

uint32_t pool_count(const struct pool *pool)
{
	return pool->open_count;
}

void pool_join_branch(struct node *node, const struct hash *digest)
{
	struct held *held = pool_find(node->pool, digest);

	if (held == NULL || held->committed_height != 0)
		return;
	if (held->branch_blocks++ == 0)
		count_on_branch(node, held, true);
}

void pool_leave_branch(struct node *node, const struct hash *digest)
{
	struct held *held = pool_find(node->pool, digest);

	if (held == NULL || held->committed_height != 0 || held->branch_blocks == 0)
		return;
	if (--held->branch_blocks == 0)
		count_on_branch(node, held, false);
}

struct own_open pool_own_open(const struct node *node)
{
	const struct pool *pool = node->pool;
	struct own_open own = {0, 0};

	if (node->self == SET_NO_INDEX)
		return own;
	own.count = pool->authors[node->self].count - pool->own_on_branch.count;
	own.bytes = pool->authors[node->self].bytes - pool->own_on_branch.bytes;
	return own;
}

uint64_t pool_sequence_max(const struct pool *pool)
{
	return pool->sequence_max;
}
