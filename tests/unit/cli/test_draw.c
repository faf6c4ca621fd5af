/* Bars and timelines where standard output is no terminal: plain lines that say
 * the same. */
#include "clients/cli/draw.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/cli/asked.h"
#include "tests/unit/cli/heard.h"

UNIT_TEST(a_bar_without_a_terminal_is_a_line_with_its_share)
{
	struct cli *cli = ASKED("programme", "show", "P");
	int kept = listen_to();

	draw_bar(cli, "paid", 1234567, 10000000, "CNY");
	draw_bar(cli, "all", UINT64_MAX / 2, UINT64_MAX / 2, "JPY");
	draw_bar(cli, "none", 0, 0, "CNY");
	ck_assert_str_eq(heard(kept), "  paid                  CNY 12,345.67   12.3 %\n"
				      "  all        JPY 9,223,372,036,854,775,807  100.0 %\n"
				      "  none                       CNY 0.00    0.0 %\n");
	asked_free(cli);
}

UNIT_TEST(a_timeline_counts_from_the_ledgers_time)
{
	struct cli *cli = ASKED("call", "show", "P", "C");
	json_t *call = json_loads("{\"call\":\"C\",\"state\":\"revealing\",\"opens\":\"1772326800000\","
				  "\"deadline\":\"1772330400000\",\"reveal_until\":\"1772334000000\","
				  "\"review_until\":\"1772593200000\",\"objection_ms\":\"604800000\"}",
				  0, NULL);
	int kept = listen_to();

	draw_timeline(cli, call, 1772332200000);
	ck_assert_str_eq(heard(kept), "call C, now: revealing\n"
				      "  opens              2026-03-01 01:00:00 UTC   1 h 30 m ago\n"
				      "  deadline           2026-03-01 02:00:00 UTC   30 m ago\n"
				      "  opened until       2026-03-01 03:00:00 UTC   in 30 m\n"
				      "  reviews until      2026-03-04 03:00:00 UTC   in 3 d\n"
				      "  objections until   7 d after a decision\n");
	json_decref(call);
	asked_free(cli);
}

UNIT_TEST(nothing_is_drawn_into_json)
{
	struct cli *cli = ASKED("programme", "show", "P", "--json");
	int kept = listen_to();

	draw_bar(cli, "paid", 1, 2, "CNY");
	ck_assert_str_eq(heard(kept), "");
	asked_free(cli);
}

UNIT_MAIN("draw", a_bar_without_a_terminal_is_a_line_with_its_share,
	  a_timeline_counts_from_the_ledgers_time, nothing_is_drawn_into_json)
