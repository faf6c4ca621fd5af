#include "proto/genesis.h"

#include <string.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proto/domain.h"
#include "proto/lines.h"
#include "proto/org_text.h"
#include "proto/role.h"
#include "proto/tx.h"
#include "proto/words.h"

#define LEAF_GENESIS 0x00
#define WORDS 8

/* --- what a document must be ---------------------------------------------- */

static bool parameters_fit(const struct genesis *genesis)
{
	bool fit = true;

#define TIMER_FITS(text, member, least, greatest) \
	fit = fit && genesis->timers.member >= (least) && genesis->timers.member <= (greatest);
#define LIMIT_FITS(text, member, least, greatest) \
	fit = fit && genesis->member >= (least) && genesis->member <= (greatest);
	GENESIS_TIMER_LIST(TIMER_FITS)
	GENESIS_LIMIT_LIST(LIMIT_FITS)
#undef TIMER_FITS
#undef LIMIT_FITS
	return fit && network_name_is_valid(bytes_text(genesis->name)) &&
	       genesis->time_ms >= 1 && genesis->time_ms <= INT64_MAX &&
	       genesis->epoch_length >= 1 && genesis->epoch_length <= GENESIS_EPOCH_LENGTH_MAX;
}

static bool rule_is_sound(const struct genesis_rule *rule)
{
	bool is_motion = rule->operation == STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN ||
			 rule->operation == STELE__TRANSACTION_BODY__OPERATION_MOTION_APPROVE ||
			 rule->operation == STELE__TRANSACTION_BODY__OPERATION_MOTION_WITHDRAW;

	if (operation_name(rule->operation) == NULL || is_motion)
		return false;
	if (!roles_are_valid(rule->openers) || rule->approvals > GENESIS_ORGS_MAX)
		return false;
	if (rule->approvals == 0)
		return rule->approvers == STELE__ROLE__ROLE_NONE;
	return operation_is_motionable(rule->operation) &&
	       role_name((uint32_t)rule->approvers) != NULL;
}

static bool rules_are_sound(const struct genesis *genesis)
{
	if (genesis->rules_count > GENESIS_RULES_MAX)
		return false;
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		const struct genesis_rule *rule = &genesis->rules[i];

		if (!rule_is_sound(rule) || (i > 0 && rule[-1].operation >= rule->operation))
			return false;
	}
	return true;
}

static const struct genesis_org *org_find(const struct genesis *genesis, const char *id)
{
	for (uint32_t i = 0; i < genesis->orgs_count; i++) {
		if (strcmp(genesis->orgs[i].id, id) == 0)
			return &genesis->orgs[i];
	}
	return NULL;
}

/* How many organisations have the key. */
static unsigned key_owners(const struct genesis *genesis, const struct public_key *key)
{
	unsigned owners = 0;

	for (uint32_t i = 0; i < genesis->orgs_count; i++) {
		for (uint32_t k = 0; k < genesis->orgs[i].keys_count; k++) {
			if (public_key_equal(&genesis->orgs[i].keys[k].key, key))
				owners++;
		}
	}
	return owners;
}

static bool orgs_are_sound(const struct genesis *genesis)
{
	if (genesis->orgs_count == 0 || genesis->orgs_count > GENESIS_ORGS_MAX)
		return false;
	for (uint32_t i = 0; i < genesis->orgs_count; i++) {
		const struct genesis_org *org = &genesis->orgs[i];

		if (!org_is_sound(org) || (i > 0 && strcmp(org[-1].id, org->id) >= 0))
			return false;
		for (uint32_t k = 0; k < org->keys_count; k++) {
			if (key_owners(genesis, &org->keys[k].key) != 1)
				return false;
		}
	}
	return true;
}

static bool has_govern_key(const struct genesis_org *org)
{
	for (uint32_t k = 0; k < org->keys_count; k++) {
		if ((org->keys[k].purposes & 1u << STELE__PURPOSE__PURPOSE_GOVERN) != 0)
			return true;
	}
	return false;
}

/* Each validator's organisation is here, has the role and can sign the founding;
 * no key of a validator is an organisation's. */
