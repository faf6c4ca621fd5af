#include "tests/unit/ledger/town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/certificate.h"
#include "tests/lib/unit.h"

static const enum who members[TOWN_VALIDATORS] = {FUNDER, AGENCY, LAB_1, AUDITOR};

static struct secret secret_of(const char *kind, uint32_t k)
{
	struct secret secret;
	char text[64];

	(void)snprintf(text, sizeof(text), "%s %u", kind, k);
	sha256((struct hash *)&secret, text, strlen(text));
	return secret;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct genesis_org *)a)->id, ((const struct genesis_org *)b)->id);
}

static void fill(struct genesis *genesis)
{
	qsort(genesis->orgs, genesis->orgs_count, sizeof(genesis->orgs[0]), by_id);
	genesis->timers = (struct genesis_timers){50000,  50000,  50000, 50000, 50000,
						  1000000, 1000000, 500,   10000};
	genesis->set.count = TOWN_VALIDATORS;
	for (uint32_t i = 0; i < TOWN_VALIDATORS; i++) {
		struct validator *validator = &genesis->set.validators[i];
		struct secret consensus = secret_of("consensus", i);
		struct secret node = secret_of("node", i);

		(void)snprintf(validator->id, sizeof(validator->id), "v%u", i);
		(void)snprintf(validator->org, sizeof(validator->org), "%s",
			       world_id(members[i]));
		ck_assert_int_eq(sign_public(&validator->consensus_key, &consensus), ERR_OK);
		ck_assert_int_eq(sign_public(&validator->node_key, &node), ERR_OK);
	}
	set_seal(&genesis->set);
}

/* The set is sorted by key: each secret goes where its validator went. */
static void secrets_place(struct town *town)
{
	const struct set *set = &town->world->genesis->set;

	for (uint32_t i = 0; i < TOWN_VALIDATORS; i++) {
		uint32_t k = (uint32_t)(set->validators[i].id[1] - '0');

		town->consensus_keys[i] = secret_of("consensus", k);
		town->node_keys[i] = secret_of("node", k);
	}
}

static void open_ledger(struct town *town)
{
	ck_assert_int_eq(store_open(&town->store, town->folder), ERR_OK);
	ck_assert_int_eq(ledger_open(&town->ledger, town->store, town->world->genesis,
				     buf_bytes(&town->genesis_text)),
			 ERR_OK);
}

struct town *town_new(void)
{
	struct town *town = calloc(1, sizeof(*town));
	enum err err;

	ck_assert(town != NULL);
	town->world = world_new(NULL);
	fill(town->world->genesis);
	buf_init(&town->genesis_text, LIMIT_GENESIS_BYTES);
	err = genesis_render(&town->genesis_text, town->world->genesis);
	ck_assert_msg(err == ERR_OK, "genesis: %s", err_name(err));
	secrets_place(town);
	town->folder = unit_folder();
	open_ledger(town);
	return town;
}

static void close_ledger(struct town *town)
{
	ledger_close(town->ledger);
	store_close(town->store);
	town->ledger = NULL;
	town->store = NULL;
}

void town_free(struct town *town)
{
	close_ledger(town);
	buf_release(&town->genesis_text);
	world_free(town->world);
	free(town->folder);
	free(town);
}

void town_reopen(struct town *town)
{
	close_ledger(town);
	open_ledger(town);
}

struct ledger *town_second(struct town *town, const char *folder, struct store **store)
{
	struct ledger *ledger;

	ck_assert_int_eq(store_open(store, folder), ERR_OK);
	ck_assert_int_eq(ledger_open(&ledger, *store, town->world->genesis,
				     buf_bytes(&town->genesis_text)),
			 ERR_OK);
	return ledger;
}

/* --- transactions -------------------------------------------------------- */

struct tx *town_tx(struct town *town, enum who who, uint32_t operation, void *record)
{
	Stele__TransactionBody body = world_body(operation, record);
	struct ledger_tip tip;

	ledger_tip(town->ledger, &tip);
	town->world->time_ms = tip.time_ms;
	return world_tx(town->world, who, &body, NULL);
}

struct tx *town_anchor(struct town *town, uint64_t content)
{
	return town_tx(town, LAB_1, OP(CONTENT_ANCHOR), make_anchor(content));
}

struct parcel *town_parcel(struct town *town, struct tx *const *txs, uint32_t count)
{
	struct ledger_tip tip;
	struct parcel *parcel;

	ledger_tip(town->ledger, &tip);
	ck_assert_int_eq(parcel_pack(&parcel, txs, count, &town->world->genesis->chain, 0, 0,
				     ++town->sequence, tip.height + LIMIT_PARCEL_EXPIRY / 2,
				     &town->node_keys[0]),
			 ERR_OK);
	for (uint32_t i = 0; i < count; i++)
		tx_free(txs[i]);
	return parcel;
}

/* --- blocks -------------------------------------------------------------- */

void town_build_with(struct town *town, struct ledger *ledger, const struct town_block *parent,
		     const struct bytes *evidence, uint32_t evidence_count,
		     struct parcel *const *parcels, uint32_t count, struct town_block *out)
{
	struct build_params params = {.evidence = evidence, .evidence_count = evidence_count};
	struct ledger_tip tip;

