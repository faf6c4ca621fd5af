/* The rules that explain tells, as made of docs/ledger.md. */
#include "clients/cli/rules.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

static void is_rule(const char *id, const char *of, const char *text, const char *errors)
{
	const struct rule *rule = rule_find(id);

	ck_assert_msg(rule != NULL, "no rule %s", id);
	ck_assert_str_eq(rule->of, of);
	ck_assert_str_eq(rule->text, text);
	ck_assert_str_eq(rule->errors, errors);
}

UNIT_TEST(a_line_of_the_page_is_a_rule)
{
	is_rule("A-13", "award.grant", "live awards + 1 ≤ max_awards", "4108");
	is_rule("a-13", "award.grant", "live awards + 1 ≤ max_awards", "4108");
	ck_assert_ptr_null(rule_find("A-99"));
	ck_assert_ptr_null(rule_find("A-1"));
	ck_assert_ptr_null(rule_find(""));
}

UNIT_TEST(a_line_of_several_rules_is_shared_among_them)
{
	is_rule("K-03", "org.register, key.add", "nobody has the key, nor ever had", "4021");
	is_rule("AC-04", "award.complete", rule_find("AC-04")->text, rule_find("AC-04")->errors);
	ck_assert_str_eq(rule_find("S-04")->of, "content.supersede");
	is_rule("GC-02", "programme.close", "as GA-02", "4101");
	is_rule("I-08", "award.import", "as A-14", "4107");
	is_rule("AX-02", "award.close", "the actor is the programme's agency", "4102");
	is_rule("W-01", "content.withdraw", "the target claim exists", "4015");
	is_rule("AT-01", "award.terminate", "the rules F-01, F-02 …", "");
	ck_assert_str_eq(rule_find("CP-10")->of, "call.publish, call.amend");
}

UNIT_TEST(each_names_errors_that_there_are)
{
	const struct rule *rule;
	size_t k = 0;

	for (; (rule = rule_at(k)) != NULL; k++) {
		char *end = (char *)(size_t)rule->errors;

		ck_assert_ptr_eq(rule_find(rule->id), rule);
		ck_assert_msg(*rule->of != '\0' && *rule->text != '\0', "%s", rule->id);
		while (*end != '\0') {
			unsigned long number = strtoul(end, &end, 10);
			enum err err;

			ck_assert_msg(err_from_number((uint32_t)number, &err) && err != ERR_OK,
				      "%s: %s", rule->id, rule->errors);
			ck_assert_msg(rule_refuses_with(rule, err), "%s: %lu", rule->id, number);
			ck_assert_msg(!rule_refuses_with(rule, ERR_MEMORY), "%s", rule->id);
			end += strspn(end, ", ");
		}
	}
	ck_assert_uint_gt(k, 300);
}

static void has_rule(enum err err, void *context)
{
	const struct rule *rule;

	(void)context;
	if ((unsigned)err / 1000 != 4)
		return;
	for (size_t k = 0; (rule = rule_at(k)) != NULL; k++) {
		if (rule_refuses_with(rule, err))
			return;
	}
	ck_abort_msg("no rule refuses with %d", (int)err);
}

UNIT_TEST(each_refusal_has_a_rule)
{
	err_each(has_rule, NULL);
}

UNIT_MAIN("rules", a_line_of_the_page_is_a_rule, a_line_of_several_rules_is_shared_among_them,
	  each_names_errors_that_there_are, each_refusal_has_a_rule)
