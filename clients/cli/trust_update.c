/* stele trust update: follows headers and set changes, and keeps the newest. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/trust_move.h"
#include "clients/cli/trust_sets.h"
#include "proofs/light.h"

#define EVIDENCE_BYTES ((size_t)64 << 20)

struct move {
	struct cli *cli;
	const struct hash *chain; /* of the network that is moved */
	struct trust trust;
	struct trust moved;
	char *pin_path;
	int lock; /* held until the pin is written; -1: none */
	json_t *proof;
	struct proof_facts facts;
};

/* --- which network --------------------------------------------------------------------- */

static enum err take_pinned(struct cli *cli, const struct pinned *pinned, void *context)
{
	struct move *move = context;

	(void)cli;
	if (!hash_equal(&pinned->trust.chain, move->chain) || pinned->pin_path == NULL ||
	    (move->pin_path != NULL && strcmp(move->pin_path, pinned->pin_path) != 0))
		return ERR_OK;
	move->trust = pinned->trust;
	if (move->pin_path == NULL)
		move->pin_path = path_of("%s", pinned->pin_path);
	return ERR_OK;
}

/* The pin as it is once nobody else moves it.  Of two updates at once the later one begins
 * where the other ended, so that the older of their heads is never left. */
static enum err find_pinned(struct move *move)
{
	enum err err = pins_each(move->cli, take_pinned, move);

	if (err == ERR_OK && move->pin_path == NULL) {
		err = cli_fail(move->cli, ERR_RECEIPT_UNPINNED, "this network is not pinned");
		cli_exit(move->cli, EXIT_CODE_UNDECIDED);
	}
	if (err == ERR_OK)
		err = file_lock(move->cli, move->pin_path, ERR_OK, &move->lock);
	return err == ERR_OK ? pins_each(move->cli, take_pinned, move) : err;
}

static enum err read_file(struct move *move, const char *path, struct hash *chain)
{
	struct header header;
	const char *top;
	struct buf text;
	enum err err;

	buf_init(&text, LIMIT_PROOF_BYTES);
	err = file_read(move->cli, path, &text);
	if (err == ERR_OK) {
		err = proof_parse(buf_bytes(&text), &move->proof);
		if (err != ERR_OK)
			cli_fail(move->cli, err, "%s is not a proof", path);
	}
	buf_release(&text);
	if (err != ERR_OK)
		return err;
	top = json_string_value(json_array_get(json_object_get(move->proof, "headers"), 0));
	if (top == NULL || header_parse(&header, bytes_text(top)) != ERR_OK)
		return cli_fail(move->cli, ERR_RECEIPT_FORM, "%s is not a proof", path);
	*chain = header.chain;
	return ERR_OK;
}

static enum err get_proof(struct move *move)
{
	uint64_t from = move->trust.has_head ? move->trust.head.log_size : 1;

	return api_get(move->cli, &move->proof, "/v1/proofs/consistency?from=%" PRIu64, from);
}

/* The proof, from the file or from a node, and the pinned network that it is of. */
static enum err gather(struct move *move)
{
	struct network network;
	struct hash chain;
	enum err err;

	move->chain = &chain;
	if (move->cli->args_count > 0) {
		err = read_file(move, move->cli->args[0], &chain);
		if (err == ERR_OK)
			err = find_pinned(move);
	} else {
		err = api_network(move->cli, &network);
		chain = network.chain;
		if (err == ERR_OK)
			err = find_pinned(move);
		if (err == ERR_OK)
			err = get_proof(move);
	}
	move->chain = NULL;
	return err;
}

/* --- a fork ------------------------------------------------------------------------------ */

/* What is relied on and what contradicts it, side by side. */
static enum err keep_evidence(struct move *move, char **path)
{
	char hex[HASH_HEX_LEN + 1];
	json_t *evidence;
	struct buf pin;
	char *text;
	enum err err = ERR_OK;

	buf_init(&pin, PIN_BYTES_MAX);
	pin_render(&pin, &move->trust);
	hex_encode(hex, move->facts.cover.last_block.b, sizeof(move->facts.cover.last_block.b));
	*path = path_of("%s.E%04d-%.16s.json", move->pin_path, (int)ERR_FORK, hex);
	evidence = json_pack("{s:i, s:s, s:s%, s:O}", "stele_fork", 1, "contradiction", "pin", "pin",
			     (const char *)pin.at, pin.len, "proof", move->proof);
	text = json_dumps(evidence, JSON_COMPACT | JSON_SORT_KEYS);
	ASSERT(text != NULL);
	if (!file_exists(*path))
		err = file_write(move->cli, *path, bytes_text(text), 0644, false);
	free(text);
	json_decref(evidence);
	buf_release(&pin);
	return err;
}

