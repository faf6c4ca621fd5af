/* Scenes: tests/trace/<scene>.txt, a drama each, as commands and the core's own
 * trace after each.  A line that begins with '#' is a remark, with '>' a command:
 *
 *   new N                 N validators; the first command
 *   watch I…              the nodes whose steps are shown from here on
 *   start [I] | crash I   all, or one
 *   work yes|no [I]
 *   run MS
 *   isolate I | join I | cut A B | mend A B | mute I | unmute I
 *   bodies I withheld|free
 *   execution I HEIGHT invalid|diverged
 *   lose I                the journal of a node that is down is gone
 *   keep I                a copy of its journal, which the node that is down gets back:
 *   put-back I | restore I    rolled back, or intact since nothing was voted since
 *   double V I            the leader's second block of view V reaches node I
 *   forge KIND V I        a certificate of another block reaches node I
 *   show                  a line a node: view, last_final, height
 *
 * All other lines are what must come out.  STELE_TRACE_UPDATE=1 writes what came
 * out into the file instead; read the difference before committing it. */
#include "consensus/trace.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cores.h"
#include "tests/lib/unit.h"

#define TEXT_MAX (16u * 1024 * 1024)

struct scene {
	struct cores *cores;
	uint32_t n;
	struct buf out;
};

static uint32_t number(const char *word)
{
	ck_assert_ptr_nonnull(word);
	return (uint32_t)strtoul(word, NULL, 10);
}

static const char *const silences[] = {
	[SIGNING_YES] = "",       [SIGNING_OBSERVER] = "", [SIGNING_TRIPPED] = " tripped",
	[SIGNING_LOST] = " lost", [SIGNING_REFUSED] = " refuses", [SIGNING_FLOOR] = " below its floor",
	[SIGNING_CLOSED] = " closed",
};

static void show(struct scene *scene)
{
	for (uint32_t i = 0; i < scene->n; i++) {
		struct core_status status;

		if (cores_core(scene->cores, i) == NULL) {
			buf_print(&scene->out, "n%u down\n", i);
			continue;
		}
		status = cores_status(scene->cores, i);
		buf_print(&scene->out, "n%u v%llu final v%llu h%llu committed h%llu%s%s\n", i,
			  (unsigned long long)status.view, (unsigned long long)status.final_view,
			  (unsigned long long)status.final_height,
			  (unsigned long long)cores_height(scene->cores, i),
			  status.is_idle ? " idle" : "", silences[status.signing]);
	}
}

static void do_watch(struct scene *scene, char *words[])
{
	uint32_t mask = 0;

	for (size_t i = 1; words[i] != NULL; i++)
		mask |= 1u << number(words[i]);
	cores_trace(scene->cores, mask, &scene->out);
}

static void do_double(struct scene *scene, uint64_t view, uint32_t node)
{
	struct cores_block block;
	struct event event;

	cores_block_make(scene->cores, &block, view, cores_header0(scene->cores), 77, false);
	event = cores_proposal(scene->cores, &block);
	cores_inject(scene->cores, node, &event);
	cores_block_free(&block);
}

static void do_forge(struct scene *scene, const char *kind, uint64_t view, uint32_t node)
{
	struct event event = {.kind = EVENT_CERTIFICATE, .peer = (node + 1) % scene->n};
	struct cores_block block;

	cores_block_make(scene->cores, &block, view, cores_header0(scene->cores), 88, false);
	if (strcmp(kind, "nullify") == 0)
		event.certificate = cores_certificate(scene->cores, VOTE_NULLIFY, view, NULL);
	else
		event.certificate = cores_certificate(
			scene->cores, kind[0] == 'n' ? VOTE_NOTARIZE : VOTE_FINALIZE, view,
			&block.header);
	cores_inject(scene->cores, node, &event);
	cores_certificate_free(&event.certificate);
	cores_block_free(&block);
}

static void do_work(struct scene *scene, char *words[])
{
	bool has_work = strcmp(words[1], "yes") == 0;

	if (words[2] != NULL) {
		cores_work(scene->cores, number(words[2]), has_work);
		return;
	}
	for (uint32_t i = 0; i < scene->n; i++) {
		if (cores_core(scene->cores, i) != NULL)
			cores_work(scene->cores, i, has_work);
	}
}

static void do_life(struct scene *scene, char *words[])
{
	if (strcmp(words[0], "crash") == 0)
		cores_crash(scene->cores, number(words[1]));
	else if (words[1] != NULL)
		cores_start(scene->cores, number(words[1]));
	else
		cores_start_all(scene->cores);
}

