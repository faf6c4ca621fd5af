/* Executes a script of blocks through the ledger and says what came of each; tests/model/run.py
 * compares that with its model.  Stores lie in the folder that the one argument names.  One
 * command a line on standard input:
 *
 *	genesis HEX          another ledger from this document, in an empty store
 *	block TIME           begins a block
 *	evidence HEX         a text on offer to its leader
 *	parcel HEIGHTS       begins a parcel in it that expires so far above the block
 *	tx HEX               a transaction in the parcel
 *	end                  builds, executes and commits the block
 *	get KEY              a value of the state
 *	reopen               closes the ledger and opens it from its store
 *
 * and on standard output, a line each:
 *
 *	genesis HEADER                       in hex
 *	tx malformed|admitted NUMBER OUTCOME what ledger_admit says against the tip
 *	decided accepted|rejected NUMBER     of each transaction that left a trace, in order
 *	header HEX
 *	value HEX|-
 *	error WORD NUMBER                    what should not have failed
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "ledger/apply/apply.h"
#include "ledger/ledger.h"

#define PARCELS_MAX 16
#define EVIDENCE_MAX 16

struct home {
	char folder[256];
	struct store *store;
	struct ledger *ledger;
};

struct replay {
	const char *folder;
	struct home homes[2]; /* the second executes what the first built */
	size_t homes_count;
	struct genesis *genesis;
	struct buf document;
	struct secret node_key;
	uint64_t sequence;
	uint64_t time_ms;
	struct {
		uint64_t ahead;
		struct tx *txs[LIMIT_PARCEL_TRANSACTIONS];
		uint32_t count;
	} parcels[PARCELS_MAX];
	uint32_t parcels_count;
	struct buf evidence[EVIDENCE_MAX];
	uint32_t evidence_count;
};

static void check(enum err err, const char *what)
{
	if (err == ERR_OK)
		return;
	printf("error %s %d\n", what, (int)err);
	(void)fflush(stdout);
	exit(1);
}

static void require(bool condition, const char *what)
{
	if (!condition)
		check(ERR_NOT_FOUND, what);
}

/* The bytes of a line's hex; lent until the next call. */
static struct bytes unhex(const char *text)
{
	static uint8_t out[LIMIT_TX_BYTES + 65536];
	size_t len = strlen(text) / 2;

	require(len <= sizeof(out) && hex_decode(out, len, bytes_text(text)), "hex");
	return bytes_of(out, len);
}

static void print_hex(const char *word, struct bytes bytes)
{
	printf("%s ", word);
	for (size_t i = 0; i < bytes.len; i++)
		printf("%02x", bytes.at[i]);
	printf("\n");
}

/* --- ledgers -------------------------------------------------------------- */

static void home_open(struct replay *replay, struct home *home)
{
	check(store_open(&home->store, home->folder), "store");
	check(ledger_open(&home->ledger, home->store, replay->genesis,
			  buf_bytes(&replay->document)),
	      "open");
}

static void home_close(struct home *home)
{
	ledger_close(home->ledger);
	store_close(home->store);
}

static void home_remove(struct home *home)
{
	static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
	char path[sizeof(home->folder) + 16];

	home_close(home);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", home->folder, files[i]);
		(void)unlink(path);
	}
	require(rmdir(home->folder) == 0, "folder-not-empty");
}

static void close_all(struct replay *replay)
{
	for (size_t i = 0; i < replay->homes_count; i++)
		home_remove(&replay->homes[i]);
	replay->homes_count = 0;
}

static void genesis_command(struct replay *replay, const char *text)
{
	struct bytes document = unhex(text);
	struct ledger_tip tip;
	unsigned line = 0;

	close_all(replay);
	buf_reset(&replay->document);
	buf_add_bytes(&replay->document, document);
	if (genesis_parse(replay->genesis, document, &line) != ERR_OK)
		check(ERR_GENESIS_FORM, "genesis");
	for (replay->homes_count = 0; replay->homes_count < 2; replay->homes_count++) {
		struct home *home = &replay->homes[replay->homes_count];

		(void)snprintf(home->folder, sizeof(home->folder), "%s/%zu", replay->folder,
			       replay->homes_count);
		require(mkdir(home->folder, 0700) == 0, "folder");
		home_open(replay, home);
	}
	replay->sequence = 0;
	ledger_tip(replay->homes[0].ledger, &tip);
	print_hex("genesis", tip.header_text);
}

