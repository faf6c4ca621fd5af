/* stele proof: facts of state and log, proved without trusting a node. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/proof_get.h"
#include "proofs/proof.h"
#include "proofs/shape.h"
#include "proto/json_pb.h"
#include "proto/value.h"

#define PROOF_FILE_BYTES_MAX ((size_t)256 << 20) /* version 0 had no bound of its own */
#define VALUE_ARENA_BYTES ((size_t)1 << 20)

/* --- check ------------------------------------------------------------------- */

struct checked {
	json_t *proof;
	struct proof_facts facts;
	bool is_pinned;
};

static enum err pin_of(struct cli *cli, const json_t *proof, bool *found, struct trust *trust)
{
	const char *top = json_string_value(json_array_get(json_object_get(proof, "headers"), 0));
	struct header header;

	*found = false;
	if (top == NULL || header_parse(&header, bytes_text(top)) != ERR_OK)
		return ERR_OK;
	return pins_find(cli, &header.chain, found, trust);
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

static void add_items(json_t *items, const struct fact *fact)
{
	for (size_t i = 0; i < fact->items_count; i++) {
		json_t *item = json_pack("{s:s, s:b}", "key", fact->items[i].key, "present",
					 (int)fact->items[i].is_present);
		json_t *value = fact->items[i].is_present ? value_json(fact->items[i].value) : NULL;

		if (value != NULL)
			(void)json_object_set_new(item, "value", value);
		(void)json_array_append_new(items, item);
	}
}

static void add_list(json_t *result, const struct fact *fact)
{
	if (fact->kind == FACT_AWARDS) {
		money_set(result, "budget", fact->budget);
		money_set(result, "committed", fact->stated.committed);
		money_set(result, "paid", fact->stated.paid);
		money_set(result, "recovered", fact->stated.recovered);
		json_object_set_new(result, "currency", json_string(fact->currency));
	}
	json_object_set_new(result, "subject", json_string(fact->subject));
	json_object_set_new(result, "from", json_integer((json_int_t)fact->from));
	json_object_set_new(result, "to", json_integer((json_int_t)fact->to));
	json_object_set_new(result, "count", json_integer((json_int_t)fact->count));
	json_object_set_new(result, "complete", json_boolean(fact_is_whole(fact)));
}

static json_t *fact_json(const struct fact *fact)
{
	json_t *result = json_pack("{s:s}", "kind", fact_name(fact->kind)), *items = json_array();

	add_items(items, fact);
	if (json_array_size(items) > 0)
		json_object_set(result, "items", items);
	json_decref(items);
	if (fact_is_list(fact->kind))
		add_list(result, fact);
	if (fact->kind == FACT_INCLUSION)
		json_object_set_new(result, "log_index", json_integer((json_int_t)fact->log_index));
	if (fact->kind == FACT_CONSISTENCY)
		json_object_set_new(result, "from", json_integer((json_int_t)fact->from_size));
	if (fact->kind == FACT_REJECTED) {
		json_object_set_new(result, "transaction", json_of_hash(&fact->rejected_id));
		json_object_set_new(result, "error", json_integer(fact->rejected_code));
	}
	return result;
}

/* Numbers, states and amounts as they were proved; no node is asked. */
static void print_awards(const struct cli *cli, const struct fact *fact)
{
	static const struct column columns[] = {
		{"number", "AWARD", COLUMN_NUMBER},
		{"state", "STATE", COLUMN_TEXT},
		{"recipients", "RECIPIENTS", COLUMN_LINES},
		{"committed", "COMMITTED", COLUMN_MONEY},
		{"paid", "PAID", COLUMN_MONEY},
		{"received", "RECOVERED", COLUMN_MONEY},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *rows = json_array();

	for (uint64_t i = 1; i <= fact->to - fact->from + 1; i++) {
		json_t *award = value_json(fact->items[i].value), *names = json_array(), *recipient;
		size_t index;

		json_array_foreach(json_object_get(json_object_get(award, "grant"), "recipients"),
				   index, recipient)
			(void)json_array_append(names, json_object_get(recipient, "org"));
		(void)json_object_set_new(award, "recipients", names);
		(void)json_object_set_new(award, "currency", json_string(fact->currency));
		(void)json_array_append_new(rows, award);
	}
	if (!cli->is_json) {
		(void)fflush(stdout);
		out_table(rows, columns);
	}
	json_decref(rows);
}

static void print_totals(const struct cli *cli, const struct fact *fact)
{
	const struct {
		const char *title;
		uint64_t amount;
	} totals[] = {{"budget", fact->budget},
		      {"committed", fact->stated.committed},
		      {"paid", fact->stated.paid},
		      {"recovered", fact->stated.recovered}};
	char money[MONEY_TEXT_MAX];

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		money_format(money, totals[i].amount, fact->currency);
		out_line(cli, "  %-10s %s", totals[i].title, money);
	}
}

/* A proof may hold several lists, so each says of what it is one. */
static const char *list_title(enum fact_kind kind)
{
	switch (kind) {
	case FACT_AWARDS:
	case FACT_ORG_AWARDS:
		return "awards of ";
	case FACT_CLAIMS:
		return "claims on ";
	case FACT_EVIDENCE:
		return "evidence against validators";
	case FACT_STATE:
	case FACT_INCLUSION:
	case FACT_CONSISTENCY:
	case FACT_REJECTED:
		break;
	}
	UNREACHABLE();
}

static void print_complete(const struct cli *cli, const struct fact *fact)
{
	const char *title = list_title(fact->kind);

	if (fact->count == 0)
		out_line(cli, "  complete: %s%s: none", title, fact->subject);
	else
		out_line(cli, "  complete: %s%s: %llu, and no further one", title, fact->subject,
			 (unsigned long long)fact->count);
}

static void print_list(const struct cli *cli, const struct fact *fact)
{
	if (fact->kind == FACT_AWARDS)
		print_awards(cli, fact);
	if (!fact_is_whole(fact))
		out_line(cli, "  %s%s: numbers %llu to %llu of %llu, not all",
			 list_title(fact->kind), fact->subject,
			 (unsigned long long)fact->from, (unsigned long long)fact->to,
			 (unsigned long long)fact->count);
	else
		print_complete(cli, fact);
	if (fact->kind == FACT_AWARDS && fact_is_whole(fact))
		print_totals(cli, fact);
}

static void print_fact(const struct cli *cli, const struct fact *fact, const struct header *last)
{
	char hex[HASH_HEX_LEN + 1];

	switch (fact->kind) {
	case FACT_STATE:
		out_line(cli, "  %-8s %s", fact->items[0].is_present ? "present" : "absent",
			 fact->items[0].key);
		break;
	case FACT_AWARDS:
	case FACT_ORG_AWARDS:
	case FACT_CLAIMS:
	case FACT_EVIDENCE:
		print_list(cli, fact);
		break;
	case FACT_INCLUSION:
		out_line(cli, "  the record is leaf %llu of %llu",
			 (unsigned long long)fact->log_index, (unsigned long long)last->log_size);
		break;
	case FACT_CONSISTENCY:
		out_line(cli, "  the first %llu records are unchanged among %llu",
			 (unsigned long long)fact->from_size, (unsigned long long)last->log_size);
		break;
	case FACT_REJECTED:
		hex_encode(hex, fact->rejected_id.b, sizeof(fact->rejected_id.b));
		out_line(cli, "  transaction %s was rejected with E%u", hex, fact->rejected_code);
		break;
	}
}

static void print_checked(const struct cli *cli, const struct checked *checked)
{
	const struct proof_facts *facts = &checked->facts;
	char time[32];

	time_format(time, facts->cover.last.time_ms);
	if (facts->facts_count == 1)
		out_line(cli, "proved: %s, as of height %llu, %s UTC",
			 fact_name(facts->facts[0].kind),
			 (unsigned long long)facts->cover.last.height, time);
	else
		out_line(cli, "proved: %zu facts, as of height %llu, %s UTC", facts->facts_count,
			 (unsigned long long)facts->cover.last.height, time);
	for (size_t i = 0; i < facts->facts_count; i++)
		print_fact(cli, &facts->facts[i], &facts->cover.last);
	out_line(cli, "  finality   %u of %u validators signed", facts->cover.signers,
		 facts->cover.members);
	out_line(cli, "  signers    %s%s", facts->cover.top.origin,
		 checked->is_pinned ? ", the pinned network" : ": NOT CHECKED, nothing is pinned");
	if (facts->former > 0)
		out_line(cli, "  %-10s this trusts %u validator sets that were replaced since", "",
			 facts->former);
}

/* --- several files: the parts of one list ------------------------------------- */

/* Whether they are parts of one list under one header, and together all of it. */
static bool are_whole(const struct checked *checked, size_t count)
{
	const struct fact **parts = calloc(count, sizeof(*parts));
	bool are = true;

	ASSERT(parts != NULL);
	for (size_t i = 0; i < count && are; i++) {
		const struct proof_facts *facts = &checked[i].facts;

		parts[i] = &facts->facts[0];
		are = facts->facts_count == 1 && fact_is_list(parts[i]->kind) &&
		      hash_equal(&facts->cover.last_block, &checked[0].facts.cover.last_block);
	}
	are = are && facts_join(parts, count);
	free(parts);
	return are;
}

static int compare_parts(const void *a, const void *b)
{
	const struct checked *one = a, *other = b;
	uint64_t from = one->facts.facts[0].from, other_from = other->facts.facts[0].from;

	return from < other_from ? -1 : from > other_from;
}

static json_t *checked_json(const struct checked *checked)
{
	const struct proof_facts *facts = &checked->facts;
	json_t *result, *items, *all = json_array();

	for (size_t i = 0; i < facts->facts_count; i++)
		json_array_append_new(all, fact_json(&facts->facts[i]));
	result = json_copy(json_array_get(all, 0));
	if (facts->facts_count > 1) { /* keys of one kind stand in one list */
		items = json_array();
		for (size_t i = 0; i < facts->facts_count; i++)
			add_items(items, &facts->facts[i]);
		json_object_set_new(result, "items", items);
		json_object_set(result, "facts", all);
	}
	json_decref(all);
	json_object_set_new(result, "network", json_string(facts->cover.top.origin));
	json_object_set_new(result, "height", json_integer((json_int_t)facts->cover.last.height));
	json_object_set_new(result, "time", json_integer((json_int_t)facts->cover.last.time_ms));
	json_object_set_new(result, "signers_pinned", json_boolean(checked->is_pinned));
	json_object_set_new(result, "former_sets", json_integer(facts->former));
	return result;
}

static enum err show(struct cli *cli, struct checked *checked, size_t count)
{
	json_t *files = json_array();
	bool are = count > 1;

