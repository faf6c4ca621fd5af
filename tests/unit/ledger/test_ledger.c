#include "ledger/ledger.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/apply/apply.h"
#include "ledger/genesis_state.h"
#include "ledger/ledger_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

static struct ledger_tip tip_of(const struct ledger *ledger)
{
	struct ledger_tip tip;

	ledger_tip(ledger, &tip);
	return tip;
}

UNIT_TEST(ledger_block_0_is_computed_from_the_genesis_document_alone)
{
	struct town *town = town_new();
	struct ledger_tip tip = tip_of(town->ledger);
	struct header header;
	struct buf text;

	ck_assert_int_eq(genesis_state_header(&header, town->world->genesis,
					      buf_bytes(&town->genesis_text)),
			 ERR_OK);
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	ck_assert(bytes_equal(buf_bytes(&text), tip.header_text));
	ck_assert_uint_eq(tip.height, 0);
	ck_assert_uint_eq(tip.log_size, 1);
	buf_release(&text);
	town_free(town);
}

UNIT_TEST(ledger_of_another_chain_is_refused_by_name)
{
	struct town *town = town_new();
	struct ledger *other;

	ledger_close(town->ledger);
	town->world->genesis->chain.b[0] ^= 1;
	ck_assert_int_eq(ledger_open(&other, town->store, town->world->genesis,
				     buf_bytes(&town->genesis_text)),
			 ERR_STORE_CHAIN);
	town->ledger = NULL;
	town_free(town);
}

UNIT_TEST(ledger_voter_executes_what_the_leader_built)
{
	struct town *town = town_new();
	char *folder = unit_folder();
	struct store *store;
	struct ledger *voter = town_second(town, folder, &store);
	struct tx *txs[2] = {town_anchor(town, 1), town_anchor(town, 2)};
	struct parcel *parcel = town_parcel(town, txs, 2);
	struct ledger_committed committed;
	struct town_block block;

	town_build(town, town->ledger, NULL, &parcel, 1, &block);
	ck_assert_int_eq(town_execute(voter, &block, &parcel, 1), ERR_OK);
	ck_assert(ledger_has_executed(voter, &block.hash));
	town_commit(town, voter, &block, &committed);
	ck_assert_uint_eq(committed.outcomes_count, 2);
	ck_assert(committed.outcomes[0].is_accepted);
	ck_assert_uint_eq(committed.outcomes[1].log_index, 2);
	ck_assert_uint_eq(tip_of(voter).height, 1);
	ck_assert_uint_eq(tip_of(voter).log_size, 3);
	town_block_release(&block);
	parcel_release(parcel);
	ledger_close(voter);
	store_close(store);
	free(folder);
	town_free(town);
}

/* Renders the block's header anew after a change. */
static enum err execute_changed(struct town *town, const struct town_block *block,
				struct parcel *const *parcels, uint32_t count,
				void (*change)(struct header *header))
{
	struct town_block changed = *block;
	struct header header;
	enum err err;

	ck_assert_int_eq(header_parse(&header, buf_bytes(&block->header_text)), ERR_OK);
	change(&header);
	buf_init(&changed.header_text, LIMIT_HEADER_BYTES);
	header_render(&changed.header_text, &header);
	err = town_execute(town->ledger, &changed, parcels, count);
	buf_release(&changed.header_text);
	return err;
}

static void change_state(struct header *header) { header->state.b[0] ^= 1; }
static void change_log(struct header *header) { header->log_root.b[0] ^= 1; }
static void change_rejected(struct header *header) { header->rejected_root.b[0] ^= 1; }
static void change_height(struct header *header) { header->height++; }
static void change_time(struct header *header) { header->time_ms -= TOWN_STEP_MS; }
static void change_proposer(struct header *header) { header->proposer = TOWN_VALIDATORS; }
static void change_body(struct header *header) { header->body.b[0] ^= 1; }
static void change_set(struct header *header) { header->validators.b[0] ^= 1; }
static void change_epoch(struct header *header) { header->epoch++; }
static void change_view(struct header *header) { header->view = header->parent_view; }
static void change_next(struct header *header) { header->has_next_validators = true; }