static void reopen_command(struct replay *replay)
{
	for (size_t i = 0; i < replay->homes_count; i++) {
		home_close(&replay->homes[i]);
		home_open(replay, &replay->homes[i]);
	}
	printf("reopened\n");
}

static void get_command(struct replay *replay, const char *key)
{
	struct ledger_view *view;
	struct bytes value;

	check(ledger_view_open(replay->homes[0].ledger, &view), "view");
	if (view_value(view, key, &value) == ERR_OK)
		print_hex("value", value);
	else
		printf("value -\n");
	ledger_view_close(view);
}

/* --- transactions ----------------------------------------------------------- */

static void admit(struct replay *replay, const struct tx *tx)
{
	static const char *const words[] = {"accepted", "rejected", "skipped", "failed"};
	struct ledger *ledger = replay->homes[0].ledger;
	struct admission admission;
	struct ledger_tip tip;
	uint64_t time_ms;

	ledger_tip(ledger, &tip);
	time_ms = replay->time_ms > tip.time_ms ? replay->time_ms : tip.time_ms + 1;
	check(ledger_admit(ledger, tx, time_ms, true, &admission), "admit");
	printf("tx admitted %d %s\n",
	       admission.outcome == OUTCOME_ACCEPTED ? 0 : (int)admission.reason,
	       words[admission.outcome]);
}

static void tx_command(struct replay *replay, const char *text)
{
	uint32_t last = replay->parcels_count - 1;
	struct tx *tx;
	enum err err = tx_decode(&tx, unhex(text), &replay->genesis->chain);

	require(replay->parcels_count > 0, "no-parcel");
	if (err == ERR_OK) {
		err = tx_check_signature(tx);
		if (err != ERR_OK)
			tx_free(tx);
	}
	if (err != ERR_OK) {
		printf("tx malformed %d\n", (int)err);
		return;
	}
	admit(replay, tx);
	require(replay->parcels[last].count < LIMIT_PARCEL_TRANSACTIONS, "too-many");
	replay->parcels[last].txs[replay->parcels[last].count++] = tx;
}

/* --- blocks ----------------------------------------------------------------- */

static uint32_t pack_all(struct replay *replay, struct parcel **out)
{
	struct ledger_tip tip;
	uint32_t count = 0;

	ledger_tip(replay->homes[0].ledger, &tip);
	for (uint32_t p = 0; p < replay->parcels_count; p++) {
		if (replay->parcels[p].count == 0)
			continue;
		check(parcel_pack(&out[count++], replay->parcels[p].txs, replay->parcels[p].count,
				  &replay->genesis->chain, 0, 0, ++replay->sequence,
				  tip.height + 1 + replay->parcels[p].ahead, &replay->node_key),
		      "pack");
		for (uint32_t i = 0; i < replay->parcels[p].count; i++)
			tx_free(replay->parcels[p].txs[i]);
	}
	return count;
}

static void commit(struct ledger *ledger, const struct hash *block, bool is_shown)
{
	struct ledger_committed committed;

	check(ledger_commit(ledger, block, (struct bytes){NULL, 0}, &committed), "commit");
	for (size_t i = 0; is_shown && i < committed.outcomes_count; i++) {
		const struct ledger_outcome *outcome = &committed.outcomes[i];

		printf("decided %s %d ", outcome->is_accepted ? "accepted" : "rejected",
		       outcome->is_accepted ? 0 : (int)outcome->reason);
		print_hex("id", bytes_of(&outcome->id, sizeof(outcome->id)));
	}
}

static void evidence_command(struct replay *replay, const char *text)
{
	struct buf *evidence = &replay->evidence[replay->evidence_count];

	require(replay->evidence_count++ < EVIDENCE_MAX, "evidence");
	buf_init(evidence, 2 * LIMIT_EVIDENCE_BYTES);
	buf_add_bytes(evidence, unhex(text));
	require(!evidence->has_failed, "evidence-size");
}