	if (are) {
		qsort(checked, count, sizeof(*checked), compare_parts);
		are = are_whole(checked, count);
	}
	for (size_t i = 0; i < count; i++) {
		if (!cli->is_json)
			print_checked(cli, &checked[i]);
		json_array_append_new(files, checked_json(&checked[i]));
	}
	if (count == 1) {
		out_json(cli, json_incref(json_array_get(files, 0)));
		json_decref(files);
		return ERR_OK;
	}
	if (!out_json(cli, json_pack("{s:o, s:b}", "files", files, "complete", (int)are)) && are) {
		out_line(cli, "together:");
		print_complete(cli, &checked[0].facts.facts[0]);
		if (checked[0].facts.facts[0].kind == FACT_AWARDS)
			print_totals(cli, &checked[0].facts.facts[0]);
	}
	if (are)
		return ERR_OK;
	cli_fail(cli, ERR_PROOF_FORM, "each file holds, but together they are no complete list");
	cli_remedy(cli, "give all parts of one list, taken at one height: stele proof get");
	cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	return ERR_PROOF_FORM;
}

/* --- one file ------------------------------------------------------------------ */

static enum err read_proof(struct cli *cli, const char *path, json_t **out)
{
	json_error_t error;
	struct buf text;
	enum err err;

	buf_init(&text, PROOF_FILE_BYTES_MAX);
	err = file_read(cli, path, &text);
	if (err == ERR_OK) {
		err = proof_parse(buf_bytes(&text), out);
		if (err != ERR_OK) {
			json_t *any = json_loadb((const char *)text.at, text.len, 0, &error);

			cli_fail(cli, err, "%s is not a proof", path);
			if (any == NULL)
				cli_fact(cli, "place", "line %d, column %d: %s", error.line,
					 error.column, error.text);
			cli_remedy(cli, "get the proof again: stele proof get");
			json_decref(any);
		}
	}
	buf_release(&text);
	return err;
}

static enum err check_file(struct cli *cli, const char *path, struct checked *out)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	enum err err = read_proof(cli, path, &out->proof);

