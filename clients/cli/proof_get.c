#include "clients/cli/proof_get.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "proofs/proof.h"
#include "proofs/text.h"
#include "proto/value.h"

#define BODY_BYTES_MAX 131072
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)
#define TIMEOUT_MS 60000

/* --- what is asked for -------------------------------------------------------------- */

struct kind {
	const char *name;
	const char *member;   /* that names what it is of; NULL: it takes no argument */
	bool is_number;
	bool is_list;
};

static const struct kind kinds[] = {
	{"state", "key", false, false},
	{"awards", "programme", false, true},
	{"org-awards", "organisation", false, true},
	{"claims", "sha256", false, true},
	{"evidence", NULL, false, true},
	{"inclusion", "log_index", true, false},
	{"consistency", "from", true, false},
	{"rejected", "index", true, false},
};

struct asking {
	struct cli *cli;
	json_t *facts;
	size_t lists;
	bool has_height;
	uint64_t height;
	uint64_t to;   /* of the only list, where it was given; else 0 */
	size_t node;   /* who answers: all parts come from one */
	struct hash block; /* that all of them stand under */
	size_t parts;  /* how many there are by now */
	size_t bytes;  /* of all of them */
};

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

static enum err read_number(struct cli *cli, const char *what, const char *text, uint64_t *out)
{
	if (decimal_decode(out, bytes_text(text)) && *out <= NUMBER_MAX)
		return ERR_OK;
	return cli_fail(cli, ERR_USAGE, "%s: %s is no number", what, text);
}

static enum err set_height(struct asking *asking, uint64_t height)
{
	if (asking->has_height && asking->height != height)
		return cli_fail(asking->cli, ERR_USAGE, "one proof stands under one height");
	asking->has_height = true;
	asking->height = height;
	return ERR_OK;
}

static enum err add_fact(struct asking *asking, const struct kind *kind, const char *subject)
{
	json_t *fact = json_pack("{s:s}", "fact", kind->name);
	uint64_t number = 0;
	enum err err = ERR_OK;

	if (kind->member != NULL && kind->is_number) {
		err = read_number(asking->cli, kind->name, subject, &number);
		json_object_set_new(fact, kind->member, json_integer((json_int_t)number));
	} else if (kind->member != NULL) {
		json_object_set_new(fact, kind->member, json_string(subject));
	}
	if (kind->is_list)
		asking->lists++;
	json_array_append_new(asking->facts, fact);
	return err;
}

/* One kind with its arguments, from the k-th on; how many words were taken. */
static enum err read_kind(struct asking *asking, size_t k, size_t *taken)
{
	struct cli *cli = asking->cli;
	const struct kind *kind = kind_find(cli->args[k]);
	bool is_rejected = kind != NULL && strcmp(kind->name, "rejected") == 0;
	size_t arguments = kind == NULL || kind->member == NULL ? 0 : is_rejected ? 2 : 1;
	uint64_t height;
	enum err err = ERR_OK;

	if (kind == NULL)
		return cli_fail(cli, ERR_USAGE, "there is no such proof: %s", cli->args[k]);
	if (cli->args_count - k <= arguments)
		return cli_fail(cli, ERR_USAGE, "%s of what?", kind->name);
	if (is_rejected) {
		err = read_number(cli, kind->name, cli->args[k + 1], &height);
		if (err == ERR_OK)
			err = set_height(asking, height);
	}
	if (err == ERR_OK)
		err = add_fact(asking, kind, arguments == 0 ? NULL : cli->args[k + arguments]);
	*taken = 1 + arguments;
	while (err == ERR_OK && strcmp(kind->name, "state") == 0 && k + *taken < cli->args_count &&
	       kind_find(cli->args[k + *taken]) == NULL)
		err = add_fact(asking, kind, cli->args[k + (*taken)++]);
	return err;
}

/* --from and --to, which are of the only list. */
static enum err read_part(struct asking *asking)
{
	struct cli *cli = asking->cli;
	bool has_part = cli_has(cli, "from") || cli_has(cli, "to");
	uint64_t from = 1;
	json_t *fact;
	size_t i;
	enum err err;

	if (!has_part)
		return ERR_OK;
	if (asking->lists != 1)
		return cli_fail(cli, ERR_USAGE, "--from and --to are for one list");
	err = cli_number(cli, "from", NUMBER_MAX, &from);
	if (err == ERR_OK)
		err = cli_number(cli, "to", NUMBER_MAX, &asking->to);
	if (err == ERR_OK && (from == 0 || (cli_has(cli, "to") && asking->to < from)))
		err = cli_fail(cli, ERR_USAGE, "--from is at least 1 and not above --to");
	json_array_foreach(asking->facts, i, fact)
	{
		if (kind_find(json_text(fact, "fact"))->is_list)
			json_object_set_new(fact, "from", json_integer((json_int_t)from));
	}
	return err;
}

