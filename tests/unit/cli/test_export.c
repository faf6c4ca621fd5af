/* Exports: how cells are written, what a difference is called, and that nothing is made of facts
 * which no proof said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/export_compare.h"
#include "clients/cli/export_format.h"
#include "clients/cli/export_tables.h"
#include "crypto/sign.h"
#include "tests/lib/unit.h"

/* --- cells ------------------------------------------------------------------------- */

static void cell_is(const char *text, const char *expected)
{
	struct buf out;

	buf_init(&out, 256);
	export_csv_cell(&out, text);
	buf_u8(&out, 0);
	ck_assert_str_eq((const char *)out.at, expected);
	buf_release(&out);
}

UNIT_TEST(a_cell_is_quoted_where_it_has_to_be)
{
	cell_is("plain", "plain");
	cell_is("", "");
	cell_is("a,b", "\"a,b\"");
	cell_is("a\"b", "\"a\"\"b\"");
	cell_is("a\r\nb", "\"a\r\nb\"");
	cell_is("互联网", "互联网");
}

UNIT_TEST(a_cell_that_would_be_a_formula_is_disarmed)
{
	cell_is("=1+1", "'=1+1");
	cell_is("+1", "'+1");
	cell_is("-1", "'-1");
	cell_is("@a", "'@a");
	cell_is("\tx", "'\tx");
	cell_is("\rx", "\"'\rx\"");
	cell_is("'x", "''x");
	cell_is("=\"a\"", "\"'=\"\"a\"\"\"");
	cell_is("a=1", "a=1");
}

