#include "clients/cli/sending.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/many.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"

#define WAIT_ONCE_S 10
#define WAIT_DEFAULT_S 30
#define WAIT_MAX_S 86400
#define STEP_MS 50
#define AGAIN_MS 250
#define AGAIN_MS_MAX 5000
#define SIGNINGS_MAX 3
#define ARENA_BYTES (8u << 20)

enum slot_state { SLOT_FREE, SLOT_READY, SLOT_ASKED };

struct slot {
	struct run *run;
	enum slot_state state;
	size_t index;
	struct outcome signed_tx; /* raw and id */
	unsigned signings;
	bool was_sent;      /* some node may have it */
	uint64_t ready_ms;  /* not to be sent before */
	uint64_t end_ms;    /* then it is given up */
	enum err last;      /* why it was not taken */
};

struct run {
	struct cli *cli;
	const struct sending *sending;
	struct many *many;
	struct slot slots[SENDING_WINDOW];
	size_t next, finished;
	uint64_t patience_ms;
	char prefer[40];
	enum err err;
};

/* Set by Ctrl-C while records are sent; a second one ends the process. */
static volatile sig_atomic_t is_interrupted;

static void on_interrupt(int number)
{
	(void)number;
	is_interrupted = 1;
}

static enum err failed(struct run *run, enum err err)
{
	if (run->err == ERR_OK)
		run->err = err;
	return err;
}

/* --- outcomes --------------------- */

static void slot_finish(struct slot *slot, struct sent *sent)
{
	struct run *run = slot->run;
	enum err err;

	sent->id = slot->signed_tx.id;
	sent->raw = buf_bytes(&slot->signed_tx.raw);
	err = run->sending->on_sent(run->cli, run->sending->context, slot->index, sent);
	if (err != ERR_OK)
		(void)failed(run, err);
	slot->state = SLOT_FREE;
	run->finished++;
}

static void slot_give_up(struct slot *slot, enum err err)
{
	struct sent sent = {.err = err};

	if (slot->was_sent)
		sent.err = err == ERR_PENDING ? ERR_PENDING : ERR_NET_UNKNOWN;
	slot_finish(slot, &sent);
}

/* Once more after a while, unless its time is up. */
static void slot_again(struct slot *slot, enum err why, uint64_t after_ms)
{
	uint64_t now = time_now_ms();

	slot->last = why;
	slot->state = SLOT_READY;
	slot->ready_ms = now + (after_ms < AGAIN_MS_MAX ? after_ms : AGAIN_MS_MAX);
	if (slot->ready_ms >= slot->end_ms)
		slot_give_up(slot, why);
}

static bool slot_sign(struct slot *slot)
{
	struct run *run = slot->run;
	const struct sending *sending = run->sending;
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	struct buf attachment;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	buf_init(&attachment, LIMIT_ATTACHMENT_BYTES);
	err = sending->make(run->cli, sending->context, slot->index, &arena, &body, &attachment);
	if (err == ERR_OK)
		err = submit_sign(run->cli, &body, buf_bytes(&attachment), &slot->signed_tx);
	if (err == ERR_OK && sending->on_signed != NULL)
		err = sending->on_signed(run->cli, sending->context, slot->index,
					 buf_bytes(&slot->signed_tx.raw));
	buf_release(&attachment);
	arena_release(&arena);
	slot->signings++;
	slot->was_sent = false;
	return err == ERR_OK || failed(run, err) == ERR_OK;
}

static void on_decided(struct slot *slot, const struct http_answer *answer, json_t *object)
{
	const char *state = json_text(object, "state");
	struct sent sent = {.answer = object, .is_duplicate = answer->is_duplicate};

	(void)json_u64(object, "height", &sent.height);
	(void)json_u64(object, "time", &sent.time_ms);
	(void)json_u64(object, "log_index", &sent.log_index);
	if (strcmp(state, "accepted") == 0) {
		slot_finish(slot, &sent);
	} else if (strcmp(state, "rejected") == 0) {
		sent.err = err_of_code(json_object_get(object, "error"));
		sent.is_rejected = true;
		slot_finish(slot, &sent);
	} else if (cli_has(slot->run->cli, "no-wait")) {
		slot_give_up(slot, ERR_PENDING);
	} else {
		slot_again(slot, ERR_PENDING, 0);
	}
}

static void on_refused(struct slot *slot, const struct http_answer *answer, json_t *problem)
{
	struct sent sent = {.err = err_of_code(json_object_get(problem, "code")), .answer = problem};
	const struct run *run = slot->run;

	if (answer->status == 429 || answer->status == 503) {
		slot_again(slot, sent.err, answer->retry_after_s * 1000u + AGAIN_MS);
	} else if (sent.err == ERR_QUOTA || sent.err == ERR_TX_TOO_EARLY) {
		slot_again(slot, sent.err, AGAIN_MS_MAX / 5);
	} else if (sent.err == ERR_TX_EXPIRED && run->sending->make != NULL &&
		   slot->signings < SIGNINGS_MAX) {
		if (slot_sign(slot))
			slot_again(slot, sent.err, 0);
	} else {
		slot_finish(slot, &sent);
	}
}

static void on_answered(void *owner, void *context, enum err err, const struct http_answer *answer)
{
	struct slot *slot = context;
	json_t *object = NULL;

	(void)owner;
	slot->was_sent = slot->was_sent || err == ERR_NET_UNKNOWN;
	if (err == ERR_OK)
		object = json_loadb((const char *)answer->body.at, answer->body.len,
				    JSON_REJECT_DUPLICATES, NULL);
	if (err != ERR_OK || !json_is_object(object)) {
		slot_again(slot, err != ERR_OK ? err : ERR_NET_ANSWER, AGAIN_MS);
	} else if (answer->status < 400) {
		slot->was_sent = true;
		on_decided(slot, answer, object);
	} else {
		on_refused(slot, answer, object);
	}
	json_decref(object);
}

