/* What a watch makes of nodes that agree, lag, and fork; and what it keeps. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/cli/api.h"
#include "clients/cli/watch.h"
#include "tests/lib/unit.h"
#include "tests/unit/cli/asked.h"
#include "tests/unit/cli/forge.h"

#define NODES 2
#define ANSWER_BYTES ((size_t)1 << 20)

/* --- nodes that show a forged ledger ---------------------------------------------- */

struct node {
	struct forge forge;
	bool is_broken; /* its proofs are signed by nobody */
	int fd;
	char url[64];
	pthread_t thread;
};

static void dump(struct buf *out, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	buf_add(out, text, strlen(text));
	free(text);
	json_decref(json);
}

static json_t *broken(json_t *proof)
{
	json_object_set_new(proof, "from_root", json_string("00000000000000000000000000000000"
							     "00000000000000000000000000000000"));
	return proof;
}

/* False: there is no such thing. */
static bool answer(const struct node *node, const char *path, struct buf *out)
{
	const struct forge *forge = &node->forge;
	unsigned long long number;
	char what[16];

	if (sscanf(path, "/v1/proofs/consistency?from=%llu", &number) == 1) {
		json_t *proof = forge_consistency(forge, number);

		if (proof != NULL)
			dump(out, node->is_broken ? broken(proof) : proof);
	} else if (strncmp(path, "/v1/validators ", 15) == 0) {
		dump(out, json_pack("{s:o}", "text", forge_set_text(forge)));
	} else if (sscanf(path, "/v1/blocks/%llu/%15[a-z]", &number, what) == 2 &&
		   number <= forge->height) {
		if (strcmp(what, "certificate") == 0)
			forge_certificate(out, forge, number);
		else
			buf_print(out, "%s", forge->headers[number]);
	}
	return out->len > 0;
}

static void *serve(void *context)
{
	struct node *node = context;
	int fd;

	while ((fd = accept(node->fd, NULL, NULL)) >= 0) {
		char request[4096] = "", head[128];
		ssize_t got = read(fd, request, sizeof(request) - 1);
		struct buf body;

		buf_init(&body, ANSWER_BYTES);
		if (got > 4) {
			bool is_there = answer(node, request + 4, &body);

			if (!is_there)
				buf_print(&body, "{\"code\":\"E5205\"}");
			(void)snprintf(head, sizeof(head),
				       "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
				       is_there ? "200 OK" : "404 No", body.len);
			(void)send(fd, head, strlen(head), MSG_NOSIGNAL);
			(void)send(fd, body.at, body.len, MSG_NOSIGNAL);
		}
		buf_release(&body);
		(void)close(fd);
	}
	return NULL;
}

