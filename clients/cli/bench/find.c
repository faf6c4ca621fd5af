/* The loop that looks up afterwards what became final. */
#include <stdio.h>
#include <stdlib.h>

#include "clients/cli/bench/bench.h"
#include "clients/cli/many.h"
#include "clients/cli/progress.h"

#define WAIT_MS 30000
#define STALLED_S 40 /* without any answer that counts: it is given up */
#define STEP_MS 5
#define EACH 16 /* connections to one node */
#define CONTENTS_DEFAULT 10000
#define TRIES_MAX 40
#define TRANSACTION SIZE_MAX

struct look {
	size_t record;
	size_t entry; /* TRANSACTION: not a content of it, but itself */
	unsigned tries;
};

struct find {
	struct many *many;
	const struct load *load;
	struct find_result *result;
	struct look *looks;
	size_t count, next, done;
	struct look **again; /* a ring of those that a node could not answer */
	size_t again_first, again_count;
};

static void on_answered(void *owner, void *context, enum err err, const struct http_answer *answer)
{
	struct find *find = owner;
	struct look *look = context;
	bool is_record = look->entry == TRANSACTION;
	bool is_found = err == ERR_OK && answer->status == 200 &&
			answer_has(answer, is_record ? "\"accepted\"" : "\"recorded\":true");

	/* a node that is down or behind is no witness: another one is asked */
	if (!is_found && ++look->tries < TRIES_MAX) {
		find->again[(find->again_first + find->again_count++) % find->count] = look;
		return;
	}
	find->done++;
	find->result->found += is_record && is_found;
	find->result->contents_found += !is_record && is_found;
}

static bool ask_for(struct find *find, struct look *look)
{
	const struct record *record = &find->load->records[look->record];
	char path[96], hex[HASH_HEX_LEN + 1];
	struct http_request request = {.method = "GET", .path = path, .node = HTTP_NODE_ANY,
				       .timeout_ms = WAIT_MS};
	struct hash hash = record->id;

	if (look->entry != TRANSACTION)
		load_content(&hash, find->load->seed, look->record, look->entry);
	hex_encode(hex, hash.b, sizeof(hash.b));
	(void)snprintf(path, sizeof(path), "%s/%s",
		       look->entry == TRANSACTION ? "/v1/transactions" : "/v1/hashes/sha256", hex);
	return many_ask(find->many, &request, look);
}

/* Every so many-th of the final records, and of their contents, so that at most so many
 * of each are asked for. */
static void plan(struct find *find, size_t entries, size_t most, size_t most_contents)
{
	const struct load *load = find->load;
	size_t final = 0, step, content_step, at = 0;

	for (size_t i = 0; i < load->count; i++)
		final += load->records[i].state == RECORD_FINAL;
	step = most > 0 && final > most ? (final + most - 1) / most : 1;
	content_step = (final * entries + most_contents - 1) / most_contents;
	content_step = content_step > 0 ? content_step : 1;
	find->looks = calloc(final / step + final * entries / content_step + 2, sizeof(*find->looks));
	ASSERT(find->looks != NULL);
	for (size_t i = 0; i < load->count; i++) {
		if (load->records[i].state != RECORD_FINAL)
			continue;
		if (at % step == 0) {
			find->looks[find->count++] = (struct look){.record = i, .entry = TRANSACTION};
			find->result->asked++;
		}
		for (size_t entry = 0; entry < entries; entry++)
			if ((at * entries + entry) % content_step == 0) {
				find->looks[find->count++] = (struct look){.record = i, .entry = entry};
				find->result->contents_asked++;
			}
		at++;
	}
	find->again = calloc(find->count + 1, sizeof(struct look *));
	ASSERT(find->again != NULL);
}

/* False: nothing can be asked just now. */
static bool ask_next(struct find *find)
{
	struct look *look;

	if (find->again_count > 0) {
		look = find->again[find->again_first];
		find->again_first = (find->again_first + 1) % find->count;
		find->again_count--;
		if (ask_for(find, look))
			return true;
		find->again[(find->again_first + find->again_count++) % find->count] = look;
		return false;
	}
	if (find->next == find->count || !ask_for(find, &find->looks[find->next]))
		return false;
	find->next++;
	return true;
}

void find_records(struct cli *cli, const struct bench_options *options, const struct load *load,
		  struct find_result *out)
{
	struct find find = {.load = load, .result = out};
	struct progress progress;
	uint64_t start = load_now_us(), moved = start;
	size_t seen = 0;

	*out = (struct find_result){.asked = 0};
	find.many = many_new(cli->http, EACH, on_answered, &find);
	plan(&find, options->batch > 0 ? options->batch : 1, options->find,
	     options->find > 0 ? options->find : CONTENTS_DEFAULT);
	progress_start(&progress, cli, "look-ups", find.count);
	while (find.done < find.count && load_now_us() < moved + STALLED_S * 1000000ull) {
		while (many_has_room(find.many, HTTP_NODE_ANY) && ask_next(&find))
			;
		many_step(find.many, STEP_MS);
		progress_set(&progress, find.done);
		moved = find.done > seen ? load_now_us() : moved;
		seen = find.done;
	}
	progress_end(&progress, find.done);
	out->seconds = (double)(load_now_us() - start) / 1e6;
	many_free(find.many);
	free(find.looks);
	free(find.again);
}
