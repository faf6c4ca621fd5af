#include "tests/crash/alone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "ledger/apply/identifier.h"
#include "node/home.h"
#include "node/sign_state.h"
#include "proto/tx.h"
#include "tests/crash/alone_io.h"

#define GENESIS_MS UINT64_C(1800000000000)
#define STEPS_MAX 200000 /* without a commit */
#define SEND_PARTS 150000 /* of a million steps bring a record */
#define OPEN_MAX 24      /* records under way */

struct alone {
	struct promises promises;
	struct genesis *genesis;
	struct buf genesis_text;
	struct secret org_key, node_key, consensus_key;
	struct home home;
	bool has_home;
	struct store *chain, *journal;
	struct sign_file *sign_file;
	struct io *io;
	struct node *node;
	struct rng rng;
	bool is_started;
	unsigned open;
	uint64_t nonce, height;
};

/* --- the wire that is not there ------------------------------------------- */

bool net_send(struct net *net, uint32_t peer, enum peer_type type, struct bytes payload)
{
	(void)net, (void)peer, (void)type, (void)payload;
	return false;
}

bool net_has_room(const struct net *net, uint32_t peer, uint64_t bytes)
{
	(void)net, (void)peer, (void)bytes;
	return false;
}

void net_broadcast(struct net *net, enum peer_type type, struct bytes payload, bool is_all)
{
	(void)net, (void)type, (void)payload, (void)is_all;
}

void net_punish(struct net *net, uint32_t peer, enum err reason)
{
	(void)net, (void)peer, (void)reason;
}

/* --- the network of one ------------------------------------------------------ */

static struct secret secret_of(const char *text)
{
	struct hash hash;
	struct secret secret;

	sha256(&hash, text, strlen(text));
	memcpy(secret.b, hash.b, sizeof(secret.b));
	return secret;
}

static enum err org_fill(struct genesis_org *org, const struct secret *key)
{
	static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

	for (const char *c = characters; *c != '\0'; c++) {
		(void)snprintf(org->id, sizeof(org->id), "CN-USCI-91110000EXAMPLE00%c", *c);
		if (identifier_check(org->id) == ERR_OK)
			break;
	}
	(void)snprintf(org->name_en, sizeof(org->name_en), "Example Institute");
	org->roles = 1u << STELE__ROLE__ROLE_ANCHORER | 1u << STELE__ROLE__ROLE_VALIDATOR;
	org->keys[0].purposes =
		1u << STELE__PURPOSE__PURPOSE_CONTENT | 1u << STELE__PURPOSE__PURPOSE_GOVERN;
	org->keys_count = 1;
	return sign_public(&org->keys[0].key, key);
}

static enum err genesis_fill(struct alone *alone)
{
	struct genesis *genesis = alone->genesis;
	struct validator *validator = &genesis->set.validators[0];
	enum err err;

	(void)snprintf(genesis->name, sizeof(genesis->name), "alone.example");
	genesis->time_ms = GENESIS_MS;
	genesis->epoch_length = 1000;
	genesis->timers = (struct genesis_timers){50000,   50000,   50000, 50000, 50000,
						  1000000, 1000000, 500,   10000};
	genesis->window_ms = LIMIT_WINDOW_MS;
	genesis->quota_window_ms = 86400000;
	genesis->quota_transactions = genesis->quota_bytes = genesis->quota_entries = INT64_MAX;
	err = org_fill(&genesis->orgs[0], &alone->org_key);
	genesis->orgs_count = 1;
	genesis->rules[0] = (struct genesis_rule){
		.operation = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR,
		.openers = 1u << STELE__ROLE__ROLE_ANCHORER};
	genesis->rules_count = 1;
	(void)snprintf(validator->id, sizeof(validator->id), "v0");
	(void)snprintf(validator->org, sizeof(validator->org), "%s", genesis->orgs[0].id);
	if (err == ERR_OK)
		err = sign_public(&validator->consensus_key, &alone->consensus_key);
	if (err == ERR_OK)
		err = sign_public(&validator->node_key, &alone->node_key);
	genesis->set.count = 1;
	set_seal(&genesis->set);
	return err == ERR_OK ? genesis_render(&alone->genesis_text, genesis) : err;
}