/* Of those on offer, the texts that the body names. */
static void pick(const struct replay *replay, struct bytes body_text, struct bytes *out,
		 uint32_t *count)
{
	struct body *body = calloc(1, sizeof(*body));

	require(body != NULL && body_parse(body, body_text) == ERR_OK, "body");
	*count = body->evidence_count;
	for (uint32_t i = 0; i < *count; i++) {
		uint32_t k = 0;

		for (; k < replay->evidence_count; k++) {
			struct hash hash;

			out[i] = buf_bytes(&replay->evidence[k]);
			sha256(&hash, out[i].at, out[i].len);
			if (hash_equal(&hash, &body->evidence[i].text_hash))
				break;
		}
		require(k < replay->evidence_count, "evidence-named");
	}
	free(body);
}

static void build(struct replay *replay, struct parcel *const *parcels, uint32_t count)
{
	struct bytes offered[EVIDENCE_MAX], named[LIMIT_EVIDENCE_PER_BLOCK];
	struct build_params params = {.now_ms = replay->time_ms,
				      .evidence = offered,
				      .evidence_count = replay->evidence_count};
	struct block_input input = {.parcels = parcels, .parcels_count = count};
	struct buf header;
	struct buf body;
	struct ledger_tip tip;
	struct hash block;

	for (uint32_t i = 0; i < replay->evidence_count; i++)
		offered[i] = buf_bytes(&replay->evidence[i]);
	buf_init(&header, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	ledger_tip(replay->homes[0].ledger, &tip);
	params.parent = tip.block;
	params.parent_view = tip.view;
	params.view = tip.view + 1;
	check(ledger_build(replay->homes[0].ledger, &params, parcels, count, &header, &body),
	      "build");
	sha256(&block, header.at, header.len);
	commit(replay->homes[0].ledger, &block, true);
	input.header_text = buf_bytes(&header);
	input.body_text = buf_bytes(&body);
	input.evidence = named;
	pick(replay, input.body_text, named, &input.evidence_count);
	check(ledger_execute(replay->homes[1].ledger, &input), "execute");
	commit(replay->homes[1].ledger, &block, false);
	print_hex("header", buf_bytes(&header));
	buf_release(&header);
	buf_release(&body);
}

static void end_command(struct replay *replay)
{
	struct parcel *parcels[PARCELS_MAX];
	uint32_t count = pack_all(replay, parcels);

	build(replay, parcels, count);
	for (uint32_t p = 0; p < count; p++)
		parcel_release(parcels[p]);
	replay->parcels_count = 0;
	while (replay->evidence_count > 0)
		buf_release(&replay->evidence[--replay->evidence_count]);
}

static void parcel_command(struct replay *replay, const char *text)
{
	require(replay->parcels_count < PARCELS_MAX, "parcels");
	replay->parcels[replay->parcels_count].count = 0;
	replay->parcels[replay->parcels_count].ahead = strtoull(text, NULL, 10);
	replay->parcels_count++;
}

static void obey(struct replay *replay, const char *word, const char *rest)
{
	if (strcmp(word, "genesis") == 0)
		genesis_command(replay, rest);
	else if (strcmp(word, "block") == 0)
		replay->time_ms = strtoull(rest, NULL, 10);
	else if (strcmp(word, "evidence") == 0)
		evidence_command(replay, rest);
	else if (strcmp(word, "parcel") == 0)
		parcel_command(replay, rest);
	else if (strcmp(word, "tx") == 0)
		tx_command(replay, rest);
	else if (strcmp(word, "end") == 0)
		end_command(replay);
	else if (strcmp(word, "get") == 0)
		get_command(replay, rest);
	else if (strcmp(word, "reopen") == 0)
		reopen_command(replay);
	else
		check(ERR_NOT_FOUND, "command");
}

int main(int argc, char **argv)
{
	static struct replay replay;
	size_t size = 0;
	char *line = NULL;
	ssize_t len;

	require(argc == 2, "folder");
	replay.folder = argv[1];
	replay.genesis = calloc(1, sizeof(*replay.genesis));
	require(replay.genesis != NULL, "memory");
	buf_init(&replay.document, LIMIT_GENESIS_BYTES);
	memset(&replay.node_key, 1, sizeof(replay.node_key));
	while ((len = getline(&line, &size, stdin)) > 0) {
		char *rest;

		line[strcspn(line, "\n")] = '\0';
		rest = strchr(line, ' ');
		if (rest != NULL)
			*rest++ = '\0';
		obey(&replay, line, rest != NULL ? rest : "");
		(void)fflush(stdout);
	}
	close_all(&replay);
	buf_release(&replay.document);
	free(replay.genesis);
	free(line);
	return 0;
}