	ASSERT(trust != NULL);
	if (err == ERR_OK)
		err = pin_of(cli, out->proof, &out->is_pinned, trust);
	if (err == ERR_OK) {
		err = proof_check(out->proof, out->is_pinned ? trust : NULL, &out->facts);
		if (err != ERR_OK) {
			cli_fail(cli, err, "%s does not hold", path);
			cli_exit(cli, err == ERR_RECEIPT_REACH ? EXIT_CODE_UNDECIDED
							       : EXIT_CODE_CHECK_FAILED);
		}
	}
	free(trust);
	return err;
}

static enum err run_check(struct cli *cli)
{
	struct checked *checked = calloc(cli->args_count, sizeof(*checked));
	enum err err = ERR_OK;
	bool are_pinned = true;

	ASSERT(checked != NULL);
	for (size_t i = 0; i < cli->args_count && err == ERR_OK; i++) {
		err = check_file(cli, cli->args[i], &checked[i]);
		are_pinned = are_pinned && checked[i].is_pinned;
	}
	if (err == ERR_OK)
		err = show(cli, checked, cli->args_count);
	for (size_t i = 0; i < cli->args_count; i++) {
		proof_facts_release(&checked[i].facts);
		json_decref(checked[i].proof);
	}
	free(checked);
	if (err == ERR_OK && !are_pinned) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

const struct command commands_proof[] = {
	{"proof get", "KIND [ARGUMENT…]…", 1, ARGUMENTS_ANY, "get a proof from a node",
	 "Kinds: state KEY… (presence or absence of state keys), awards PROGRAMME (with totals), "
	 "org-awards ORGANISATION, claims SHA256 (all claims on a content), evidence (all of it against "
	 "validators), inclusion LOG-INDEX, consistency SIZE, rejected HEIGHT K. Several stand in one "
	 "proof, under one height. What is longer than one answer comes in parts under one height: "
	 "FILE, FILE.2 and so on, or one after the other on standard output. A node is not trusted for "
	 "it: stele proof check judges what it gave.",
	 "stele proof get awards CN-BJ-I3 -o awards.json\nstele proof get awards CN-BJ-I3 state "
	 "org/CN-USCI-91110000EXAMPLE0X policy/limits --at-height 1200",
	 options_proof_get, proof_get_run},
	{"proof check", "FILE…", 1, ARGUMENTS_ANY, "check a proof, offline",
	 "Checks every hash and signature of the proof against the pinned network, and what its kind "
	 "promises: that a list is complete, that totals add up. Several files are the parts of one "
	 "list, which together have to be all of it, under one header. Opens no socket.",
	 "stele proof check awards.json\nstele proof check awards-1.json awards-2.json", NULL, run_check},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
