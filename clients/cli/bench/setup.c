/* What a benchmark is asked for, and the network that it loads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/bench/bench.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "proto/genesis_file.h"

#define SECONDS_MAX 3600
#define SECONDS_DEFAULT 20
#define WARMUP_DEFAULT 3
#define WINDOW_MAX 16000
#define RECORDS_MAX 20000000
#define BYTES_DEFAULT 256
#define BYTES_MAX 512
#define YARDSTICK_MS 500

/* --- what is asked for -------------------------- */

enum err bench_read_options(struct bench *bench)
{
	struct bench_options *options = &bench->options;
	struct cli *cli = bench->cli;
	enum err err;

	*options = (struct bench_options){.warmup_s = WARMUP_DEFAULT,
					  .seconds = SECONDS_DEFAULT,
					  .record_bytes = BYTES_DEFAULT,
					  .wants_receipts = cli_has(cli, "receipts"),
					  .skips_simulation = cli_has(cli, "no-simulate")};
	err = cli_number(cli, "batch", LIMIT_BATCH_ENTRIES, &options->batch);
	if (err == ERR_OK)
		err = cli_number(cli, "seconds", SECONDS_MAX, &options->seconds);
	if (err == ERR_OK)
		err = cli_number(cli, "warmup", SECONDS_MAX, &options->warmup_s);
	if (err == ERR_OK)
		err = cli_number(cli, "window", WINDOW_MAX, &options->window);
	if (err == ERR_OK)
		err = cli_number(cli, "size", BYTES_MAX, &options->record_bytes);
	if (err == ERR_OK)
		err = cli_number(cli, "records", RECORDS_MAX, &options->records);
	if (err == ERR_OK)
		err = cli_number(cli, "find", RECORDS_MAX, &options->find);
	if (err == ERR_OK && options->seconds == 0)
		err = cli_fail(cli, ERR_USAGE, "--seconds is at least 1");
	return err;
}

/* --- the network ---------------------------------- */

static void set_variables(const struct localnet *net, int overwrites)
{
	char *passphrase = path_of("%s/keys/passphrase", net->dir);
	struct buf nodes;

	(void)setenv("STELE_PASSPHRASE_FILE", passphrase, overwrites);
	free(passphrase);
	buf_init(&nodes, 4096);
	for (unsigned i = 0; i < net->validators; i++)
		buf_print(&nodes, "%shttp://127.0.0.1:%u", i > 0 ? "," : "",
			  net->port + LOCALNET_API_OFFSET + i);
	buf_u8(&nodes, 0);
	ASSERT(!nodes.has_failed);
	(void)setenv("STELE_NODE", (const char *)nodes.at, overwrites);
	buf_release(&nodes);
}

enum err bench_find_net(struct bench *bench)
{
	struct cli *cli = bench->cli;
	char *dir = localnet_dir(cli);
	enum err err = ERR_OK;

	bench->has_net = localnet_exists(dir);
	free(dir);
	if (bench->has_net || cli_has(cli, "dir"))
		err = localnet_open(cli, &bench->net);
	if (bench->has_net && err == ERR_OK)
		set_variables(&bench->net, 0);
	return err;
}

void bench_use_net(struct bench *bench)
{
	bench->has_net = true;
	set_variables(&bench->net, 1);
	http_free(bench->cli->http);
	bench->cli->http = NULL;
}

static enum err open_signers(struct bench *bench)
{
	static const char *const of_localnet[] = {"anchorer-1", "anchorer-2", "institute-1",
						  "institute-2"};
	struct cli *cli = bench->cli;
	size_t given = option_find(cli->command, "signer") != NULL ? cli_count(cli, "signer") : 0;
	size_t count = given > 0 ? given : sizeof(of_localnet) / sizeof(of_localnet[0]);
	enum err err = ERR_OK;

	if (given == 0 && !bench->has_net)
		return cli_fail(cli, ERR_USAGE, "give --signer KEY, best four of them, each of another "
						"organisation");
	if (count > BENCH_SIGNERS_MAX)
		return cli_fail(cli, ERR_USAGE, "at most %d --signer", BENCH_SIGNERS_MAX);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		char *key = given > 0 ? path_of("%s", cli_nth(cli, "signer", i))
				      : path_of("%s/keys/%s.key", bench->net.dir, of_localnet[i]);

		err = signer_open(cli, key, &bench->signers[i]);
		bench->signers_count += err == ERR_OK;
		free(key);
	}
	return err;
}

/* --- what it runs ----------------------------------- */