UNIT_TEST(an_amount_has_the_decimals_of_its_currency)
{
	static const struct {
		uint64_t minor;
		const char *currency, *text;
	} cases[] = {{0, "CNY", "0.00"},	{5, "CNY", "0.05"},	{123456, "GBP", "1234.56"},
		     {7, "JPY", "7"},		{1, "KWD", "0.001"},	{1234567, "KWD", "1234.567"},
		     {INT64_MAX, "CNY", "92233720368547758.07"},
		     {UINT64_MAX, "CLF", "1844674407370955.1615"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[EXPORT_DECIMAL_MAX];

		export_decimal(text, cases[i].minor, cases[i].currency);
		ck_assert_str_eq(text, cases[i].text);
	}
}

UNIT_TEST(a_text_of_json_escapes_what_it_has_to)
{
	struct buf out;

	buf_init(&out, 256);
	export_json_text(&out, "a\"b\\c\td\x7f 资 /");
	buf_u8(&out, 0);
	ck_assert_str_eq((const char *)out.at, "\"a\\\"b\\\\c\\u0009d\\u007f 资 /\"");
	buf_release(&out);
}

/* --- a small programme ---------------------------------------------------------------- */

static void add(struct export_facts *facts, const char *key, enum value_type type, const void *message)
{
	struct buf value;

	buf_init(&value, 16384);
	ck_assert_int_eq(value_encode(&value, type, message), ERR_OK);
	export_facts_add(facts, key, buf_bytes(&value));
	buf_release(&value);
}

static void add_award(struct export_facts *facts, uint64_t number, const char *title, uint64_t payments)
{
	Stele__AwardImport import = STELE__AWARD_IMPORT__INIT;
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;
	uint8_t document[32] = {(uint8_t)number};
	char key[64], id[32];

	(void)snprintf(id, sizeof(id), "id-%llu", (unsigned long long)number);
	import.programme = (char *)"P";
	import.publisher_id = id;
	import.title = (char *)(uintptr_t)title;
	import.recipient_id = (char *)"GB-1";
	import.recipient_name = (char *)"Somebody";
	import.amount = 1000 * number;
	import.date = (char *)"2024-02-29";
	import.document_sha256 = (ProtobufCBinaryData){sizeof(document), document};
	award.import = &import;
	award.state = STELE__AWARD_STATE__AWARD_IMPORTED;
	award.committed = import.amount;
	award.number = number;
	award.log_index = 10 + number;
	award.disbursements = payments;
	(void)snprintf(key, sizeof(key), "award/P/%llu", (unsigned long long)number);
	add(facts, key, VALUE_AWARD, &award);
}

/* Programme P with so many awards; payments: that the first one claims to have. */
static void facts_make(struct export_facts *facts, uint64_t awards, uint64_t payments)
{
	Stele__Names titles = STELE__NAMES__INIT;
	Stele__ProgrammeCreate terms = STELE__PROGRAMME_CREATE__INIT;
	Stele__ProgrammeValue programme = STELE__PROGRAMME_VALUE__INIT;
	Stele__OrgValue org = STELE__ORG_VALUE__INIT;
	Stele__Period period = STELE__PERIOD__INIT;

	export_facts_init(facts);
	(void)snprintf(facts->programme, sizeof(facts->programme), "P");
	(void)snprintf(facts->header.origin, sizeof(facts->header.origin), "test/0123456789abcdef");
	facts->header.height = 7;
	facts->header.time_ms = 1767225600000;
	titles.en = (char *)"Programme";
	terms.id = (char *)"P";
	terms.funder = (char *)"F";
	terms.agency = (char *)"F";
	terms.titles = &titles;
	terms.currency = (char *)"GBP";
	terms.budget = 1000000;
	terms.max_awards = 10;
	period.start = (char *)"2024-01-01";
	period.end = (char *)"2024-12-31";
	terms.period = &period;
	programme.programme = &terms;
	programme.awards = awards;
	org.id = (char *)"F";
	org.names = &titles;
	add(facts, "programme/P", VALUE_PROGRAMME, &programme);
	add(facts, "org/F", VALUE_ORG, &org);
	for (uint64_t k = 1; k <= awards; k++)
		add_award(facts, k, k == 2 ? "=cmd|x" : "A title", k == 1 ? payments : 0);
	export_facts_sort(facts);
}

static void made(export_format *format, struct export_facts *facts, struct export_files *files)
{
	export_files_init(files);
	format(facts, files);
	ck_assert_uint_eq(facts->wants_count, 0);
	ck_assert(!facts->is_damaged);
}

UNIT_TEST(a_line_is_an_object_with_ascending_members)
{
	struct export_facts facts;
	struct export_files files;
	const char *line;
	size_t lines = 0;

	facts_make(&facts, 3, 0);
	made(export_ndjson, &facts, &files);
	ck_assert_uint_eq(files.count, 1);
	buf_u8(&files.files[0].text, 0);
	line = (const char *)files.files[0].text.at;
	ck_assert(strstr(line, "\"height\":\"7\"") != NULL);
	while (*line != '\0') {
		const char *end = strchr(line, '\n');
		json_t *row = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);
		char *again = json_dumps(row, JSON_COMPACT | JSON_SORT_KEYS);

		ck_assert_uint_eq(strlen(again), (size_t)(end - line));
		ck_assert(memcmp(again, line, strlen(again)) == 0);
		free(again);
		json_decref(row);
		line = end + 1;
		lines++;
	}
	ck_assert_uint_eq(lines, 1 + 1 + 3 + 1); /* export, programme, awards, organisation */
	export_files_release(&files);
	export_facts_release(&facts);
}

UNIT_TEST(a_package_is_one_object_with_a_grant_a_line)
{
	struct export_facts facts;
	struct export_files files;
	json_t *package;

	facts_make(&facts, 3, 0);
	made(export_360giving, &facts, &files);
	package = json_loadb((const char *)files.files[0].text.at, files.files[0].text.len,
			     JSON_REJECT_DUPLICATES, NULL);
	ck_assert_uint_eq(json_array_size(json_object_get(package, "grants")), 3);
	ck_assert_str_eq(unit_json_text(json_array_get(json_object_get(package, "grants"), 1), "awardDate"),
			 "2024-02-29T00:00:00+00:00");
	json_decref(package);
	export_files_release(&files);
	export_facts_release(&facts);
}

