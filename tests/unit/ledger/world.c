#include "tests/unit/ledger/world.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/apply/identifier.h"
#include "proto/tx.h"
#include "tests/lib/unit.h"

#define BIT(role) (1u << STELE__ROLE__ROLE_##role)
#define PURPOSE(name) (1u << STELE__PURPOSE__PURPOSE_##name)
#define ARENA_MAX ((size_t)256 << 20)

static const struct {
	const char *code; /* 17 characters of a CN-USCI; else the whole identifier */
	uint32_t roles;
} people[ORGS] = {
	[FUNDER] = {"11110000EXAMPLE01", BIT(FUNDER) | BIT(VALIDATOR)},
	[AGENCY] = {"12110000EXAMPLE02", BIT(AGENCY) | BIT(VALIDATOR)},
	[LAB_1] = {"91110000EXAMPLE03", BIT(APPLICANT) | BIT(ANCHORER) | BIT(VALIDATOR)},
	[LAB_2] = {"91110108EXAMPLE04", BIT(APPLICANT) | BIT(ANCHORER)},
	[OUTSIDE] = {"91310000EXAMPLE05", BIT(APPLICANT) | BIT(ANCHORER)},
	[FOREIGN] = {"XI-LEI-213800KUD8LAJWSQ9D15", BIT(APPLICANT) | BIT(ANCHORER)},
	[AUDITOR] = {"12110000EXAMPLE06", BIT(AUDITOR) | BIT(VALIDATOR)},
};

void *make_memory(size_t len)
{
	/* Chained, so that a search for leaks sees what lives until the end. */
	static union block { union block *next; max_align_t align; } *all;
	union block *block = calloc(1, sizeof(*block) + len);

	ck_assert(block != NULL);
	block->next = all;
	all = block;
	return block + 1;
}

char *world_usci(const char *first_17)
{
	static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char *id = make_memory(32);

	for (const char *c = characters; *c != '\0'; c++) {
		snprintf(id, 32, "CN-USCI-%s%c", first_17, *c);
		if (identifier_check(id) == ERR_OK)
			return id;
	}
	ck_abort_msg("no check character for %s", first_17);
	return NULL;
}

const char *world_id(enum who who)
{
	static const char *ids[ORGS];

	if (ids[who] == NULL)
		ids[who] = who == FOREIGN ? people[who].code : world_usci(people[who].code);
	return ids[who];
}

static void secret_of(struct secret *out, uint64_t seed)
{
	char text[32];

	snprintf(text, sizeof(text), "secret %llu", (unsigned long long)seed);
	sha256((struct hash *)out, text, strlen(text));
}

#define ANYBODY \
	(BIT(FUNDER) | BIT(AGENCY) | BIT(APPLICANT) | BIT(REVIEWER) | BIT(AUDITOR) | BIT(ANCHORER))
#define GOVERNORS (BIT(FUNDER) | BIT(AGENCY) | BIT(AUDITOR))

