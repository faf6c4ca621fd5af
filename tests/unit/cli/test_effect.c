/* What a dry run tells: before and after of budget and state, from the operation
 * and the objects alone. */
#include "clients/cli/effect.h"

#include <string.h>

#include "tests/lib/unit.h"

static const char programme[] =
	"\"programme\":{\"currency\":\"CNY\",\"budget\":\"6000\",\"committed\":\"5000\",\"paid\":\"700\","
	"\"recovered\":\"5\",\"live_awards\":4,\"open_awards\":3,\"call_budgets\":\"5500\",\"version\":2}";
static const char call[] =
	"\"call\":{\"state\":\"deciding\",\"currency\":\"CNY\",\"budget\":\"3000\",\"committed\":\"1000\","
	"\"live_awards\":1,\"decided\":3,\"selected\":2,\"selected_amount\":\"2000\",\"proposals\":6,"
	"\"revealed\":5,\"reviewers\":3,\"review\":{\"criteria\":[{\"weight\":6000},{\"weight\":4000}]}}";

static json_t *changes(const char *operation, const char *op, const char *objects)
{
	json_t *op_json = json_loads(op, 0, NULL), *objects_json = json_loads(objects, 0, NULL), *list;

	ck_assert_ptr_nonnull(op_json);
	ck_assert_ptr_nonnull(objects_json);
	list = effect_changes(operation, op_json, objects_json);
	json_decref(op_json);
	json_decref(objects_json);
	return list;
}

/* "object/what before>after currency", one a line. */
static void tells(const char *operation, const char *op, const char *more, const char *expected)
{
	char objects[2048], text[2048] = "";
	json_t *list, *row;
	size_t index;

	(void)snprintf(objects, sizeof(objects), "{%s,%s%s%s}", programme, call,
		       more[0] != '\0' ? "," : "", more);
	list = changes(operation, op, objects);
	json_array_foreach(list, index, row) {
		char *before = json_dumps(json_object_get(row, "before"), JSON_ENCODE_ANY);
		char *after = json_dumps(json_object_get(row, "after"), JSON_ENCODE_ANY);
		size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s/%s %s>%s%s\n",
			       json_string_value(json_object_get(row, "object")),
			       json_string_value(json_object_get(row, "what")), before, after,
			       json_object_get(row, "currency") != NULL ? " CNY" : "");
		free(before);
		free(after);
	}
	json_decref(list);
	ck_assert_str_eq(text, expected);
}

UNIT_TEST(a_grant_commits_in_programme_and_call)
{
	tells("award.grant", "{\"programme\":\"P\",\"call\":\"C\",\"amount\":\"400\"}", "",
	      "award/state \"none\">\"granted\"\n"
	      "programme/committed \"5000\">\"5400\" CNY\n"
	      "programme/remaining \"1000\">\"600\" CNY\n"
	      "programme/live awards 4>5\n"
	      "call/committed \"1000\">\"1400\" CNY\n"
	      "call/remaining \"2000\">\"1600\" CNY\n"
	      "call/live awards 1>2\n");
}

UNIT_TEST(a_termination_frees_what_was_not_paid)
{
	tells("award.terminate", "{\"programme\":\"P\",\"award\":\"1\"}",
	      "\"award\":{\"state\":\"suspended\",\"committed\":\"500\",\"paid\":\"200\"}",
	      "award/state \"suspended\">\"terminated\"\n"
	      "award/committed \"500\">\"200\" CNY\n"
	      "programme/committed \"5000\">\"4700\" CNY\n"
	      "programme/remaining \"1000\">\"1300\" CNY\n"
	      "programme/live awards 4>3\n"
	      "call/committed \"1000\">\"700\" CNY\n"
	      "call/remaining \"2000\">\"2300\" CNY\n"
	      "call/live awards 1>0\n");
}

UNIT_TEST(the_last_acceptance_makes_an_award_active)
{
	const char *op = "{\"programme\":\"P\",\"award\":\"1\"}";

	tells("award.accept", op,
	      "\"award\":{\"state\":\"granted\",\"recipients\":[{\"accepted\":true},{\"accepted\":false}]}",
	      "award/acceptances 1>2\naward/state \"granted\">\"active\"\n");
	tells("award.accept", op,
	      "\"award\":{\"state\":\"granted\",\"recipients\":[{\"accepted\":false},{\"accepted\":false}]}",
	      "award/acceptances 0>1\naward/state \"granted\">\"granted\"\n");
}