	(void)town;
	ledger_tip(ledger, &tip);
	params.parent = parent != NULL ? parent->hash : tip.block;
	params.parent_view = parent != NULL ? parent->view : tip.view;
	params.view = params.parent_view + 1;
	params.now_ms = tip.time_ms + TOWN_STEP_MS;
	buf_init(&out->header_text, LIMIT_HEADER_BYTES);
	buf_init(&out->body_text, LIMIT_BODY_BYTES);
	out->view = params.view;
	ck_assert_int_eq(ledger_build(ledger, &params, parcels, count, &out->header_text,
				      &out->body_text),
			 ERR_OK);
	sha256(&out->hash, out->header_text.at, out->header_text.len);
}

void town_build(struct town *town, struct ledger *ledger, const struct town_block *parent,
		struct parcel *const *parcels, uint32_t count, struct town_block *out)
{
	town_build_with(town, ledger, parent, NULL, 0, parcels, count, out);
}

static void vote_sign(const struct town *town, uint32_t validator, struct vote *vote)
{
	const struct genesis *genesis = town->world->genesis;
	struct hash digest;

	vote_digest(&digest, vote->kind, &genesis->chain, vote->epoch, &genesis->set.hash,
		    vote->view, &vote->block);
	vote->signer = validator;
	ck_assert_int_eq(sign_digest(&vote->signature, &town->consensus_keys[validator], &digest),
			 ERR_OK);
}

void town_evidence(const struct town *town, uint32_t validator, enum evidence_type type,
		   uint64_t view, struct buf *out)
{
	struct vote a = {.kind = VOTE_FINALIZE, .view = view, .block = {{1}}};
	struct vote b = {.kind = VOTE_FINALIZE, .view = view, .block = {{2}}};
	struct evidence evidence;

	if (type == EVIDENCE_E1)
		a.kind = VOTE_NOTARIZE;
	if (type == EVIDENCE_E1 || type == EVIDENCE_E4)
		b.kind = VOTE_NOTARIZE;
	if (type == EVIDENCE_E3)
		b = (struct vote){.kind = VOTE_NULLIFY, .view = view};
	vote_sign(town, validator, &a);
	vote_sign(town, validator, &b);
	evidence_make(&evidence, &a, &b, &town->world->genesis->set);
	ck_assert_int_eq(evidence.type, type);
	evidence_render(out, &evidence);
	ck_assert(!out->has_failed);
}

void town_block_release(struct town_block *block)
{
	buf_release(&block->header_text);
	buf_release(&block->body_text);
}

enum err town_execute_with(struct ledger *ledger, const struct town_block *block,
			   const struct bytes *evidence, uint32_t evidence_count,
			   struct parcel *const *parcels, uint32_t count)
{
	struct block_input input = {.header_text = buf_bytes(&block->header_text),
				    .body_text = buf_bytes(&block->body_text),
				    .parcels = parcels,
				    .parcels_count = count,
				    .evidence = evidence,
				    .evidence_count = evidence_count};

	return ledger_execute(ledger, &input);
}

enum err town_execute(struct ledger *ledger, const struct town_block *block,
		      struct parcel *const *parcels, uint32_t count)
{
	return town_execute_with(ledger, block, NULL, 0, parcels, count);
}

void town_certify(const struct town *town, const struct town_block *block, enum vote_kind kind,
		  uint32_t signers, struct buf *out)
{
	const struct genesis *genesis = town->world->genesis;
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	struct hash digest;

	certificate->kind = kind;
	certificate->set_hash = genesis->set.hash;
	certificate->view = block->view;
	certificate->block = block->hash;
	certificate->header = buf_bytes(&block->header_text);
	vote_digest(&digest, kind, &genesis->chain, 0, &genesis->set.hash, block->view,
		    &block->hash);
	for (uint32_t i = 0; i < signers; i++) {
		certificate->signers[0] |= (uint8_t)(1u << i);
		ck_assert_int_eq(sign_digest(&certificate->signatures[i],
					     &town->consensus_keys[i], &digest),
				 ERR_OK);
	}
	certificate->signatures_count = signers;
	certificate_encode(out, certificate, TOWN_VALIDATORS);
	free(certificate);
}

void town_commit(struct town *town, struct ledger *ledger, const struct town_block *block,
		 struct ledger_committed *out)
{
	struct buf finalization;

	buf_init(&finalization, LIMIT_CERTIFICATE_BYTES);
	town_certify(town, block, VOTE_FINALIZE, 3, &finalization);
	ck_assert_int_eq(ledger_commit(ledger, &block->hash, buf_bytes(&finalization), out),
			 ERR_OK);
	buf_release(&finalization);
}

void town_decide_quietly(struct town *town, struct tx *const *txs, uint32_t count)
{
	struct parcel *parcel = count > 0 ? town_parcel(town, txs, count) : NULL;
	struct ledger_committed committed;
	struct town_block block;

	town_build(town, town->ledger, NULL, &parcel, count > 0, &block);
	ck_assert_int_eq(ledger_commit(town->ledger, &block.hash, (struct bytes){NULL, 0},
				       &committed),
			 ERR_OK);
	town_block_release(&block);
	parcel_release(parcel);
}

void town_trust(const struct town *town, struct trust *out)
{
	const struct genesis *genesis = town->world->genesis;

	memset(out, 0, sizeof(*out));
	genesis_origin(out->origin, genesis);
	out->chain = genesis->chain;
	out->sets_count = 1;
	out->sets[0] = genesis->set.hash;
}

void town_decide(struct town *town, struct tx *const *txs, uint32_t count,
		 struct ledger_committed *out)
{
	struct parcel *parcel = count > 0 ? town_parcel(town, txs, count) : NULL;
	struct town_block block;

	town_build(town, town->ledger, NULL, &parcel, count > 0, &block);
	town_commit(town, town->ledger, &block, out);
	town_block_release(&block);
	parcel_release(parcel);
}
