/* The processes of a local network.  A pid file also holds the process's start
 * time, so that a number that the system gave to another process since is never
 * taken for a node. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/cli/files.h"
#include "clients/cli/localnet.h"
#include "clients/cli/out.h"

#define POLL_US 50000
#define LOG_TAIL_BYTES 4096

static char *pid_path(const struct localnet *net, unsigned node)
{
	return path_of("%s/node-%u.pid", net->dir, node);
}

/* Field 22 of /proc/PID/stat, counted behind the name in parentheses; 0 for a
 * process that is not there, or has ended and was not yet collected.  While threads
 * of it (field 20) are still ending, it holds its files and their locks. */
static unsigned long long start_time(long pid)
{
	char *path = path_of("/proc/%ld/stat", pid);
	FILE *file = fopen(path, "re");
	char text[1024] = "", state = 'Z';
	unsigned long long start = 0;
	long threads = 0;
	const char *at;

	free(path);
	if (file == NULL)
		return 0;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);
	at = strrchr(text, ')');
	if (at == NULL || sscanf(at + 1, " %c", &state) != 1)
		return 0;
	for (int field = 2; at != NULL && field < 20; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL || sscanf(at, " %ld %*d %llu", &threads, &start) != 2)
		return 0;
	return (state == 'Z' || state == 'X') && threads <= 1 ? 0 : start;
}

pid_t localnet_pid(const struct localnet *net, unsigned node)
{
	char *path = pid_path(net, node);
	FILE *file = fopen(path, "re");
	long pid = 0;
	unsigned long long start = 0;
	bool is_read;

	free(path);
	if (file == NULL)
		return 0;
	is_read = fscanf(file, "%ld %llu", &pid, &start) == 2 && pid > 1;
	(void)fclose(file);
	return is_read && start != 0 && start_time(pid) == start ? (pid_t)pid : 0;
}

static enum err check_port(struct cli *cli, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	bool is_free;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	is_free = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	if (fd >= 0)
		(void)close(fd);
	if (is_free)
		return ERR_OK;
	cli_fail(cli, ERR_LISTEN, "port %u of 127.0.0.1 is taken", port);
	cli_remedy(cli, "end what uses it, or make another network with --port");
	return ERR_LISTEN;
}

/* In the child: becomes steled, or ends with 127. */
static _Noreturn void become_steled(const char *steled, const char *home, int log)
{
	int null = open("/dev/null", O_RDONLY);

	(void)setsid();
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(log, STDOUT_FILENO);
	(void)dup2(log, STDERR_FILENO);
	closefrom(STDERR_FILENO + 1); /* a lock or pipe of who called would stay held */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)unsetenv("STELE_PASSPHRASE_FD");
	(void)execlp(steled, steled, "--home", home, (char *)NULL);
	_exit(127);
}

static enum err write_pid(struct cli *cli, const struct localnet *net, unsigned node, pid_t pid)
{
	char *path = pid_path(net, node);
	struct buf text;
	enum err err;

	buf_init(&text, 64);
	buf_print(&text, "%ld %llu\n", (long)pid, start_time(pid));
	err = file_write(cli, path, buf_bytes(&text), 0644, true);
	buf_release(&text);
	free(path);
	return err;
}

enum err localnet_start(struct cli *cli, const struct localnet *net, unsigned node,
			const char *steled)
{
	uint16_t port = (uint16_t)(net->port + node - 1);
	char *home, *log_path;
	pid_t pid;
	int log;
	enum err err;

	if (localnet_pid(net, node) != 0)
		return ERR_OK;
	err = check_port(cli, port);
	if (err == ERR_OK)
		err = check_port(cli, (uint16_t)(port + LOCALNET_API_OFFSET));
	if (err == ERR_OK)
		err = check_port(cli, (uint16_t)(port + LOCALNET_METRICS_OFFSET));
	if (err != ERR_OK)
		return err;
	home = path_of("%s/node-%u", net->dir, node);
	log_path = path_of("%s/node-%u.log", net->dir, node);
	log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	(void)fflush(NULL);
	pid = log >= 0 ? fork() : -1;
	if (pid == 0)
		become_steled(steled, home, log);
	if (log >= 0)
		(void)close(log);
	err = pid > 0 ? write_pid(cli, net, node, pid)
		      : cli_fail(cli, ERR_FILE_WRITE, "%s", log_path);
	free(log_path);
	free(home);
	return err;
}