static enum err alarm_fork(struct move *move)
{
	struct cli *cli = move->cli;
	char *path = NULL;
	enum err err = keep_evidence(move, &path);

	if (err == ERR_OK) {
		err = cli_fail(cli, ERR_RECEIPT_FORK,
			       "two histories of %s are signed by validators that you trust",
			       move->trust.origin);
		cli_fact(cli, "pinned", "height %" PRIu64, move->trust.head.height);
		cli_fact(cli, "evidence", "%s", path);
		cli_exit(cli, EXIT_CODE_ALARM);
	}
	free(path);
	return err;
}

/* --- moving ------------------------------------------------------------------------------ */

static enum err refuse(struct move *move, enum err err)
{
	struct cli *cli = move->cli;

	if (err == ERR_RECEIPT_FORK)
		return alarm_fork(move);
	cli_fail(cli, err, "the pin stays as it is");
	if (err == ERR_PROOF_FORM)
		cli_remedy(cli, "the proof must go on from the pinned head: stele proof get consistency "
				"%" PRIu64 ", at a node that has its height %" PRIu64,
			   move->trust.has_head ? move->trust.head.log_size : 1,
			   move->trust.has_head ? move->trust.head.height : 0);
	cli_exit(cli, err == ERR_RECEIPT_REACH ? EXIT_CODE_UNDECIDED : EXIT_CODE_CHECK_FAILED);
	return err;
}

/* Sets that were met, so that the next diff can name their members. */
static enum err keep_sets(struct move *move)
{
	const struct cover *cover = &move->facts.cover;
	enum err err = ERR_OK;

	for (uint64_t epoch = cover->epoch; epoch <= cover->top.epoch && err == ERR_OK; epoch++)
		err = set_keep(move->cli, cover_set(cover, epoch));
	return err;
}

static enum err keep(struct move *move)
{
	struct buf text;
	enum err err = keep_sets(move);

	buf_init(&text, PIN_BYTES_MAX);
	pin_render(&text, &move->moved);
	if (err == ERR_OK)
		err = file_write(move->cli, move->pin_path, buf_bytes(&text), 0644, true);
	buf_release(&text);
	return err;
}

static enum err judge(struct move *move)
{
	const json_t *version = json_object_get(move->proof, "stele_proof");
	enum err err = ERR_RECEIPT_VERSION;

	if (json_integer_value(version) == PROOF_VERSION)
		err = proof_findings(move->proof, &move->trust, &move->facts);
	if (err == ERR_OK)
		err = light_step(&move->facts, &move->trust, &move->moved);
	return err == ERR_OK ? keep(move) : refuse(move, err);
}

static void say(const struct move *move)
{
	const struct trust *trust = &move->trust, *moved = &move->moved;
	uint64_t from = trust->has_head ? trust->head.height : 0;
	json_t *result = json_pack("{s:s, s:I, s:I, s:I, s:o, s:I, s:I}", "network", moved->origin,
				   "from_height", (json_int_t)from, "height",
				   (json_int_t)moved->head.height, "log_size",
				   (json_int_t)moved->head.log_size, "block",
				   json_hex(moved->head.block.b, 32), "epoch",
				   (json_int_t)trust_epoch_last(moved), "set_changes",
				   (json_int_t)(trust_epoch_last(moved) - trust_epoch_last(trust)));

	if (out_json(move->cli, result))
		return;
	if (trust->has_head && moved->head.height == from)
		out_line(move->cli, "%s: height %" PRIu64 " is the newest", moved->origin, from);
	else
		out_line(move->cli, "%s: from height %" PRIu64 " to %" PRIu64, moved->origin, from,
			 moved->head.height);
	out_line(move->cli, "the log of %" PRIu64 " leaves goes on from the pinned one; %" PRIu64
			    " set changes",
		 moved->head.log_size, trust_epoch_last(moved) - trust_epoch_last(trust));
}

enum err trust_update(struct cli *cli)
{
	struct move *move = calloc(1, sizeof(*move));
	enum err err;

	ASSERT(move != NULL);
	move->cli = cli;
	move->lock = -1;
	if (cli_has(cli, "trust"))
		err = cli_fail(cli, ERR_USAGE, "--trust names a file that is not kept; pin it first");
	else
		err = gather(move);
	if (err == ERR_OK)
		err = judge(move);
	if (err == ERR_OK)
		say(move);
	if (move->lock >= 0)
		(void)close(move->lock);
	proof_facts_release(&move->facts);
	json_decref(move->proof);
	free(move->pin_path);
	free(move);
	return err;
}
