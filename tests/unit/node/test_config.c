#include "node/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/lib/unit.h"

static struct config config;
static char problem[CONFIG_PROBLEM_BYTES];

static enum err read_text(const char *text)
{
	char *folder = unit_folder();
	char path[512];
	FILE *file;
	enum err err;

	snprintf(path, sizeof(path), "%s/steled.conf", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	err = config_read(&config, problem, path);
	free(folder);
	return err;
}

static void expect_problem(const char *text, const char *line_and_words)
{
	ck_assert_msg(read_text(text) == ERR_CONFIG, "taken: %s", text);
	ck_assert_msg(strstr(problem, line_and_words) != NULL, "%s\nnot in: %s", line_and_words,
		      problem);
	ck_assert_ptr_nonnull(strstr(problem, "/steled.conf:"));
}

UNIT_TEST(config_of_all_keys_is_read)
{
	ck_assert_int_eq(read_text("# a comment\n"
				   "name = \"v0\"\n"
				   "chain = \"00000000000000000000000000000000"
				   "000000000000000000000000000000ff\"\n"
				   "listen = \"127.0.0.1:7400\"\n"
				   "peers = {\"127.0.0.1:7401\", \"[::1]:7402\"}\n"
				   "observers = 3\n"
				   "api-listen = \"0.0.0.0:7480\"\n"
				   "api-hosts = {\"ledger.example\", \"localhost\"}\n"
				   "metrics-listen = \"127.0.0.1:7490\"\n"
				   "log-level = \"warn\"\n"
				   "passphrase-file = 'keys/pass phrase'\n"
				   "pool-transactions = 100\n"
				   "pool-bytes = 2000000\n"
				   "parcel-bytes = 3000000\n"
				   "queue-bytes = 20000000\n"
				   "disk-free-min = 50000000\n"
				   "workers = 2\n"
				   "end = true\n"), ERR_OK);
	ck_assert_str_eq(config.name, "v0");
	ck_assert(config.has_chain);
	ck_assert_uint_eq(config.chain.b[31], 255);
	ck_assert_str_eq(config.listen.ip, "127.0.0.1");
	ck_assert_uint_eq(config.listen.port, 7400);
	ck_assert_uint_eq(config.peers_count, 2);
	ck_assert_str_eq(config.peers[1].ip, "::1");
	ck_assert_uint_eq(config.peers[1].port, 7402);
	ck_assert_uint_eq(config.observers_max, 3);
	ck_assert_uint_eq(config.api_listen.port, 7480);
	ck_assert_uint_eq(config.api_hosts_count, 2);
	ck_assert_str_eq(config.api_hosts[0], "ledger.example");
	ck_assert_uint_eq(config.metrics_listen.port, 7490);
	ck_assert_int_eq(config.log_level, LOG_WARN);
	ck_assert_str_eq(config.passphrase_file, "keys/pass phrase");
	ck_assert_uint_eq(config.pool_transactions, 100);
	ck_assert_uint_eq(config.pool_bytes, 2000000);
	ck_assert_uint_eq(config.parcel_bytes, 3000000);
	ck_assert_uint_eq(config.queue_bytes, 20000000);
	ck_assert_uint_eq(config.disk_free_min, 50000000);
	ck_assert_uint_eq(config.workers, 2);
}

UNIT_TEST(config_needs_only_a_name)
{
	struct config defaults;

	ck_assert_int_eq(read_text("name = \"v0\"\nend = true\n"), ERR_OK);
	config_init(&defaults);
	strcpy(defaults.name, "v0");
	ck_assert_mem_eq(&config, &defaults, sizeof(config));
	expect_problem("end = true\n", "\"name\" is missing");
}

UNIT_TEST(config_unknown_key_is_refused_with_line_and_nearest_match)
{
	expect_problem("name = \"a\"\npers = {\"127.0.0.1:1\"}\nend = true\n",
		       "conf:2: unknown key \"pers\"; did you mean \"peers\"?");
	expect_problem("name = \"a\"\n\napi_listen = \"127.0.0.1:1\"\nend = true\n",
		       "conf:3: unknown key \"api_listen\"; did you mean \"api-listen\"?");
	expect_problem("# one\n\n\t// two\nname = \"a\" # it's three\n/* don't\n */\npers = {}\n",
		       "conf:7: unknown key \"pers\"");
	expect_problem("lisen = \"x\"\n", "did you mean \"listen\"?");
	expect_problem("quorum = 3\n", "conf:1: unknown key \"quorum\"");
	ck_assert_ptr_null(strstr(problem, "did you mean"));
	expect_problem("include(\"/etc/hosts\")\n", "unknown key \"include\"");
}

UNIT_TEST(config_cut_short_is_refused)
{
	expect_problem("name = \"a\"\npeers = {\"127.0.0.1:1\"}\n", "end = true");
	expect_problem("name = \"a\"\npeers = {\"127.0.0.1:1\"", "conf:2:");
	expect_problem("name = \"a\"\nlisten = \"127.0.0.1", "conf:");
	expect_problem("", "end = true");
	expect_problem("name = \"a\"\nend = false\n", "conf:2: end: must be true");
	expect_problem("name = \"a\"\nend = true\nworkers = 1\n", "conf:3: workers: stands behind");
}

UNIT_TEST(config_key_twice_is_refused)
{
	expect_problem("name = \"a\"\nname = \"b\"\nend = true\n", "conf:2: name: stands here twice");
	expect_problem("name = \"a\"\npeers = {\"127.0.0.1:1\", \"127.0.0.1:2\"}\n"
		       "peers = {\"127.0.0.1:3\"}\nend = true\n", "conf:3: peers: stands here twice");
	expect_problem("name = \"a\"\npeers = {\"127.0.0.1:1\"}\npeers += {\"127.0.0.1:3\"}\n",
		       "conf:3: peers: stands here twice");
	expect_problem("workers = 1\nworkers = 1\n", "conf:2: workers: stands here twice");
}

UNIT_TEST(config_value_out_of_its_bounds_is_refused)
{
	expect_problem("name = \"a b\"\n", "conf:1: name:");
	expect_problem("name = \"\"\n", "conf:1: name:");
	expect_problem("listen = \"localhost:7400\"\n", "conf:1: listen: \"localhost:7400\"");
	expect_problem("listen = \"127.0.0.1\"\n", "conf:1: listen:");
	expect_problem("listen = \"127.0.0.1:65536\"\n", "conf:1: listen:");
	expect_problem("listen = \"::1:7400\"\n", "conf:1: listen:");
	expect_problem("peers = {\"127.0.0.1:1\",\n\"nowhere\"}\n", "conf:2: peers: \"nowhere\"");
	expect_problem("workers = -1\n", "conf:1: workers: -1 lies outside 0");
	expect_problem("workers = 65\n", "conf:1: workers: 65 lies outside 0");
	expect_problem("workers = two\n", "conf:1: invalid integer");
	expect_problem("pool-bytes = 99999999999999999999\n", "conf:1:");
	expect_problem("log-level = \"loud\"\n", "conf:1: log-level: debug, info");
	expect_problem("chain = \"ABC\"\n", "conf:1: chain: 64");
}

UNIT_TEST(config_of_too_many_peers_is_refused)
{
	struct buf text;

	buf_init(&text, 65536);
	buf_print(&text, "name = \"a\"\npeers = {");
	for (int i = 0; i < CONFIG_PEERS_MAX + 1; i++)
		buf_print(&text, "%s\"127.0.0.1:%d\"", i > 0 ? "," : "", i + 1);
	buf_print(&text, "}\nend = true\n");
	buf_u8(&text, 0);
	expect_problem((const char *)text.at, "conf:2: peers: at most 256");
	buf_release(&text);
}

UNIT_TEST(config_that_is_absent_is_named)
{
	ck_assert_int_eq(config_read(&config, problem, "/nowhere/steled.conf"), ERR_FILE_READ);
	ck_assert_str_eq(problem, "/nowhere/steled.conf: No such file or directory");
}

UNIT_TEST(config_of_no_plain_file_is_refused_at_once)
{
	char *folder = unit_folder();
	char path[512];
	struct buf blanks;

	snprintf(path, sizeof(path), "%s/pipe", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(config_read(&config, problem, path), ERR_FILE_READ);
	ck_assert_int_eq(config_read(&config, problem, "/dev/zero"), ERR_FILE_READ);
	free(folder);
	buf_init(&blanks, 70000);
	memset(buf_grow(&blanks, 69999), ' ', 69999);
	buf_u8(&blanks, 0);
	ck_assert_int_eq(read_text((const char *)blanks.at), ERR_FILE_READ);
	ck_assert_ptr_nonnull(strstr(problem, "File too large"));
	buf_release(&blanks);
}

static void expect_round_trip(const struct config *want)
{
	struct buf text;

	buf_init(&text, 65536);
	config_render(&text, want);
	buf_u8(&text, 0);
	ck_assert(!text.has_failed);
	ck_assert_msg(read_text((const char *)text.at) == ERR_OK, "%s", problem);
	ck_assert_mem_eq(&config, want, sizeof(config));
	buf_release(&text);
}

UNIT_TEST(config_rendered_is_read_back_the_same)
{
	static struct config want;

	config_init(&want);
	strcpy(want.name, "v3");
	expect_round_trip(&want);
	want.has_chain = true;
	memset(want.chain.b, 0xab, 32);
	ck_assert(config_address_parse(&want.listen, "127.0.0.1:7400"));
	ck_assert(config_address_parse(&want.peers[0], "127.0.0.1:7401"));
	ck_assert(config_address_parse(&want.peers[1], "[2001:db8::1]:7402"));
	want.peers_count = 2;
	ck_assert(config_address_parse(&want.api_listen, "[::]:80"));
	ck_assert(config_address_parse(&want.metrics_listen, "127.0.0.1:81"));
	strcpy(want.api_hosts[0], "ledger.example");
	strcpy(want.api_hosts[1], "localhost");
	want.api_hosts_count = 2;
	want.log_level = LOG_DEBUG;
	strcpy(want.passphrase_file, "/it's a \\ \"strange\" ${HOME} path");
	want.workers = 7;
	expect_round_trip(&want);
}

UNIT_MAIN("config", config_of_all_keys_is_read, config_needs_only_a_name,
	  config_unknown_key_is_refused_with_line_and_nearest_match, config_cut_short_is_refused,
	  config_key_twice_is_refused, config_value_out_of_its_bounds_is_refused,
	  config_of_too_many_peers_is_refused, config_that_is_absent_is_named,
	  config_of_no_plain_file_is_refused_at_once,
	  config_rendered_is_read_back_the_same)