/* What all nodes share: the timers and limits of the genesis document, and the limits
 * of a block. */
static json_t *configuration_json(const struct genesis *genesis)
{
	json_t *timers = json_object(), *limits = json_object();

#define X(text, member, least, greatest) \
	json_object_set_new(timers, text, json_integer((json_int_t)genesis->timers.member));
	GENESIS_TIMER_LIST(X)
#undef X
#define X(text, member, least, greatest) \
	json_object_set_new(limits, text, json_integer((json_int_t)genesis->member));
	GENESIS_LIMIT_LIST(X)
#undef X
	return json_pack("{s:I, s:I, s:o, s:o, s:{s:i, s:i, s:i}}", "validators",
			 (json_int_t)genesis->set.count, "epoch_length",
			 (json_int_t)genesis->epoch_length, "timers", timers, "limits", limits, "block",
			 "parcels", LIMIT_BODY_PARCELS, "payload_bytes", LIMIT_BLOCK_PAYLOAD_BYTES,
			 "transactions", LIMIT_BLOCK_TRANSACTIONS);
}

static enum err learn_configuration(struct bench *bench)
{
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	struct genesis_file *file = calloc(1, sizeof(*file));
	struct http_answer answer;
	unsigned line = 0;
	enum err err;

	ASSERT(genesis != NULL && file != NULL);
	http_answer_init(&answer);
	err = api_get_raw(bench->cli, &answer, "/v1/genesis");
	if (err == ERR_OK && (genesis_file_parse(file, buf_bytes(&answer.body)) != ERR_OK ||
			      genesis_parse(genesis, file->document, &line) != ERR_OK))
		err = cli_fail(bench->cli, ERR_NET_ANSWER, "/v1/genesis");
	if (err == ERR_OK)
		json_object_set_new(bench->network, "configuration", configuration_json(genesis));
	http_answer_release(&answer);
	free(genesis);
	free(file);
	return err;
}

static void learn_programs(struct bench *bench)
{
	json_t *programs = json_array();

	for (unsigned i = 0; bench->has_net && i < bench->validators; i++) {
		char path[4096];
		struct hash hash;

		if (process_program(localnet_pid(&bench->net, i + 1), path, &hash))
			json_array_append_new(programs,
					      json_pack("{s:i, s:s, s:o}", "validator", (int)i + 1,
							"program", path, "sha256",
							json_hex(hash.b, sizeof(hash.b))));
	}
	json_object_set_new(bench->network, "programs", programs);
}

static enum err learn_network(struct bench *bench)
{
	struct cli *cli = bench->cli;
	uint64_t validators = 0;
	json_t *network;
	enum err err = api_get(cli, &network, "/v1/network");

	if (err != ERR_OK)
		return err;
	(void)json_u64(network, "validators", &validators);
	bench->validators = validators < BENCH_VALIDATORS_MAX ? (unsigned)validators
							      : BENCH_VALIDATORS_MAX;
	bench->network = json_pack("{s:s, s:s, s:s}", "origin", json_text(network, "origin"), "chain",
				   json_text(network, "chain"), "version",
				   json_text(network, "version"));
	if (bench->network == NULL ||
	    !hex_decode(cli->chain.b, sizeof(cli->chain.b), bytes_text(json_text(network, "chain"))))
		err = cli_fail(cli, ERR_NET_ANSWER, "/v1/network");
	json_decref(network);
	if (err == ERR_OK)
		err = learn_configuration(bench);
	if (err == ERR_OK)
		learn_programs(bench);
	return err;
}

enum err bench_open(struct bench *bench)
{
	enum err err = learn_network(bench);

	return err == ERR_OK ? open_signers(bench) : err;
}

void bench_close(struct bench *bench)
{
	for (size_t i = 0; i < bench->signers_count; i++)
		signer_free(bench->signers[i]);
	bench->signers_count = 0;
	json_decref(bench->network);
	bench->network = NULL;
	localnet_release(&bench->net);
}

enum err bench_measure_machine(struct bench *bench, const char *folder)
{
	char *path = path_of("%s/stele-bench-XXXXXX", folder);
	enum err err = ERR_OK;

	if (mkdtemp(path) == NULL) {
		err = file_fail(bench->cli, ERR_FILE_WRITE, path);
	} else {
		out_remark(bench->cli, "measuring this machine");
		machine_measure(&bench->machine, path, YARDSTICK_MS, bench->validators);
		(void)rmdir(path);
	}
	free(path);
	return err;
}
