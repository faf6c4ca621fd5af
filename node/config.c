#include "node/config.h"

#include <arpa/inet.h>
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX 65536

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

#define LEVELS (sizeof(level_names) / sizeof(level_names[0]))

void config_init(struct config *config)
{
	memset(config, 0, sizeof(*config));
	config->observers_max = 32;
	config->log_level = LOG_INFO;
	config->pool_transactions = 65536;
	config->pool_bytes = 134217728;
	config->parcel_bytes = 16777216;
	config->queue_bytes = 67108864;
	config->disk_free_min = 67108864;
}

/* ---- addresses -------------------------------------------------------------------- */

bool config_address_parse(struct net_address *out, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct net_address address = {.port = 0};
	unsigned char unused[16];
	const char *from = text;
	uint64_t port;
	size_t len;

	if (colon == NULL || !decimal_decode(&port, bytes_text(colon + 1)) || port > 65535)
		return false;
	len = (size_t)(colon - text);
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		from++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(address.ip))
		return false;
	memcpy(address.ip, from, len);
	if (inet_pton(from == text ? AF_INET : AF_INET6, address.ip, unused) != 1)
		return false;
	address.port = (uint16_t)port;
	*out = address;
	return true;
}

void config_address_render(struct buf *out, const struct net_address *address)
{
	bool is_six = strchr(address->ip, ':') != NULL;

	buf_print(out, is_six ? "[%s]:%u" : "%s:%u", address->ip, address->port);
}

/* ---- the keys ---------------------------------------------------------------------- */

enum { OPT_NAME, OPT_CHAIN, OPT_LISTEN, OPT_PEERS, OPT_OBSERVERS, OPT_API_LISTEN, OPT_API_HOSTS,
       OPT_METRICS, OPT_LEVEL, OPT_PASSPHRASE, OPT_SIGN_STATE, OPT_POOL_COUNT, OPT_POOL_BYTES,
       OPT_PARCEL, OPT_QUEUE, OPT_DISK, OPT_WORKERS, OPT_END, OPT_COUNT };

static const cfg_opt_t options[OPT_COUNT + 1] = {
	[OPT_NAME] = CFG_STR("name", NULL, CFGF_NODEFAULT),
	[OPT_CHAIN] = CFG_STR("chain", NULL, CFGF_NODEFAULT),
	[OPT_LISTEN] = CFG_STR("listen", NULL, CFGF_NODEFAULT),
	[OPT_PEERS] = CFG_STR_LIST("peers", NULL, CFGF_NODEFAULT),
	[OPT_OBSERVERS] = CFG_INT("observers", 0, CFGF_NODEFAULT),
	[OPT_API_LISTEN] = CFG_STR("api-listen", NULL, CFGF_NODEFAULT),
	[OPT_API_HOSTS] = CFG_STR_LIST("api-hosts", NULL, CFGF_NODEFAULT),
	[OPT_METRICS] = CFG_STR("metrics-listen", NULL, CFGF_NODEFAULT),
	[OPT_LEVEL] = CFG_STR("log-level", NULL, CFGF_NODEFAULT),
	[OPT_PASSPHRASE] = CFG_STR("passphrase-file", NULL, CFGF_NODEFAULT),
	[OPT_SIGN_STATE] = CFG_STR("sign-state-file", NULL, CFGF_NODEFAULT),
	[OPT_POOL_COUNT] = CFG_INT("pool-transactions", 0, CFGF_NODEFAULT),
	[OPT_POOL_BYTES] = CFG_INT("pool-bytes", 0, CFGF_NODEFAULT),
	[OPT_PARCEL] = CFG_INT("parcel-bytes", 0, CFGF_NODEFAULT),
	[OPT_QUEUE] = CFG_INT("queue-bytes", 0, CFGF_NODEFAULT),
	[OPT_DISK] = CFG_INT("disk-free-min", 0, CFGF_NODEFAULT),
	[OPT_WORKERS] = CFG_INT("workers", 0, CFGF_NODEFAULT),
	[OPT_END] = CFG_BOOL("end", cfg_false, CFGF_NODEFAULT),
	[OPT_COUNT] = CFG_END()};