static const struct {
	uint32_t operation;
	uint32_t openers;
	uint32_t approvals;
} rules[] = {
	{OP(ORG_REGISTER), GOVERNORS, 2},
	{OP(ORG_STATUS), GOVERNORS, 2},
	{OP(KEY_ADD), GOVERNORS, 2},
	{OP(KEY_ROTATE), GOVERNORS, 2},
	{OP(KEY_REVOKE), GOVERNORS, 2},
	{OP(POLICY_SET), GOVERNORS, 2},
	{OP(VALIDATORS_SET), GOVERNORS, 2},
	{OP(VALIDATOR_READY), BIT(VALIDATOR), 0},
	{OP(UPGRADE_PLAN), GOVERNORS, 2},
	{OP(PROGRAMME_CREATE), BIT(FUNDER), 0},
	{OP(PROGRAMME_AMEND), BIT(FUNDER), 0},
	{OP(PROGRAMME_CLOSE), BIT(FUNDER), 0},
	{OP(CALL_PUBLISH), BIT(AGENCY), 0},
	{OP(CALL_AMEND), BIT(AGENCY), 0},
	{OP(CALL_CANCEL), BIT(AGENCY), 0},
	{OP(PROPOSAL_COMMIT), BIT(APPLICANT), 0},
	{OP(PROPOSAL_WITHDRAW), BIT(APPLICANT), 0},
	{OP(PROPOSAL_REVEAL), BIT(APPLICANT), 0},
	{OP(PANEL_APPOINT), BIT(AGENCY), 0},
	{OP(COI_DECLARE), BIT(REVIEWER), 0},
	{OP(REVIEW_COMMIT), BIT(REVIEWER), 0},
	{OP(REVIEW_REVEAL), BIT(REVIEWER), 0},
	{OP(DECISION_PUBLISH), BIT(AGENCY), 0},
	{OP(OBJECTION_FILE), BIT(APPLICANT), 0},
	{OP(OBJECTION_RESOLVE), BIT(AGENCY), 0},
	{OP(AWARD_GRANT), BIT(AGENCY), 0},
	{OP(AWARD_ACCEPT), BIT(APPLICANT), 0},
	{OP(AWARD_AMEND), BIT(AGENCY), 0},
	{OP(AWARD_IMPORT), BIT(AGENCY), 0},
	{OP(MILESTONE_CLAIM), BIT(APPLICANT), 0},
	{OP(MILESTONE_ASSESS), BIT(AGENCY), 0},
	{OP(DISBURSEMENT_RECORD), BIT(FUNDER) | BIT(AGENCY), 0},
	{OP(DISBURSEMENT_REVERSE), BIT(FUNDER) | BIT(AGENCY), 0},
	{OP(AWARD_SUSPEND), BIT(AGENCY), 0},
	{OP(AWARD_RESUME), BIT(AGENCY), 0},
	{OP(AWARD_TERMINATE), BIT(AGENCY), 0},
	{OP(AWARD_COMPLETE), BIT(AGENCY), 0},
	{OP(AWARD_CLOSE), BIT(AGENCY), 0},
	{OP(RECOVERY_DEMAND), BIT(FUNDER) | BIT(AGENCY), 0},
	{OP(RECOVERY_RECEIVE), BIT(FUNDER) | BIT(AGENCY), 0},
	{OP(CONTENT_COMMIT), BIT(ANCHORER), 0},
	{OP(CONTENT_ANCHOR), BIT(ANCHORER), 0},
	{OP(CONTENT_BATCH), BIT(ANCHORER), 0},
	{OP(CONTENT_ROLLUP), BIT(ANCHORER), 0},
	{OP(CONTENT_PROPAGATE), BIT(ANCHORER), 0},
	{OP(CONTENT_SUPERSEDE), BIT(ANCHORER), 0},
	{OP(CONTENT_WITHDRAW), BIT(ANCHORER), 0},
	{OP(CONTENT_DELEGATE), BIT(ANCHORER), 0},
	{OP(NOTE_ATTACH), ANYBODY, 0},
};

static void fill_rules(struct genesis *genesis)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		uint32_t approvals = rules[i].approvals;

		genesis->rules[genesis->rules_count++] = (struct genesis_rule){
			.operation = rules[i].operation,
			.openers = rules[i].openers,
			.approvals = approvals,
			.approvers = approvals > 0 ? STELE__ROLE__ROLE_VALIDATOR
						   : STELE__ROLE__ROLE_NONE,
		};
	}
}

static void fill_genesis(struct world *world)
{
	struct genesis *genesis = world->genesis;

	snprintf(genesis->name, sizeof(genesis->name), "world.example");
	genesis->time_ms = WORLD_TIME_MS;
	genesis->epoch_length = 1000;
	genesis->window_ms = 180000;
	genesis->quota_window_ms = 60000;
	genesis->quota_transactions = 100000;
	genesis->quota_bytes = UINT64_C(1) << 32;
	genesis->quota_entries = 1000000;
	for (int who = 0; who < ORGS; who++) {
		struct genesis_org *org = &genesis->orgs[who];

		snprintf(org->id, sizeof(org->id), "%s", world_id((enum who)who));
		snprintf(org->name_en, sizeof(org->name_en), "Example Institute %d", who + 1);
		org->roles = people[who].roles;
		org->keys[0].key = world->keys[who];
		org->keys[0].purposes = PURPOSE(GOVERN) | PURPOSE(GRANT) | PURPOSE(CONTENT);
		org->keys_count = 1;
	}
	genesis->orgs_count = ORGS;
	fill_rules(genesis);
	sha256(&genesis->chain, "world", 5);
}

