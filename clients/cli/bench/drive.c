/* The loop that sends the load. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "clients/cli/api.h"
#include "clients/cli/bench/bench.h"
#include "clients/cli/many.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"

#define WINDOW 1024
#define WINDOW_BATCH 32
#define WINDOW_OPEN 4096 /* where a rate is given, so that the window does not limit it */
#define WINDOW_OPEN_BATCH 128
#define WAIT_S 30
#define DRAIN_S 40
#define STEP_MS 5
#define AGAIN_MS 50
#define AGAIN_S_MAX 2u /* all that wait stand in one line */
#define HEAD_BYTES 512 /* of an answer: its state stands there */

struct mean {
	double sum;
	size_t count;
};

struct again {
	struct record *record;
	uint64_t at_us;
};

struct driver {
	struct cli *cli;
	const struct bench_options *options;
	struct load *load;
	struct many *many;
	struct drive_result *result;
	char prefer[64];
	uint64_t start_us, begin_us, end_us; /* start, end of warm-up, end of load */
	size_t next;
	struct again *again; /* a ring: to be sent once more */
	size_t again_first, again_count;
	struct mean first, last; /* of the backlog, in the thirds of what is measured */
	bool is_counting;
};

uint64_t load_now_us(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

bool answer_has(const struct http_answer *answer, const char *text)
{
	size_t len = answer->body.len < HEAD_BYTES ? answer->body.len : HEAD_BYTES;

	return len > 0 && memmem(answer->body.at, len, text, strlen(text)) != NULL;
}

/* --- answers ---------------------------- */

/* After as many seconds as the node asks for, or AGAIN_S_MAX. */
static void send_again(struct driver *driver, struct record *record, unsigned after_s)
{
	size_t at = (driver->again_first + driver->again_count++) % driver->load->count;

	driver->again[at].record = record;
	after_s = after_s < AGAIN_S_MAX ? after_s : AGAIN_S_MAX;
	driver->again[at].at_us = load_now_us() + after_s * 1000000ull + AGAIN_MS * 1000;
}

static void on_final(struct driver *driver, struct record *record)
{
	uint64_t now = load_now_us(), spent = now - record->due_us;

	record->state = RECORD_FINAL;
	record->latency_us = spent < UINT32_MAX ? (uint32_t)spent : UINT32_MAX;
	record->is_measured = now >= driver->begin_us && now < driver->end_us;
	driver->result->final++;
	driver->result->measured += record->is_measured;
}

static void on_refused(struct driver *driver, struct record *record,
		       const struct http_answer *answer)
{
	struct drive_result *result = driver->result;
	size_t len = answer->body.len;

	record->state = answer->status < 400 ? RECORD_REJECTED : RECORD_FAILED;
	result->rejected += record->state == RECORD_REJECTED;
	result->failed += record->state == RECORD_FAILED;
	if (result->first_status != 0)
		return;
	result->first_status = answer->status;
	(void)snprintf(result->first_refusal, sizeof(result->first_refusal), "%.*s",
		       (int)(len < 290 ? len : 290), (const char *)answer->body.at);
}

static void on_answered(void *owner, void *context, enum err err, const struct http_answer *answer)
{
	struct driver *driver = owner;
	struct record *record = context;

	if (err != ERR_OK) {
		driver->result->broken++;
		send_again(driver, record, 0);
	} else if (answer->status == 429 || answer->status == 503) {
		driver->result->busy++;
		send_again(driver, record, answer->retry_after_s);
	} else if (answer->status < 300 && answer_has(answer, "\"accepted\"")) {
		on_final(driver, record);
	} else if (answer->status < 300 && answer_has(answer, "\"pending\"")) {
		send_again(driver, record, 0);
	} else {
		on_refused(driver, record, answer);
	}
}

/* --- sending ----------------------------- */

static bool ask(struct driver *driver, struct record *record)
{
	struct http_request request = {.method = "POST",
				       .path = "/v1/transactions",
				       .content_type = "application/protobuf",
				       .body = bytes_of(record->raw, record->len),
				       .prefer = driver->prefer,
				       .timeout_ms = (WAIT_S + 10) * 1000,
				       .node = HTTP_NODE_ANY};

	return many_ask(driver->many, &request, record);
}

static void send_what_failed(struct driver *driver, uint64_t now)
{
	size_t left = driver->again_count;

	while (left-- > 0 && now >= driver->again[driver->again_first].at_us &&
	       many_has_room(driver->many, HTTP_NODE_ANY)) {
		struct record *record = driver->again[driver->again_first].record;

		driver->again_first = (driver->again_first + 1) % driver->load->count;
		driver->again_count--;
		if (!ask(driver, record))
			send_again(driver, record, 0);
	}
}

/* When the next record is due: at its place in the rate, or now. */
static uint64_t due(const struct driver *driver, uint64_t now)
{
	double each_us = driver->options->rate > 0 ? 1e6 / driver->options->rate : 0;

	return each_us > 0 ? driver->start_us + (uint64_t)((double)driver->next * each_us) : now;
}

static void send_new(struct driver *driver)
{
	uint64_t now = load_now_us();

	while (now < driver->end_us && driver->next < driver->load->count &&
	       due(driver, now) <= now && many_has_room(driver->many, HTTP_NODE_ANY)) {
		struct record *record = &driver->load->records[driver->next];

		record->due_us = due(driver, now);
		record->state = RECORD_SENT;
		if (!ask(driver, record)) {
			record->state = RECORD_WAITING;
			return;
		}
		driver->next++;
		driver->result->sent++;
		driver->result->offered += record->due_us >= driver->begin_us;
		now = load_now_us();
	}
	if (driver->next < driver->load->count || now >= driver->end_us || !driver->is_counting)
		return;
	driver->result->ran_out = true; /* what counts ends here */
	driver->end_us = now;
	driver->result->seconds = (double)(now - driver->begin_us) / 1e6;
}

/* What is due and has no answer yet, whether it was sent or still waits for room. */
static size_t backlog(const struct driver *driver, uint64_t now)
{
	const struct drive_result *result = driver->result;
	size_t done = result->final + result->rejected + result->failed, asked_for = driver->next;

	if (driver->options->rate > 0 && now > driver->start_us)
		asked_for = (size_t)((double)(now - driver->start_us) / 1e6 * driver->options->rate);
	asked_for = asked_for < driver->load->count ? asked_for : driver->load->count;
	return asked_for > done ? asked_for - done : 0;
}

static void note_backlog(struct driver *driver, uint64_t now)
{
	uint64_t third = (driver->end_us - driver->begin_us) / 3;
	struct mean *mean = now < driver->begin_us + third  ? &driver->first
			    : now >= driver->end_us - third ? &driver->last
							    : NULL;

	if (!driver->is_counting || now >= driver->end_us || mean == NULL)
		return;
	mean->sum += (double)backlog(driver, now);
	mean->count++;
}

/* Never nothing: a load that looks again and again what is due takes the processor from the
 * nodes that it measures.  So it sends what is due once in a millisecond, which counts in the
 * latencies. */
static unsigned pause_ms(const struct driver *driver)
{
	uint64_t now = load_now_us(), next = due(driver, now);

	if (driver->options->rate <= 0)
		return STEP_MS;
	if (next <= now)
		return 1; /* it fell due a moment ago, or there is no room */
	return next - now < STEP_MS * 1000 ? (unsigned)((next - now + 999) / 1000) : STEP_MS;
}

static void run(struct driver *driver, void (*on_begin)(void *context),
		void (*on_end)(void *context), void *context)
{
	struct progress progress;
	uint64_t now = load_now_us();
	bool has_ended = false;

	progress_start(&progress, driver->cli, "seconds of load",
		       driver->options->warmup_s + driver->options->seconds);
	while (!has_ended || ((many_count(driver->many) > 0 || driver->again_count > 0) &&
			      now < driver->end_us + DRAIN_S * 1000000ull)) {
		send_what_failed(driver, now);
		send_new(driver);
		many_step(driver->many, pause_ms(driver));
		now = load_now_us();
		note_backlog(driver, now);
		if (!driver->is_counting && now >= driver->begin_us) {
			driver->is_counting = true;
			on_begin(context);
		}
		if (!has_ended && now >= driver->end_us) {
			has_ended = true;
			on_end(context);
		}
		progress_set(&progress, (now - driver->start_us) / 1000000);
	}
	progress_end(&progress, driver->options->warmup_s + driver->options->seconds);
	driver->result->drain_seconds = (double)(now - driver->end_us) / 1e6;
}

static double mean_of(const struct mean *mean)
{
	return mean->count > 0 ? mean->sum / (double)mean->count : 0;
}

uint64_t bench_window(const struct bench_options *options)
{
	if (options->window > 0)
		return options->window;
	if (options->rate > 0)
		return options->batch > 0 ? WINDOW_OPEN_BATCH : WINDOW_OPEN;
	return options->batch > 0 ? WINDOW_BATCH : WINDOW;
}

/* As many descriptors as may be had. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

enum err drive(struct cli *cli, const struct bench_options *options, struct load *load,
	       void (*on_begin)(void *context), void (*on_end)(void *context), void *context,
	       struct drive_result *out)
{
	struct driver driver = {.cli = cli, .options = options, .load = load, .result = out};
	size_t nodes;
	enum err err = api_open(cli);

	if (err != ERR_OK)
		return err;
	raise_limit();
	nodes = http_nodes_count(cli->http);
	*out = (struct drive_result){.seconds = (double)options->seconds};
	driver.again = calloc(load->count, sizeof(*driver.again));
	driver.many = many_new(cli->http, (bench_window(options) + nodes - 1) / nodes, on_answered, &driver);
	ASSERT(driver.again != NULL);
	(void)snprintf(driver.prefer, sizeof(driver.prefer), "wait=%d%s%s", WAIT_S,
		       options->wants_receipts ? "" : ", return=minimal",
		       options->skips_simulation ? ", simulate=no" : "");
	driver.start_us = load_now_us();
	driver.begin_us = driver.start_us + options->warmup_s * 1000000;
	driver.end_us = driver.begin_us + options->seconds * 1000000;
	run(&driver, on_begin, on_end, context);
	out->backlog_first = mean_of(&driver.first);
	out->backlog_last = mean_of(&driver.last);
	/* what was due counts as offered, also where there was no room to send it */
	if (options->rate > 0 && !out->ran_out)
		out->offered = (size_t)(options->rate * out->seconds);
	many_free(driver.many);
	free(driver.again);
	return ERR_OK;
}
