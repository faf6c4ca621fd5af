/* What a process used so far, from /proc, and what a node counted, from its metrics. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/bench/bench.h"
#include "crypto/digest.h"

static double read_cpu(pid_t pid)
{
	unsigned long long user = 0, system = 0;
	char path[64], line[1024];
	const char *behind;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	/* the name in parentheses may hold anything; fields 14 and 15 count from 1 */
	if (fgets(line, sizeof(line), file) != NULL && (behind = strrchr(line, ')')) != NULL)
		(void)sscanf(behind, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
			     &system);
	(void)fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void read_memory(struct process_sample *out)
{
	unsigned long long kb;
	char path[64], line[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)out->pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "VmRSS: %llu", &kb) == 1)
			out->rss_kb = kb;
		else if (sscanf(line, "RssAnon: %llu", &kb) == 1)
			out->anonymous_kb = kb;
	}
	(void)fclose(file);
}

static void read_calls(struct process_sample *out)
{
	unsigned long long value;
	char path[64], line[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/io", (long)out->pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "rchar: %llu", &value) == 1)
			out->read_bytes = value;
		else if (sscanf(line, "wchar: %llu", &value) == 1)
			out->written_bytes = value;
		else if (sscanf(line, "syscr: %llu", &value) == 1)
			out->read_calls = value;
		else if (sscanf(line, "syscw: %llu", &value) == 1)
			out->write_calls = value;
	}
	(void)fclose(file);
}

/* --- threads, by name --------------------------------------------------------- */

static bool read_line(const char *path, char line[64])
{
	FILE *file = fopen(path, "re");
	bool is_read = file != NULL && fgets(line, 64, file) != NULL;

	if (file != NULL)
		(void)fclose(file);
	if (is_read)
		line[strcspn(line, "\n")] = '\0';
	return is_read;
}

static void add_stage(struct process_sample *out, const char *name, uint64_t cpu_ns)
{
	unsigned i = 0;

	while (i < out->stages_count && strcmp(out->stages[i].name, name) != 0)
		i++;
	if (i == BENCH_STAGES_MAX)
		return;
	if (i == out->stages_count) {
		(void)snprintf(out->stages[i].name, sizeof(out->stages[i].name), "%.15s", name);
		out->stages_count++;
	}
	out->stages[i].cpu_ns += cpu_ns;
}

static uint64_t read_waits(const char *path)
{
	unsigned long long count = 0;
	char line[256];
	FILE *file = fopen(path, "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "voluntary_ctxt_switches: %llu", &count) == 1)
			break;
	if (file != NULL)
		(void)fclose(file);
	return count;
}

/* A thread that ended meanwhile is left out. */
static void read_stages(struct process_sample *out)
{
	char folder[64], path[384], name[64], line[64];
	struct dirent *entry;
	DIR *dir;

	(void)snprintf(folder, sizeof(folder), "/proc/%ld/task", (long)out->pid);
	dir = opendir(folder);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		unsigned long long ns = 0;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s/comm", folder, entry->d_name);
		if (!read_line(path, name))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s/schedstat", folder, entry->d_name);
		if (read_line(path, line) && sscanf(line, "%llu", &ns) == 1)
			add_stage(out, name, ns);
		(void)snprintf(path, sizeof(path), "%s/%s/status", folder, entry->d_name);
		out->waits += read_waits(path);
	}
	(void)closedir(dir);
}

void process_sample(struct process_sample *out, pid_t pid)
{
	*out = (struct process_sample){.pid = pid};
	if (pid <= 0)
		return;
	out->cpu_s = read_cpu(pid);
	read_memory(out);
	read_calls(out);
	read_stages(out);
}

bool process_program(pid_t pid, char path[4096], struct hash *out)
{
	char link[64], bytes[65536];
	struct sha256 *sha256;
	size_t count;
	ssize_t len;
	FILE *file;

	(void)snprintf(link, sizeof(link), "/proc/%ld/exe", (long)pid);
	len = readlink(link, path, 4095);
	file = len > 0 ? fopen(link, "re") : NULL;
	if (file == NULL)
		return false;
	path[len] = '\0';
	sha256 = sha256_new();
	while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
		sha256_add(sha256, bytes, count);
	sha256_finish(sha256, out);
	sha256_free(sha256);
	(void)fclose(file);
	return true;
}

/* --- metrics -------------------------------------------------------------------- */

/* The sum of a metric over its labels, or that one where the name has labels itself; 0
 * where it is not there. */
static uint64_t metric(struct bytes text, const char *name)
{
	size_t len = strlen(name);
	const uint8_t *at = text.at, *end = text.at + text.len;
	uint64_t sum = 0;

	while (at < end) {
		const uint8_t *line_end = memchr(at, '\n', (size_t)(end - at));
		const char *value;
		char line[256];

		line_end = line_end != NULL ? line_end : end;
		(void)snprintf(line, sizeof(line), "%.*s", (int)(line_end - at), (const char *)at);
		value = strrchr(line, ' ');
		if (value != NULL && strncmp(line, name, len) == 0 &&
		    (line[len] == ' ' || line[len] == '{'))
			sum += strtoull(value + 1, NULL, 10);
		at = line_end + 1;
	}
	return sum;
}

static void read_turns(uint64_t *turns, uint64_t *slow, struct bytes metrics, const char *loop)
{
	char name[96];
	uint64_t quick;

	(void)snprintf(name, sizeof(name), "stele_loop_turn_seconds_count{loop=\"%s\"}", loop);
	*turns = metric(metrics, name);
	(void)snprintf(name, sizeof(name), "stele_loop_turn_seconds_bucket{loop=\"%s\",le=\"0.001\"}",
		       loop);
	quick = metric(metrics, name);
	*slow = *turns > quick ? *turns - quick : 0;
}

void node_counts_read(struct node_counts *out, struct bytes metrics)
{
	*out = (struct node_counts){
		.blocks = metric(metrics, "stele_blocks_finalized_total"),
		.journal_writes = metric(metrics, "stele_journal_writes_total"),
		.signatures_checked = metric(metrics, "stele_signatures_checked_total"),
		.views_nullified = metric(metrics, "stele_views_nullified_total"),
		.peer_bytes = metric(metrics, "stele_peer_receive_bytes_total") +
			      metric(metrics, "stele_peer_transmit_bytes_total"),
	};
	read_turns(&out->pump_turns, &out->pump_slow, metrics, "pump");
	read_turns(&out->api_turns, &out->api_slow, metrics, "api");
}
