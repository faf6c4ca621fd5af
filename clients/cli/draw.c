#include "clients/cli/draw.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/api.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/when.h"

#define BAR_WIDTH 40
#define BAR_WIDTH_MIN 4
#define BESIDE_BAR 38 /* title and amount */

static bool is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

/* --- bars ------------------------------------------------------------------------ */

/* In tenths of a per cent; the part may exceed the whole, the product may not fit. */
static unsigned permille(uint64_t part, uint64_t whole)
{
	while (part > UINT64_MAX / 1000) {
		part /= 2;
		whole /= 2;
	}
	return whole == 0 ? 0 : (unsigned)(part * 1000 / whole);
}

static unsigned bar_width(void)
{
	size_t columns = out_columns();

	if (columns == 0 || columns >= BESIDE_BAR + BAR_WIDTH)
		return BAR_WIDTH;
	return columns < BESIDE_BAR + BAR_WIDTH_MIN ? BAR_WIDTH_MIN : (unsigned)columns - BESIDE_BAR;
}

void draw_bar(const struct cli *cli, const char *title, uint64_t part, uint64_t whole,
	      const char *currency)
{
	char bar[BAR_WIDTH * 3 + 1] = "", money[MONEY_TEXT_MAX];
	unsigned share = permille(part, whole), width = bar_width();
	unsigned full = share >= 1000 ? width : (share * width + 999) / 1000;

	money_format(money, part, currency);
	for (unsigned i = 0; i < width; i++)
		(void)strcat(bar, i < full ? "█" : "·");
	if (is_terminal())
		out_line(cli, "  %-10s %s %24s", title, bar, money);
	else
		out_line(cli, "  %-10s %24s  %3u.%u %%", title, money, share / 10, share % 10);
}

static uint64_t number(const json_t *object, const char *name)
{
	uint64_t value = 0;

	(void)json_u64(object, name, &value);
	return value;
}

void draw_call_budget(const struct cli *cli, const json_t *call)
{
	const char *currency = json_text(call, "currency");
	uint64_t budget = number(call, "budget");

	draw_bar(cli, "budget", budget, budget, currency);
	draw_bar(cli, "selected", number(call, "selected_amount"), budget, currency);
	draw_bar(cli, "committed", number(call, "committed"), budget, currency);
}

/* --- the times of a call ------------------------------------------------------------ */

static bool is_cancelled(const json_t *call)
{
	return strcmp(json_text(call, "state"), "cancelled") == 0;
}

/* "in 3 d 4 h", "2 m ago" */
static void distance(char out[WHEN_TEXT_MAX + 8], uint64_t at_ms, uint64_t now_ms)
{
	char rough[WHEN_TEXT_MAX];

	duration_rough(rough, at_ms > now_ms ? at_ms - now_ms : now_ms - at_ms);
	(void)snprintf(out, WHEN_TEXT_MAX + 8, at_ms > now_ms ? "in %s" : "%s ago", rough);
}

static void print_time(const struct cli *cli, const char *title, uint64_t at_ms, uint64_t now_ms,
		       bool is_next)
{
	const char *mark = at_ms <= now_ms ? "●" : is_next ? "▶" : "○";
	char time[32], text[WHEN_TEXT_MAX + 8];

	time_format(time, at_ms);
	distance(text, at_ms, now_ms);
	if (is_terminal())
		out_line(cli, "  %s %-18s %s UTC   %s", mark, title, time, text);
	else
		out_line(cli, "  %-18s %s UTC   %s", title, time, text);
}

static void print_objections(const struct cli *cli, const json_t *call, uint64_t now_ms)
{
	uint64_t until_ms = 0;
	char length[WHEN_TEXT_MAX];

	if (json_u64(call, "objections_until", &until_ms)) {
		print_time(cli, "objections until", until_ms, now_ms, until_ms > now_ms);
		return;
	}
	duration_rough(length, number(call, "objection_ms"));
	out_line(cli, "  %s%-18s %s after a decision", is_terminal() ? "○ " : "", "objections until",
		 length);
}

void draw_timeline(const struct cli *cli, const json_t *call, uint64_t now_ms)
{
	static const char *const times[][2] = {{"opens", "opens"},
					       {"deadline", "deadline"},
					       {"reveal_until", "opened until"},
					       {"review_until", "reviews until"}};
	bool has_next = false;

	out_line(cli, "call %s, now: %s", json_text(call, "call"), json_text(call, "state"));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		uint64_t at_ms = number(call, times[i][0]);
		bool is_next = at_ms > now_ms && !has_next && !is_cancelled(call);

		if (at_ms > 0)
			print_time(cli, times[i][1], at_ms, now_ms, is_next);
		has_next = has_next || is_next;
	}
	print_objections(cli, call, now_ms);
}

enum err call_add_objections(struct cli *cli, json_t *call)
{
	uint64_t until_ms = 0;
	char path[192];
	json_t *list = NULL, *item;
	size_t index;
	enum err err;

	if (number(call, "decided") == 0)
		return ERR_OK;
	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/calls/%.64s/proposals",
		       json_text(call, "programme"), json_text(call, "call"));
	err = api_get_all(cli, &list, path);
	json_array_foreach(json_object_get(list, "items"), index, item)
		if (number(item, "objections_until") > until_ms)
			until_ms = number(item, "objections_until");
	json_decref(list);
	if (until_ms > 0)
		(void)json_object_set_new(call, "objections_until",
					  json_integer((json_int_t)until_ms));
	return err;
}