static enum err read_asking(struct asking *asking)
{
	struct cli *cli = asking->cli;
	uint64_t height = 0;
	enum err err = cli_number(cli, "at-height", NUMBER_MAX, &height);

	if (err == ERR_OK && cli_has(cli, "at-height"))
		err = set_height(asking, height);
	for (size_t k = 0, taken = 0; err == ERR_OK && k < cli->args_count; k += taken)
		err = read_kind(asking, k, &taken);
	if (err == ERR_OK && json_array_size(asking->facts) > LIMIT_PROOF_FACTS)
		err = cli_fail(cli, ERR_USAGE, "one proof holds at most %d facts", LIMIT_PROOF_FACTS);
	return err == ERR_OK ? read_part(asking) : err;
}

/* --- one part ------------------------------------------------------------------------- */

/* The end of what is wanted of a list, as far as one answer may go. */
static void bound_lists(const struct asking *asking, json_t *facts)
{
	json_t *fact;
	size_t i;

	json_array_foreach(facts, i, fact)
	{
		uint64_t from = 1, to = asking->to;

		if (to == 0 || !kind_find(json_text(fact, "fact"))->is_list)
			continue;
		(void)json_u64(fact, "from", &from);
		if (to - from >= LIMIT_PROOF_PART)
			to = from + LIMIT_PROOF_PART - 1;
		json_object_set_new(fact, "to", json_integer((json_int_t)to));
	}
}

static enum err ask(struct asking *asking, json_t *facts, struct http_answer *answer)
{
	json_t *body = json_pack("{s:O}", "facts", facts);
	struct http_request request = {.method = "POST",
				       .path = "/v1/proofs",
				       .content_type = "application/json",
				       .timeout_ms = TIMEOUT_MS,
				       .node = asking->node};
	struct buf text;
	enum err err;

	bound_lists(asking, facts);
	if (asking->has_height)
		json_object_set_new(body, "at_height", json_integer((json_int_t)asking->height));
	buf_init(&text, BODY_BYTES_MAX);
	err = text_render(&text, body);
	if (err != ERR_OK)
		err = cli_fail(asking->cli, ERR_USAGE, "that is no name in the ledger");
	request.body = buf_bytes(&text);
	if (err == ERR_OK)
		err = api_ask(asking->cli, &request, answer);
	if (err == ERR_OK && answer->status != 200)
		err = api_problem(asking->cli, answer, NULL);
	if (err == ERR_OK)
		asking->node = answer->node;
	buf_release(&text);
	json_decref(body);
	return err;
}

/* FILE, FILE.2, FILE.3 … */
static char *part_path(const struct asking *asking)
{
	const char *to = cli_value(asking->cli, "output");

	return asking->parts == 1 ? path_of("%s", to) : path_of("%s.%zu", to, asking->parts);
}

static enum err write_part(struct asking *asking, struct bytes text)
{
	const char *to = cli_value(asking->cli, "output");
	char *path;
	enum err err;

	asking->parts++;
	asking->bytes += text.len;
	if (to == NULL) {
		(void)fwrite(text.at, 1, text.len, stdout);
		return ERR_OK;
	}
	path = part_path(asking);
	err = file_write(asking->cli, path, text, 0644, false);
	free(path);
	return err;
}

/* --- what an answer holds ------------------------------------------------------------------ */

static uint64_t number_of(const struct fact *fact)
{
	switch (fact->kind) {
	case FACT_INCLUSION:
		return fact->log_index;
	case FACT_CONSISTENCY:
		return fact->from_size;
	case FACT_REJECTED:
		return fact->rejected_index;
	case FACT_STATE:
	case FACT_AWARDS:
	case FACT_ORG_AWARDS:
	case FACT_CLAIMS:
	case FACT_EVIDENCE:
		break;
	}
	UNREACHABLE();
}

/* A list goes from where it was asked for, and no further. */
static bool is_asked(const struct fact *fact, const json_t *asked)
{
	const struct kind *kind = kind_find(json_text(asked, "fact"));
	uint64_t number = 0, from = 1, to = NUMBER_MAX;

	if (strcmp(fact_name(fact->kind), kind->name) != 0)
		return false;
	if (kind->is_number)
		return json_u64(asked, kind->member, &number) && number_of(fact) == number;
	if (kind->member != NULL && strcmp(fact->subject, json_text(asked, kind->member)) != 0)
		return false;
	(void)json_u64(asked, "from", &from);
	(void)json_u64(asked, "to", &to);
	return !kind->is_list || (fact->from == from && fact->to <= to);
}

static bool are_asked(const struct proof_facts *facts, const json_t *asked)
{
	if (facts->version != PROOF_VERSION || facts->facts_count != json_array_size(asked))
		return false;
	for (size_t i = 0; i < facts->facts_count; i++) {
		if (!is_asked(&facts->facts[i], json_array_get(asked, i)))
			return false;
	}
	return true;
}