static void start(struct node *node)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	node->fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(node->fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(node->fd, 8), 0);
	ck_assert_int_eq(getsockname(node->fd, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(node->url, sizeof(node->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
	ck_assert_int_eq(pthread_create(&node->thread, NULL, serve, node), 0);
}

/* --- a watch over two of them ----------------------------------------------------------- */

struct scene {
	struct node nodes[NODES];
	struct watch watch;
	char *folder, *path;
};

static bool never(void)
{
	return false;
}

/* The first shows the true ledger up to one height, the second another one up to its own. */
static struct scene *scene_new(size_t first, enum forge_kind kind, size_t fork, size_t second)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	ck_assert_ptr_nonnull(scene);
	forge_make(&scene->nodes[0].forge, FORGE_TRUE, 0);
	forge_make(&scene->nodes[1].forge, kind, fork);
	scene->nodes[0].forge.height = first;
	scene->nodes[1].forge.height = second;
	for (size_t i = 0; i < NODES; i++)
		start(&scene->nodes[i]);
	scene->folder = unit_folder();
	ck_assert(asprintf(&scene->path, "%s/seen.json", scene->folder) > 0);
	scene->watch.cli = ASKED("audit", "watch", "--node", scene->nodes[0].url, "--node",
				 scene->nodes[1].url);
	ck_assert_int_eq(api_open(scene->watch.cli), ERR_OK);
	scene->watch.trust = scene->nodes[0].forge.trust;
	scene->watch.state_path = scene->path;
	scene->watch.lag_ms = 60000;
	scene->watch.is_stopped = never;
	watch_state_init(&scene->watch.state);
	return scene;
}

static void scene_round(struct scene *scene, enum watch_finding first, enum watch_finding second)
{
	ck_assert_int_eq(watch_round(&scene->watch, 1000000 + scene->watch.rounds), ERR_OK);
	ck_assert_str_eq(watch_finding_name(scene->watch.nodes[0].finding), watch_finding_name(first));
	ck_assert_str_eq(watch_finding_name(scene->watch.nodes[1].finding), watch_finding_name(second));
}

static void scene_free(struct scene *scene)
{
	for (size_t i = 0; i < NODES; i++) {
		(void)shutdown(scene->nodes[i].fd, SHUT_RDWR);
		(void)close(scene->nodes[i].fd);
		(void)pthread_join(scene->nodes[i].thread, NULL);
	}
	watch_state_release(&scene->watch.state);
	asked_free(scene->watch.cli);
	free(scene->path);
	free(scene->folder);
	free(scene);
}

/* The one alarm, and that its evidence proves it to anybody who has the pin alone. */
static void is_alarm(struct scene *scene, const char *code, const char *contradiction)
{
	const json_t *alarm = json_array_get(scene->watch.state.alarms, 0);
	const json_t *heads;
	struct head seen = {.proof = NULL}, shown = {.proof = NULL};
	json_t *evidence;

	ck_assert_uint_eq(json_array_size(scene->watch.state.alarms), 1);
	ck_assert_str_eq(unit_json_text(alarm, "code"), code);
	evidence = unit_json(unit_json_text(alarm, "evidence"));
	if (contradiction != NULL) {
		const struct trust *trust = &scene->watch.trust;
		enum contradiction what;

		ck_assert_str_eq(unit_json_text(evidence, "contradiction"), contradiction);
		heads = unit_json_array(evidence, "heads");
		ck_assert_int_eq(head_read(&seen, "a", 1,
					   json_object_get(json_array_get(heads, 0), "proof"), trust),
				 ERR_OK);
		ck_assert_int_eq(head_read(&shown, "b", 1,
					   json_object_get(json_array_get(heads, 1), "proof"), trust),
				 ERR_OK);
		what = heads_compare(&seen, &shown);
		if (what == CONTRADICTION_NONE)
			what = heads_extend(&seen, &shown, shown.proof);
		ck_assert_str_eq(contradiction_name(what), contradiction);
	}
	head_release(&seen);
	head_release(&shown);
	json_decref(evidence);
}

UNIT_TEST(nodes_of_one_ledger_are_level_whoever_is_ahead)
{
	for (size_t second = 4; second <= 6; second++) {
		struct scene *scene = scene_new(5, FORGE_TRUE, 0, second);

		scene_round(scene, WATCH_LEVEL, WATCH_LEVEL);
		ck_assert(!watch_has_alarm(&scene->watch));
		ck_assert_uint_eq(scene->watch.state.waiting_count, 0);
		ck_assert_uint_eq(scene->watch.state.reference.header.height, second > 5 ? second : 5);
		scene->nodes[1].forge.height = 9;
		scene_round(scene, WATCH_LEVEL, WATCH_LEVEL);
		ck_assert_uint_eq(scene->watch.state.reference.header.height, 9);
		scene_free(scene);
	}
}

UNIT_TEST(two_blocks_at_one_height_are_a_fork)
{
	for (enum forge_kind kind = FORGE_OTHER_BLOCKS; kind <= FORGE_OTHER_LEAVES; kind++) {
		struct scene *scene = scene_new(5, kind, 5, 5);

		scene_round(scene, WATCH_LEVEL, WATCH_ALARM);
		is_alarm(scene, "E9001", "blocks");
		scene_free(scene);
	}
}

UNIT_TEST(a_fork_shows_whichever_side_is_ahead)
{
	struct scene *scene = scene_new(5, FORGE_OTHER_BLOCKS, 3, 8);

	scene_round(scene, WATCH_LEVEL, WATCH_ALARM);
	is_alarm(scene, "E9001", "blocks"); /* the block that the second has at height 5 */
	scene_free(scene);
	scene = scene_new(8, FORGE_OTHER_BLOCKS, 3, 5);
	scene_round(scene, WATCH_ALARM, WATCH_LEVEL); /* the first is asked for height 5 */
	is_alarm(scene, "E9001", "blocks");
	scene_free(scene);
}

UNIT_TEST(another_history_of_the_log_is_a_fork)
{
	struct scene *scene = scene_new(5, FORGE_OTHER_LEAVES, 3, 8);

	scene_round(scene, WATCH_LEVEL, WATCH_ALARM);
	is_alarm(scene, "E9001", "logs");
	scene_free(scene);
}

UNIT_TEST(what_was_seen_before_is_held_against_what_is_shown_later)
{
	struct scene *scene = scene_new(5, FORGE_TRUE, 0, 5);

	scene_round(scene, WATCH_LEVEL, WATCH_LEVEL);
	forge_make(&scene->nodes[0].forge, FORGE_OTHER_LEAVES, 4);
	forge_make(&scene->nodes[1].forge, FORGE_OTHER_LEAVES, 4); /* both, and of one mind */
	ck_assert_int_eq(watch_round(&scene->watch, 2000000), ERR_OK);
	ck_assert(watch_has_alarm(&scene->watch));
	scene_free(scene);
}

UNIT_TEST(a_head_waits_until_somebody_shows_what_extends_it)
{
	struct scene *scene = scene_new(8, FORGE_TRUE, 0, 5);
	const struct watch_state *state = &scene->watch.state;

	scene->watch.lag_ms = 0;
	scene_round(scene, WATCH_LEVEL, WATCH_LAGS);
	ck_assert_uint_eq(state->waiting_count, 0);
	scene->nodes[0].forge.height = 3; /* so that nobody has the newest any more */
	scene_round(scene, WATCH_LAGS, WATCH_LAGS);
	ck_assert_uint_eq(state->waiting_count, 2);
	scene->nodes[0].forge.height = 10;
	scene_round(scene, WATCH_LEVEL, WATCH_LAGS);
	ck_assert_uint_eq(state->waiting_count, 0);
	ck_assert(!watch_has_alarm(&scene->watch));
	scene_free(scene);
}

UNIT_TEST(a_proof_to_another_root_is_a_divergence_of_that_node)
{
	struct scene *scene = scene_new(5, FORGE_TRUE, 0, 5);

	scene->nodes[1].is_broken = true;
	scene_round(scene, WATCH_LEVEL, WATCH_ALARM);
	is_alarm(scene, "E9002", NULL);
	scene_free(scene);
}

UNIT_TEST(another_network_is_strange)
{
	struct scene *scene = scene_new(5, FORGE_TRUE, 0, 5);

	memset(scene->watch.trust.chain.b, 0xcd, 32);
	scene_round(scene, WATCH_STRANGE, WATCH_STRANGE);
	ck_assert(!watch_has_alarm(&scene->watch));
	scene_free(scene);
}

/* --- what is kept -------------------------------------------------------------------------- */

static void rendered(struct buf *out, const struct watch *watch)
{
	buf_init(out, WATCH_STATE_BYTES);
	watch_state_render(out, &watch->state, &watch->trust);
	ck_assert(!out->has_failed);
}

static enum err parsed(struct bytes text, const struct trust *trust)
{
	struct watch_state state;
	enum err err;

	watch_state_init(&state);
	err = watch_state_parse(&state, text, trust);
	watch_state_release(&state);
	return err;
}

UNIT_TEST(state_comes_back_as_it_was)
{
	struct scene *scene = scene_new(8, FORGE_TRUE, 0, 5);
	struct watch_state again;
	struct buf text, second;

	scene_round(scene, WATCH_LEVEL, WATCH_LEVEL);
	scene->nodes[0].forge.height = 3;
	ck_assert_int_eq(watch_round(&scene->watch, 1000001), ERR_OK);
	watch_state_alarm(&scene->watch.state, ERR_FORK, "n", "f", 7);
	rendered(&text, &scene->watch);
	watch_state_init(&again);
	ck_assert_int_eq(watch_state_parse(&again, buf_bytes(&text), &scene->watch.trust), ERR_OK);
	ck_assert_uint_eq(again.reference.header.height, 8);
	ck_assert_uint_eq(again.waiting_count, 2);
	buf_init(&second, WATCH_STATE_BYTES);
	watch_state_render(&second, &again, &scene->watch.trust);
	ck_assert(bytes_equal(buf_bytes(&text), buf_bytes(&second)));
	watch_state_release(&again);
	buf_release(&text);
	buf_release(&second);
	scene_free(scene);
}

/* All that was signed or proved matters to the last bit. */
UNIT_TEST(a_changed_state_is_refused)
{
	struct scene *scene = scene_new(5, FORGE_TRUE, 0, 5);
	struct buf text;
	size_t kept = 0;

	scene_round(scene, WATCH_LEVEL, WATCH_LEVEL);
	rendered(&text, &scene->watch);
	ck_assert_int_eq(parsed(buf_bytes(&text), &scene->watch.trust), ERR_OK);
	for (size_t i = 0; i < text.len; i += 7) {
		text.at[i] ^= 1;
		kept += parsed(buf_bytes(&text), &scene->watch.trust) == ERR_OK;
		text.at[i] ^= 1;
	}
	ck_assert_msg(kept < 8, "%zu", kept); /* who showed it, and when: nobody signed that */
	ck_assert_int_eq(parsed(bytes_of(text.at, text.len - 1), &scene->watch.trust), ERR_FILE_FORM);
	scene->watch.trust.chain.b[0] ^= 1;
	ck_assert_int_eq(parsed(buf_bytes(&text), &scene->watch.trust), ERR_GENESIS_MISMATCH);
	buf_release(&text);
	scene_free(scene);
}

UNIT_TEST(a_node_lags_once_it_had_the_time)
{
	struct head newest = {.seen_ms = 5000, .header = {.height = 9, .time_ms = 4000}};
	struct watch_node node = {.has_head = true, .height = 8, .time_ms = 3000};

	ck_assert(!watch_node_lags(&node, &newest, 1000, 6000));
	ck_assert(watch_node_lags(&node, &newest, 999, 6000));  /* older by more than that */
	ck_assert(watch_node_lags(&node, &newest, 1000, 6001)); /* seen longer ago than that */
	node.height = 9;
	ck_assert(!watch_node_lags(&node, &newest, 0, 99999));
	node = (struct watch_node){.has_head = false};
	ck_assert(!watch_node_lags(&node, &newest, 0, 99999));
}

UNIT_MAIN("watch", nodes_of_one_ledger_are_level_whoever_is_ahead, two_blocks_at_one_height_are_a_fork,
	  a_fork_shows_whichever_side_is_ahead, another_history_of_the_log_is_a_fork,
	  what_was_seen_before_is_held_against_what_is_shown_later,
	  a_head_waits_until_somebody_shows_what_extends_it,
	  a_proof_to_another_root_is_a_divergence_of_that_node, another_network_is_strange,
	  state_comes_back_as_it_was, a_changed_state_is_refused, a_node_lags_once_it_had_the_time)
