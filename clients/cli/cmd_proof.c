/* stele proof: facts of state and log, proved without trusting a node. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "ledger/proof.h"
#include "proto/json_pb.h"
#include "proto/value.h"

#define PROOF_BYTES_MAX ((size_t)256 << 20)
#define VALUE_ARENA_BYTES ((size_t)1 << 20)

/* --- get --------------------------------------------------------------------- */

static enum err state_path(struct cli *cli, struct buf *path)
{
	buf_print(path, "/v1/proofs/state");
	for (size_t i = 1; i < cli->args_count; i++) {
		if (!key_is_valid(bytes_text(cli->args[i])))
			return cli_fail(cli, ERR_USAGE, "%s is no state key", cli->args[i]);
		buf_print(path, i == 1 ? "?key=" : "&key=");
		url_add(path, cli->args[i]);
	}
	return ERR_OK;
}

static const struct {
	const char *kind;
	size_t args;
	const char *path;  /* before the first argument, if there is one */
	const char *query; /* before the first argument, or NULL */
} kinds[] = {
	{"awards", 1, "/v1/proofs/awards/", NULL},
	{"org-awards", 1, "/v1/proofs/org-awards/", NULL},
	{"claims", 1, "/v1/proofs/claims/", NULL},
	{"evidence", 0, "/v1/proofs/evidence", NULL},
	{"inclusion", 1, "/v1/proofs/inclusion", "log_index"},
	{"consistency", 1, "/v1/proofs/consistency", "from"},
	{"rejected", 2, "/v1/proofs/rejected/", NULL},
};

static enum err proof_path(struct cli *cli, struct buf *path)
{
	const char *kind = cli->args[0];
	enum err err = ERR_OK;

	if (strcmp(kind, "state") == 0 && cli->args_count > 1)
		return state_path(cli, path);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kind, kinds[i].kind) != 0 || cli->args_count != kinds[i].args + 1)
			continue;
		buf_print(path, "%s", kinds[i].path);
		if (kinds[i].query != NULL)
			buf_print(path, "?%s=", kinds[i].query);
		for (size_t a = 1; a < cli->args_count && err == ERR_OK; a++) {
			err = api_segment(cli, kind, cli->args[a]);
			buf_print(path, a == 1 ? "%s" : "/%s", cli->args[a]);
		}
		return err;
	}
	return cli_fail(cli, ERR_USAGE, "there is no such proof: %s with %zu arguments", kind,
			cli->args_count - 1);
}

static enum err run_get(struct cli *cli)
{
	const char *to = cli_value(cli, "output");
	struct http_answer answer;
	struct buf path;
	enum err err;

	buf_init(&path, LIMIT_HTTP_URL_BYTES);
	http_answer_init(&answer);
	err = proof_path(cli, &path);
	if (err == ERR_OK)
		err = api_get_raw(cli, &answer, "%.*s", (int)path.len, (const char *)path.at);
	if (err == ERR_OK && to == NULL) {
		(void)fwrite(answer.body.at, 1, answer.body.len, stdout);
	} else if (err == ERR_OK) {
		err = file_write(cli, to, buf_bytes(&answer.body), 0644, false);
		if (err == ERR_OK && !out_json(cli, json_pack("{s:s}", "proof", to)))
			out_line(cli, "proof written to %s; check it with: stele proof check %s",
				 to, to);
	}
	http_answer_release(&answer);
	buf_release(&path);
	return err;
}

/* --- check ------------------------------------------------------------------- */

static enum err pin_of(struct cli *cli, const json_t *proof, bool *found, struct trust *trust)
{
	const char *top = json_string_value(json_array_get(json_object_get(proof, "headers"), 0));
	struct header header;

	*found = false;
	if (top == NULL || header_parse(&header, bytes_text(top)) != ERR_OK)
		return ERR_OK;
	return pins_find(cli, &header.chain, found, trust);
}

static bool is_list(const struct proof_facts *facts)
{
	return strcmp(facts->kind, "awards") == 0 || strcmp(facts->kind, "org-awards") == 0 ||
	       strcmp(facts->kind, "claims") == 0 || strcmp(facts->kind, "evidence") == 0;
}

/* What a proven value says: a state value by its type. */
static json_t *value_json(struct bytes value)
{
	json_t *json = NULL;
	struct arena arena;
	void *message;

	arena_init(&arena, VALUE_ARENA_BYTES);
	if (value.len > 0 &&
	    value_decode(&arena, value, (enum value_type)value.at[0], &message) == ERR_OK)
		json = json_of_message(message);
	arena_release(&arena);
	return json;
}