UNIT_TEST(ledger_judges_a_block_by_every_rule)
{
	struct town *town = town_new();
	struct tx *txs[2] = {town_anchor(town, 1),
			     town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7))};
	struct parcel *parcel = town_parcel(town, txs, 2);
	struct town_block block;

	town_build(town, town->ledger, NULL, &parcel, 1, &block);
#define EXPECT(change, want) \
	ck_assert_int_eq(execute_changed(town, &block, &parcel, 1, change), want)
	EXPECT(change_state, ERR_BLOCK_ROOT);
	EXPECT(change_log, ERR_BLOCK_ROOT);
	EXPECT(change_rejected, ERR_BLOCK_ROOT);
	EXPECT(change_height, ERR_BLOCK_INVALID);
	EXPECT(change_time, ERR_BLOCK_INVALID);
	EXPECT(change_proposer, ERR_BLOCK_INVALID);
	EXPECT(change_body, ERR_BLOCK_INVALID);
	EXPECT(change_set, ERR_BLOCK_INVALID);
	EXPECT(change_epoch, ERR_BLOCK_INVALID);
	EXPECT(change_view, ERR_BLOCK_INVALID);
	EXPECT(change_next, ERR_BLOCK_INVALID);
#undef EXPECT
	town_block_release(&block);
	parcel_release(parcel);
	town_free(town);
}

/* The block over another body text, whose header names it. */
static enum err execute_with_body(struct town *town, const struct town_block *block,
				  struct parcel *const *parcels, uint32_t count,
				  const struct body *body)
{
	struct town_block changed = *block;
	struct header header;
	enum err err;

	buf_init(&changed.body_text, LIMIT_BODY_BYTES);
	body_render(&changed.body_text, body);
	ck_assert_int_eq(header_parse(&header, buf_bytes(&block->header_text)), ERR_OK);
	sha256(&header.body, changed.body_text.at, changed.body_text.len);
	buf_init(&changed.header_text, LIMIT_HEADER_BYTES);
	header_render(&changed.header_text, &header);
	err = town_execute(town->ledger, &changed, parcels, count);
	buf_release(&changed.header_text);
	buf_release(&changed.body_text);
	return err;
}

/* What is claimed twice is bound: the line of a body and the parcel's own text. */
UNIT_TEST(ledger_line_of_a_body_must_say_what_the_parcel_says)
{
	struct town *town = town_new();
	struct tx *tx = town_anchor(town, 1);
	struct parcel *parcel = town_parcel(town, &tx, 1);
	struct body *body = calloc(1, sizeof(*body));
	struct town_block block;
	struct body_parcel line;

	town_build(town, town->ledger, NULL, &parcel, 1, &block);
	ck_assert_int_eq(body_parse(body, buf_bytes(&block.body_text)), ERR_OK);
	line = body->parcels[0];
	body->parcels[0].count++;
	ck_assert_int_eq(execute_with_body(town, &block, &parcel, 1, body), ERR_BLOCK_INVALID);
	body->parcels[0] = line;
	body->parcels[0].bytes++;
	ck_assert_int_eq(execute_with_body(town, &block, &parcel, 1, body), ERR_BLOCK_INVALID);
	body->parcels[0] = line;
	body->parcels[0].author = (line.author + 1) % TOWN_VALIDATORS;
	ck_assert_int_eq(execute_with_body(town, &block, &parcel, 1, body), ERR_BLOCK_INVALID);
	body->parcels[0] = line;
	ck_assert_int_eq(execute_with_body(town, &block, &parcel, 1, body), ERR_OK);
	free(body);
	town_block_release(&block);
	parcel_release(parcel);
	town_free(town);
}