/* The block that the facts stand under, of the last header: that of the parts before. */
static bool keep_block(struct asking *asking, const struct proof_facts *facts)
{
	const struct cover *cover = &facts->cover;

	if ((asking->has_height && asking->height != cover->last.height) ||
	    (asking->parts > 0 && !hash_equal(&asking->block, &cover->last_block)))
		return false;
	asking->has_height = true;
	asking->height = cover->last.height;
	asking->block = cover->last_block;
	return true;
}

/* What the node gave proves what it was asked for: so each part goes on, and there are no more
 * of them than the list has members.  Who signed is for stele proof check. */
static enum err judge(struct asking *asking, const json_t *proof, const json_t *asked,
		      struct proof_facts *facts)
{
	struct cli *cli = asking->cli;
	enum err err = proof_check(proof, NULL, facts);

	if (err != ERR_OK) {
		cli_fail(cli, err, "what the node gave does not hold");
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
		return err;
	}
	if (!are_asked(facts, asked) || !keep_block(asking, facts))
		return cli_fail(cli, ERR_NET_ANSWER, "the node proves what it was not asked for");
	return ERR_OK;
}

/* A list that the node made up must not fill the disk. */
static enum err check_room(const struct asking *asking, size_t more)
{
	if (asking->parts < LIMIT_PROOF_PARTS && more <= LIMIT_PROOF_PARTS_BYTES - asking->bytes)
		return ERR_OK;
	return cli_fail(asking->cli, ERR_API_PROOF_SIZE, "there are more parts than are taken");
}

/* The facts of the next part: of each list that is not whole yet, from behind what the
 * answer has. */
static void facts_left(const struct asking *asking, const struct proof_facts *facts,
		       const json_t *asked, json_t *left)
{
	for (size_t i = 0; i < facts->facts_count; i++) {
		const struct fact *fact = &facts->facts[i];
		json_t *next;

		if (!fact_is_list(fact->kind) ||
		    fact->to >= (asking->to != 0 ? asking->to : fact->count))
			continue;
		next = json_deep_copy(json_array_get(asked, i));
		json_object_del(next, "to");
		json_object_set_new(next, "from", json_integer((json_int_t)fact->to + 1));
		json_array_append_new(left, next);
	}
}

/* Asks for one part and writes it; *facts are then those of the next. */
static enum err get_part(struct asking *asking, json_t **facts)
{
	struct proof_facts *found = calloc(1, sizeof(*found));
	json_t *proof = NULL, *left = json_array();
	struct http_answer answer;
	enum err err;

	ASSERT(found != NULL);
	http_answer_init(&answer);
	err = ask(asking, *facts, &answer);
	if (err == ERR_OK && text_parse(buf_bytes(&answer.body), LIMIT_PROOF_BYTES, &proof) != ERR_OK)
		err = cli_fail(asking->cli, ERR_NET_ANSWER, "what the node gave is no proof");
	if (err == ERR_OK)
		err = judge(asking, proof, *facts, found);
	if (err == ERR_OK)
		err = check_room(asking, answer.body.len);
	if (err == ERR_OK)
		err = write_part(asking, buf_bytes(&answer.body));
	if (err == ERR_OK)
		facts_left(asking, found, *facts, left);
	json_decref(*facts);
	*facts = left;
	proof_facts_release(found);
	free(found);
	json_decref(proof);
	http_answer_release(&answer);
	return err;
}

static void report(const struct asking *asking)
{
	struct cli *cli = asking->cli;
	const char *to = cli_value(cli, "output");

	if (to == NULL || out_json(cli, json_pack("{s:s, s:I, s:I}", "proof", to, "parts",
						  (json_int_t)asking->parts, "height",
						  (json_int_t)asking->height)))
		return;
	if (asking->parts == 1)
		out_line(cli, "proof written to %s; check it with: stele proof check %s", to, to);
	else
		out_line(cli,
			 "proof in %zu parts under height %" PRIu64
			 ": %s, %s.2 …; check them together with: stele proof check %s %s.*",
			 asking->parts, asking->height, to, to, to, to);
}

enum err proof_get_run(struct cli *cli)
{
	struct asking asking = {.cli = cli, .facts = json_array(), .node = HTTP_NODE_ANY};
	enum err err = read_asking(&asking);

	while (err == ERR_OK && json_array_size(asking.facts) > 0)
		err = get_part(&asking, &asking.facts);
	if (err == ERR_OK)
		report(&asking);
	json_decref(asking.facts);
	return err;
}

const struct option_spec options_proof_get[] = {
	{"output", 'o', OPTION_VALUE, "FILE", "write it there, not to standard output"},
	{"at-height", 0, OPTION_VALUE, "H", "under this height, of the newest 1,024 where it is of state"},
	{"from", 0, OPTION_VALUE, "N", "of the list, from this one on"},
	{"to", 0, OPTION_VALUE, "N", "of the list, up to this one"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
