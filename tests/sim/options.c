#include "tests/sim/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define HEIGHTS 100u
#define LINE_MAX_BYTES 256

static const char usage_text[] =
	"sim --seed N | --seeds A..B  [--heights H] [--nodes 1..128] [--scene NAME]\n"
	"    --set NAME=VALUE        a field of the scene (tests/sim/scene.h); villain_3=silent\n"
	"    --costs FILE            fields of the scene, a line each, as bench_costs prints them\n"
	"    --villains K            of the scene's kind\n"
	"    --above-threshold       more villains than may be faulty: safety breaks\n"
	"    --shrink                a scene that fails is made small\n"
	"    --require-drama         each kind of drama is in one seed of twenty, or it fails\n"
	"    --trace --quiet\n"
	"    --messages FILE         the record of one seed, tests/sim/record.h\n"
	"    --crash-points STRIDE   every STRIDE-th disk job of a node, before and after, alone\n"
	"                            and with all others\n"
	"    --help                  this, and the names of the scenes\n";

static void name_print(const char *name)
{
	printf(" %s", name);
}

static void help(void)
{
	fputs(usage_text, stdout);
	printf("scenes:");
	scene_names(name_print);
	printf("\n");
	exit(0);
}

static void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (text[0] == '\0' || *end != '\0')
		usage();
	return value;
}

static void take_seeds(struct options *options, char *text)
{
	char *dots = strstr(text, "..");

	if (dots == NULL)
		usage();
	*dots = '\0';
	options->first = number(text);
	options->last = number(dots + 2);
	if (options->last < options->first)
		usage();
}

static bool take_flag(struct options *options, const char *name)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"--trace", &options->is_traced},    {"--quiet", &options->is_quiet},
		{"--shrink", &options->is_shrinking}, {"--require-drama", &options->is_dramatic},
		{"--above-threshold", &options->is_above},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(name, flags[i].name) == 0) {
			*flags[i].flag = true;
			return true;
		}
	}
	return false;
}

/* Lines of NAME=VALUE, each as if set by itself. */
static void take_file(struct options *options, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_BYTES];

	if (file == NULL) {
		fprintf(stderr, "sim: cannot read %s\n", path);
		exit(2);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (options->sets_count == OPTIONS_SETS_MAX)
			usage();
		options->sets[options->sets_count++] = strdup(line);
	}
	fclose(file);
}

static void take_value(struct options *options, const char *name, char *value)
{
	if (strcmp(name, "--seed") == 0)
		options->first = options->last = number(value);
	else if (strcmp(name, "--seeds") == 0)
		take_seeds(options, value);
	else if (strcmp(name, "--heights") == 0)
		options->heights = number(value);
	else if (strcmp(name, "--nodes") == 0)
		options->nodes = (uint32_t)number(value);
	else if (strcmp(name, "--villains") == 0)
		options->villains = (uint32_t)number(value);
	else if (strcmp(name, "--scene") == 0)
		options->scene = value;
	else if (strcmp(name, "--messages") == 0)
		options->messages = value;
	else if (strcmp(name, "--crash-points") == 0)
		options->stride = number(value);
	else if (strcmp(name, "--costs") == 0)
		take_file(options, value);
	else if (strcmp(name, "--set") == 0 && options->sets_count < OPTIONS_SETS_MAX)
		options->sets[options->sets_count++] = value;
	else
		usage();
}

void options_take(struct options *out, int argc, char **argv)
{
	*out = (struct options){.first = 1, .last = 1, .heights = HEIGHTS};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			help();
		if (take_flag(out, argv[i]))
			continue;
		if (i + 1 == argc)
			usage();
		take_value(out, argv[i], argv[i + 1]);
		i++;
	}
	if (out->nodes > LIMIT_VALIDATORS || out->heights == 0 ||
	    (out->messages != NULL && out->first != out->last))
		usage();
}

/* Of the kind that the scene has, from the same node on. */
static void more_villains(struct scene *scene, uint32_t count)
{
	for (uint32_t i = 0; i < scene->nodes; i++) {
		if (scene->villains[i] != VILLAIN_NONE) {
			scene_villains(scene, scene->villains[i], i, count);
			return;
		}
	}
}

void options_scene(const struct options *options, uint64_t seed, struct scene *base,
		   struct scene *out)
{
	uint32_t nodes = options->nodes != 0 ? options->nodes : scene_nodes_of_seed(seed);

	if (options->scene == NULL)
		scene_of_seed(base, seed, nodes, options->heights);
	else if (!scene_by_name(base, options->scene, seed, nodes, options->heights))
		usage();
	*out = *base;
	if (options->is_above)
		scene_above(out, seed, options->scene != NULL, options->villains);
	else if (options->villains > 0)
		more_villains(out, options->villains);
	for (size_t i = 0; i < options->sets_count; i++) {
		if (!scene_set(out, options->sets[i]))
			usage();
	}
}