UNIT_TEST(ledger_proves_leaf_state_and_rejection_under_the_headers_roots)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *txs[2] = {town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme()),
			     town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7))};
	struct hash ids[2] = {txs[0]->id, txs[1]->id};
	struct hash path[MERKLE_PATH_MAX], leaf, key_hash, value_hash;
	struct bytes data, attachment, value;
	struct view_rejected rejected;
	struct ledger_view *view;
	struct smt_proof proof;
	struct header header;
	struct view_tx found;
	size_t path_count;
	uint64_t height;

	town_decide(town, txs, 2, &committed);
	ck_assert(!committed.outcomes[1].is_accepted);
	ck_assert_int_eq(committed.outcomes[1].reason, ERR_NOT_FOUND_AWARD);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(header_parse(&header, tip_of(town->ledger).header_text), ERR_OK);

	ck_assert_int_eq(view_tx(view, &ids[0], &found), ERR_OK);
	ck_assert(found.is_accepted && found.height == 1 && found.log_index == 1);
	ck_assert_int_eq(view_leaf(view, 1, &data, &attachment), ERR_OK);
	merkle_leaf(&leaf, data);
	ck_assert_int_eq(view_inclusion(view, 1, 2, path, &path_count), ERR_OK);
	ck_assert_int_eq(merkle_inclusion_check(&leaf, 1, 2, path, path_count, &header.log_root),
			 ERR_OK);
	ck_assert_int_eq(view_leaf_height(view, 1, &height), ERR_OK);
	ck_assert_uint_eq(height, 1);

	ck_assert_int_eq(view_value(view, "programme/P1", &value), ERR_OK);
	sha256(&key_hash, "programme/P1", 12);
	sha256(&value_hash, value.at, value.len);
	view_prove(view, "programme/P1", &proof);
	ck_assert_int_eq(smt_check_present(&proof, &key_hash, &value_hash, &header.state), ERR_OK);
	sha256(&key_hash, "programme/P2", 12);
	view_prove(view, "programme/P2", &proof);
	ck_assert_int_eq(smt_check_absent(&proof, &key_hash, &header.state), ERR_OK);

	ck_assert_int_eq(view_tx(view, &ids[1], &found), ERR_OK);
	ck_assert(!found.is_accepted && found.rejected == 0);
	ck_assert_int_eq(view_rejected(view, 1, 0, &rejected), ERR_OK);
	ck_assert_int_eq(rejected.reason, ERR_NOT_FOUND_AWARD);
	ck_assert_uint_eq(rejected.position, 1);
	ck_assert(hash_equal(&rejected.id, &ids[1]));
	ck_assert_uint_eq(header.rejected_count, 1);
	ledger_view_close(view);
	town_free(town);
}

UNIT_TEST(ledger_decides_an_id_once_though_two_parcels_hold_it)
{
	struct town *town = town_new();
	struct tx *tx = town_anchor(town, 1);
	struct tx *again = tx_retain(tx);
	struct parcel *parcels[2] = {town_parcel(town, &tx, 1), town_parcel(town, &again, 1)};
	struct ledger_committed committed;
	struct town_block block, next;

	town_build(town, town->ledger, NULL, &parcels[0], 1, &block);
	town_build(town, town->ledger, &block, &parcels[1], 1, &next);
	town_commit(town, town->ledger, &block, &committed);
	ck_assert_uint_eq(committed.outcomes_count, 1);
	town_commit(town, town->ledger, &next, &committed);
	ck_assert_uint_eq(committed.outcomes_count, 0);
	ck_assert_uint_eq(tip_of(town->ledger).log_size, 2);
	town_block_release(&block);
	town_block_release(&next);
	parcel_release(parcels[0]);
	parcel_release(parcels[1]);
	town_free(town);
}

static uint32_t parcels_in(const struct town_block *block)
{
	struct body *body = calloc(1, sizeof(*body));
	uint32_t count;

	ck_assert_int_eq(body_parse(body, buf_bytes(&block->body_text)), ERR_OK);
	count = body->parcels_count;
	free(body);
	return count;
}

