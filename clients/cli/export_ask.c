#include "clients/cli/export_ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"
#include "proofs/fact.h"
#include "proofs/proof.h"
#include "proofs/text.h"

#define FACTS_EACH 256        /* of one proof */
#define ENTRIES_EACH 16384    /* the same */
#define BODY_BYTES_MAX 131072
#define TIMEOUT_MS 60000
#define TRIES 50 /* while the node makes the state of the height, or waits for its cover */
#define PAUSE_MS 200

struct gathering {
	struct cli *cli;
	struct export_facts *facts;
	struct export_vouch *vouch;
	struct export_files *proof;
	struct progress progress;
	json_t *asked; /* every fact so far */
	uint64_t awards; /* of them that were shown */
	size_t node;   /* who answers: all parts come from one */
};

/* --- one proof ---------------------------------------------------------------------- */

/* Whether the same may be answered a moment later. */
static bool is_early(enum err err)
{
	return err == ERR_API_BUSY || err == ERR_API_UNCOVERED;
}

static enum err post(struct gathering *gathering, struct bytes body, struct http_answer *answer)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
	struct http_request request = {.method = "POST",
				       .path = "/v1/proofs",
				       .content_type = "application/json",
				       .body = body,
				       .timeout_ms = TIMEOUT_MS,
				       .node = gathering->node};
	enum err err = ERR_API_BUSY;

	for (unsigned tries = 0; tries < TRIES && is_early(err); tries++) {
		if (tries > 0)
			(void)nanosleep(&pause, NULL);
		err = api_ask(gathering->cli, &request, answer);
		if (err == ERR_OK && answer->status != 200)
			err = api_problem(gathering->cli, answer, NULL);
	}
	if (err == ERR_OK)
		gathering->node = answer->node;
	return err;
}

/* The text of the answer becomes a part; its facts are taken. */
static enum err take_answer(struct gathering *gathering, const struct http_answer *answer)
{
	struct cli *cli = gathering->cli;
	json_t *proof = NULL;
	enum err err = proof_parse(buf_bytes(&answer->body), &proof);

	if (err == ERR_OK)
		err = export_proof_take(cli, proof, gathering->facts, gathering->vouch);
	json_decref(proof);
	if (err != ERR_OK && cli->failure.err != err)
		err = cli_fail(cli, err, "a node's proof does not hold");
	if (err == ERR_OK)
		buf_add_bytes(&export_files_add(gathering->proof, "")->text,
			      buf_bytes(&answer->body));
	return err;
}

/* One proof of these facts, under the height of those before. */
static enum err ask(struct gathering *gathering, json_t *facts)
{
	json_t *body = json_pack("{s:O}", "facts", facts);
	struct http_answer answer;
	struct buf text;
	enum err err;

	if (!hash_is_zero(&gathering->facts->block))
		json_object_set_new(body, "at_height",
				    json_integer((json_int_t)gathering->facts->header.height));
	buf_init(&text, BODY_BYTES_MAX);
	http_answer_init(&answer);
	err = text_render(&text, body);
	if (err != ERR_OK)
		err = cli_fail(gathering->cli, ERR_USAGE, "that is no name in the ledger");
	if (err == ERR_OK)
		err = post(gathering, buf_bytes(&text), &answer);
	if (err == ERR_OK)
		err = take_answer(gathering, &answer);
	http_answer_release(&answer);
	buf_release(&text);
	json_decref(body);
	progress_set(&gathering->progress, json_array_size(gathering->asked));
	return err;
}

/* --- the awards ------------------------------------------------------------------------ */

/* How many awards the programme has; 0 where nothing says it. */
static uint64_t awards_count(struct export_facts *facts, const char *programme)
{
	const Stele__ProgrammeValue *value =
		export_value(facts, VALUE_PROGRAMME, "programme/%s", programme);

	return value != NULL ? value->awards : 0;
}

/* A list that is too long for one proof comes in parts. */
static enum err ask_awards(struct gathering *gathering, const char *programme)
{
	struct export_facts *facts = gathering->facts;
	uint64_t count, shown;
	char key[LIMIT_KEY_BYTES + 1];
	enum err err;

	do {
		json_t *one = json_array();
		json_t *fact = json_pack("{s:s, s:s, s:I}", "fact", "awards", "programme", programme,
					 "from", (json_int_t)(gathering->awards + 1));

		json_array_append_new(one, fact);
		err = ask(gathering, one);
		export_facts_sort(facts);
		count = awards_count(facts, programme);
		shown = gathering->awards;
		do
			(void)snprintf(key, sizeof(key), "award/%s/%" PRIu64, programme,
				       ++gathering->awards);
		while (gathering->awards <= count && export_facts_know(facts, key));
		gathering->awards--;
		if (gathering->awards > 0)
			json_object_set_new(fact, "to", json_integer((json_int_t)gathering->awards));
		json_array_append(gathering->asked, fact);
		json_decref(one);
		if (err == ERR_OK && gathering->awards < count && gathering->awards == shown)
			err = cli_fail(gathering->cli, ERR_NET_ANSWER, "the list does not go on");
	} while (err == ERR_OK && gathering->awards < count);
	return err;
}

/* --- what is wanted ------------------------------------------------------------------- */

static void add_key(json_t *facts, const char *key)
{
	json_array_append_new(facts, json_pack("{s:s, s:s}", "fact", "state", "key", key));
}

static void add_leaf(const struct export_facts *known, json_t *facts, uint64_t log_index)
{
	if (export_facts_know_leaf(known, log_index))
		return;
	json_array_append_new(facts, json_pack("{s:s, s:I}", "fact", "inclusion", "log_index",
					       (json_int_t)log_index));
}