/* libConfuse's callbacks carry no context, so the file that is being read is
 * known per thread. */
struct reading {
	struct config *config;
	const char *path;
	char *problem;
	bool has_problem;
	bool has_ended; /* `end` was seen */
	struct seen {
		unsigned values;
		bool is_whole; /* has its value, or all of the list */
	} seen[OPT_COUNT];
};

static _Thread_local struct reading *reading;

static int complain(const cfg_t *cfg, const char *format, ...) PRINTF_LIKE(2, 3);

/* The first complaint stays.  Gives what a callback returns for "no". */
static int complain(const cfg_t *cfg, const char *format, ...)
{
	char what[CONFIG_PROBLEM_BYTES / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (!reading->has_problem)
		snprintf(reading->problem, CONFIG_PROBLEM_BYTES, "%.900s:%d: %s", reading->path,
			 cfg->line, what);
	reading->has_problem = true;
	return -1;
}

/* ---- the nearest key ----------------------------------------------------------------- */

#define WORD_MAX 32

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* How many letters must be changed, added or dropped (Levenshtein, 1966). */
static unsigned distance(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	unsigned row[WORD_MAX + 1];

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_len];
}

static const char *nearest_key(const char *word)
{
	const char *best = NULL;
	unsigned best_distance = WORD_MAX;

	for (unsigned i = 0; i < OPT_COUNT; i++) {
		unsigned d = distance(word, options[i].name);

		if (d < best_distance) {
			best_distance = d;
			best = options[i].name;
		}
	}
	return best_distance <= 1 + strlen(word) / 3 ? best : NULL;
}

static void on_error(cfg_t *cfg, const char *format, va_list args)
{
	char text[CONFIG_PROBLEM_BYTES / 4];
	const char *key;
	const char *near;
	va_list copy;

	va_copy(copy, args);
	vsnprintf(text, sizeof(text), format, copy);
	va_end(copy);
	/* the one of libConfuse's complaints that takes the word as its argument
	 * and can be answered with a better word */
	if (strcmp(format, "no such option '%s'") != 0) {
		(void)complain(cfg, "%s", text);
		return;
	}
	key = va_arg(args, const char *);
	near = nearest_key(key);
	if (near != NULL)
		(void)complain(cfg, "unknown key \"%.100s\"; did you mean \"%s\"?", key, near);
	else
		(void)complain(cfg, "unknown key \"%.100s\"", key);
}

/* ---- the values -------------------------------------------------------------------------- */

static int take_address(cfg_t *cfg, cfg_opt_t *opt, struct net_address *out)
{
	unsigned last = cfg_opt_size(opt) - 1;

	if (config_address_parse(out, cfg_opt_getnstr(opt, last)))
		return 0;
	return complain(cfg, "%s: \"%.100s\" is no ip:port; names are not resolved", opt->name,
			cfg_opt_getnstr(opt, last));
}

static int take_number(cfg_t *cfg, cfg_opt_t *opt, uint64_t *out, long least_value,
		       long greatest_value)
{
	long value = cfg_opt_getnint(opt, 0);

	if (value < least_value || value > greatest_value)
		return complain(cfg, "%s: %ld lies outside %ld … %ld", opt->name, value, least_value,
				greatest_value);
	*out = (uint64_t)value;
	return 0;
}

static int take_count(cfg_t *cfg, cfg_opt_t *opt, uint32_t *out, long least_value,
		      long greatest_value)
{
	uint64_t value = 0;
	int code = take_number(cfg, opt, &value, least_value, greatest_value);

	*out = (uint32_t)value;
	return code;
}

static int take_text(cfg_t *cfg, cfg_opt_t *opt, char *out, size_t out_size)
{
	const char *value = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (value[0] == '\0' || strlen(value) >= out_size)
		return complain(cfg, "%s: between 1 and %zu bytes", opt->name, out_size - 1);
	memcpy(out, value, strlen(value) + 1);
	return 0;
}