/* --- facts that are not there ------------------------------------------------------------ */

UNIT_TEST(what_no_proof_says_is_wanted_and_never_made_up)
{
	struct export_facts facts;
	struct export_files files;

	facts_make(&facts, 2, 1);
	export_files_init(&files);
	export_csv(&facts, &files);
	export_facts_settle(&facts);
	ck_assert_uint_eq(facts.wants_count, 1);
	ck_assert_int_eq(facts.wants[0].kind, WANT_KEY);
	ck_assert_str_eq(facts.wants[0].key, "disbursement/P/1/1");
	export_files_release(&files);
	export_facts_release(&facts);
}

/* A made-up set may sign any number; nothing runs for ever, nor takes all memory. */
UNIT_TEST(a_number_that_is_absurd_ends)
{
	static export_format *const formats[] = {export_csv, export_ndjson, export_evidence};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct export_facts facts;
		struct export_files files;

		facts_make(&facts, 2, INT64_MAX);
		export_files_init(&files);
		formats[i](&facts, &files);
		ck_assert(facts.wants_count > 0);
		export_files_release(&files);
		export_facts_release(&facts);
	}
}

UNIT_TEST(a_value_of_another_type_is_damage)
{
	struct export_facts facts;
	Stele__CountValue count = STELE__COUNT_VALUE__INIT;

	export_facts_init(&facts);
	(void)snprintf(facts.programme, sizeof(facts.programme), "P");
	add(&facts, "programme/P", VALUE_COUNT, &count);
	export_facts_sort(&facts);
	ck_assert(export_value(&facts, VALUE_PROGRAMME, "programme/P") == NULL);
	ck_assert(facts.is_damaged);
	export_facts_release(&facts);
}

UNIT_TEST(an_award_that_is_absent_is_damage)
{
	struct export_facts facts;
	struct export_files files;

	facts_make(&facts, 2, 1);
	export_facts_add(&facts, "disbursement/P/1/1", (struct bytes){NULL, 0});
	export_facts_sort(&facts);
	export_files_init(&files);
	export_csv(&facts, &files);
	ck_assert_uint_eq(facts.wants_count, 0);
	ck_assert(facts.is_damaged);
	export_files_release(&files);
	export_facts_release(&facts);
}

/* --- amendments ------------------------------------------------------------------------ */

/* The leaf of a record that amends award 1 of P, by a motion or bare. */
static void add_amendment(struct export_facts *facts, uint64_t log_index, uint64_t version,
			  bool is_motion)
{
	Stele__Period period = STELE__PERIOD__INIT;
	Stele__AwardAmend amend = STELE__AWARD_AMEND__INIT;
	Stele__MotionOperation operation = STELE__MOTION_OPERATION__INIT;
	Stele__MotionOpen open = STELE__MOTION_OPEN__INIT;
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	struct public_key public_key;
	struct secret secret;
	uint8_t terms[32] = {1};
	struct buf raw;
	struct tx *tx;

	ck_assert_int_eq(sign_key_generate(&secret), ERR_OK);
	ck_assert_int_eq(sign_public(&public_key, &secret), ERR_OK);
	period.start = (char *)"2024-01-01";
	period.end = (char *)"2024-12-31";
	amend.programme = (char *)"P";
	amend.award = 1;
	amend.version = version;
	amend.amount = 1000 + version;
	amend.period = &period;
	amend.terms_sha256 = (ProtobufCBinaryData){sizeof(terms), terms};
	operation.operation_case = STELE__MOTION_OPERATION__OPERATION_AWARD_AMEND;
	operation.award_amend = &amend;
	open.operation = &operation;
	open.expires = 1800000000000;
	body.chain = (ProtobufCBinaryData){sizeof(facts->header.chain.b), facts->header.chain.b};
	body.signer = (ProtobufCBinaryData){sizeof(public_key.b), public_key.b};
	body.valid_until = 1700000000000;
	body.operation_case = is_motion ? STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN
					: STELE__TRANSACTION_BODY__OPERATION_AWARD_AMEND;
	if (is_motion)
		body.motion_open = &open;
	else
		body.award_amend = &amend;
	buf_init(&raw, LIMIT_TX_BYTES);
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_OK);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &facts->header.chain), ERR_OK);
	export_facts_add_leaf(facts, log_index, tx->leaf_data);
	tx_free(tx);
	buf_release(&raw);
}