UNIT_TEST(ledger_references_a_parcel_once_also_after_a_restart)
{
	struct town *town = town_new();
	struct tx *tx = town_anchor(town, 1);
	struct parcel *parcel = town_parcel(town, &tx, 1);
	struct parcel *twice[2] = {parcel, parcel};
	struct ledger_committed committed;
	struct town_block block, child, later;

	town_build(town, town->ledger, NULL, twice, 2, &block);
	ck_assert_uint_eq(parcels_in(&block), 1);
	town_build(town, town->ledger, &block, &parcel, 1, &child); /* an executed ancestor has it */
	ck_assert_uint_eq(parcels_in(&child), 0);
	town_commit(town, town->ledger, &block, &committed);
	town_reopen(town);
	town_build(town, town->ledger, NULL, &parcel, 1, &later); /* a committed one has it */
	ck_assert_uint_eq(parcels_in(&later), 0);
	town_block_release(&block);
	town_block_release(&child);
	town_block_release(&later);
	parcel_release(parcel);
	town_free(town);
}

UNIT_TEST(ledger_leaves_out_a_parcel_that_expired_or_reaches_too_far)
{
	struct town *town = town_new();
	const uint64_t expires[3] = {0, 1 + LIMIT_PARCEL_EXPIRY, 2 + LIMIT_PARCEL_EXPIRY};
	struct tx *tx = town_anchor(town, 1);
	struct town_block block;

	for (int i = 0; i < 3; i++) {
		struct parcel *parcel;

		ck_assert_int_eq(parcel_pack(&parcel, &tx, 1, &town->world->genesis->chain, 0, 0,
					     1, expires[i], &town->node_keys[0]),
				 ERR_OK);
		town_build(town, town->ledger, NULL, &parcel, 1, &block);
		ck_assert_uint_eq(parcels_in(&block), i == 1);
		town_block_release(&block);
		parcel_release(parcel);
	}
	tx_free(tx);
	town_free(town);
}

UNIT_TEST(ledger_overlays_stand_on_each_other_and_forks_fall)
{
	struct town *town = town_new();
	struct tx *first = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	struct tx *second = town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(500));
	struct tx *third = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	struct tx *other = town_anchor(town, 9);
	struct parcel *parcels[4] = {town_parcel(town, &first, 1), town_parcel(town, &second, 1),
				     town_parcel(town, &third, 1), town_parcel(town, &other, 1)};
	struct town_block blocks[4];
	struct ledger_committed committed;

	town_build(town, town->ledger, NULL, &parcels[0], 1, &blocks[0]);
	town_build(town, town->ledger, &blocks[0], &parcels[1], 1, &blocks[1]);
	town_build(town, town->ledger, NULL, &parcels[3], 1, &blocks[3]); /* a fork */
	town_commit(town, town->ledger, &blocks[0], &committed);
	ck_assert(committed.outcomes[0].is_accepted);
	ck_assert(!ledger_has_executed(town->ledger, &blocks[3].hash));
	ck_assert(ledger_has_executed(town->ledger, &blocks[1].hash));
	town_build(town, town->ledger, &blocks[1], &parcels[2], 1, &blocks[2]);
	for (int i = 1; i < 3; i++) {
		town_commit(town, town->ledger, &blocks[i], &committed);
		ck_assert_uint_eq(committed.outcomes_count, 1);
		ck_assert(committed.outcomes[0].is_accepted);
	}
	town_reopen(town); /* roots are recomputed */
	ck_assert_uint_eq(tip_of(town->ledger).height, 3);
	for (int i = 0; i < 4; i++) {
		town_block_release(&blocks[i]);
		parcel_release(parcels[i]);
	}
	town_free(town);
}