/* --- what it promises ---------------------------------------------------------- */

static void on_step(void *context, const struct core *core, const struct event *event,
		    enum verdict verdict, const struct effects *effects)
{
	struct alone *alone = context;

	(void)core, (void)verdict, (void)effects;
	/* the pump feeds a vote back at once after it has left */
	if (event->kind == EVENT_VOTE && event->peer == PEER_SELF)
		alone->promises.voted(alone->promises.context, &event->vote);
}

static void on_committed(void *context, const struct ledger_committed *committed)
{
	struct alone *alone = context;

	alone->height = committed->height;
	alone->open -= committed->outcomes_count < alone->open ? (unsigned)committed->outcomes_count
							      : alone->open;
	alone->promises.committed(alone->promises.context, committed);
}

/* --- opening --------------------------------------------------------------------- */

static enum err open_store(struct store **out, const struct alone *alone, const char *name)
{
	char path[HOME_PATH_BYTES];

	return home_join(path, alone->home.path, name) ? store_open(out, path) : ERR_FILE_READ;
}

static enum err open_home(struct alone *alone, const char *path)
{
	char format[HOME_PATH_BYTES];
	enum err err = ERR_OK;

	if (!home_join(format, path, HOME_FORMAT))
		return ERR_FILE_READ;
	if (access(format, F_OK) != 0)
		err = home_create(path);
	if (err == ERR_OK)
		err = home_open(&alone->home, path);
	alone->has_home = err == ERR_OK;
	return err;
}

static enum err open_sign_file(struct alone *alone)
{
	const struct validator *validator = &alone->genesis->set.validators[0];
	char path[HOME_PATH_BYTES];

	if (!home_sign_file(path, alone->home.path, ""))
		return ERR_FILE_READ;
	if (home_make_sign_folder(alone->home.path) != ERR_OK)
		return ERR_FILE_WRITE;
	return sign_file_open(&alone->sign_file, path, &alone->genesis->chain,
			      &validator->consensus_key);
}

static enum err look_at_sign_state(struct alone *alone)
{
	char mark[HOME_PATH_BYTES];
	enum sign_state state;
	bool is_marked;
	enum err err;

	if (!home_join(mark, alone->home.path, HOME_NEVER_SIGNED))
		return ERR_FILE_READ;
	is_marked = access(mark, F_OK) == 0;
	err = sign_state_open(&state, alone->journal, alone->sign_file, is_marked);
	if (err != ERR_OK)
		return err;
	if (state != SIGN_STATE_INTACT && state != SIGN_STATE_NEW)
		return ERR_SIGN_STATE_LOST;
	return is_marked ? home_remove(alone->home.path, HOME_NEVER_SIGNED) : ERR_OK;
}

static enum err open_stores(struct alone *alone)
{
	enum err err = open_store(&alone->chain, alone, HOME_CHAIN);

	if (err == ERR_OK)
		err = open_store(&alone->journal, alone, HOME_JOURNAL);
	if (err == ERR_OK)
		err = open_sign_file(alone);
	return err == ERR_OK ? look_at_sign_state(alone) : err;
}

static enum err open_node(struct alone *alone, uint64_t seed)
{
	struct node_config config = {
		.io = alone->io,
		.genesis = alone->genesis,
		.genesis_text = buf_bytes(&alone->genesis_text),
		.chain_store = alone->chain,
		.journal_store = alone->journal,
		.sign_file = alone->sign_file,
		.consensus_key = &alone->consensus_key,
		.node_key = &alone->node_key,
		.self = 0,
		.seed = seed,
		.pool_count_max = 256,
		.pool_bytes_max = (uint64_t)4 << 20,
		.parcel_bytes_max = (uint64_t)4 << 20,
	};
	enum err err = node_new(&alone->node, &config);

	if (err == ERR_OK) {
		struct ledger_tip tip;

		ledger_tip(node_ledger(alone->node), &tip);
		alone->height = tip.height;
		node_watch(alone->node, on_step, alone);
		node_listen(alone->node, on_committed, alone);
	}
	return err;
}