static void add_motion(struct export_facts *facts, Stele__MotionState state)
{
	Stele__MotionValue motion = STELE__MOTION_VALUE__INIT;
	uint8_t hash[32] = {1};

	motion.number = 5;
	motion.opener = (char *)"F";
	motion.operation = 62;
	motion.expires = 1800000000000;
	motion.state = state;
	motion.parts = 1;
	motion.operation_sha256 = (ProtobufCBinaryData){sizeof(hash), hash};
	motion.log_index = 21;
	motion.executed_log_index = state == STELE__MOTION_STATE__MOTION_EXECUTED ? 30 : 0;
	add(facts, "motion/5", VALUE_MOTION, &motion);
}

UNIT_TEST(an_amendment_is_a_record_that_took_effect)
{
	struct export_amendment amendment;
	struct export_facts facts;

	facts_make(&facts, 1, 0);
	add_amendment(&facts, 20, 1, false);
	add_amendment(&facts, 21, 2, true);
	export_facts_sort(&facts);
	ck_assert(export_amendment(&facts, 1, 1, &amendment));
	ck_assert_uint_eq(amendment.log_index, 20);
	ck_assert_uint_eq(amendment.terms->amount, 1001);
	ck_assert_msg(!export_amendment(&facts, 1, 2, &amendment), "nobody says it was executed");
	ck_assert(!export_amendment(&facts, 2, 1, &amendment));
	export_facts_settle(&facts);
	ck_assert_uint_eq(facts.wants_count, 2);
	add_motion(&facts, STELE__MOTION_STATE__MOTION_WITHDRAWN);
	export_facts_sort(&facts);
	ck_assert_msg(!export_amendment(&facts, 1, 2, &amendment), "it was withdrawn");
	export_facts_release(&facts);
	facts_make(&facts, 1, 0);
	add_amendment(&facts, 21, 2, true);
	add_motion(&facts, STELE__MOTION_STATE__MOTION_EXECUTED);
	export_facts_sort(&facts);
	ck_assert(export_amendment(&facts, 1, 2, &amendment));
	ck_assert_uint_eq(amendment.log_index, 30);
	ck_assert_uint_eq(amendment.motion, 5);
	export_facts_release(&facts);
}

/* --- differences --------------------------------------------------------------------- */

struct pair {
	struct export_facts facts;
	struct export_files files;
	struct buf found;
};

static void pair_make(struct pair *pair, export_format *format)
{
	facts_make(&pair->facts, 4, 0);
	made(format, &pair->facts, &pair->files);
	buf_init(&pair->found, 1 << 20);
	buf_add_bytes(&pair->found, buf_bytes(&pair->files.files[0].text));
}

static void pair_free(struct pair *pair)
{
	buf_release(&pair->found);
	export_files_release(&pair->files);
	export_facts_release(&pair->facts);
}

static struct export_difference compared(struct pair *pair)
{
	struct export_difference difference;

	export_compare(&pair->files.files[0], buf_bytes(&pair->found), &difference);
	return difference;
}

