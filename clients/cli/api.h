/* Asking nodes: the API of docs/api.md, with its problems turned into failures
 * of the tool. */
#ifndef STELE_CLIENTS_CLI_API_H
#define STELE_CLIENTS_CLI_API_H

#include <jansson.h>

#include "clients/cli/cli.h"
#include "clients/cli/http.h"

#define API_NODE_DEFAULT "http://127.0.0.1:26620"

/* cli->http with the nodes of --node, $STELE_NODE (separated by commas) or the
 * default.  ERR_USAGE names an address that is none. */
MUST_CHECK enum err api_open(struct cli *cli);
/* http_ask with failures; the status is not judged. */
MUST_CHECK enum err api_ask(struct cli *cli, const struct http_request *request,
			    struct http_answer *out);
/* The failure that an answer of status >= 400 tells of. what: as in cli_fail. */
enum err api_problem(struct cli *cli, const struct http_answer *answer, const char *what);
/* GET, a JSON object of status 200.  path: printf; escape names with url_add.
 * What is not there leaves with exit code 4. */
MUST_CHECK enum err api_get(struct cli *cli, json_t **out, const char *path, ...)
	PRINTF_LIKE(3, 4);
/* The same from that one node. */
MUST_CHECK enum err api_get_from(struct cli *cli, size_t node, json_t **out, const char *path);
/* GET, any type, status 200; answer as in http_ask. */
MUST_CHECK enum err api_get_raw(struct cli *cli, struct http_answer *out, const char *path, ...)
	PRINTF_LIKE(3, 4);
/* The same from that one node, or HTTP_NODE_ANY. */
MUST_CHECK enum err api_get_raw_from(struct cli *cli, size_t node, struct http_answer *out,
				     const char *path);
/* All pages of a list, as one object with "items". */
MUST_CHECK enum err api_get_all(struct cli *cli, json_t **out, const char *path);
/* The same of what the options of these names pick out, as far as they were given;
 * filters ends with NULL, and the API's parameters are named as the options. */
MUST_CHECK enum err api_get_filtered(struct cli *cli, json_t **out, const char *path,
				     const char *const *filters);

struct network {
	char origin[ORIGIN_MAX + 1];
	struct hash chain;
	uint64_t height;
	uint64_t time_ms;
};

/* GET /v1/network, held against --trust or the pinned networks: another chain than
 * --trust names is ERR_GENESIS_MISMATCH; one that no pin knows is remarked on. */
MUST_CHECK enum err api_network(struct cli *cli, struct network *out);
/* The chain of --trust, or of the only pinned network, without a node; else as
 * api_network. */
MUST_CHECK enum err api_network_offline(struct cli *cli, struct network *out);
/* A name from the user as a segment of a path: letters, digits, . _ - are what a
 * key segment has, so nothing else can name anything.  ERR_USAGE. */
MUST_CHECK enum err api_segment(struct cli *cli, const char *what, const char *text);

#endif