static int take_name(cfg_t *cfg, cfg_opt_t *opt, char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	if (take_text(cfg, opt, out, LIMIT_SEGMENT + 1) != 0)
		return -1;
	if (out[strspn(out, letters)] != '\0')
		return complain(cfg, "%s: only A-Z a-z 0-9 . _ -", opt->name);
	return 0;
}

static int take_chain(cfg_t *cfg, cfg_opt_t *opt, struct config *config)
{
	if (!hex_decode(config->chain.b, sizeof(config->chain.b),
			bytes_text(cfg_opt_getnstr(opt, 0))))
		return complain(cfg, "%s: 64 lower-case hexadecimal digits", opt->name);
	config->has_chain = true;
	return 0;
}

static int take_level(cfg_t *cfg, cfg_opt_t *opt, enum log_level *out)
{
	for (unsigned i = 0; i < LEVELS; i++) {
		if (strcmp(level_names[i], cfg_opt_getnstr(opt, 0)) == 0) {
			*out = (enum log_level)i;
			return 0;
		}
	}
	return complain(cfg, "%s: debug, info, warn or error", opt->name);
}

/* The value just read, the last one of a list. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, unsigned number)
{
	struct config *config = reading->config;
	unsigned last = cfg_opt_size(opt) - 1;

	switch (number) {
	case OPT_NAME:
		return take_name(cfg, opt, config->name);
	case OPT_CHAIN:
		return take_chain(cfg, opt, config);
	case OPT_LISTEN:
		return take_address(cfg, opt, &config->listen);
	case OPT_PEERS:
		if (last >= CONFIG_PEERS_MAX)
			return complain(cfg, "peers: at most %d", CONFIG_PEERS_MAX);
		config->peers_count = last + 1;
		return take_address(cfg, opt, &config->peers[last]);
	case OPT_OBSERVERS:
		return take_count(cfg, opt, &config->observers_max, 0, 1000);
	case OPT_API_LISTEN:
		return take_address(cfg, opt, &config->api_listen);
	case OPT_API_HOSTS:
		if (last >= CONFIG_HOSTS_MAX)
			return complain(cfg, "api-hosts: at most %d", CONFIG_HOSTS_MAX);
		config->api_hosts_count = last + 1;
		return take_text(cfg, opt, config->api_hosts[last], CONFIG_HOST_BYTES + 1);
	case OPT_METRICS:
		return take_address(cfg, opt, &config->metrics_listen);
	case OPT_LEVEL:
		return take_level(cfg, opt, &config->log_level);
	case OPT_PASSPHRASE:
		return take_text(cfg, opt, config->passphrase_file, CONFIG_PATH_BYTES + 1);
	case OPT_SIGN_STATE:
		return take_text(cfg, opt, config->sign_state_file, CONFIG_PATH_BYTES + 1);
	case OPT_POOL_COUNT:
		return take_count(cfg, opt, &config->pool_transactions, 16, 16777216);
	case OPT_POOL_BYTES:
		return take_number(cfg, opt, &config->pool_bytes, 1048576, 68719476736);
	case OPT_PARCEL:
		return take_number(cfg, opt, &config->parcel_bytes, 1048576, 68719476736);
	case OPT_QUEUE:
		return take_number(cfg, opt, &config->queue_bytes, 16777216, 68719476736);
	case OPT_DISK:
		return take_number(cfg, opt, &config->disk_free_min, 16777216, 1099511627776);
	case OPT_WORKERS:
		return take_count(cfg, opt, &config->workers, 0, 64);
	default:
		ASSERT(number == OPT_END);
		reading->has_ended = true;
		return cfg_opt_getnbool(opt, 0) ? 0 : complain(cfg, "end: must be true");
	}
}

/* Called for each value, and once more when a list closes. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned size = cfg_opt_size(opt);
	struct seen *seen;
	unsigned number = 0;

	while (strcmp(options[number].name, opt->name) != 0)
		number++;
	seen = &reading->seen[number];
	if (reading->has_ended)
		return complain(cfg, "%s: stands behind `end = true`", opt->name);
	if (seen->is_whole)
		return complain(cfg, "%s: stands here twice", opt->name);
	seen->is_whole = (options[number].flags & CFGF_LIST) == 0 || size == seen->values;
	if (size == seen->values)
		return 0;
	seen->values = size;
	return take_value(cfg, opt, number);
}

/* ---- the file ------------------------------------------------------------------------------ */