/* Which record of an award's history it is a node says; that it is, the proofs. */
static void add_amendment(struct export_facts *facts, const json_t *item, json_t *out)
{
	const Stele__MotionValue *motion;
	uint64_t number, log_index;
	char key[64];

	if (strcmp(json_text(item, "operation"), "award.amend") == 0 &&
	    json_u64(item, "log_index", &log_index)) {
		add_leaf(facts, out, log_index);
	} else if (strcmp(json_text(item, "executed"), "award.amend") == 0 &&
		   json_u64(item, "motion", &number)) {
		(void)snprintf(key, sizeof(key), "motion/%" PRIu64, number);
		motion = export_facts_know(facts, key)
				 ? export_value_if_any(facts, VALUE_MOTION, "%s", key)
				 : NULL;
		if (motion != NULL)
			add_leaf(facts, out, motion->log_index);
		else
			add_key(out, key);
	}
}

static enum err add_amendments(struct gathering *gathering, const struct export_want *want,
			       json_t *out)
{
	char path[160];
	json_t *list = NULL, *item;
	size_t i;
	enum err err;

	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/awards/%" PRIu64 "/history",
		       want->key, want->award);
	err = api_get_all(gathering->cli, &list, path);
	if (err != ERR_OK)
		return err;
	json_array_foreach(json_object_get(list, "items"), i, item)
		add_amendment(gathering->facts, item, out);
	json_decref(list);
	return ERR_OK;
}

/* What is wanted as facts, those aside that were asked for before. */
static enum err wanted_facts(struct gathering *gathering, json_t *out)
{
	struct export_facts *facts = gathering->facts;
	struct export_want *wants = facts->wants;
	size_t count = facts->wants_count;
	uint64_t award = 0; /* whose history was asked for */
	enum err err = ERR_OK;

	facts->wants = NULL; /* looking into the facts wants again */
	facts->wants_count = facts->wants_room = 0;
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		if (wants[i].kind == WANT_KEY)
			add_key(out, wants[i].key);
		else if (wants[i].kind == WANT_LEAF)
			add_leaf(facts, out, wants[i].log_index);
		else if (wants[i].award != award)
			err = add_amendments(gathering, &wants[i], out);
		if (wants[i].kind == WANT_AMENDMENT)
			award = wants[i].award;
	}
	free(wants);
	return err;
}

/* In proofs of so many facts. */
static enum err ask_all(struct gathering *gathering, const json_t *facts)
{
	size_t count = json_array_size(facts);
	enum err err = ERR_OK;

	for (size_t from = 0; from < count && err == ERR_OK; from += FACTS_EACH) {
		json_t *some = json_array();

		for (size_t i = from; i < count && i < from + FACTS_EACH; i++)
			json_array_append(some, json_array_get(facts, i));
		json_array_extend(gathering->asked, some);
		err = ask(gathering, some);
		json_decref(some);
	}
	return err;
}

/* --- round after round ---------------------------------------------------------------- */

static enum err go_round(struct gathering *gathering, export_format *format,
			 struct export_files *files)
{
	struct export_facts *facts = gathering->facts;
	enum err err = ERR_OK;
	bool goes_on;

	do {
		json_t *wanted = json_array();

		export_facts_sort(facts);
		export_files_release(files);
		format(facts, files);
		export_facts_settle(facts);
		goes_on = facts->wants_count > 0;
		if (goes_on)
			err = wanted_facts(gathering, wanted);
		if (err == ERR_OK && goes_on && json_array_size(wanted) == 0)
			err = cli_fail(gathering->cli, ERR_NET_ANSWER,
				       "the node's history of an award lacks an amendment");
		if (err == ERR_OK && goes_on)
			err = ask_all(gathering, wanted);
		json_decref(wanted);
	} while (err == ERR_OK && goes_on);
	if (err == ERR_OK && facts->is_damaged)
		err = cli_fail(gathering->cli, ERR_NET_ANSWER,
			       "a proved value is of no form that this tool knows");
	return err;
}

/* Facts that came in several proofs, but fit into one, are asked for once more together. */
static enum err join(struct gathering *gathering)
{
	size_t count = json_array_size(gathering->asked);
	struct export_files *parts = gathering->proof, one;
	enum err err;

	if (parts->count < 2 || count > FACTS_EACH || gathering->awards + count + 2 > ENTRIES_EACH)
		return ERR_OK;
	export_files_init(&one);
	gathering->proof = &one;
	err = ask(gathering, gathering->asked);
	gathering->proof = parts;
	export_files_release(err == ERR_OK ? parts : &one);
	if (err == ERR_OK)
		*parts = one;
	export_facts_sort(gathering->facts);
	return err;
}

enum err export_gather(struct cli *cli, const char *programme, export_format *format,
		       struct export_facts *facts, struct export_files *files,
		       struct export_files *proof, struct export_vouch *vouch)
{
	struct gathering gathering = {.cli = cli,
				      .facts = facts,
				      .vouch = vouch,
				      .proof = proof,
				      .asked = json_array(),
				      .node = HTTP_NODE_ANY};
	enum err err;

	progress_start(&gathering.progress, cli, "facts proved", 0);
	err = ask_awards(&gathering, programme);
	if (err == ERR_OK && strcmp(facts->programme, programme) != 0)
		err = cli_fail(cli, ERR_NET_ANSWER, "the node's proof is of another programme");
	if (err == ERR_OK)
		err = go_round(&gathering, format, files);
	if (err == ERR_OK)
		err = join(&gathering);
	progress_end(&gathering.progress, json_array_size(gathering.asked));
	json_decref(gathering.asked);
	return err;
}