UNIT_TEST(a_decision_counts_selected_and_amounts)
{
	tells("decision.publish",
	      "{\"outcomes\":[{\"proposal\":\"4\",\"outcome\":\"selected\",\"amount\":\"900\"},"
	      "{\"proposal\":\"5\",\"outcome\":\"declined\"}]}",
	      "\"proposals\":[{\"number\":4,\"state\":\"revealed\"},{\"number\":5,\"state\":\"revealed\"}]",
	      "proposal 4/state \"revealed\">\"selected\"\n"
	      "proposal 4/amount \"0\">\"900\" CNY\n"
	      "proposal 5/state \"revealed\">\"declined\"\n"
	      "call/decided 3>5\n"
	      "call/selected 2>3\n"
	      "call/selected amount \"2000\">\"2900\" CNY\n"
	      "call/left of its budget \"1000\">\"100\" CNY\n");
}

UNIT_TEST(an_upheld_objection_voids_the_decision_that_still_stands)
{
	const char *upheld = "{\"objection\":\"1\",\"is_upheld\":true}";
	const char *proposal = "\"proposal\":{\"state\":\"selected\",\"amount\":\"900\",\"decisions\":2,"
			       "\"open_objections\":1},\"objection\":{\"state\":\"open\",\"decision\":2}";
	const char *older = "\"proposal\":{\"state\":\"selected\",\"amount\":\"900\",\"decisions\":2,"
			    "\"open_objections\":1},\"objection\":{\"state\":\"open\",\"decision\":1}";

	tells("objection.resolve", upheld, proposal,
	      "objection/state \"open\">\"upheld\"\n"
	      "proposal/open objections 1>0\n"
	      "proposal/state \"selected\">\"revealed\"\n"
	      "call/decided 3>2\n"
	      "call/selected 2>1\n"
	      "call/selected amount \"2000\">\"1100\" CNY\n"
	      "call/left of its budget \"1000\">\"1900\" CNY\n");
	tells("objection.resolve", upheld, older,
	      "objection/state \"open\">\"upheld\"\nproposal/open objections 1>0\n");
	tells("objection.resolve", "{\"objection\":\"1\"}", proposal,
	      "objection/state \"open\">\"dismissed\"\nproposal/open objections 1>0\n");
}

UNIT_TEST(payments_and_what_comes_back)
{
	const char *award = "\"award\":{\"state\":\"active\",\"paid\":\"200\",\"payable\":\"500\","
			    "\"demanded\":\"150\",\"received\":\"50\"}";

	tells("disbursement.record", "{\"amount\":\"100\"}", award,
	      "award/paid \"200\">\"300\" CNY\n"
	      "programme/paid \"700\">\"800\" CNY\n"
	      "award/left to pay \"300\">\"200\" CNY\n");
	tells("recovery.receive", "{\"amount\":\"60\"}", award,
	      "award/received back \"50\">\"110\" CNY\n"
	      "award/still to come \"100\">\"40\" CNY\n"
	      "programme/recovered \"5\">\"65\" CNY\n");
	tells("disbursement.reverse", "{\"disbursement\":\"1\"}",
	      "\"award\":{\"terminated\":true,\"paid\":\"200\"},\"disbursement\":{\"amount\":\"80\"}",
	      "disbursement/state \"recorded\">\"reversed\"\n"
	      "award/paid \"200\">\"120\" CNY\n"
	      "programme/paid \"700\">\"620\" CNY\n"
	      "programme/committed \"5000\">\"4920\" CNY\n"
	      "programme/remaining \"1000\">\"1080\" CNY\n"
	      "call/committed \"1000\">\"920\" CNY\n"
	      "call/remaining \"2000\">\"2080\" CNY\n");
}

UNIT_TEST(a_review_opened_adds_its_weighted_marks)
{
	tells("review.reveal", "{\"content\":{\"scores\":[{\"value\":8},{\"value\":7}]}}",
	      "\"proposal\":{\"revealed_reviews\":1,\"score\":\"70000\"}",
	      "proposal/opened reviews 1>2\nproposal/score 70000>146000\n");
}

UNIT_TEST(every_operation_that_a_motion_carries_about_grants_is_told)
{
	static const char *const names[] = {
		"programme.create",    "programme.amend",   "programme.close",	 "call.publish",
		"call.amend",	       "call.cancel",	    "panel.appoint",	 "decision.publish",
		"objection.resolve",   "award.grant",	    "award.amend",	 "award.import",
		"milestone.assess",    "disbursement.record", "disbursement.reverse", "award.suspend",
		"award.resume",	       "award.terminate",   "award.complete",	 "award.close",
		"recovery.demand",     "recovery.receive",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		json_t *list = changes(names[i], "{}", "{\"programme\":{},\"call\":{}}");

		ck_assert_msg(json_array_size(list) > 0, "%s", names[i]);
		json_decref(list);
	}
}

static void simulated(const char *effect, const char *simulation, const char *expected)
{
	json_t *got = json_loads(effect, 0, NULL), *answer = json_loads(simulation, 0, NULL);
	json_t *wanted = json_loads(expected, 0, NULL);

	ck_assert_ptr_nonnull(wanted);
	effect_add_simulation(got, answer);
	ck_assert_msg(json_equal(got, wanted), "%s", json_dumps(got, 0));
	json_decref(wanted);
	json_decref(answer);
	json_decref(got);
}