static enum err parse(FILE *file)
{
	cfg_opt_t fresh[OPT_COUNT + 1];
	enum err err = ERR_CONFIG;
	cfg_t *cfg;

	memcpy(fresh, options, sizeof(fresh));
	cfg = cfg_init(fresh, CFGF_NONE);
	if (cfg == NULL)
		return ERR_MEMORY;
	cfg_set_error_function(cfg, on_error);
	for (unsigned i = 0; i < OPT_COUNT; i++)
		cfg_set_validate_func(cfg, options[i].name, on_value);
	if (cfg_parse_fp(cfg, file) != CFG_SUCCESS || reading->has_problem)
		(void)complain(cfg, "the line is not understood");
	else if (!reading->has_ended)
		(void)complain(cfg, "the file is cut short: its last line, `end = true`, is missing");
	else if (!reading->seen[OPT_NAME].is_whole)
		(void)complain(cfg, "the key \"name\" is missing");
	else
		err = ERR_OK;
	cfg_free(cfg);
	return err;
}

/* NULL with errno.  Only a plain file of a likely size: opening a pipe would wait
 * for its writer. */
static FILE *open_plain(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	int number = EINVAL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)) {
		number = EFBIG;
		if (stat.st_size <= FILE_BYTES_MAX)
			return fdopen(fd, "r");
	}
	(void)close(fd);
	errno = number;
	return NULL;
}

/* The end of the comment that begins at, NULL where none does. */
static const char *comment_end(const char *text, const char *at)
{
	const char *end;

	if (at > text && strchr(" \t\n", at[-1]) == NULL)
		return NULL;
	if (at[0] == '#' || strncmp(at, "//", 2) == 0)
		return at + strcspn(at, "\n");
	if (strncmp(at, "/*", 2) != 0)
		return NULL;
	end = strstr(at + 2, "*/");
	return end != NULL ? end + 2 : NULL;
}

/* libConfuse counts a line with a comment as three, so it gets none to see. */
static void blank_comments(char *text)
{
	char quote = '\0';

	for (char *at = text; *at != '\0'; at++) {
		const char *end = quote == '\0' ? comment_end(text, at) : NULL;

		if (end != NULL) {
			for (; at < end; at++)
				*at = *at == '\n' ? '\n' : ' ';
			at--;
		} else if (quote != '\0' && *at == '\\' && at[1] != '\0') {
			at++;
		} else if (quote != '\0' ? *at == quote : *at == '"' || *at == '\'') {
			quote = quote != '\0' ? '\0' : *at;
		}
	}
}

/* The file in memory without its comments, NULL with errno. */
static FILE *open_bare(char text[FILE_BYTES_MAX + 1], const char *path)
{
	FILE *file = open_plain(path);
	bool is_whole;
	size_t len;

	if (file == NULL)
		return NULL;
	len = fread(text, 1, FILE_BYTES_MAX, file);
	is_whole = !ferror(file);
	fclose(file);
	if (!is_whole)
		return NULL;
	text[len] = '\0';
	blank_comments(text);
	if (len == 0)
		text[len++] = '\n';
	return fmemopen(text, len, "r");
}

enum err config_read(struct config *out, char problem[CONFIG_PROBLEM_BYTES], const char *path)
{
	struct reading now = {.config = out, .path = path, .problem = problem};
	char text[FILE_BYTES_MAX + 1];
	FILE *file = open_bare(text, path);
	enum err err;

	problem[0] = '\0';
	if (file == NULL) {
		snprintf(problem, CONFIG_PROBLEM_BYTES, "%.900s: %s", path, strerror(errno));
		return ERR_FILE_READ;
	}
	config_init(out);
	reading = &now;
	err = parse(file);
	reading = NULL;
	fclose(file);
	return err;
}