/* --- the window --------------------- */

static bool slot_begin(struct run *run, struct slot *slot)
{
	const struct sending *sending = run->sending;
	struct bytes earlier = {NULL, 0};

	slot->run = run;
	slot->index = run->next++;
	slot->signings = 0;
	slot->was_sent = false;
	slot->last = ERR_NET_CONNECT;
	slot->ready_ms = 0;
	slot->end_ms = time_now_ms() + run->patience_ms;
	slot->state = SLOT_READY;
	if (sending->earlier != NULL)
		earlier = sending->earlier(sending->context, slot->index);
	if (earlier.len == 0)
		return slot_sign(slot);
	buf_reset(&slot->signed_tx.raw);
	buf_add_bytes(&slot->signed_tx.raw, earlier);
	submit_id(&slot->signed_tx.id, earlier);
	return true;
}

static void slot_ask(struct run *run, struct slot *slot)
{
	struct http_request request = {.method = "POST",
				       .path = "/v1/transactions",
				       .content_type = "application/protobuf",
				       .body = buf_bytes(&slot->signed_tx.raw),
				       .prefer = run->prefer,
				       .timeout_ms = (WAIT_ONCE_S + 10) * 1000,
				       .node = HTTP_NODE_ANY};

	slot->state = SLOT_ASKED; /* before: the callback may come at once */
	if (!many_ask(run->many, &request, slot))
		slot->state = SLOT_READY;
}

static void fill(struct run *run)
{
	uint64_t now = time_now_ms();

	for (size_t i = 0; i < SENDING_WINDOW && run->err == ERR_OK; i++) {
		struct slot *slot = &run->slots[i];

		if (slot->state == SLOT_FREE && run->next < run->sending->count &&
		    many_has_room(run->many, HTTP_NODE_ANY) && !slot_begin(run, slot))
			return;
		if (slot->state == SLOT_READY && slot->ready_ms <= now &&
		    many_has_room(run->many, HTTP_NODE_ANY))
			slot_ask(run, slot);
		else if (slot->state == SLOT_READY && slot->end_ms <= now)
			slot_give_up(slot, slot->last);
	}
}

/* Of what was asked the outcome is not known; the rest was not sent. */
static void interrupt(struct run *run)
{
	for (size_t i = 0; i < SENDING_WINDOW; i++)
		if (run->slots[i].state == SLOT_ASKED ||
		    (run->slots[i].state == SLOT_READY && run->slots[i].was_sent))
			slot_give_up(&run->slots[i], ERR_PENDING);
	if (run->finished < run->sending->count)
		(void)failed(run, cli_fail(run->cli, ERR_INTERRUPTED, NULL));
}

static enum err loop(struct run *run)
{
	struct progress progress;
	uint64_t reached_ms = time_now_ms(), now;

	progress_start(&progress, run->cli, run->sending->what,
		       run->sending->done + run->sending->count);
	while (run->err == ERR_OK && run->finished < run->sending->count) {
		fill(run);
		if (run->err == ERR_OK)
			many_step(run->many, STEP_MS);
		progress_set(&progress, run->sending->done + run->finished);
		if (is_interrupted)
			interrupt(run);
		now = time_now_ms();
		if (many_has_room(run->many, HTTP_NODE_ANY) || many_count(run->many) > 0)
			reached_ms = now;
		if (now > reached_ms + run->patience_ms)
			(void)failed(run, cli_fail(run->cli, ERR_NET_CONNECT, NULL));
	}
	progress_end(&progress, run->sending->done + run->finished);
	return run->err;
}

enum err sending_run(struct cli *cli, const struct sending *sending)
{
	const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
	struct sigaction before;
	uint64_t wait_s = WAIT_DEFAULT_S;
	struct run *run;
	size_t nodes;
	enum err err = cli_number(cli, "timeout", WAIT_MAX_S, &wait_s);

	if (err == ERR_OK)
		err = api_open(cli);
	if (err != ERR_OK || sending->count == 0)
		return err;
	run = calloc(1, sizeof(*run));
	ASSERT(run != NULL);
	nodes = http_nodes_count(cli->http);
	*run = (struct run){.cli = cli, .sending = sending, .patience_ms = wait_s * 1000 + 1000};
	run->many = many_new(cli->http, (SENDING_WINDOW + nodes - 1) / nodes, on_answered, run);
	(void)snprintf(run->prefer, sizeof(run->prefer), "wait=%d%s",
		       cli_has(cli, "no-wait") ? 0 : WAIT_ONCE_S,
		       cli_has(cli, "no-simulate") ? ", simulate=no" : "");
	for (size_t i = 0; i < SENDING_WINDOW; i++)
		outcome_init(&run->slots[i].signed_tx);
	is_interrupted = 0;
	(void)sigaction(SIGINT, &action, &before);
	if (before.sa_handler == SIG_IGN) /* a job of the background */
		(void)sigaction(SIGINT, &before, NULL);
	err = loop(run);
	(void)sigaction(SIGINT, &before, NULL);
	for (size_t i = 0; i < SENDING_WINDOW; i++)
		outcome_release(&run->slots[i].signed_tx);
	many_free(run->many);
	free(run);
	return err;
}
