/* Asks a running node for what it has recorded, over connections that stay, and prints the
 * rate, how long answers took, and the CPU time of the node's threads that read.
 *
 * bench_reads PORT PID KIND CONNECTIONS DEPTH SECONDS [RATE]
 *
 * The node listens on 127.0.0.1:PORT and is process PID.  KIND: record, raw, receipt, content,
 * inclusion, network, or older (a state proof 64 heights back, where there are so many).  DEPTH
 * requests of a connection are under way at a time; with RATE so many a second are sent in all,
 * whether or not answers came, and an answer's time counts from when its request was due. */
#include <arpa/inet.h>
#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define DEPTH_MAX 256
#define SAMPLES_MAX 512
#define ANSWER_MAX ((size_t)16 << 20)
#define TIMES_MAX ((size_t)1 << 22)
#define PATH_BYTES 160

struct connection {
	int fd;
	uint64_t due_ns[DEPTH_MAX]; /* of requests under way, a ring */
	size_t first, under_way;
	char *in;
	size_t len;
};

struct sample {
	char id[65];
	char content[65]; /* empty: it claims none */
	uint64_t log_index;
};

static struct {
	uint16_t port;
	const char *kind;
	size_t connections_count, depth;
	struct connection connections[CONNECTIONS_MAX];
	struct sample samples[SAMPLES_MAX];
	size_t samples_count, next_sample;
	uint64_t height;
	uint32_t *times_us;
	size_t answers, bytes, refused;
} bench;