/* ---- rendering ------------------------------------------------------------------------------- */

/* In single quotes, in which only the quote and the backslash are special. */
static void render_text(struct buf *out, const char *text)
{
	buf_u8(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_u8(out, '\\');
		buf_u8(out, (uint8_t)*text);
	}
	buf_u8(out, '\'');
}

static void render_address(struct buf *out, const char *comment, const char *key,
			   const struct net_address *address)
{
	if (address->ip[0] == '\0')
		return;
	buf_print(out, "%s%s = \"", comment, key);
	config_address_render(out, address);
	buf_print(out, "\"\n");
}

static void render_network(struct buf *out, const struct config *config)
{
	render_address(out, "\n# Other nodes connect here.\n", "listen", &config->listen);
	buf_print(out, "# Nodes this one connects to, as ip:port.\npeers = {");
	for (uint32_t i = 0; i < config->peers_count; i++) {
		buf_print(out, "%s\n\t\"", i > 0 ? "," : "");
		config_address_render(out, &config->peers[i]);
		buf_print(out, "\"");
	}
	buf_print(out, "%s}\n", config->peers_count > 0 ? "\n" : "");
	buf_print(out, "# Observers that may be in session at once.\nobservers = %u\n",
		  config->observers_max);
}

static void render_api(struct buf *out, const struct config *config)
{
	render_address(out, "\n# Clients connect here.\n", "api-listen", &config->api_listen);
	buf_print(out, "# Names by which clients may call it, besides its ip.\napi-hosts = {");
	for (uint32_t i = 0; i < config->api_hosts_count; i++) {
		buf_print(out, "%s", i > 0 ? ", " : "");
		render_text(out, config->api_hosts[i]);
	}
	buf_print(out, "}\n");
	render_address(out, "# Health and metrics.\n", "metrics-listen", &config->metrics_listen);
}

void config_render(struct buf *out, const struct config *config)
{
	buf_print(out, "# Settings of this node; see docs/operations.md.  What all nodes share\n"
		       "# stands in the genesis document.\n\nname = \"%s\"\n", config->name);
	if (config->has_chain) {
		buf_print(out, "# The genesis this node belongs to; any other is refused.\nchain = \"");
		buf_hex(out, config->chain.b, sizeof(config->chain.b));
		buf_print(out, "\"\n");
	}
	render_network(out, config);
	render_api(out, config);
	buf_print(out, "\n# debug, info, warn or error.\nlog-level = \"%s\"\n",
		  level_names[config->log_level]);
	if (config->passphrase_file[0] != '\0') {
		buf_print(out, "# Its first line opens the key files; seen from the home folder.\n"
			       "passphrase-file = ");
		render_text(out, config->passphrase_file);
		buf_print(out, "\n");
	}
	if (config->sign_state_file[0] != '\0') {
		buf_print(out, "# Up to where votes were reserved; never in a backup with the home.\n"
			       "sign-state-file = ");
		render_text(out, config->sign_state_file);
		buf_print(out, "\n");
	}
	buf_print(out, "\n# Transactions that wait for a block, and their bytes.\n"
		       "pool-transactions = %u\npool-bytes = %llu\n", config->pool_transactions,
		  (unsigned long long)config->pool_bytes);
	buf_print(out, "# Bytes of parcels held for each validator before a block names them.\n"
		       "parcel-bytes = %llu\n", (unsigned long long)config->parcel_bytes);
	buf_print(out, "# Bytes that wait to be sent, for each peer.\nqueue-bytes = %llu\n",
		  (unsigned long long)config->queue_bytes);
	buf_print(out, "# Bytes of disk that stay free: with fewer the node neither signs nor takes\n"
		       "# records, serves what it has, and goes on by itself once there is room.\n"
		       "disk-free-min = %llu\n", (unsigned long long)config->disk_free_min);
	buf_print(out, "# Threads that check signatures; 0: one for each core.\nworkers = %u\n",
		  config->workers);
	buf_print(out, "\n# The last line, so that a file cut short is noticed.\nend = true\n");
}