/* Puts to in the place of the first from behind the given line. */
static void replace(struct pair *pair, const char *from, const char *to)
{
	uint8_t *at = memmem(pair->found.at, pair->found.len, from, strlen(from));
	struct buf changed;

	ck_assert(at != NULL);
	buf_init(&changed, 1 << 20);
	buf_add(&changed, pair->found.at, (size_t)(at - pair->found.at));
	buf_add(&changed, to, strlen(to));
	buf_add(&changed, at + strlen(from),
		pair->found.len - (size_t)(at - pair->found.at) - strlen(from));
	buf_release(&pair->found);
	pair->found = changed;
}

UNIT_TEST(equal_bytes_are_equal)
{
	struct pair pair;

	pair_make(&pair, export_360giving);
	ck_assert_int_eq(compared(&pair).verdict, EXPORT_EQUAL);
	pair_free(&pair);
}

UNIT_TEST(a_changed_value_is_named)
{
	struct export_difference difference;
	struct pair pair;

	pair_make(&pair, export_360giving);
	replace(&pair, "\"amountAwarded\":20.00", "\"amountAwarded\":20.01");
	difference = compared(&pair);
	ck_assert_int_eq(difference.verdict, EXPORT_CHANGED);
	ck_assert_uint_eq(difference.line, 3);
	ck_assert_str_eq(difference.label, "award 2");
	ck_assert_str_eq(difference.column, "amountAwarded");
	ck_assert_str_eq(difference.expected, "20.00");
	ck_assert_str_eq(difference.found, "20.01");
	pair_free(&pair);
	pair_make(&pair, export_ndjson);
	replace(&pair, "=cmd|x", "=cmd|\\\"y");
	difference = compared(&pair);
	ck_assert_str_eq(difference.column, "title");
	ck_assert_str_eq(difference.expected, "\"=cmd|x\"");
	ck_assert_str_eq(difference.found, "\"=cmd|\\\"y\"");
	pair_free(&pair);
}

/* The value before it is the same in both, and showing that twice would say nothing. */
UNIT_TEST(a_member_of_another_name_is_shown_with_its_line)
{
	struct export_difference difference;
	struct pair pair;

	pair_make(&pair, export_360giving);
	replace(&pair, "\"id-2\",\"title\"", "\"id-2\",\"tilte\"");
	difference = compared(&pair);
	ck_assert_int_eq(difference.verdict, EXPORT_CHANGED);
	ck_assert_str_eq(difference.label, "award 2");
	ck_assert_str_eq(difference.column, "");
	ck_assert_ptr_nonnull(strstr(difference.expected, "\"title\""));
	ck_assert_ptr_nonnull(strstr(difference.found, "\"tilte\""));
	pair_free(&pair);
}

UNIT_TEST(a_value_that_is_put_in_or_taken_out_is_a_change)
{
	struct pair pair;

	pair_make(&pair, export_ndjson);
	replace(&pair, "\"amount\":\"20.00\",", "");
	ck_assert_int_eq(compared(&pair).verdict, EXPORT_CHANGED);
	ck_assert_str_eq(compared(&pair).label, "award 2");
	pair_free(&pair);
}

