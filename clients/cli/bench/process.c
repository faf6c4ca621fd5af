/* What a process used so far, from /proc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/bench/bench.h"

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

void process_sample(struct process_sample *out, pid_t pid)
{
	*out = (struct process_sample){.pid = pid};
	if (pid <= 0)
		return;
	out->cpu_s = read_cpu(pid);
	read_memory(out);
}
