/* The network's genesis, and clients that anchor content through random nodes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/apply/identifier.h"
#include "proto/tx.h"
#include "tests/sim/judge.h"
#include "tests/sim/world.h"

#define BIT(role) (1u << STELE__ROLE__ROLE_##role)
#define PURPOSE(name) (1u << STELE__PURPOSE__PURPOSE_##name)
#define VALID_MS 90000u
#define SESSIONS_US 100000u /* until all of them are open, with room */

static void secret_of(struct secret *out, const char *what, uint32_t number)
{
	char text[64];
	struct hash hash;

	snprintf(text, sizeof(text), "simulated %s %u", what, number);
	sha256(&hash, text, strlen(text));
	memcpy(out->b, hash.b, sizeof(out->b));
	out->b[0] = 0; /* below the order of the group */
}

/* An identifier with its right check character, ascending with i: 00 to 99, A0 and so on. */
static void org_id(char out[LIMIT_SEGMENT + 1], uint32_t i)
{
	static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

	for (const char *c = characters; *c != '\0'; c++) {
		snprintf(out, LIMIT_SEGMENT + 1, "CN-USCI-91110000EXAMPLE%c%u%c", characters[i / 10],
			 i % 10, *c);
		if (identifier_check(out) == ERR_OK)
			return;
	}
	UNREACHABLE();
}

/* Its sessions are under a registered key of its organisation. */
static bool add_observer(struct world *world, uint32_t i, struct genesis_org *org)
{
	secret_of(&world->nodes[i].node_key, "node", i);
	if (sign_public(&org->keys[1].key, &world->nodes[i].node_key))
		return false;
	org->keys[1].purposes = PURPOSE(PEER);
	org->keys_count = 2;
	if (public_key_compare(&org->keys[1].key, &org->keys[0].key) < 0) {
		struct genesis_key first = org->keys[1];

		org->keys[1] = org->keys[0];
		org->keys[0] = first;
	}
	return true;
}

static bool add_org(struct world *world, uint32_t i)
{
	struct genesis *genesis = world->genesis;
	struct genesis_org *org = &genesis->orgs[i];

	org_id(org->id, i);
	snprintf(org->name_en, sizeof(org->name_en), "Example Institute %u", i);
	org->roles = BIT(VALIDATOR) | BIT(ANCHORER);
	if (i < WORLD_CLIENTS)
		secret_of(&world->clients[i], "client", i);
	if (i < WORLD_CLIENTS) {
		if (sign_public(&org->keys[0].key, &world->clients[i]))
			return false;
	} else {
		struct secret secret;

		secret_of(&secret, "org", i);
		if (sign_public(&org->keys[0].key, &secret))
			return false;
	}
	org->keys[0].purposes = PURPOSE(GOVERN) | PURPOSE(CONTENT);
	org->keys_count = 1;
	genesis->orgs_count = i + 1;
	return i < world->voters || i >= world->count || add_observer(world, i, org);
}

static bool add_validator(struct world *world, uint32_t i, struct secret *consensus,
			  struct secret *node)
{
	struct validator *validator = &world->genesis->set.validators[i];

	snprintf(validator->id, sizeof(validator->id), "v%02u", i);
	org_id(validator->org, i);
	secret_of(consensus, "consensus", i);
	secret_of(node, "node", i);
	return !sign_public(&validator->consensus_key, consensus) &&
	       !sign_public(&validator->node_key, node);
}

static void fill_parameters(struct genesis *genesis)
{
	snprintf(genesis->name, sizeof(genesis->name), "sim.example");
	genesis->time_ms = WORLD_TIME_MS;
	genesis->epoch_length = 100000000;
	genesis->timers = (struct genesis_timers){
		.delta_us = 50000,
		.fetch_us = 50000,
		.build_us = 20000,
		.validate_us = 20000,
		.disk_us = 20000,
		.skip_us = 5000000,
		.skew_ms = 500,
		.late_ms = 20000,
	};
	genesis->window_ms = 180000;
	genesis->quota_window_ms = 60000;
	genesis->quota_transactions = 100000;
	genesis->quota_bytes = UINT64_C(1) << 32;
	genesis->quota_entries = 1000000;
	genesis->rules[0] = (struct genesis_rule){
		.operation = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR,
		.openers = BIT(ANCHORER),
		.approvers = STELE__ROLE__ROLE_NONE,
	};
	genesis->rules_count = 1;
}