UNIT_TEST(lines_that_are_out_of_place_are_named)
{
	static const char *const grants[] = {"{\"id\":\"id-2\"", "{\"id\":\"id-3\""};
	struct export_difference difference;
	struct bytes lines[2];
	struct pair pair;

	pair_make(&pair, export_360giving);
	for (size_t i = 0; i < 2; i++) {
		const uint8_t *at = memmem(pair.found.at, pair.found.len, grants[i], strlen(grants[i]));
		const uint8_t *end = memchr(at, '\n', pair.found.len - (size_t)(at - pair.found.at));

		lines[i] = bytes_of(at, (size_t)(end - at) + 1);
	}
	for (int what = 0; what < 4; what++) {
		struct buf changed;
		size_t before = (size_t)(lines[0].at - pair.found.at);
		struct bytes rest = bytes_of(lines[1].at + lines[1].len,
					     pair.found.len - before - lines[0].len - lines[1].len);

		buf_init(&changed, 1 << 20);
		buf_add(&changed, pair.found.at, before);
		if (what == 1)
			buf_print(&changed, "{\"id\":\"more\"},\n");
		if (what != 0)
			buf_add_bytes(&changed, what == 3 ? lines[1] : lines[0]);
		if (what == 2)
			buf_add_bytes(&changed, lines[0]);
		buf_add_bytes(&changed, what == 3 ? lines[0] : lines[1]);
		buf_add_bytes(&changed, rest);
		export_compare(&pair.files.files[0], buf_bytes(&changed), &difference);
		ck_assert_int_eq(difference.verdict,
				 ((const enum export_verdict[]){EXPORT_LEFT_OUT, EXPORT_ADDED,
								EXPORT_DOUBLED, EXPORT_MOVED})[what]);
		ck_assert_uint_eq(difference.line, what == 2 ? 4 : 3);
		buf_release(&changed);
	}
	pair_free(&pair);
}

UNIT_TEST(a_file_that_ends_early_or_late_is_named)
{
	struct pair pair;
	size_t len;

	pair_make(&pair, export_ndjson);
	len = pair.found.len;
	for (size_t cut = 0; cut < len; cut++) {
		struct export_difference difference;

		export_compare(&pair.files.files[0], bytes_of(pair.found.at, cut), &difference);
		ck_assert_int_eq(difference.verdict, EXPORT_CUT);
		ck_assert_uint_eq(difference.offset, cut);
	}
	buf_print(&pair.found, "more\n");
	ck_assert_int_eq(compared(&pair).verdict, EXPORT_ADDED);
	pair_free(&pair);
}

/* Whatever the bytes are, a difference is seen, at its place, and nothing beyond the file is read. */
UNIT_TEST(any_bytes_can_be_compared)
{
	static export_format *const formats[] = {export_360giving, export_ndjson};
	uint32_t seed = 20260301;

	for (size_t f = 0; f < 2; f++) {
		struct pair pair;

		pair_make(&pair, formats[f]);
		for (int i = 0; i < 20000; i++) {
			size_t len, at;
			uint8_t *copy;
			struct export_difference difference;

			seed = seed * 1664525 + 1013904223;
			len = 1 + (seed >> 8) % pair.found.len;
			seed = seed * 1664525 + 1013904223;
			at = (seed >> 8) % len;
			copy = malloc(len); /* of that very size: a sanitizer sees a byte too far */
			ck_assert(copy != NULL);
			memcpy(copy, pair.found.at, len);
			copy[at] ^= (uint8_t)(1 + (seed >> 3) % 255);
			export_compare(&pair.files.files[0], bytes_of(copy, len), &difference);
			ck_assert_int_ne(difference.verdict, EXPORT_EQUAL);
			ck_assert_uint_eq(difference.offset, at);
			free(copy);
		}
		pair_free(&pair);
	}
}

UNIT_MAIN("export", a_cell_is_quoted_where_it_has_to_be, a_cell_that_would_be_a_formula_is_disarmed,
	  an_amount_has_the_decimals_of_its_currency, a_text_of_json_escapes_what_it_has_to,
	  a_line_is_an_object_with_ascending_members, a_package_is_one_object_with_a_grant_a_line,
	  what_no_proof_says_is_wanted_and_never_made_up, a_number_that_is_absurd_ends,
	  a_value_of_another_type_is_damage, an_award_that_is_absent_is_damage,
	  an_amendment_is_a_record_that_took_effect,
	  equal_bytes_are_equal, a_changed_value_is_named, a_member_of_another_name_is_shown_with_its_line,
	  a_value_that_is_put_in_or_taken_out_is_a_change, lines_that_are_out_of_place_are_named,
	  a_file_that_ends_early_or_late_is_named, any_bytes_can_be_compared)