UNIT_TEST(ledger_remembers_consumed_ids_across_a_restart)
{
	struct town *town = town_new();
	struct tx *txs[2] = {town_anchor(town, 1),
			     town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7))};
	struct tx *kept[2] = {tx_retain(txs[0]), tx_retain(txs[1])};
	struct ledger_committed committed;
	struct admission admission;
	struct ledger_view *view;
	struct view_tx found;

	town_decide(town, txs, 2, &committed);
	town_decide(town, NULL, 0, &committed); /* so they lie below the tip */
	town_decide(town, NULL, 0, &committed);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 2; i++) {
			ck_assert_int_eq(ledger_admit(town->ledger, kept[i],
						      tip_of(town->ledger).time_ms + 5, true,
						      &admission),
					 ERR_OK);
			ck_assert_int_eq(admission.outcome, OUTCOME_SKIPPED);
			ck_assert_int_eq(admission.reason, ERR_TX_CONSUMED);
		}
		town_reopen(town);
	}
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(view_tx(view, &kept[1]->id, &found), ERR_OK);
	ck_assert(!found.is_accepted);
	ledger_view_close(view);
	tx_free(kept[0]);
	tx_free(kept[1]);
	town_free(town);
}

UNIT_TEST(ledger_admission_simulates_and_leaves_no_trace)
{
	struct town *town = town_new();
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	struct tx *accept = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7));
	struct tx *nobody = town_tx(town, NOBODY, OP(AWARD_ACCEPT), make_accept(7));
	uint64_t now = tip_of(town->ledger).time_ms + 5;
	struct admission admission;

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(ledger_admit(town->ledger, create, now, true, &admission), ERR_OK);
		ck_assert_int_eq(admission.outcome, OUTCOME_ACCEPTED);
		ck_assert_str_eq(admission.org, world_id(FUNDER));
	}
	ck_assert_int_eq(ledger_admit(town->ledger, accept, now, true, &admission), ERR_OK);
	ck_assert_int_eq(admission.outcome, OUTCOME_REJECTED);
	ck_assert_int_eq(admission.reason, ERR_NOT_FOUND_PROGRAMME);
	ck_assert_int_eq(ledger_admit(town->ledger, accept, now, false, &admission), ERR_OK);
	ck_assert_int_eq(admission.outcome, OUTCOME_ACCEPTED);
	ck_assert_int_eq(ledger_admit(town->ledger, nobody, now, true, &admission), ERR_OK);
	ck_assert_int_eq(admission.outcome, OUTCOME_SKIPPED);
	ck_assert_int_eq(admission.reason, ERR_KEY_UNKNOWN);
	tx_free(create);
	tx_free(accept);
	tx_free(nobody);
	town_free(town);
}

/* Who simulates again and again while no block comes takes no memory for it. */
UNIT_TEST(ledger_admission_takes_bounded_memory)
{
	struct town *town = town_new();
	Stele__ProgrammeCreate *programme = make_programme();
	char *basis = make_memory(513);
	struct tx *create;
	struct admission admission;

	memset(basis, 'x', 512);
	programme->legal_basis = basis;
	create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), programme);
	for (int i = 0; i < 20000; i++) {
		ck_assert_int_eq(ledger_admit(town->ledger, create, town->world->time_ms, true,
					      &admission),
				 ERR_OK);
		ck_assert_int_eq(admission.outcome, OUTCOME_ACCEPTED);
		ck_assert_uint_lt(overlay_bytes(town->ledger->simulation), (size_t)17 << 20);
	}
	tx_free(create);
	town_free(town);
}

/* The child commits blocks and says their heights, until it is killed. */
static void commit_on(struct town *town, int out)
{
	struct ledger_committed committed;

	for (uint64_t i = 0;; i++) {
		struct tx *tx = town_anchor(town, i);

		town_decide(town, &tx, 1, &committed);
		if (write(out, &committed.height, 8) != 8)
			_exit(1);
	}
}