static bool validators_fit(const struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->set.count; i++) {
		const struct validator *validator = &genesis->set.validators[i];
		const struct genesis_org *org = org_find(genesis, validator->org);

		if (org == NULL || !has_govern_key(org) ||
		    (org->roles & 1u << STELE__ROLE__ROLE_VALIDATOR) == 0)
			return false;
		if (key_owners(genesis, &validator->consensus_key) != 0 ||
		    key_owners(genesis, &validator->node_key) != 0)
			return false;
	}
	return true;
}

enum err genesis_check(const struct genesis *genesis)
{
	return parameters_fit(genesis) && rules_are_sound(genesis) && orgs_are_sound(genesis) &&
			       set_is_sound(&genesis->set) && validators_fit(genesis)
		       ? ERR_OK
		       : ERR_GENESIS_FORM;
}

/* --- the text ---------------------------------------------------------------- */

static void rule_render(struct buf *out, const struct genesis_rule *rule)
{
	buf_print(out, "policy %s ", operation_name(rule->operation));
	roles_render(out, rule->openers);
	buf_print(out, " %u %s\n", rule->approvals,
		  rule->approvals == 0 ? "-" : role_name((uint32_t)rule->approvers));
}

void genesis_bounds_render(struct buf *out, const struct genesis *genesis)
{
#define TIMER_RENDER(text, member, least, greatest) \
	buf_print(out, "timer " text " %llu\n", (unsigned long long)genesis->timers.member);
#define LIMIT_RENDER(text, member, least, greatest) \
	buf_print(out, "limit " text " %llu\n", (unsigned long long)genesis->member);
	GENESIS_TIMER_LIST(TIMER_RENDER)
	GENESIS_LIMIT_LIST(LIMIT_RENDER)
#undef TIMER_RENDER
#undef LIMIT_RENDER
}

static void text_render(struct buf *out, const struct genesis *genesis)
{
	buf_print(out, "stele/v1 genesis\nname %s\nsuite " SIGN_SUITE "\n", genesis->name);
	buf_print(out, "time %llu\nepoch-length %llu\n", (unsigned long long)genesis->time_ms,
		  (unsigned long long)genesis->epoch_length);
	genesis_bounds_render(out, genesis);
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		rule_render(out, &genesis->rules[i]);
	for (uint32_t i = 0; i < genesis->orgs_count; i++)
		org_text_render(out, &genesis->orgs[i]);
	set_render(out, &genesis->set);
}

enum err genesis_render(struct buf *out, struct genesis *genesis)
{
	struct buf text;
	enum err err = genesis_check(genesis);

	if (err != ERR_OK)
		return err;
	buf_init(&text, LIMIT_GENESIS_BYTES);
	text_render(&text, genesis);
	if (text.has_failed) {
		err = ERR_GENESIS_FORM;
	} else {
		sha256(&genesis->chain, text.at, text.len);
		buf_add_bytes(out, buf_bytes(&text));
		err = out->has_failed ? ERR_FULL : ERR_OK;
	}
	buf_release(&text);
	return err;
}

static void parameters_parse(struct lines *lines, struct genesis *out)
{
	struct bytes name;

	lines_expect(lines, "stele/v1 genesis");
	name = lines_field(lines, "name");
	if (!network_name_is_valid(name))
		lines_fail(lines);
	lines_copy(lines, out->name, GENESIS_NAME_MAX, name);
	lines_expect(lines, "suite " SIGN_SUITE);
	out->time_ms = lines_decimal(lines, "time");
	out->epoch_length = lines_decimal_max(lines, "epoch-length", GENESIS_EPOCH_LENGTH_MAX);
#define TIMER_PARSE(text, member, least, greatest) \
	out->timers.member = lines_decimal_max(lines, "timer " text, greatest);
#define LIMIT_PARSE(text, member, least, greatest) \
	out->member = lines_decimal_max(lines, "limit " text, greatest);
	GENESIS_TIMER_LIST(TIMER_PARSE)
	GENESIS_LIMIT_LIST(LIMIT_PARSE)
#undef TIMER_PARSE
#undef LIMIT_PARSE
}

