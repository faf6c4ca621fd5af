#include "clients/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "clients/cli/out.h"

#define FIRST_MS 1000
#define BAR_EACH_MS 100
#define JSON_EACH_MS 1000
#define BAR_WIDTH 30

void progress_start(struct progress *progress, const struct cli *cli, const char *what,
		    uint64_t total)
{
	*progress = (struct progress){
		.cli = cli,
		.what = what,
		.total = total,
		.start_ms = time_now_ms(),
		.is_bar = isatty(STDERR_FILENO) == 1 && !cli->is_json,
	};
}

static void show_bar(const struct progress *progress, uint64_t done, uint64_t now)
{
	uint64_t total = progress->total > 0 ? progress->total : 1;
	uint64_t filled = done < total ? done * BAR_WIDTH / total : BAR_WIDTH;
	uint64_t spent = now - progress->start_ms;
	uint64_t left_s = done > 0 && done < total ? spent * (total - done) / done / 1000 : 0;

	(void)fprintf(stderr, "\r\033[K");
	if (progress->total > 0) {
		(void)fputc('[', stderr);
		for (uint64_t i = 0; i < BAR_WIDTH; i++)
			(void)fputc(i < filled ? '#' : '.', stderr);
		(void)fprintf(stderr, "] %llu of %llu", (unsigned long long)done,
			      (unsigned long long)progress->total);
	} else {
		(void)fprintf(stderr, "%llu", (unsigned long long)done);
	}
	(void)fprintf(stderr, " %s", progress->what);
	if (left_s > 0)
		(void)fprintf(stderr, ", %llu s left", (unsigned long long)left_s);
	(void)fflush(stderr);
}

static void show_json(const struct progress *progress, uint64_t done)
{
	(void)fprintf(stderr, "{\"progress\":{\"what\":\"%s\",\"done\":%llu", progress->what,
		      (unsigned long long)done);
	if (progress->total > 0)
		(void)fprintf(stderr, ",\"total\":%llu", (unsigned long long)progress->total);
	(void)fprintf(stderr, "}}\n");
}

void progress_set(struct progress *progress, uint64_t done)
{
	uint64_t now = time_now_ms();
	uint64_t each = progress->is_bar ? BAR_EACH_MS : JSON_EACH_MS;

	if (progress->cli->is_quiet || (!progress->is_bar && !progress->cli->is_json) ||
	    now < progress->start_ms + FIRST_MS || now < progress->shown_ms + each)
		return;
	if (progress->was_shown && !progress->is_bar && done == progress->shown)
		return;
	progress->shown_ms = now;
	progress->shown = done;
	progress->was_shown = true;
	if (progress->is_bar)
		show_bar(progress, done, now);
	else
		show_json(progress, done);
}

void progress_end(struct progress *progress, uint64_t done)
{
	if (!progress->was_shown)
		return;
	if (progress->is_bar)
		(void)fprintf(stderr, "\r\033[K");
	else if (done != progress->shown)
		show_json(progress, done);
	(void)fflush(stderr);
}
