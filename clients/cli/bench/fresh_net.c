#include "clients/cli/bench/fresh_net.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/files.h"

#define READY_MS 60000
#define STOP_MS 10000
#define DEPTH_MAX 16

/* Whoever interrupts the tool ends its nodes too; they are sessions of their own. */
static volatile pid_t running[BENCH_VALIDATORS_MAX];

static void on_signal(int number)
{
	for (size_t i = 0; i < BENCH_VALIDATORS_MAX; i++)
		if (running[i] > 1)
			(void)kill(running[i], SIGTERM);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void guard(bool is_begin)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)signal(numbers[i], is_begin ? on_signal : SIG_DFL);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
	(void)status;
	(void)kind;
	(void)at;
	return remove(path);
}

static enum err start(struct bench *bench, const char *steled)
{
	const struct localnet *net = &bench->net;
	enum err err = ERR_OK;

	for (unsigned node = 1; err == ERR_OK && node <= net->validators; node++) {
		err = localnet_start(bench->cli, net, node, steled);
		running[node - 1] = localnet_pid(net, node);
	}
	return err == ERR_OK ? localnet_wait_ready(bench->cli, net, READY_MS) : err;
}

enum err fresh_net_up(struct bench *bench, const char *below, const char *steled)
{
	struct localnet *net = &bench->net;
	char *dir = path_of("%s/stele-compare-XXXXXX", below);
	enum err err;

	ASSERT(net->validators <= BENCH_VALIDATORS_MAX);
	if (mkdtemp(dir) == NULL) {
		err = file_fail(bench->cli, ERR_FILE_WRITE, dir);
		free(dir);
		return err;
	}
	net->dir = dir;
	(void)snprintf(net->name, sizeof(net->name), "compare.example");
	guard(true);
	err = localnet_found(bench->cli, net);
	if (err == ERR_OK)
		err = start(bench, steled);
	if (err == ERR_OK)
		bench_use_net(bench);
	else
		fresh_net_down(bench);
	return err;
}

void fresh_net_down(struct bench *bench)
{
	struct localnet *net = &bench->net;

	/* first to all, so that they end side by side; what cannot be signalled has ended */
	for (unsigned node = 1; node <= net->validators; node++)
		(void)!localnet_signal(bench->cli, net, node, SIGTERM, 0);
	for (unsigned node = 1; node <= net->validators; node++) {
		(void)!localnet_signal(bench->cli, net, node, SIGTERM, STOP_MS);
		running[node - 1] = 0;
	}
	guard(false);
	(void)nftw(net->dir, remove_one, DEPTH_MAX, FTW_DEPTH | FTW_PHYS);
	localnet_release(net);
}