enum err alone_open(struct alone **out, const char *path, uint64_t seed,
		    const struct promises *promises)
{
	struct alone *alone = calloc(1, sizeof(*alone));
	enum err err;

	if (alone == NULL)
		return ERR_MEMORY;
	alone->promises = *promises;
	rng_init(&alone->rng, seed);
	alone->nonce = seed << 32;
	alone->org_key = secret_of("the organisation");
	alone->node_key = secret_of("the node");
	alone->consensus_key = secret_of("the validator");
	buf_init(&alone->genesis_text, LIMIT_GENESIS_BYTES);
	alone->genesis = calloc(1, sizeof(*alone->genesis));
	alone->io = alone_io_new(seed);
	err = alone->genesis == NULL || alone->io == NULL ? ERR_MEMORY : genesis_fill(alone);
	if (err == ERR_OK)
		err = open_home(alone, path);
	if (err == ERR_OK)
		err = open_stores(alone);
	if (err == ERR_OK)
		err = open_node(alone, seed);
	if (err != ERR_OK) {
		alone_close(alone);
		return err;
	}
	*out = alone;
	return ERR_OK;
}

void alone_close(struct alone *alone)
{
	node_free(alone->node);
	alone_io_free(alone->io);
	sign_file_close(alone->sign_file);
	store_close(alone->journal);
	store_close(alone->chain);
	if (alone->has_home)
		home_close(&alone->home);
	buf_release(&alone->genesis_text);
	free(alone->genesis);
	free(alone);
}

/* --- running ------------------------------------------------------------------------ */

static void on_submitted(void *context, const struct submit_result *result)
{
	struct alone *alone = context;

	if (result->state != SUBMIT_TAKEN && alone->open > 0)
		alone->open--;
}

static enum err send_record(struct alone *alone)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentAnchor record = STELE__CONTENT_ANCHOR__INIT;
	char title[256];
	struct hash content;
	struct buf raw;
	enum err err;

	alone->nonce++;
	sha256(&content, &alone->nonce, sizeof(alone->nonce));
	memset(title, 't', sizeof(title));
	title[rng_below(&alone->rng, sizeof(title))] = '\0';
	title[sizeof(title) - 1] = '\0';
	record.sha256 = (ProtobufCBinaryData){sizeof(content.b), content.b};
	record.size = 1000;
	record.title = title;
	body.chain = (ProtobufCBinaryData){32, alone->genesis->chain.b};
	body.signer = (ProtobufCBinaryData){33, alone->genesis->orgs[0].keys[0].key.b};
	body.valid_until = io_wall_ms(alone->io) + 300000;
	body.nonce = alone->nonce;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body.content_anchor = &record;
	buf_init(&raw, LIMIT_TX_BYTES);
	err = tx_sign(&raw, &body, (struct bytes){NULL, 0}, &alone->org_key);
	if (err == ERR_OK) {
		alone->open++;
		node_submit(alone->node, buf_bytes(&raw), true, false, on_submitted, alone);
	}
	buf_release(&raw);
	return err;
}

enum err alone_run(struct alone *alone, uint64_t height)
{
	uint64_t before = alone->height;
	unsigned slot, steps = 0;
	enum err err = ERR_OK;

	if (!alone->is_started)
		node_start(alone->node, NULL);
	alone->is_started = true;
	while (err == ERR_OK && alone->height < height) {
		if (alone->height > before)
			steps = 0;
		before = alone->height;
		if (alone_io_stopped(alone->io) != ERR_OK)
			return alone_io_stopped(alone->io);
		if (steps++ > STEPS_MAX || !alone_io_next(alone->io, &slot))
			return ERR_INTERNAL;
		if (slot < IO_TIMERS)
			node_on_timer(alone->node, slot);
		if (alone->open == 0 ||
		    (alone->open < OPEN_MAX && rng_chance(&alone->rng, SEND_PARTS)))
			err = send_record(alone);
	}
	return err != ERR_OK ? err : alone_io_stopped(alone->io);
}

struct store *alone_chain(struct alone *alone)
{
	return alone->chain;
}

struct store *alone_journal(struct alone *alone)
{
	return alone->journal;
}

struct node *alone_node(struct alone *alone)
{
	return alone->node;
}

const struct genesis *alone_genesis(const struct alone *alone)
{
	return alone->genesis;
}

struct bytes alone_genesis_text(const struct alone *alone)
{
	return buf_bytes(&alone->genesis_text);
}