struct world *world_new(void (*edit)(struct genesis *genesis))
{
	struct world *world = calloc(1, sizeof(*world));

	ck_assert(world != NULL);
	world->genesis = calloc(1, sizeof(*world->genesis));
	ck_assert(world->genesis != NULL);
	world->time_ms = WORLD_TIME_MS + 1000;
	world->height = 1;
	world->log_size = 1;
	world->valid_for_ms = 60000;
	arena_init(&world->arena, ARENA_MAX);
	for (uint64_t who = 0; who < WHO_COUNT; who++) {
		secret_of(&world->secrets[who], 1000 + who);
		ck_assert_int_eq(sign_public(&world->keys[who], &world->secrets[who]), ERR_OK);
	}
	fill_genesis(world);
	if (edit != NULL)
		edit(world->genesis);
	world->overlay = overlay_new(NULL, &world->base, world->time_ms);
	ck_assert(world->overlay != NULL);
	ck_assert_int_eq(apply_genesis(world->overlay, world->genesis, &world->arena), ERR_OK);
	return world;
}

void world_free(struct world *world)
{
	overlay_free(world->overlay);
	while (world->parents_count > 0)
		overlay_free(world->parents[--world->parents_count]);
	arena_release(&world->arena);
	free(world->genesis);
	free(world);
}

void world_pass(struct world *world, uint64_t ms)
{
	world->time_ms += ms;
	world->height++;
	ck_assert_uint_lt(world->parents_count, WORLD_BLOCKS_MAX);
	world->parents[world->parents_count++] = world->overlay;
	world->overlay = overlay_new(world->overlay, &world->base, world->time_ms);
	ck_assert(world->overlay != NULL);
}

Stele__TransactionBody world_body(uint32_t operation, void *record)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;

	body.operation_case = (Stele__TransactionBody__OperationCase)operation;
	body.org_register = record; /* all members are pointers */
	return body;
}

Stele__MotionOpen *world_motion(struct world *world, uint32_t operation, void *record)
{
	Stele__MotionOpen *open = make_memory(sizeof(*open));
	Stele__MotionOperation *carried = make_memory(sizeof(*carried));

	*open = (Stele__MotionOpen)STELE__MOTION_OPEN__INIT;
	*carried = (Stele__MotionOperation)STELE__MOTION_OPERATION__INIT;
	carried->operation_case = (Stele__MotionOperation__OperationCase)operation;
	carried->org_register = record;
	open->operation = carried;
	open->expires = world->time_ms + 86400000;
	return open;
}

struct tx *world_tx(struct world *world, enum who who, Stele__TransactionBody *body,
		    const Stele__BatchEntries *entries)
{
	struct buf raw, attachment;
	struct tx *tx = NULL;
	enum err err;

	buf_init(&raw, LIMIT_TX_BYTES);
	buf_init(&attachment, LIMIT_TX_BYTES);
	if (entries != NULL) {
		struct hash root;

		ck_assert_int_eq(batch_entries_encode(&attachment, entries, &root), ERR_OK);
		body->content_batch->count = (uint32_t)entries->n_entries;
		body->content_batch->root.len = sizeof(root.b);
		body->content_batch->root.data = make_memory(sizeof(root.b));
		memcpy(body->content_batch->root.data, root.b, sizeof(root.b));
	}
	body->chain = (ProtobufCBinaryData){32, world->genesis->chain.b};
	body->signer = (ProtobufCBinaryData){33, world->keys[who].b};
	if (body->valid_until == 0)
		body->valid_until = world->time_ms + world->valid_for_ms;
	body->nonce = ++world->nonce;
	err = tx_sign(&raw, body, buf_bytes(&attachment), &world->secrets[who]);
	ck_assert_msg(err == ERR_OK, "tx_sign: %s", err_name(err));
	err = tx_decode(&tx, buf_bytes(&raw), &world->genesis->chain);
	ck_assert_msg(err == ERR_OK, "tx_decode: %s", err_name(err));
	buf_release(&raw);
	buf_release(&attachment);
	return tx;
}

enum outcome world_apply(struct world *world, const struct tx *tx, enum err *reason)
{
	struct apply_block block = {world->overlay, world->height, world->time_ms,
				    world->genesis->epoch_length};
	enum outcome outcome =
		apply_transaction(&block, tx, world->log_size, &world->arena, reason);