static void fail(const char *what)
{
	(void)fprintf(stderr, "bench_reads: %s\n", what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* --- one connection ----------------------------------------------------------- */

static void dial(struct connection *connection)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(bench.port)};
	int yes = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	connection->in = malloc(ANSWER_MAX);
	if (connection->fd < 0 || connection->in == NULL ||
	    connect(connection->fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		fail("no connection");
	(void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

static size_t add_request(char *out, size_t room, const char *path)
{
	int len = snprintf(out, room, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);

	if (len < 0 || (size_t)len >= room)
		fail("a request is too long");
	return (size_t)len;
}

static void send_all(const struct connection *connection, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(connection->fd, at, len, MSG_NOSIGNAL);

		if (sent <= 0)
			fail("the node closed a connection");
		at += sent;
		len -= (size_t)sent;
	}
}

/* Length of the first whole answer that came; 0: it has not come whole. */
static size_t answer_len(const struct connection *connection, size_t from, unsigned *status,
			 size_t *head_len)
{
	const char *at = connection->in + from;
	const char *end = memmem(at, connection->len - from, "\r\n\r\n", 4);
	const char *length;

	if (end == NULL)
		return 0;
	*head_len = (size_t)(end + 4 - at);
	length = memmem(at, *head_len, "Content-Length: ", 16);
	*status = (unsigned)atoi(at + 9);
	if (length == NULL)
		return *head_len;
	if (connection->len - from < *head_len + (size_t)atol(length + 16))
		return 0;
	return *head_len + (size_t)atol(length + 16);
}

static void receive(struct connection *connection)
{
	ssize_t got = recv(connection->fd, connection->in + connection->len,
			   ANSWER_MAX - connection->len, 0);

	if (got <= 0)
		fail("the node closed a connection");
	connection->len += (size_t)got;
}

/* --- what is there ------------------------------------------------------------- */

static json_t *ask(struct connection *connection, const char *path)
{
	char request[PATH_BYTES + 64];
	unsigned status = 0;
	size_t head_len, len;
	json_t *json;

	send_all(connection, request, add_request(request, sizeof(request), path));
	while ((len = answer_len(connection, 0, &status, &head_len)) == 0)
		receive(connection);
	json = json_loadb(connection->in + head_len, len - head_len, 0, NULL);
	connection->len = 0;
	if (json == NULL || status != 200)
		fail(path);
	return json;
}

static void copy_text(char *out, size_t room, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	(void)snprintf(out, room, "%s", text == NULL ? "" : text);
}

static void sample_block(struct connection *connection, uint64_t height)
{
	char path[PATH_BYTES];
	json_t *block, *tx, *item;
	size_t i;

	(void)snprintf(path, sizeof(path), "/v1/blocks/%" PRIu64 "?limit=8", height);
	block = ask(connection, path);
	json_array_foreach(json_object_get(block, "transactions"), i, item)
	{
		struct sample *sample = &bench.samples[bench.samples_count];

		if (bench.samples_count == SAMPLES_MAX)
			break;
		copy_text(sample->id, sizeof(sample->id), item, "id");
		if (sample->id[0] == '\0')
			continue;
		(void)snprintf(path, sizeof(path), "/v1/transactions/%s", sample->id);
		tx = ask(connection, path);
		sample->log_index =
			(uint64_t)json_integer_value(json_object_get(tx, "log_index"));
		copy_text(sample->content, sizeof(sample->content), json_object_get(tx, "body"),
			  "sha256");
		json_decref(tx);
		bench.samples_count += sample->content[0] != '\0';
	}
	json_decref(block);
}

/* Contents from all over the log, in the order of a cheap shuffle. */
static void sample_all(void)
{
	struct connection *connection = &bench.connections[0];
	json_t *network = ask(connection, "/v1/network");
	uint64_t step;

	bench.height = (uint64_t)json_integer_value(json_object_get(network, "height"));
	json_decref(network);
	step = bench.height / 128 + 1;
	for (uint64_t h = bench.height; h > step && bench.samples_count < SAMPLES_MAX; h -= step)
		sample_block(connection, h);
	if (bench.samples_count == 0)
		fail("the ledger has no content to ask for: fill it with stele bench run");
}

static void next_path(char path[PATH_BYTES])
{
	const struct sample *sample = &bench.samples[bench.next_sample];

	bench.next_sample = (bench.next_sample + 131) % bench.samples_count;
	if (strcmp(bench.kind, "record") == 0)
		(void)snprintf(path, PATH_BYTES, "/v1/transactions/%s", sample->id);
	else if (strcmp(bench.kind, "raw") == 0)
		(void)snprintf(path, PATH_BYTES, "/v1/transactions/%s/raw", sample->id);
	else if (strcmp(bench.kind, "receipt") == 0)
		(void)snprintf(path, PATH_BYTES, "/v1/transactions/%s/receipt", sample->id);
	else if (strcmp(bench.kind, "content") == 0)
		(void)snprintf(path, PATH_BYTES, "/v1/hashes/sha256/%s", sample->content);
	else if (strcmp(bench.kind, "inclusion") == 0)
		(void)snprintf(path, PATH_BYTES, "/v1/proofs/inclusion?log_index=%" PRIu64,
			       sample->log_index);
	else if (strcmp(bench.kind, "network") == 0)
		(void)snprintf(path, PATH_BYTES, "/v1/network");
	else if (strcmp(bench.kind, "older") == 0)
		(void)snprintf(path, PATH_BYTES,
			       "/v1/proofs/state?key=content/%s&at_height=%" PRIu64,
			       sample->content,
			       bench.height - (bench.height < 128 ? bench.height / 2 : 64));
	else
		fail("no such kind");
}

/* --- the load ------------------------------------------------------------------ */

static void send_requests(struct connection *connection, size_t count, uint64_t due_ns)
{
	static char out[DEPTH_MAX * (PATH_BYTES + 64)];
	char path[PATH_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		next_path(path);
		len += add_request(out + len, sizeof(out) - len, path);
		connection->due_ns[(connection->first + connection->under_way++) % DEPTH_MAX] =
			due_ns;
	}
	send_all(connection, out, len);
}

/* How many answers came. */
static size_t take_answers(struct connection *connection)
{
	unsigned status = 0;
	size_t at = 0, count = 0, head_len, len;

	receive(connection);
	while (at < connection->len &&
	       (len = answer_len(connection, at, &status, &head_len)) > 0) {
		uint64_t took_ns = now_ns() - connection->due_ns[connection->first];

		connection->first = (connection->first + 1) % DEPTH_MAX;
		connection->under_way--;
		if (bench.answers < TIMES_MAX)
			bench.times_us[bench.answers] = (uint32_t)(took_ns / 1000);
		bench.answers++;
		bench.refused += status != 200;
		bench.bytes += len;
		at += len;
		count++;
	}
	memmove(connection->in, connection->in + at, connection->len - at);
	connection->len -= at;
	return count;
}

static void send_due(double rate, uint64_t began_ns, uint64_t *sent)
{
	static size_t turn;

	while (began_ns + (uint64_t)((double)*sent / rate * 1e9) <= now_ns()) {
		struct connection *connection =
			&bench.connections[turn++ % bench.connections_count];

		if (connection->under_way == DEPTH_MAX)
			fail("the node is further behind than there is room for");
		send_requests(connection, 1, began_ns + (uint64_t)((double)*sent / rate * 1e9));
		(*sent)++;
	}
}

static void load(double seconds, double rate)
{
	static struct pollfd polls[CONNECTIONS_MAX];
	uint64_t began_ns = now_ns(), sent = 0;

	for (size_t i = 0; i < bench.connections_count; i++) {
		polls[i] = (struct pollfd){.fd = bench.connections[i].fd, .events = POLLIN};
		if (rate == 0)
			send_requests(&bench.connections[i], bench.depth, now_ns());
	}
	while ((double)(now_ns() - began_ns) < seconds * 1e9) {
		if (rate > 0)
			send_due(rate, began_ns, &sent);
		if (poll(polls, bench.connections_count, 1) < 0)
			fail("poll");
		for (size_t i = 0; i < bench.connections_count; i++) {
			size_t count = (polls[i].revents & (POLLIN | POLLHUP)) != 0
					       ? take_answers(&bench.connections[i])
					       : 0;

			if (rate == 0 && count > 0)
				send_requests(&bench.connections[i], count, now_ns());
		}
	}
}

/* --- what the node spent -------------------------------------------------------- */

/* CPU seconds of its threads of that name. */
static double cpu_of(const char *pid, const char *wanted)
{
	char path[300], line[512], name[32] = "";
	unsigned long user, kernel;
	double seconds = 0;
	struct dirent *entry;
	DIR *folder;

	(void)snprintf(path, sizeof(path), "/proc/%s/task", pid);
	folder = opendir(path);
	if (folder == NULL)
		fail("there is no such process");
	while ((entry = readdir(folder)) != NULL) {
		FILE *file;

		(void)snprintf(path, sizeof(path), "/proc/%s/task/%s/stat", pid, entry->d_name);
		file = fopen(path, "r");
		if (file == NULL)
			continue;
		if (fgets(line, sizeof(line), file) != NULL &&
		    sscanf(line, "%*d (%31[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			   name, &user, &kernel) == 3 &&
		    strcmp(name, wanted) == 0)
			seconds += (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
		(void)fclose(file);
	}
	(void)closedir(folder);
	return seconds;
}

static int compare_times(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double time_ms(double share)
{
	size_t count = bench.answers < TIMES_MAX ? bench.answers : TIMES_MAX;

	return bench.times_us[(size_t)((double)(count - 1) * share)] / 1e3;
}

static void report(double seconds, double api_s, double reads_s)
{
	size_t count = bench.answers < TIMES_MAX ? bench.answers : TIMES_MAX;

	if (count == 0)
		fail("no answer came");
	qsort(bench.times_us, count, sizeof(*bench.times_us), compare_times);
	(void)printf("%-9s %zu connections, depth %zu: %.0f/s, %zu not 200, %zu bytes each\n",
		     bench.kind, bench.connections_count, bench.depth,
		     (double)bench.answers / seconds, bench.refused, bench.bytes / bench.answers);
	(void)printf("          p50 %.2f ms  p99 %.2f ms  greatest %.2f ms\n", time_ms(0.5),
		     time_ms(0.99), time_ms(1));
	(void)printf("          CPU of the node's api %.2f s, reads %.2f s: %.1f us each, "
		     "%.0f per CPU second\n",
		     api_s, reads_s, (api_s + reads_s) * 1e6 / (double)bench.answers,
		     (double)bench.answers / (api_s + reads_s));
}

int main(int argc, char **argv)
{
	double seconds, rate, api_s, reads_s;

	if (argc < 7)
		fail("bench_reads PORT PID KIND CONNECTIONS DEPTH SECONDS [RATE]");
	bench.port = (uint16_t)atoi(argv[1]);
	bench.kind = argv[3];
	bench.connections_count = (size_t)atoi(argv[4]);
	bench.depth = (size_t)atoi(argv[5]);
	seconds = atof(argv[6]);
	rate = argc > 7 ? atof(argv[7]) : 0;
	bench.times_us = malloc(TIMES_MAX * sizeof(*bench.times_us));
	if (bench.connections_count == 0 || bench.connections_count > CONNECTIONS_MAX ||
	    bench.depth == 0 || bench.depth > DEPTH_MAX || bench.times_us == NULL)
		fail("connections 1 to 1024, depth 1 to 256");
	for (size_t i = 0; i < bench.connections_count; i++)
		dial(&bench.connections[i]);
	sample_all();
	api_s = cpu_of(argv[2], "api");
	reads_s = cpu_of(argv[2], "reads");
	load(seconds, rate);
	report(seconds, cpu_of(argv[2], "api") - api_s, cpu_of(argv[2], "reads") - reads_s);
	return 0;
}