static json_t *items_json(const struct proof_facts *facts)
{
	json_t *items = json_array();

	for (size_t i = 0; i < facts->items_count; i++) {
		json_t *item = json_pack("{s:s, s:b}", "key", facts->items[i].key, "present",
					 (int)facts->items[i].is_present);
		json_t *value = facts->items[i].is_present ? value_json(facts->items[i].value)
							   : NULL;

		if (value != NULL)
			(void)json_object_set_new(item, "value", value);
		(void)json_array_append_new(items, item);
	}
	return items;
}

static json_t *facts_json(const struct proof_facts *facts, bool is_pinned)
{
	json_t *result = json_pack("{s:s, s:s, s:I, s:I, s:b}", "kind", facts->kind, "network",
				   facts->cover.top.origin, "height",
				   (json_int_t)facts->cover.last.height, "time",
				   (json_int_t)facts->cover.last.time_ms, "signers_pinned",
				   (int)is_pinned);

	if (facts->items_count > 0)
		json_object_set_new(result, "items", items_json(facts));
	if (strcmp(facts->kind, "awards") == 0) {
		money_set(result, "budget", facts->budget);
		money_set(result, "committed", facts->committed);
		money_set(result, "paid", facts->paid);
		money_set(result, "recovered", facts->recovered);
		json_object_set_new(result, "currency", json_string(facts->currency));
	}
	if (is_list(facts))
		json_object_set_new(result, "count", json_integer((json_int_t)facts->count));
	if (strcmp(facts->kind, "inclusion") == 0)
		json_object_set_new(result, "log_index", json_integer((json_int_t)facts->log_index));
	if (strcmp(facts->kind, "consistency") == 0)
		json_object_set_new(result, "from", json_integer((json_int_t)facts->from_size));
	if (strcmp(facts->kind, "rejected") == 0) {
		json_object_set_new(result, "transaction", json_of_hash(&facts->rejected_id));
		json_object_set_new(result, "error", json_integer(facts->rejected_code));
	}
	return result;
}

/* Numbers, states and amounts as they were proved; no node is asked. */
static void print_awards(const struct cli *cli, const struct proof_facts *facts)
{
	static const struct column columns[] = {
		{"number", "AWARD", COLUMN_NUMBER},
		{"state", "STATE", COLUMN_TEXT},
		{"committed", "COMMITTED", COLUMN_MONEY},
		{"paid", "PAID", COLUMN_MONEY},
		{"received", "RECOVERED", COLUMN_MONEY},
		{"recipients", "RECIPIENTS", COLUMN_LINES},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *rows = json_array();

	for (size_t i = 1; i <= facts->count; i++) {
		json_t *award = value_json(facts->items[i].value), *names = json_array(), *recipient;
		size_t index;

		json_array_foreach(json_object_get(json_object_get(award, "grant"), "recipients"),
				   index, recipient)
			(void)json_array_append(names, json_object_get(recipient, "org"));
		(void)json_object_set_new(award, "recipients", names);
		(void)json_object_set_new(award, "currency", json_string(facts->currency));
		(void)json_array_append_new(rows, award);
	}
	if (!cli->is_json) {
		(void)fflush(stdout);
		out_table(rows, columns);
	}
	json_decref(rows);
}

static void print_totals(const struct cli *cli, const struct proof_facts *facts)
{
	const struct {
		const char *title;
		uint64_t amount;
	} totals[] = {{"budget", facts->budget},
		      {"committed", facts->committed},
		      {"paid", facts->paid},
		      {"recovered", facts->recovered}};
	char money[MONEY_TEXT_MAX];

	out_line(cli, "  these %llu awards are all awards of the programme",
		 (unsigned long long)facts->count);
	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		money_format(money, totals[i].amount, facts->currency);
		out_line(cli, "  %-10s %s", totals[i].title, money);
	}
}

