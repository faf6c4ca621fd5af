#include "clients/cli/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "proto/value.h"

#define PATH_MAX_BYTES LIMIT_HTTP_URL_BYTES
#define PAGES_MAX 20000

static enum err add_node(struct cli *cli, const char *url)
{
	enum err err = http_add_node(cli->http, url);

	if (err != ERR_OK) {
		err = cli_fail(cli, err, "\"%s\" is no address of a node", url);
		cli_fact(cli, "expected", "http://IP:PORT, such as " API_NODE_DEFAULT);
	}
	return err;
}

enum err api_open(struct cli *cli)
{
	const char *list = getenv("STELE_NODE");
	size_t count = cli_count(cli, "node");
	enum err err = ERR_OK;
	char *copy, *rest, *url;

	if (cli->http != NULL)
		return ERR_OK;
	cli->http = http_new();
	if (cli->http == NULL)
		return cli_fail(cli, ERR_MEMORY, NULL);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = add_node(cli, cli_nth(cli, "node", i));
	if (count > 0 || err != ERR_OK)
		return err;
	copy = strdup(list != NULL && list[0] != '\0' ? list : API_NODE_DEFAULT);
	if (copy == NULL)
		return cli_fail(cli, ERR_MEMORY, NULL);
	for (url = strtok_r(copy, ", ", &rest); err == ERR_OK && url != NULL;
	     url = strtok_r(NULL, ", ", &rest))
		err = add_node(cli, url);
	free(copy);
	return err;
}

static void fact_nodes(struct cli *cli, size_t node)
{
	struct buf names;

	buf_init(&names, 16384);
	for (size_t i = 0; i < http_nodes_count(cli->http); i++)
		if (node == HTTP_NODE_ANY || node == i)
			buf_print(&names, "%s%s", names.len > 0 ? ", " : "",
				  http_node_name(cli->http, i));
	cli_fact(cli, "asked", "%.*s", (int)names.len, (const char *)names.at);
	buf_release(&names);
}

enum err api_ask(struct cli *cli, const struct http_request *request, struct http_answer *out)
{
	enum err err = api_open(cli);

	if (err != ERR_OK)
		return err;
	err = http_ask(cli->http, request, out);
	if (err != ERR_OK) {
		err = cli_fail(cli, err, NULL);
		fact_nodes(cli, request->node);
	}
	return err;
}

static enum err err_of_problem(const json_t *problem)
{
	const char *code = json_text(problem, "code");
	enum err err = ERR_NET_ANSWER;
	uint64_t number;

	if (code[0] == 'E' && decimal_decode(&number, bytes_text(code + 1)) &&
	    number <= UINT32_MAX && err_from_number((uint32_t)number, &err) && err != ERR_OK)
		return err;
	return ERR_NET_ANSWER;
}

enum err api_problem(struct cli *cli, const struct http_answer *answer, const char *what)
{
	json_t *problem = json_loadb((const char *)answer->body.at, answer->body.len,
				     JSON_REJECT_DUPLICATES, NULL);
	enum err err = err_of_problem(problem);
	const char *detail = json_text(problem, "detail");
	const json_t *facts = json_object_get(problem, "facts");
	const char *name;
	json_t *value;

	cli_fail(cli, err, what != NULL ? "%s" : NULL, what);
	json_object_foreach((json_t *)facts, name, value)
		if (json_is_string(value))
			cli_fact(cli, name, "%s", json_string_value(value));
	if (detail[0] != '\0' && strcmp(detail, err_text(err)) != 0)
		cli_fact(cli, "detail", "%s", detail);
	if (err == ERR_NET_ANSWER)
		cli_fact(cli, "status", "%d", answer->status);
	if (json_is_false(json_object_get(problem, "submitted")))
		cli_fact(cli, "submitted", "no");
	cli_fact(cli, "node", "%s", http_node_name(cli->http, answer->node));
	if (answer->request_id[0] != '\0' && answer->status >= 500)
		cli_fact(cli, "request", "%s", answer->request_id);
	if (answer->retry_after_s > 0)
		cli_remedy(cli, "try again in %u s%s", answer->retry_after_s,
			   err == ERR_DISK_LOW ? ", or ask another node" : "");
	if (answer->status == 404)
		cli_exit(cli, EXIT_CODE_NOT_RECORDED);
	if (err == ERR_NOT_RECORDED)
		cli_remedy(cli, "check the name or number asked for");
	json_decref(problem);
	return err;
}

enum err api_get_raw_from(struct cli *cli, size_t node, struct http_answer *out, const char *path)
{
	struct http_request request = {.method = "GET", .path = path, .node = node};
	enum err err = api_ask(cli, &request, out);

	if (err == ERR_OK && out->status != 200)
		err = api_problem(cli, out, NULL);
	if (err == ERR_NOT_RECORDED)
		cli_fact(cli, "asked", "%s", path);
	return err;
}

enum err api_get_from(struct cli *cli, size_t node, json_t **out, const char *path)
{
	struct http_answer answer;
	json_t *object = NULL;
	enum err err;

	http_answer_init(&answer);
	err = api_get_raw_from(cli, node, &answer, path);
	if (err == ERR_OK) {
		object = json_loadb((const char *)answer.body.at, answer.body.len,
				    JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(object)) {
			err = cli_fail(cli, ERR_NET_ANSWER, NULL);
			cli_fact(cli, "asked", "%s", path);
			json_decref(object);
		}
	}
	http_answer_release(&answer);
	if (err == ERR_OK)
		*out = object;
	return err;
}