bool world_make_genesis(struct world *world)
{
	struct secret consensus[WORLD_NODES_MAX], node[WORLD_NODES_MAX];
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	uint32_t nodes = world->scene.nodes;
	uint32_t orgs = world->count > WORLD_CLIENTS ? world->count : WORLD_CLIENTS;

	ASSERT(genesis != NULL);
	world->genesis = genesis;
	fill_parameters(genesis);
	genesis->timers.idle_us = world->scene.idle_us;
	for (uint32_t i = 0; i < orgs; i++) {
		if (!add_org(world, i))
			return false;
	}
	for (uint32_t i = 0; i < nodes; i++) {
		if (!add_validator(world, i, &consensus[i], &node[i]))
			return false;
	}
	genesis->set.count = nodes;
	set_seal(&genesis->set);
	/* sealing sorted them: give each node its own keys again */
	for (uint32_t i = 0; i < nodes; i++) {
		struct public_key key;

		if (sign_public(&key, &consensus[i]))
			return false;
		for (uint32_t k = 0; k < nodes + world->scene.twins; k++) {
			const struct validator *of = &genesis->set.validators[k % nodes];

			if (!public_key_equal(&key, &of->consensus_key))
				continue;
			world->nodes[k].consensus_key = consensus[i];
			world->nodes[k].node_key = node[i];
		}
	}
	buf_init(&world->genesis_text, LIMIT_GENESIS_BYTES);
	return genesis_render(&world->genesis_text, genesis) == ERR_OK;
}

/* --- transactions -------------------------------------------------------- */

static void on_result(struct world *world, const struct submit_result *result, bool is_watched)
{
	if (result->state == SUBMIT_TAKEN) {
		world->statistics.submitted++;
		if (is_watched)
			judge_on_taken(world, &result->id);
	} else if (result->state == SUBMIT_REFUSED && result->reason != ERR_POOL_FULL &&
		   result->reason != ERR_DISK_LOW && result->reason != ERR_TX_EXPIRED &&
		   result->reason != ERR_TX_TOO_EARLY) {
		world_fail(world, "load: a good transaction is refused: %s",
			   err_name(result->reason));
	}
}

static void submitted(void *context, const struct submit_result *result)
{
	on_result(context, result, false);
}

static void submitted_watched(void *context, const struct submit_result *result)
{
	on_result(context, result, true);
}

void load_transaction(struct world *world, uint32_t node, uint32_t client, struct buf *out)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentAnchor anchor = STELE__CONTENT_ANCHOR__INIT;
	struct public_key key;
	struct hash content;

	if (sign_public(&key, &world->clients[client]))
		world_fail(world, "load: a client has no key");
	for (size_t i = 0; i < 4; i++)
		store_u64(content.b + 8 * i, rng_u64(&world->rng_load));
	anchor.sha256 = (ProtobufCBinaryData){sizeof(content.b), content.b};
	anchor.size = 1 + rng_below(&world->rng_load, 1000000);
	anchor.media_type = (char[]){"text/plain"};
	body.chain = (ProtobufCBinaryData){32, world->genesis->chain.b};
	body.signer = (ProtobufCBinaryData){33, key.b};
	body.valid_until = io_wall_ms(world->nodes[node].io) + VALID_MS;
	body.nonce = ++world->nonce;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body.content_anchor = &anchor;
	if (tx_sign(out, &body, (struct bytes){NULL, 0}, &world->clients[client]))
		world_fail(world, "load: a transaction cannot be signed");
}

void load_submit(struct world *world, uint32_t node, bool is_watched)
{
	uint32_t client = (uint32_t)rng_below(&world->rng_load, WORLD_CLIENTS);
	struct buf raw;

	if (world->nodes[node].node == NULL)
		return;
	buf_init(&raw, LIMIT_TX_BYTES);
	load_transaction(world, node, client, &raw);
	if (!world->has_failed)
		node_submit(world->nodes[node].node, buf_bytes(&raw), true, false,
			    is_watched ? submitted_watched : submitted, world);
	buf_release(&raw);
}

static void load_next(struct world *world, uint32_t nobody, void *argument)
{
	uint64_t every_us = world->scene.load_every_us;

	(void)nobody;
	(void)argument;
	if (world->is_over)
		return;
	if (!world->is_calm)
		load_submit(world, (uint32_t)rng_below(&world->rng_load, world->count), false);
	world_at(world, 1 + rng_below(&world->rng_load, 2 * every_us), WORLD_NODES_MAX, load_next,
		 NULL, NULL);
}

void load_begin(struct world *world)
{
	if (world->scene.load_every_us > 0)
		world_at(world, world->scene.is_timely ? SESSIONS_US : 1000, WORLD_NODES_MAX,
			 load_next, NULL, NULL);
}
