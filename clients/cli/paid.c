#include "clients/cli/paid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"
#include "clients/cli/proof_parts.h"
#include "proto/value.h"

#define KEYS_EACH 24 /* of one proof: their names fit into one address */

/* The keys of all payments and recoveries, in order. */
struct wanted {
	char (*keys)[LIMIT_KEY_BYTES + 1];
	uint64_t *awards;
	size_t count, room;
};

static void want(struct wanted *wanted, const char *kind, const char *programme, uint64_t award,
		 uint64_t number)
{
	if (wanted->count == wanted->room) {
		wanted->room = wanted->room > 0 ? wanted->room * 2 : 64;
		wanted->keys = reallocarray(wanted->keys, wanted->room, sizeof(*wanted->keys));
		wanted->awards = reallocarray(wanted->awards, wanted->room, sizeof(*wanted->awards));
		ASSERT(wanted->keys != NULL && wanted->awards != NULL);
	}
	(void)snprintf(wanted->keys[wanted->count], sizeof(*wanted->keys), "%s/%s/%" PRIu64 "/%" PRIu64,
		       kind, programme, award, number);
	wanted->awards[wanted->count++] = award;
}

/* A proof from a node; facts are to be released in any case. */
static enum err get_proof(struct cli *cli, const char *path, struct proof_facts *facts,
			  json_t **proof, bool *is_pinned)
{
	enum err err = api_get_from(cli, HTTP_NODE_ANY, proof, path);

	memset(facts, 0, sizeof(*facts));
	return err == ERR_OK ? proof_judge(cli, *proof, facts, is_pinned) : err;
}

static enum err doubt(struct cli *cli, enum err err)
{
	if (err == ERR_OK || cli->failure.err == err)
		return err;
	err = cli_fail(cli, err, "a proof of the programme's payments does not hold");
	cli_remedy(cli, "ask another node; if this goes on, tell the node's institution");
	cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	return err;
}

/* --- the awards ------------------------------------------------------------------------- */

struct reading {
	struct paid *out;
	struct wanted *wanted;
	const char *programme;
};

/* Items 1 and so on are the awards of the part. */
static enum err want_part(void *context, struct proof_facts *facts, const struct fact *fact)
{
	const struct reading *reading = context;
	struct paid *out = reading->out;

	for (uint64_t k = fact->from; k <= fact->to; k++) {
		const struct entry *item = &fact->items[1 + k - fact->from];
		const Stele__AwardValue *award;
		void *value;
		enum err err = value_decode(&facts->arena, item->value, VALUE_AWARD, &value);

		if (err != ERR_OK)
			return err;
		award = value;
		for (uint64_t j = 1; j <= award->disbursements; j++)
			want(reading->wanted, "disbursement", reading->programme, k, j);
		for (uint64_t j = 1; j <= award->recoveries; j++)
			want(reading->wanted, "recovery", reading->programme, k, j);
	}
	out->total = fact->stated.paid;
	out->returned = fact->stated.recovered;
	out->height = facts->cover.last.height;
	memcpy(out->currency, fact->currency, sizeof(out->currency));
	return ERR_OK;
}

static enum err get_awards(struct cli *cli, const char *programme, struct paid *out,
			   struct wanted *wanted)
{
	struct reading reading = {out, wanted, programme};

	return doubt(cli, proof_awards_each(cli, programme, 0, &out->is_pinned, want_part,
					    &reading));
}

/* --- the payments ------------------------------------------------------------------------- */

static enum err take(struct paid *out, uint64_t award, const char *party, const char *date,
		     uint64_t amount, ProtobufCBinaryData reference, struct payment *payment)
{
	if (strlen(party) >= sizeof(payment->party) || strlen(date) >= sizeof(payment->date) ||
	    reference.len != sizeof(payment->reference.b))
		return ERR_PROOF_FORM;
	payment->award = award;
	payment->amount = amount;
	memcpy(payment->party, party, strlen(party) + 1);
	memcpy(payment->date, date, strlen(date) + 1);
	memcpy(payment->currency, out->currency, sizeof(payment->currency));
	memcpy(payment->reference.b, reference.data, reference.len);
	payments_add(&out->payments, payment);
	return ERR_OK;
}

static enum err take_disbursement(struct paid *out, uint64_t award,
				  const Stele__DisbursementValue *value)
{
	struct payment payment = {.number = value->number,
				  .is_reversed = value->reversed_log_index > 0};

	if (value->record == NULL)
		return ERR_PROOF_FORM;
	return take(out, award, value->record->payee, value->record->value_date,
		    value->record->amount, value->record->reference_sha256, &payment);
}

static enum err take_recovery(struct paid *out, uint64_t award, const Stele__RecoveryValue *value)
{
	struct payment payment = {.number = value->number, .is_return = true};

	if (value->receipt == NULL)
		return ERR_OK; /* a demand moves no money */
	return take(out, award, value->receipt->payer, value->receipt->value_date,
		    value->receipt->amount, value->receipt->reference_sha256, &payment);
}

static enum err take_item(struct paid *out, struct arena *arena, const struct fact *fact,
			  const char *key, uint64_t award)
{
	bool is_recovery = key[0] == 'r';
	void *value;
	enum err err;

	if (fact->kind != FACT_STATE || strcmp(fact->subject, key) != 0 ||
	    !fact->items[0].is_present)
		return ERR_PROOF_FORM;
	err = value_decode(arena, fact->items[0].value, is_recovery ? VALUE_RECOVERY : VALUE_DISBURSEMENT,
			   &value);
	if (err != ERR_OK)
		return err;
	return is_recovery ? take_recovery(out, award, value) : take_disbursement(out, award, value);
}

static enum err get_some(struct cli *cli, struct paid *out, const struct wanted *wanted, size_t from,
			 size_t count)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	json_t *proof = NULL;
	struct buf path;
	bool is_pinned;
	enum err err;

	ASSERT(facts != NULL);
	buf_init(&path, LIMIT_HTTP_URL_BYTES);
	buf_print(&path, "/v1/proofs/state");
	for (size_t i = 0; i < count; i++) {
		buf_print(&path, i == 0 ? "?key=" : "&key=");
		url_add(&path, wanted->keys[from + i]);
	}
	buf_u8(&path, 0);
	ASSERT(!path.has_failed);
	err = get_proof(cli, (const char *)path.at, facts, &proof, &is_pinned);
	if (err == ERR_OK && facts->facts_count != count)
		err = ERR_PROOF_FORM;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = take_item(out, &facts->arena, &facts->facts[i], wanted->keys[from + i],
				wanted->awards[from + i]);
	proof_facts_release(facts);
	free(facts);
	json_decref(proof);
	buf_release(&path);
	return doubt(cli, err);
}

enum err paid_get(struct cli *cli, const char *programme, struct paid *out)
{
	struct wanted wanted = {.count = 0};
	struct progress progress;
	size_t done = 0;
	enum err err;

	memset(out, 0, sizeof(*out));
	err = get_awards(cli, programme, out, &wanted);
	progress_start(&progress, cli, "payments read", wanted.count);
	while (err == ERR_OK && done < wanted.count) {
		size_t count = wanted.count - done < KEYS_EACH ? wanted.count - done : KEYS_EACH;

		err = get_some(cli, out, &wanted, done, count);
		done += count;
		progress_set(&progress, done);
	}
	progress_end(&progress, done);
	free(wanted.keys);
	free(wanted.awards);
	return err;
}

void paid_release(struct paid *paid)
{
	payments_release(&paid->payments);
}