static void do_network(struct scene *scene, char *words[])
{
	const char *verb = words[0];
	uint32_t a = number(words[1]);

	if (strcmp(verb, "isolate") == 0 || strcmp(verb, "join") == 0) {
		cores_isolate(scene->cores, a, verb[0] == 'i');
		return;
	}
	if (strcmp(verb, "mute") == 0 || strcmp(verb, "unmute") == 0) {
		for (uint32_t i = 0; i < scene->n; i++)
			cores_link(scene->cores, a, i, verb[0] == 'u');
		return;
	}
	cores_link(scene->cores, a, number(words[2]), verb[0] == 'm');
	cores_link(scene->cores, number(words[2]), a, verb[0] == 'm');
}

/* False: no such verb. */
static bool do_loss(struct scene *scene, char *words[])
{
	uint32_t node = number(words[1]);

	if (strcmp(words[0], "lose") == 0)
		cores_lose(scene->cores, node);
	else if (strcmp(words[0], "keep") == 0)
		cores_keep(scene->cores, node);
	else if (strcmp(words[0], "restore") == 0)
		cores_restore(scene->cores, node);
	else if (strcmp(words[0], "put-back") == 0)
		cores_put_back(scene->cores, node);
	else
		return false;
	return true;
}

static void do_command(struct scene *scene, char *line)
{
	char *words[16] = {NULL};
	char *rest = NULL;
	size_t count = 0;

	for (char *word = strtok_r(line, " ", &rest); word != NULL && count < 15;
	     word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	ck_assert_uint_gt(count, 0);
	if (strcmp(words[0], "new") == 0) {
		scene->n = number(words[1]);
		scene->cores = cores_new(scene->n, 0);
	} else if (strcmp(words[0], "watch") == 0) {
		do_watch(scene, words);
	} else if (strcmp(words[0], "start") == 0 || strcmp(words[0], "crash") == 0) {
		do_life(scene, words);
	} else if (strcmp(words[0], "work") == 0) {
		do_work(scene, words);
	} else if (strcmp(words[0], "run") == 0) {
		cores_run(scene->cores, 1000u * (uint64_t)number(words[1]));
	} else if (strcmp(words[0], "bodies") == 0) {
		cores_withhold_bodies(scene->cores, number(words[1]),
				      strcmp(words[2], "withheld") == 0);
	} else if (strcmp(words[0], "execution") == 0) {
		cores_execution(scene->cores, number(words[1]), number(words[2]),
				words[3][0] == 'i' ? EXECUTION_INVALID : EXECUTION_DIVERGED);
	} else if (strcmp(words[0], "double") == 0) {
		do_double(scene, number(words[1]), number(words[2]));
	} else if (strcmp(words[0], "forge") == 0) {
		do_forge(scene, words[1], number(words[2]), number(words[3]));
	} else if (strcmp(words[0], "show") == 0) {
		show(scene);
	} else if (!do_loss(scene, words)) {
		do_network(scene, words);
	}
}

/* Remarks and commands go through, each command followed by what came out. */
static void play(struct scene *scene, char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != '#' && line[0] != '>')
			continue;
		buf_print(&scene->out, "%s\n", line);
		if (line[0] == '>')
			do_command(scene, line + 2);
	}
	ck_assert(!scene->out.has_failed);
}

static void compare(const char *name, const char *want, const struct buf *got)
{
	const char *at = (const char *)got->at;
	size_t line = 1;

	for (size_t i = 0; i < got->len; i++) {
		if (want[i] == at[i]) {
			line += at[i] == '\n';
			continue;
		}
		ck_abort_msg("%s differs in line %zu; compare with STELE_TRACE_UPDATE=1 and git diff",
			     name, line);
	}
	ck_assert_msg(want[got->len] == '\0', "%s has lines too many", name);
}

static void play_file(const char *folder, const char *name)
{
	struct scene scene = {.n = 0};
	char path[512];
	size_t len;
	char *want;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	want = (char *)unit_file(path, &len);
	text = strdup(want);
	buf_init(&scene.out, TEXT_MAX);
	play(&scene, text);
	if (getenv("STELE_TRACE_UPDATE") != NULL) {
		FILE *file = fopen(path, "w");

		ck_assert_ptr_nonnull(file);
		ck_assert_uint_eq(fwrite(scene.out.at, 1, scene.out.len, file), scene.out.len);
		fclose(file);
	} else {
		compare(name, want, &scene.out);
	}
	cores_free(scene.cores);
	buf_release(&scene.out);
	free(text);
	free(want);
}

UNIT_TEST(trace_every_scene_goes_as_written)
{
	char *folder = unit_repo("tests/trace");
	DIR *dir = opendir(folder);
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		size_t len = strlen(entry->d_name);

		if (len < 5 || strcmp(entry->d_name + len - 4, ".txt") != 0)
			continue;
		play_file(folder, entry->d_name);
		count++;
	}
	closedir(dir);
	free(folder);
	ck_assert_uint_ge(count, 12);
}

UNIT_MAIN("trace", trace_every_scene_goes_as_written)