enum err localnet_signal(struct cli *cli, const struct localnet *net, unsigned node, int number,
			 unsigned wait_ms)
{
	pid_t pid = localnet_pid(net, node);
	uint64_t end = time_now_ms() + wait_ms;

	if (pid == 0)
		return ERR_OK;
	if (kill(pid, number) != 0 && errno != ESRCH)
		return cli_fail(cli, ERR_FILE_WRITE, "node %u, process %ld: %s", node, (long)pid,
				strerror(errno));
	while (wait_ms > 0 && localnet_pid(net, node) != 0 && time_now_ms() < end) {
		(void)waitpid(pid, NULL, WNOHANG);
		(void)usleep(POLL_US);
	}
	if (wait_ms > 0 && localnet_pid(net, node) != 0) {
		out_remark(cli, "node %u did not end in %u ms; it is killed", node, wait_ms);
		(void)kill(pid, SIGKILL);
	}
	return ERR_OK;
}

/* --- readiness ---------------------------------------------------------------------- */

static enum err fail_ended(struct cli *cli, const struct localnet *net, unsigned node)
{
	char *path = path_of("%s/node-%u.log", net->dir, node);
	FILE *file = fopen(path, "re");
	char tail[LOG_TAIL_BYTES + 1] = "", *last;

	if (file != NULL) {
		if (fseek(file, -LOG_TAIL_BYTES, SEEK_END) != 0)
			rewind(file);
		tail[fread(tail, 1, LOG_TAIL_BYTES, file)] = '\0';
		(void)fclose(file);
	}
	while (strlen(tail) > 0 && tail[strlen(tail) - 1] == '\n')
		tail[strlen(tail) - 1] = '\0';
	last = strrchr(tail, '\n');
	cli_fail(cli, ERR_INTERNAL, "node %u ended", node);
	cli_fact(cli, "last of its log", "%s", last != NULL ? last + 1 : tail);
	cli_remedy(cli, "see %s", path);
	cli_exit(cli, EXIT_CODE_LOCAL);
	free(path);
	return ERR_INTERNAL;
}

static bool is_ready(const struct localnet *net, unsigned node)
{
	struct http *http = http_new();
	struct http_request request = {
		.method = "GET", .path = "/readyz", .timeout_ms = 1000, .node = HTTP_NODE_ANY};
	struct http_answer answer;
	char url[64];
	bool ready;

	ASSERT(http != NULL);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u",
		       (unsigned)net->port + node - 1 + LOCALNET_METRICS_OFFSET);
	http_answer_init(&answer);
	ready = http_add_node(http, url) == ERR_OK && http_ask(http, &request, &answer) == ERR_OK &&
		answer.status == 200;
	http_answer_release(&answer);
	http_free(http);
	return ready;
}

enum err localnet_wait_ready(struct cli *cli, const struct localnet *net, unsigned timeout_ms)
{
	uint64_t end = time_now_ms() + timeout_ms;

	for (unsigned node = 1; node <= net->validators; node++) {
		while (!is_ready(net, node)) {
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
			if (localnet_pid(net, node) == 0)
				return fail_ended(cli, net, node);
			if (time_now_ms() >= end) {
				cli_fail(cli, ERR_SYNCING, "node %u is not ready", node);
				cli_remedy(cli, "see %s/node-%u.log", net->dir, node);
				return ERR_SYNCING;
			}
			(void)usleep(POLL_US);
		}
	}
	return ERR_OK;
}