static void rule_parse(struct lines *lines, struct genesis *out)
{
	struct genesis_rule *rule = &out->rules[out->rules_count];
	struct bytes line;
	struct bytes approvers;

	if (out->rules_count == GENESIS_RULES_MAX) {
		lines_fail(lines);
		return;
	}
	*rule = (struct genesis_rule){.approvers = STELE__ROLE__ROLE_NONE};
	line = lines_field(lines, "policy");
	rule->operation = operation_from_name(lines_word(lines, &line));
	if (!roles_parse(&rule->openers, lines_word(lines, &line)))
		lines_fail(lines);
	rule->approvals = (uint32_t)lines_word_decimal(lines, &line, GENESIS_ORGS_MAX);
	approvers = lines_word(lines, &line);
	lines_end(lines, line);
	if (!bytes_equal(approvers, bytes_text("-"))) {
		rule->approvers = (Stele__Role)role_from_name(approvers);
		if (rule->approvers == STELE__ROLE__ROLE_NONE)
			lines_fail(lines);
	}
	if (!rule_is_sound(rule))
		lines_fail(lines);
	out->rules_count++;
}

static void genesis_org_parse(struct lines *lines, struct genesis *out)
{
	if (out->orgs_count == GENESIS_ORGS_MAX) {
		lines_fail(lines);
		return;
	}
	org_text_parse(lines, &out->orgs[out->orgs_count]);
	out->orgs_count++;
}

enum err genesis_parse(struct genesis *out, struct bytes text, unsigned *line)
{
	struct lines lines = lines_of(text);

	*line = 1;
	if (text.len > LIMIT_GENESIS_BYTES)
		return ERR_GENESIS_FORM;
	out->rules_count = 0;
	out->orgs_count = 0;
	parameters_parse(&lines, out);
	while (lines_peek(&lines, "policy"))
		rule_parse(&lines, out);
	while (lines_peek(&lines, "organisation"))
		genesis_org_parse(&lines, out);
	*line = lines.has_failed ? lines.number : lines.number + 1;
	if (lines.has_failed || set_parse(&out->set, lines.left) != ERR_OK)
		return ERR_GENESIS_FORM;
	*line = 1; /* what follows concerns the document as a whole */
	if (genesis_check(out) != ERR_OK)
		return ERR_GENESIS_FORM;
	sha256(&out->chain, text.at, text.len);
	return ERR_OK;
}

/* --- what follows from it ------------------------------------------------------ */

void genesis_origin(char out[ORIGIN_MAX + 1], const struct genesis *genesis)
{
	size_t len = strlen(genesis->name);

	ASSERT(len <= GENESIS_NAME_MAX);
	memcpy(out, genesis->name, len);
	out[len] = '/';
	hex_encode(out + len + 1, genesis->chain.b, 8);
}

void genesis_header(struct header *out, const struct genesis *genesis, struct bytes text,
		    const struct hash *state_root)
{
	struct buf leaf;

	*out = (struct header){.log_size = 1,
			       .chain = genesis->chain,
			       .time_ms = genesis->time_ms,
			       .state = *state_root,
			       .validators = genesis->set.hash};
	genesis_origin(out->origin, genesis);
	buf_init(&leaf, LIMIT_LEAF_BYTES);
	buf_u8(&leaf, LEAF_GENESIS);
	buf_add_bytes(&leaf, text);
	ASSERT(!leaf.has_failed);
	merkle_leaf(&out->log_root, buf_bytes(&leaf));
	buf_release(&leaf);
	sha256(&out->body, "stele/v1 body\n", strlen("stele/v1 body\n"));
	merkle_empty(&out->rejected_root);
}

void genesis_found_text(struct buf *out, const struct hash *chain)
{
	buf_print(out, "%schain ", DOMAIN_FOUND);
	buf_hex(out, chain->b, sizeof(chain->b));
	buf_u8(out, '\n');
}

void genesis_words(struct buf *out, const struct hash *chain)
{
	for (int i = 0; i < WORDS; i++)
		buf_print(out, "%s%s", i == 0 ? "" : "-", genesis_word[chain->b[i]]);
}