UNIT_TEST(the_node_is_quoted_where_nothing_was_computed)
{
	static const char answer[] =
		"{\"effect\":{\"changes\":[{\"key\":\"org/X\",\"type\":\"org\",\"is_new\":true,"
		"\"after\":{}},{\"key\":\"org/Y\",\"type\":\"org\",\"is_new\":false,"
		"\"before\":{},\"after\":{\"status\":\"suspended\",\"roles\":[]}}]}}";

	simulated("{\"changes\":[]}", answer,
		  "{\"changes\":[{\"object\":\"org/X\",\"what\":\"org\",\"before\":\"none\","
		  "\"after\":\"made\"},{\"object\":\"org/Y\",\"what\":\"status\","
		  "\"before\":\"active\",\"after\":\"suspended\"},{\"object\":\"org/Y\","
		  "\"what\":\"roles\",\"before\":\"none\",\"after\":\"…\"}]}");
	simulated("{\"changes\":[{}]}", answer, "{\"changes\":[{}]}");
}

/* The API leaves out what has its default, on either side. */
static void member_goes(const char *type, const char *before, const char *after,
			const char *expected)
{
	char answer[512], changes[512];

	(void)snprintf(answer, sizeof(answer),
		       "{\"effect\":{\"changes\":[{\"key\":\"k\",\"type\":\"%s\",\"is_new\":false,"
		       "\"before\":{%s},\"after\":{%s}}]}}",
		       type, before, after);
	(void)snprintf(changes, sizeof(changes), "{\"changes\":[{\"object\":\"k\",%s}]}", expected);
	simulated("{\"changes\":[]}", answer, changes);
}

UNIT_TEST(what_is_there_and_left_out_has_its_default)
{
	member_goes("claim", "", "\"state\":\"withdrawn\"",
		    "\"what\":\"state\",\"before\":\"live\",\"after\":\"withdrawn\"");
	member_goes("claim", "", "\"claims\":\"2\"",
		    "\"what\":\"claims\",\"before\":\"0\",\"after\":\"2\"");
	member_goes("claim", "", "\"entry\":2", "\"what\":\"entry\",\"before\":0,\"after\":2");
	member_goes("delegation", "", "\"is_ended\":true",
		    "\"what\":\"is_ended\",\"before\":false,\"after\":true");
	member_goes("org", "\"status\":\"suspended\"", "",
		    "\"what\":\"status\",\"before\":\"suspended\",\"after\":\"active\"");
	member_goes("pending_set", "", "\"count\":4", "\"what\":\"count\",\"before\":0,\"after\":4");
}

UNIT_TEST(what_has_no_default_by_name_is_none)
{
	member_goes("claim", "", "\"superseded_by\":{}",
		    "\"what\":\"superseded_by\",\"before\":\"none\",\"after\":\"…\"");
	member_goes("key", "", "\"replaced_by\":\"02\"",
		    "\"what\":\"replaced_by\",\"before\":\"none\",\"after\":\"02\"");
	member_goes("claim", "", "\"of_a_later_version\":1",
		    "\"what\":\"of_a_later_version\",\"before\":\"none\",\"after\":1");
	member_goes("later", "", "\"state\":\"a\"",
		    "\"what\":\"state\",\"before\":\"none\",\"after\":\"a\"");
}

UNIT_TEST(what_a_motion_carries_and_its_rules_would_refuse_is_told)
{
	simulated("{\"changes\":[{}]}",
		  "{\"carried\":{\"outcome\":\"rejected\",\"error\":\"E4151\",\"title\":\"below\"}}",
		  "{\"changes\":[{}],\"carried\":{\"outcome\":\"rejected\",\"error\":\"E4151\","
		  "\"title\":\"below\"}}");
	simulated("{\"changes\":[{}]}", "{\"carried\":{\"outcome\":\"accepted\",\"effect\":{}}}",
		  "{\"changes\":[{}],\"carried\":{\"outcome\":\"accepted\"}}");
}

UNIT_MAIN("effect", the_node_is_quoted_where_nothing_was_computed,
	  what_is_there_and_left_out_has_its_default, what_has_no_default_by_name_is_none,
	  what_a_motion_carries_and_its_rules_would_refuse_is_told,
	  a_grant_commits_in_programme_and_call, a_termination_frees_what_was_not_paid,
	  the_last_acceptance_makes_an_award_active, a_decision_counts_selected_and_amounts,
	  an_upheld_objection_voids_the_decision_that_still_stands, payments_and_what_comes_back,
	  a_review_opened_adds_its_weighted_marks,
	  every_operation_that_a_motion_carries_about_grants_is_told)
