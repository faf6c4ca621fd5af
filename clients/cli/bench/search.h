/* The search for the highest rate that is sustained: by halves, between what came
 * through in a closed loop and half of that.  Pure: the caller tries the rates.
 *
 *	search_init(&search, estimate);
 *	while (search_next(&search, &rate))
 *		search_tell(&search, is_sustained_at(rate));
 *	search.low is the answer; 0: none was sustained */
#ifndef STELE_CLIENTS_CLI_BENCH_SEARCH_H
#define STELE_CLIENTS_CLI_BENCH_SEARCH_H

#include <stdbool.h>

#define SEARCH_RESOLUTION 0.02 /* of the rate */
#define SEARCH_TRIES_MAX 12

struct search {
	double low;   /* was sustained; 0: nothing yet */
	double floor; /* below it nothing is tried */
	double high;  /* was not, or is the bound that a search may pass once */
	bool is_bounded; /* high was tried */
	unsigned tries;
	double tried; /* by the last search_next */
};

void search_init(struct search *search, double estimate);
/* False: it is over. */
bool search_next(struct search *search, double *rate);
void search_tell(struct search *search, bool is_sustained);

/* What was seen at one rate, in records a second. */
struct seen {
	double offered, final;
	double backlog_growth;  /* records that are due and not final: more each second */
	double refused;         /* answers that refuse, and records that failed, a second */
};

#define SUSTAINED_SHARE 0.98    /* of what was offered became final */
#define SUSTAINED_GROWTH 0.01   /* of the rate: the backlog may grow by chance */
#define SUSTAINED_REFUSED 0.001 /* of the rate */

/* NULL: the rate was sustained; else why not, as people read it. */
const char *search_judge(const struct seen *seen);

#endif