	if (outcome == OUTCOME_ACCEPTED)
		world->log_size++;
	arena_release(&world->arena);
	return outcome;
}

uint64_t world_accepts(struct world *world, enum who who, uint32_t operation, void *record)
{
	Stele__TransactionBody body = world_body(operation, record);
	struct tx *tx = world_tx(world, who, &body, NULL);
	enum err reason = ERR_OK;
	enum outcome outcome = world_apply(world, tx, &reason);

	ck_assert_msg(outcome == OUTCOME_ACCEPTED, "%s refused: %s", operation_name(operation),
		      err_name(reason));
	tx_free(tx);
	return world->log_size - 1;
}

void world_refuses(struct world *world, enum who who, uint32_t operation, void *record,
		   enum err reason)
{
	Stele__TransactionBody body = world_body(operation, record);
	struct tx *tx = world_tx(world, who, &body, NULL);
	struct hash before = world_digest(world);
	struct hash after;
	enum err got = ERR_OK;
	enum outcome outcome = world_apply(world, tx, &got);

	ck_assert_msg(got == reason, "%s: want %s, got %s", operation_name(operation),
		      err_name(reason), err_name(got));
	ck_assert_int_eq(outcome, reason / 1000 == 3 ? OUTCOME_SKIPPED : OUTCOME_REJECTED);
	after = world_digest(world);
	ck_assert_msg(hash_equal(&before, &after), "%s left a trace", operation_name(operation));
	ck_assert(overlay_is_consumed(world->overlay, &tx->id) == (outcome == OUTCOME_REJECTED) ||
		  reason == ERR_TX_CONSUMED);
	tx_free(tx);
}

void world_expects(struct world *world, enum who who, uint32_t operation, void *record,
		   enum err err)
{
	if (err == ERR_OK)
		(void)world_accepts(world, who, operation, record);
	else
		world_refuses(world, who, operation, record, err);
}

struct hash world_digest(const struct world *world)
{
	struct overlay_change *changes;
	struct sha256 *sha = sha256_new();
	struct hash out;
	size_t count;

	ck_assert_int_eq(overlay_changes(world->overlay, 0, &changes, &count), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		if (strncmp(changes[i].key, "quota/", 6) == 0)
			continue;
		sha256_add(sha, changes[i].key, strlen(changes[i].key) + 1);
		sha256_add(sha, changes[i].value.at, changes[i].value.len);
	}
	free(changes);
	sha256_finish(sha, &out);
	sha256_free(sha);
	return out;
}

const void *world_value(struct world *world, enum value_type type, const char *format, ...)
{
	static struct arena arena = {NULL, 0, ARENA_MAX}; /* read values live on */
	char key[LIMIT_KEY_BYTES + 1];
	struct bytes value;
	va_list arguments;
	void *message = NULL;
	enum err err;

	va_start(arguments, format);
	vsnprintf(key, sizeof(key), format, arguments);
	va_end(arguments);
	err = overlay_get(world->overlay, key, &value);
	ck_assert_msg(err == ERR_OK, "%s: %s", key, err_name(err));
	ck_assert_int_eq(value_decode(&arena, value, type, &message), ERR_OK);
	return message;
}

bool world_has(struct world *world, const char *format, ...)
{
	char key[LIMIT_KEY_BYTES + 1];
	struct bytes value;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(key, sizeof(key), format, arguments);
	va_end(arguments);
	return overlay_get(world->overlay, key, &value) == ERR_OK;
}

void world_put(struct world *world, const char *key, enum value_type type, const void *message)
{
	struct buf encoded;

	buf_init(&encoded, LIMIT_VALUE_BYTES);
	ck_assert_int_eq(value_encode(&encoded, type, message), ERR_OK);
	ck_assert_int_eq(overlay_put(world->overlay, key, buf_bytes(&encoded)), ERR_OK);
	buf_release(&encoded);
}

void world_set_status(struct world *world, enum who who, Stele__OrgStatus status)
{
	char path[80];
	Stele__OrgValue org;

	snprintf(path, sizeof(path), "org/%s", world_id(who));
	org = *(const Stele__OrgValue *)world_value(world, VALUE_ORG, "%s", path);
	org.status = status;
	world_put(world, path, VALUE_ORG, &org);
}