UNIT_TEST(ledger_killed_while_committing_keeps_what_it_acknowledged)
{
	struct town *town = town_new();
	uint64_t acknowledged = 0, next;
	int ends[2];
	pid_t pid;

	ledger_close(town->ledger);
	store_close(town->store);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (store_open(&town->store, town->folder) != ERR_OK ||
		    ledger_open(&town->ledger, town->store, town->world->genesis,
				buf_bytes(&town->genesis_text)) != ERR_OK)
			_exit(1);
		commit_on(town, ends[1]);
	}
	close(ends[1]);
	while (acknowledged < 10 && read(ends[0], &next, 8) == 8)
		acknowledged = next;
	kill(pid, SIGKILL);
	while (read(ends[0], &next, 8) == 8)
		acknowledged = next;
	waitpid(pid, NULL, 0);
	ck_assert_uint_ge(acknowledged, 10);
	town->ledger = NULL;
	town->store = NULL;
	town->ledger = town_second(town, town->folder, &town->store);
	ck_assert_uint_ge(tip_of(town->ledger).height, acknowledged);
	close(ends[0]);
	town_free(town);
}

struct watcher {
	struct ledger *ledger;
	_Atomic bool is_over;
	uint64_t views;
};

/* Every view is whole: what changes with each block proves under the view's own
 * header, and the header is the block's. */
static void view_check(struct ledger *ledger, const char *key)
{
	struct hash key_hash, value_hash, block;
	struct ledger_view *view;
	struct smt_proof proof;
	struct ledger_tip tip;
	struct bytes value;

	ck_assert_int_eq(ledger_view_open(ledger, &view), ERR_OK);
	ledger_view_tip(view, &tip);
	sha256(&block, tip.header_text.at, tip.header_text.len);
	ck_assert(hash_equal(&block, &tip.block));
	if (tip.height > 0) {
		ck_assert_int_eq(view_value(view, key, &value), ERR_OK);
		sha256(&key_hash, key, strlen(key));
		sha256(&value_hash, value.at, value.len);
		view_prove(view, key, &proof);
		ck_assert_int_eq(smt_check_present(&proof, &key_hash, &value_hash,
						   &tip.state_root),
				 ERR_OK);
	}
	ledger_view_close(view);
}

static void *watch(void *argument)
{
	struct watcher *watcher = argument;
	char key[LIMIT_KEY_BYTES + 1];

	(void)snprintf(key, sizeof(key), "quota/%s", world_id(LAB_1));
	while (!atomic_load(&watcher->is_over)) {
		view_check(watcher->ledger, key);
		watcher->views++;
	}
	return NULL;
}

UNIT_TEST(ledger_views_are_whole_while_blocks_are_committed)
{
	struct town *town = town_new();
	struct watcher watcher = {.ledger = town->ledger};
	struct ledger_committed committed;
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, watch, &watcher), 0);
	for (uint64_t i = 0; i < 200; i++) {
		struct tx *txs[2] = {town_anchor(town, 2 * i), town_anchor(town, 2 * i + 1)};

		town_decide(town, txs, 2, &committed);
	}
	atomic_store(&watcher.is_over, true);
	pthread_join(thread, NULL);
	ck_assert_uint_gt(watcher.views, 0);
	town_free(town);
}

UNIT_MAIN("ledger", ledger_block_0_is_computed_from_the_genesis_document_alone,
	  ledger_of_another_chain_is_refused_by_name, ledger_voter_executes_what_the_leader_built,
	  ledger_judges_a_block_by_every_rule,
	  ledger_line_of_a_body_must_say_what_the_parcel_says,
	  ledger_proves_leaf_state_and_rejection_under_the_headers_roots,
	  ledger_decides_an_id_once_though_two_parcels_hold_it,
	  ledger_references_a_parcel_once_also_after_a_restart,
	  ledger_leaves_out_a_parcel_that_expired_or_reaches_too_far,
	  ledger_overlays_stand_on_each_other_and_forks_fall,
	  ledger_remembers_consumed_ids_across_a_restart,
	  ledger_admission_simulates_and_leaves_no_trace, ledger_admission_takes_bounded_memory,
	  ledger_killed_while_committing_keeps_what_it_acknowledged,
	  ledger_views_are_whole_while_blocks_are_committed)
