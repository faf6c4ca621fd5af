/* A network of validators on this machine's loopback: the folder that holds it,
 * founding it, and its processes.
 *
 *	localnet.json          name, count of validators, first port
 *	net.genesis            the sealed genesis
 *	genesis/               parameters, cards, document and signatures it came from
 *	keys/NAME.key          a key for each example organisation; keys/passphrase
 *	organisations.json     NAME, identifier, names, roles
 *	client/                home for the tool, with this network pinned
 *	node-K/  node-K.log  node-K.pid      homes, logs and processes, from 1 */
#ifndef STELE_CLIENTS_CLI_LOCALNET_H
#define STELE_CLIENTS_CLI_LOCALNET_H

#include <sys/types.h>

#include "clients/cli/cli.h"
#include "clients/cli/http.h"

#define LOCALNET_PORT_DEFAULT 26600
#define LOCALNET_API_OFFSET 20
#define LOCALNET_METRICS_OFFSET 40

struct localnet {
	char *dir;
	char name[64];
	unsigned validators;
	uint16_t port; /* node K: port + K - 1; its API 20 above, its metrics 40 above */
	uint32_t delta_ms; /* of the genesis that is made; 0: as parameters_init has it */
};

char *localnet_dir(const struct cli *cli);
/* ERR_FILE_READ as a failure where there is none.  Release it in any case. */
MUST_CHECK enum err localnet_open(struct cli *cli, struct localnet *out);
void localnet_release(struct localnet *net);
bool localnet_exists(const char *dir);
/* Makes everything in the folder; starts nothing. */
MUST_CHECK enum err localnet_found(struct cli *cli, const struct localnet *net);

/* 0: it does not run. */
pid_t localnet_pid(const struct localnet *net, unsigned node);
/* ERR_LISTEN: a port is taken. */
MUST_CHECK enum err localnet_start(struct cli *cli, const struct localnet *net, unsigned node,
				   const char *steled);
/* Sends the signal, 0 for none; with wait_ms, waits for the end, then kills. */
MUST_CHECK enum err localnet_signal(struct cli *cli, const struct localnet *net, unsigned node,
				    int number, unsigned wait_ms);
/* Until every running node is ready.  A node that ends instead is a failure with
 * the last line of its log. */
MUST_CHECK enum err localnet_wait_ready(struct cli *cli, const struct localnet *net,
					unsigned timeout_ms);

#endif
