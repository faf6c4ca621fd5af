#include "node/api/facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ledger/apply/currency.h"
#include "ledger/payable.h"
#include "node/api/facts_content.h"
#include "node/api/motion_read.h"

#define FACT_MAX 512
#define MONEY_MAX 48

/* "58,200,000.00"; whole minor units where the currency has no decimals. */
static void money(char out[MONEY_MAX], const char *currency, uint64_t amount)
{
	unsigned places = 0, digits = 0;
	char reversed[MONEY_MAX];
	size_t len = 0, at = 0;

	(void)currency_places(currency, &places);
	do {
		if (digits == places && digits > 0)
			reversed[len++] = '.';
		else if (digits > places && (digits - places) % 3 == 0)
			reversed[len++] = ',';
		reversed[len++] = (char)('0' + amount % 10);
		amount /= 10;
		digits++;
	} while (amount > 0 || digits <= places);
	while (len > 0)
		out[at++] = reversed[--len];
	out[at] = '\0';
}

static void add(json_t *facts, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

static void add(json_t *facts, const char *name, const char *format, ...)
{
	char text[FACT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	set_text(facts, name, text);
}

/* "CNY 2,500,000.00", and how far that is above what is left. */
static void add_asked(json_t *facts, const char *currency, uint64_t asked, uint64_t left)
{
	char whole[MONEY_MAX], over[MONEY_MAX];

	money(whole, currency, asked);
	money(over, currency, asked > left ? asked - left : 0);
	add(facts, "asked", "%s %s, which is %s %s too much", currency, whole, currency, over);
}

/* --- grants ------------------------------------------------------------------------ */

static void add_areas(json_t *facts, const Stele__ProgrammeCreate *terms, const char *asked)
{
	struct buf areas;

	buf_init(&areas, FACT_MAX - 1);
	for (size_t i = 0; i < terms->n_areas; i++)
		buf_print(&areas, "%s%s", i == 0 ? "" : ", ", terms->areas[i]->code);
	if (!areas.has_failed)
		add(facts, "areas", "%.*s", (int)areas.len, (const char *)areas.at);
	buf_release(&areas);
	add(facts, "asked", "%s", asked);
}

static void add_eligibility(json_t *facts, const Stele__Eligibility *eligibility,
			    const Stele__AwardGrant *grant)
{
	if (eligibility != NULL)
		add(facts, "eligible", "%s%s%s",
		    eligibility->scheme[0] != '\0' ? eligibility->scheme : "any scheme",
		    eligibility->division_prefix[0] != '\0' ? ", division code beginning with " : "",
		    eligibility->division_prefix);
	if (grant->n_recipients > 0)
		add(facts, "recipient", "%s%s", grant->recipients[0]->org,
		    grant->n_recipients > 1 ? " and others" : "");
}

static void add_budget(json_t *facts, const Stele__ProgrammeValue *value, uint64_t asked)
{
	const Stele__ProgrammeCreate *terms = value->programme;
	char committed[MONEY_MAX], budget[MONEY_MAX];

	money(committed, terms->currency, value->committed);
	money(budget, terms->currency, terms->budget);
	add(facts, "programme", "%s   committed %s %s of %s", terms->id, terms->currency, committed,
	    budget);
	add_asked(facts, terms->currency, asked, terms->budget - value->committed);
}

static void add_of_grant(struct call *call, const Stele__AwardGrant *grant, enum err reason,
			 json_t *facts)
{
	Stele__ProgrammeValue *value;

	if (call_value(call, VALUE_PROGRAMME, &value, "programme/%s", grant->programme) != ERR_OK ||
	    value->programme == NULL)
		return;
	if (reason == ERR_BUDGET)
		add_budget(facts, value, grant->amount);
	else if (reason == ERR_AWARDS_MAX)
		add(facts, "programme", "%s   %" PRIu64 " awards of at most %" PRIu32, grant->programme,
		    value->live_awards, value->programme->max_awards);
	else if (reason == ERR_AREA)
		add_areas(facts, value->programme, grant->area);
	else if (reason == ERR_ELIGIBILITY)
		add_eligibility(facts, value->programme->eligibility, grant);
}

/* --- payments ------------------------------------------------------------------------ */

static void add_of_payment(struct call *call, const Stele__DisbursementRecord *payment,
			   enum err reason, json_t *facts)
{
	Stele__ProgrammeValue *programme;
	Stele__AwardValue *award;
	char paid[MONEY_MAX], of[MONEY_MAX];
	const char *currency;
	uint64_t payable;

	if (call_value(call, VALUE_PROGRAMME, &programme, "programme/%s", payment->programme) != ERR_OK ||
	    call_value(call, VALUE_AWARD, &award, "award/%s/%" PRIu64, payment->programme,
		       payment->award) != ERR_OK ||
	    programme->programme == NULL || award->grant == NULL)
		return;
	if (reason == ERR_AWARD_NOT_ACCEPTED)
		add(facts, "award", "%s/%" PRIu64 "   accepted by %zu of %zu recipients", payment->programme,
		    payment->award, award->n_accepted, award->grant->n_recipients);
	if (reason != ERR_PAYMENT_OVER)
		return;
	currency = programme->programme->currency;
	payable = award_payable(award);
	money(paid, currency, award->paid);
	money(of, currency, payable);
	add(facts, "award", "%s/%" PRIu64 "   paid %s %s of %s payable", payment->programme,
	    payment->award, currency, paid, of);
	add_asked(facts, currency, payment->amount, payable > award->paid ? payable - award->paid : 0);
}

/* --- what the transaction would do ------------------------------------------------------- */

struct deed {
	const Stele__AwardGrant *grant;
	const Stele__DisbursementRecord *payment;
};

static void deed_of_motion(const Stele__MotionOperation *carried, struct deed *out)
{
	if (carried->operation_case == STELE__MOTION_OPERATION__OPERATION_AWARD_GRANT)
		out->grant = carried->award_grant;
	if (carried->operation_case == STELE__MOTION_OPERATION__OPERATION_DISBURSEMENT_RECORD)
		out->payment = carried->disbursement_record;
}

/* The last approval executes what the motion carries, and is refused with it. */
static void deed_of_approval(struct call *call, uint64_t number, struct deed *out)
{
	Stele__MotionOperation *carried;
	Stele__MotionValue *motion;

	if (call_value(call, VALUE_MOTION, &motion, "motion/%" PRIu64, number) == ERR_OK &&
	    motion_read_operation(call, motion, &carried) == ERR_OK)
		deed_of_motion(carried, out);
}

static void deed_of(struct call *call, const Stele__TransactionBody *body, struct deed *out)
{
	*out = (struct deed){NULL, NULL};
	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_AWARD_GRANT)
		out->grant = body->award_grant;
	else if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_DISBURSEMENT_RECORD)
		out->payment = body->disbursement_record;
	else if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN)
		deed_of_motion(body->motion_open->operation, out);
	else if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_MOTION_APPROVE)
		deed_of_approval(call, body->motion_approve->motion, out);
}

json_t *facts_of_refusal(struct call *call, const struct tx *tx, enum err reason)
{
	json_t *facts = json_object();
	struct deed deed;

	deed_of(call, tx->message, &deed);
	if (deed.grant != NULL)
		add_of_grant(call, deed.grant, reason, facts);
	if (deed.payment != NULL)
		add_of_payment(call, deed.payment, reason, facts);
	facts_of_content(call, tx, reason, facts);
	if (json_object_size(facts) > 0)
		return facts;
	json_decref(facts);
	return NULL;
}