static void print_kind(const struct cli *cli, const struct proof_facts *facts)
{
	char hex[HASH_HEX_LEN + 1];

	for (size_t i = 0; strcmp(facts->kind, "state") == 0 && i < facts->items_count; i++)
		out_line(cli, "  %-8s %s", facts->items[i].is_present ? "present" : "absent",
			 facts->items[i].key);
	if (strcmp(facts->kind, "awards") == 0) {
		print_awards(cli, facts);
		print_totals(cli, facts);
	} else if (strcmp(facts->kind, "org-awards") == 0 || strcmp(facts->kind, "claims") == 0) {
		out_line(cli, "  complete: %llu %s, and no further one",
			 (unsigned long long)facts->count,
			 facts->kind[0] == 'c' ? "claims" : "awards");
	} else if (strcmp(facts->kind, "evidence") == 0) {
		out_line(cli, "  complete: %llu pieces of evidence against validators, and no further one",
			 (unsigned long long)facts->count);
	} else if (strcmp(facts->kind, "inclusion") == 0) {
		out_line(cli, "  the record is leaf %llu of %llu",
			 (unsigned long long)facts->log_index,
			 (unsigned long long)facts->cover.last.log_size);
	} else if (strcmp(facts->kind, "consistency") == 0) {
		out_line(cli, "  the first %llu records are unchanged among %llu",
			 (unsigned long long)facts->from_size,
			 (unsigned long long)facts->cover.last.log_size);
	} else if (strcmp(facts->kind, "rejected") == 0) {
		hex_encode(hex, facts->rejected_id.b, sizeof(facts->rejected_id.b));
		out_line(cli, "  transaction %s was rejected with E%u", hex, facts->rejected_code);
	}
}

static void print_facts(const struct cli *cli, const struct proof_facts *facts, bool is_pinned)
{
	char time[32];

	time_format(time, facts->cover.last.time_ms);
	out_line(cli, "proved: %s, as of height %llu, %s UTC", facts->kind,
		 (unsigned long long)facts->cover.last.height, time);
	print_kind(cli, facts);
	out_line(cli, "  finality   %u of %u validators signed", facts->cover.signers,
		 facts->cover.members);
	out_line(cli, "  signers    %s%s", facts->cover.top.origin,
		 is_pinned ? ", the pinned network" : ": NOT CHECKED, nothing is pinned");
}

static enum err judge(struct cli *cli, const json_t *proof)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	struct trust trust;
	bool is_pinned;
	enum err err = pin_of(cli, proof, &is_pinned, &trust);

	ASSERT(facts != NULL);
	if (err == ERR_OK) {
		err = proof_check(proof, is_pinned ? &trust : NULL, facts);
		if (err != ERR_OK) {
			err = cli_fail(cli, err, "%s does not hold", cli->args[0]);
			cli_exit(cli, EXIT_CODE_CHECK_FAILED);
		} else if (!out_json(cli, facts_json(facts, is_pinned))) {
			print_facts(cli, facts, is_pinned);
		}
		proof_facts_release(facts);
	}
	free(facts);
	if (err == ERR_OK && !is_pinned) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

static enum err run_check(struct cli *cli)
{
	json_error_t error;
	struct buf text;
	json_t *proof;
	enum err err;

	buf_init(&text, PROOF_BYTES_MAX);
	err = file_read(cli, cli->args[0], &text);
	if (err == ERR_OK) {
		proof = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &error);
		if (proof == NULL) {
			err = cli_fail(cli, ERR_RECEIPT_FORM, "%s is not a proof", cli->args[0]);
			cli_fact(cli, "place", "line %d, column %d: %s", error.line, error.column,
				 error.text);
			cli_remedy(cli, "get the proof again: stele proof get");
		} else {
			err = judge(cli, proof);
		}
		json_decref(proof);
	}
	buf_release(&text);
	return err;
}

static const struct option_spec options_get[] = {
	{"output", 'o', OPTION_VALUE, "FILE", "write it there, not to standard output"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_proof[] = {
	{"proof get", "KIND [ARGUMENT…]", 1, ARGUMENTS_ANY, "get a proof from a node",
	 "Kinds: state KEY… (presence or absence of state keys), awards PROGRAMME (all awards, with "
	 "totals), org-awards ORGANISATION, claims SHA256 (all claims on a content), evidence "
	 "(all of it against validators), inclusion LOG-INDEX, consistency SIZE, rejected HEIGHT "
	 "K. A node is not trusted for it: stele proof check judges what it gave.",
	 "stele proof get awards CN-BJ-I3 -o awards.json\nstele proof get state programme/CN-BJ-I3",
	 options_get, run_get},
	{"proof check", "FILE", 1, 1, "check a proof, offline",
	 "Checks every hash and signature of the proof against the pinned genesis, and what its kind "
	 "promises: that a list is complete, that totals add up. Opens no socket.",
	 "stele proof check awards.json", NULL, run_check},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