enum err api_get(struct cli *cli, json_t **out, const char *path, ...)
{
	char full[PATH_MAX_BYTES];
	va_list list;
	int len;

	va_start(list, path);
	len = vsnprintf(full, sizeof(full), path, list);
	va_end(list);
	if (len < 0 || (size_t)len >= sizeof(full))
		return cli_fail(cli, ERR_USAGE, "a name is too long");
	return api_get_from(cli, HTTP_NODE_ANY, out, full);
}

enum err api_get_raw(struct cli *cli, struct http_answer *out, const char *path, ...)
{
	char full[PATH_MAX_BYTES];
	va_list list;
	int len;

	va_start(list, path);
	len = vsnprintf(full, sizeof(full), path, list);
	va_end(list);
	if (len < 0 || (size_t)len >= sizeof(full))
		return cli_fail(cli, ERR_USAGE, "a name is too long");
	return api_get_raw_from(cli, HTTP_NODE_ANY, out, full);
}

/* The first page keeps its other members; the rest give their items to it. */
static enum err get_rest(struct cli *cli, json_t *whole, const char *path, char joint)
{
	char *cursor = strdup(json_text(whole, "next"));
	enum err err = ERR_OK;

	for (unsigned page = 0; err == ERR_OK && cursor != NULL && cursor[0] != '\0'; page++) {
		struct buf escaped;
		json_t *more = NULL;

		if (page == PAGES_MAX) {
			err = cli_fail(cli, ERR_NET_ANSWER, "the list does not end");
			break;
		}
		buf_init(&escaped, PATH_MAX_BYTES);
		url_add(&escaped, cursor);
		err = api_get(cli, &more, "%s%climit=%d&cursor=%.*s", path, joint, LIMIT_PAGE,
			      (int)escaped.len, (const char *)escaped.at);
		buf_release(&escaped);
		if (err != ERR_OK)
			break;
		(void)json_array_extend(json_object_get(whole, "items"),
					json_object_get(more, "items"));
		if (strcmp(cursor, json_text(more, "next")) == 0)
			err = cli_fail(cli, ERR_NET_ANSWER, "the list does not go on");
		free(cursor);
		cursor = strdup(json_text(more, "next"));
		json_decref(more);
	}
	free(cursor);
	return err;
}

enum err api_get_all(struct cli *cli, json_t **out, const char *path)
{
	char joint = strchr(path, '?') != NULL ? '&' : '?';
	json_t *whole = NULL;
	enum err err = api_get(cli, &whole, "%s%climit=%d", path, joint, LIMIT_PAGE);

	if (err != ERR_OK)
		return err;
	if (!json_is_array(json_object_get(whole, "items"))) {
		json_decref(whole);
		return cli_fail(cli, ERR_NET_ANSWER, "%s", path);
	}
	err = get_rest(cli, whole, path, joint);
	(void)json_object_del(whole, "next");
	if (err == ERR_OK)
		*out = whole;
	else
		json_decref(whole);
	return err;
}

enum err api_get_filtered(struct cli *cli, json_t **out, const char *path,
			  const char *const *filters)
{
	struct buf full;
	bool has_query = false;
	enum err err;

	buf_init(&full, PATH_MAX_BYTES);
	buf_print(&full, "%s", path);
	for (; *filters != NULL; filters++) {
		const char *value = cli_value(cli, *filters);

		if (value == NULL)
			continue;
		buf_print(&full, "%c%s=", has_query ? '&' : '?', *filters);
		url_add(&full, value);
		has_query = true;
	}
	buf_u8(&full, 0);
	err = full.has_failed ? cli_fail(cli, ERR_USAGE, "a name is too long")
			      : api_get_all(cli, out, (const char *)full.at);
	buf_release(&full);
	return err;
}

enum err api_network(struct cli *cli, struct network *out)
{
	struct network network = {.height = 0};
	json_t *object = NULL;
	enum err err = api_get(cli, &object, "/v1/network");

	if (err != ERR_OK)
		return err;
	(void)snprintf(network.origin, sizeof(network.origin), "%s", json_text(object, "origin"));
	if (!hex_decode(network.chain.b, sizeof(network.chain.b),
			bytes_text(json_text(object, "chain"))) ||
	    !json_u64(object, "height", &network.height) ||
	    !json_u64(object, "time", &network.time_ms))
		err = cli_fail(cli, ERR_NET_ANSWER, "/v1/network");
	json_decref(object);
	if (err == ERR_OK)
		err = pins_compare(cli, &network.chain, network.origin);
	if (err == ERR_OK)
		*out = network;
	return err;
}

static enum err take_pin(struct cli *cli, const struct pinned *pinned, void *context)
{
	struct network *network = context;

	(void)cli;
	network->chain = pinned->trust.chain;
	memcpy(network->origin, pinned->trust.origin, sizeof(network->origin));
	network->height++; /* how many there are */
	return ERR_OK;
}

enum err api_network_offline(struct cli *cli, struct network *out)
{
	struct network network = {.height = 0};
	enum err err = pins_each(cli, take_pin, &network);

	if (err != ERR_OK)
		return err;
	if (network.height != 1 || (cli_has(cli, "node") && !cli_has(cli, "trust")))
		return api_network(cli, out);
	network.height = 0;
	*out = network;
	return ERR_OK;
}

enum err api_segment(struct cli *cli, const char *what, const char *text)
{
	if (key_segment_is_valid(bytes_text(text)))
		return ERR_OK;
	cli_fail(cli, ERR_USAGE, "%s \"%s\"", what, text);
	cli_fact(cli, "expected", "1 to 64 of A-Z a-z 0-9 . _ -");
	return ERR_USAGE;
}
