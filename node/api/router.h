/* Router: which handler answers a request, from one table.  Pure. */
#ifndef STELE_NODE_API_ROUTER_H
#define STELE_NODE_API_ROUTER_H

#include "base/err.h"
#include "node/api/request.h"

struct call;

enum progress {
	CALL_DONE,     /* the answer is there */
	CALL_DEFERRED, /* it comes later, from the pump */
	CALL_RETRY,    /* no finalization covers it yet: again after the next commit */
	CALL_LONG,     /* too much for the loop: again on a thread that reads */
};

enum route_cost {
	ROUTE_QUICK, /* made on the loop */
	ROUTE_LONG,  /* may take long: made on a thread that reads */
	ROUTE_LARGE, /* its answer may be large, too */
};

struct route {
	enum method method;     /* METHOD_GET serves HEAD too */
	const char *pattern;    /* "/v1/blocks/{}": {} takes one segment */
	const char *params;     /* names, each in blanks: " limit cursor "; "key*" may repeat */
	enum progress (*handler)(struct call *call);
	enum route_cost cost;
};

#define ROUTE_ARGS_MAX 3

struct route_match {
	const struct route *route;
	const char *args[ROUTE_ARGS_MAX]; /* what the {} took */
	char allow[48];                   /* methods of the path, where it is known */
	const char *bad_param;            /* ERR_API_PARAMETER: which one */
};

/* ERR_API_NOT_FOUND; ERR_API_METHOD and METHOD_OPTIONS: allow is filled;
 * ERR_API_PARAMETER: a parameter that the route does not take, or twice. */
MUST_CHECK enum err router_find(const struct route *routes, size_t count,
				const struct request *request, struct route_match *out);

#endif
