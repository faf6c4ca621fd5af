/* What work costs a node on this machine, measured in the code that does it: lines of
 * name=value, which are fields of the simulator's scenes and what its --costs reads.
 * CPU time, and the best of several rounds, so that what others do on the machine counts
 * little; the sync by the clock.
 *
 *   bench_costs [FOLDER]        where the disk is that nodes would use                     */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/bench/yardstick.h"
#include "crypto/digest.h"
#include "ledger/ledger.h"
#include "ledger/store.h"
#include "p2p/tls_ossl.h"
#include "proto/peer.h"
#include "tests/lib/bench.h"

#define ROUNDS 20u
#define TIMES 100u   /* in each */
#define SMALL 190u   /* bytes of a frame with a vote */
#define LARGE 16384u /* one record of TLS */
#define COMMITS 200u
#define ROWS 64u
#define SYNC_MS 500u
#define RECORDS 256u
#define BLOCKS 20u
/* Counted by the simulator, --scene measured: rows of a node's stores that a record adds to
 * a view, and that a view has beside its records. */
#define ROWS_A_RECORD 2.3
#define ROWS_A_BLOCK 23.0
/* A message from its struct through the core to what follows, by callgrind: about 8,000
 * instructions of node_on_frame beside decoding and checks. */
#define STEP_NS 2500.0

static void show(const char *name, double value)
{
	printf("%s=%.0f\n", name, value < 1 ? 1 : value);
}

/* Takes the better one. */
static void keep(double *best, double us)
{
	if (*best == 0 || us < *best)
		*best = us;
}

/* --- signatures ---------------------------------------------------------- */

static void signatures(void)
{
	struct hash digest = {{1}};
	struct public_key key;
	struct signature signature;
	struct secret secret;
	double check = 0, sign = 0;

	MUST(sign_key_generate(&secret));
	MUST(sign_public(&key, &secret));
	for (uint32_t round = 0; round < ROUNDS; round++) {
		double start = bench_cpu_us(), made;

		for (uint32_t i = 0; i < TIMES; i++) {
			digest.b[1] = (uint8_t)i;
			MUST(sign_digest(&signature, &secret, &digest));
		}
		made = bench_cpu_us();
		for (uint32_t i = 0; i < TIMES; i++)
			MUST(sign_verify(&key, &digest, &signature) ? ERR_OK : ERR_CRYPTO);
		keep(&sign, made - start);
		keep(&check, bench_cpu_us() - made);
	}
	show("check_ns", check * 1e3 / TIMES);
	show("sign_ns", sign * 1e3 / TIMES);
}

/* --- frames -------------------------------------------------------------- */

struct line {
	struct tls *ends[2];
	int sockets[2];
	int epoll; /* of the second */
};

static void move(struct line *line, int from)
{
	static uint8_t at[2 * LARGE];
	size_t len = tls_output_len(line->ends[from]);

	if (len == 0)
		return;
	MUST(len <= sizeof(at) ? ERR_OK : ERR_FULL);
	tls_output_take(line->ends[from], at, len);
	MUST(tls_feed(line->ends[1 - from], bytes_of(at, len)));
}

/* Two ends of a connection over loopback. */
static bool connect_ends(int ends[2])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr *any = (struct sockaddr *)&address;
	bool is_good;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	is_good = bind(listener, any, len) == 0 && listen(listener, 1) == 0 &&
		  getsockname(listener, any, &len) == 0 && connect(ends[0], any, len) == 0;
	ends[1] = is_good ? accept(listener, NULL, NULL) : -1;
	close(listener);
	return ends[1] >= 0;
}

static void line_open(struct line *line, struct tls_context *context)
{
	struct epoll_event event = {.events = EPOLLIN};
	bool is_done[2] = {false, false};

	for (int i = 0; i < 2; i++)
		MUST(tls_new(&line->ends[i], context, i == 0));
	while (!is_done[0] || !is_done[1]) {
		for (int i = 0; i < 2; i++) {
			MUST(tls_handshake(line->ends[i], &is_done[i]));
			move(line, i);
		}
	}
	line->epoll = epoll_create1(0);
	MUST(connect_ends(line->sockets) && line->epoll >= 0 &&
			     epoll_ctl(line->epoll, EPOLL_CTL_ADD, line->sockets[1], &event) == 0
		     ? ERR_OK
		     : ERR_NET_CONNECT);
}

/* Encrypts and writes; waits, reads and decrypts: microseconds of each. */
static void carry(struct line *line, size_t len, double *out, double *in)
{
	static uint8_t plain[LARGE], wire[2 * LARGE], back[LARGE];
	struct epoll_event event;
	bool is_ended;
	double start = bench_cpu_us(), written;
	size_t count = 0, part, length;

	MUST(tls_write(line->ends[0], bytes_of(plain, len)));
	length = tls_output_len(line->ends[0]);
	tls_output_take(line->ends[0], wire, length);
	MUST(write(line->sockets[0], wire, length) == (ssize_t)length ? ERR_OK : ERR_NET_CONNECT);
	written = bench_cpu_us();
	MUST(epoll_wait(line->epoll, &event, 1, 1000) == 1 &&
			     read(line->sockets[1], wire, sizeof(wire)) == (ssize_t)length
		     ? ERR_OK
		     : ERR_NET_CONNECT);
	MUST(tls_feed(line->ends[1], bytes_of(wire, length)));
	while (count < len) {
		MUST(tls_read(line->ends[1], back, sizeof(back), &part, &is_ended));
		count += part;
	}
	*out += written - start;
	*in += bench_cpu_us() - written;
}

/* A vote, from its bytes to a struct. */
static double decoding(void)
{
	Stele__VoteMessage vote = STELE__VOTE_MESSAGE__INIT;
	uint8_t signature[64] = {1}, block[32] = {1};
	struct buf payload;
	double best = 0;

	vote.kind = 1;
	vote.view = 1000000;
	vote.block = (ProtobufCBinaryData){sizeof(block), block};
	vote.signer = 9;
	vote.signature = (ProtobufCBinaryData){sizeof(signature), signature};
	buf_init(&payload, 512);
	MUST(peer_encode(&payload, PEER_VOTE, &vote));
	for (uint32_t round = 0; round < ROUNDS; round++) {
		double start = bench_cpu_us();

		for (uint32_t i = 0; i < TIMES; i++) {
			struct arena arena;
			void *message;

			arena_init(&arena, 65536);
			MUST(peer_decode(&arena, PEER_VOTE, buf_bytes(&payload), &message));
			arena_release(&arena);
		}
		keep(&best, bench_cpu_us() - start);
	}
	buf_release(&payload);
	return best / TIMES;
}

static void frames(void)
{
	struct tls_context *context;
	struct line line;
	double small[2] = {0, 0}, large[2] = {0, 0};

	MUST(tls_context_new(&context));
	line_open(&line, context);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		double out[2] = {0, 0}, in[2] = {0, 0};

		for (uint32_t i = 0; i < TIMES; i++) {
			carry(&line, SMALL, &out[0], &in[0]);
			carry(&line, LARGE - 64, &out[1], &in[1]);
		}
		keep(&small[0], out[0]);
		keep(&small[1], in[0]);
		keep(&large[0], out[1]);
		keep(&large[1], in[1]);
	}
	show("frame_out_ns", small[0] * 1e3 / TIMES);
	show("frame_in_ns", (small[1] / TIMES + decoding()) * 1e3 + STEP_NS);
	show("kb_ns", (large[0] + large[1] - small[0] - small[1]) * 1e3 / TIMES / (LARGE / 1024.0));
}

/* --- threads ------------------------------------------------------------- */

/* A worker as those of node/io_uv.c: woken by a condition, it answers by an eventfd. */
struct worker {
	pthread_mutex_t mutex;
	pthread_cond_t has_work;
	uint32_t waiting;
	int finished;
};

static void *work(void *argument)
{
	struct worker *worker = argument;
	uint64_t one = 1;

	for (uint32_t i = 0; i < ROUNDS * TIMES; i++) {
		pthread_mutex_lock(&worker->mutex);
		while (worker->waiting == 0)
			pthread_cond_wait(&worker->has_work, &worker->mutex);
		worker->waiting--;
		pthread_mutex_unlock(&worker->mutex);
		MUST(write(worker->finished, &one, sizeof(one)) == sizeof(one) ? ERR_OK
									       : ERR_INTERNAL);
	}
	return NULL;
}

/* A job that does nothing: what it costs the loop, and how long it takes. */
static void threads(void)
{
	struct worker worker = {.finished = eventfd(0, 0)};
	double cpu = 0, way = 0;
	pthread_t thread;

	pthread_mutex_init(&worker.mutex, NULL);
	pthread_cond_init(&worker.has_work, NULL);
	MUST(pthread_create(&thread, NULL, work, &worker) == 0 ? ERR_OK : ERR_MEMORY);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		double start = bench_cpu_us(), clock = bench_now_us();
		uint64_t count;

		for (uint32_t i = 0; i < TIMES; i++) {
			pthread_mutex_lock(&worker.mutex);
			worker.waiting++;
			pthread_cond_signal(&worker.has_work);
			pthread_mutex_unlock(&worker.mutex);
			MUST(read(worker.finished, &count, sizeof(count)) == sizeof(count)
				     ? ERR_OK
				     : ERR_INTERNAL);
		}
		keep(&cpu, bench_cpu_us() - start);
		keep(&way, bench_now_us() - clock);
	}
	pthread_join(thread, NULL);
	show("job_ns", cpu * 1e3 / TIMES);
	show("wake_ns", way * 1e3 / TIMES);
}

/* --- stores and ledger --------------------------------------------------- */

/* A write to a node's journal, without what waiting for the disk takes. */
static void commits(const char *folder)
{
	uint8_t value[ROWS] = {0};
	struct store *store;
	double best = 0, sync_ns = yardstick_fdatasync(folder, SYNC_MS);
	char path[512];

	snprintf(path, sizeof(path), "%s/journal", folder);
	MUST(store_open(&store, path));
	for (uint64_t i = 0; i < COMMITS; i++) {
		double start = bench_cpu_us();
		struct store_write *write;
		uint8_t key[49] = {0};

		store_u64(key, i);
		MUST(store_write_begin(store, &write));
		MUST(store_put(write, TABLE_RECORD, bytes_of(key, sizeof(key)),
			       bytes_of(value, sizeof(value)), false));
		MUST(store_commit(write));
		keep(&best, bench_cpu_us() - start);
	}
	show("commit_ns", best * 1e3);
	show("disk_min_us", sync_ns / 1e3);
	show("disk_max_us", sync_ns / 1e3);
	store_close(store);
}

static struct parcel *records(struct bench_chain *chain, const struct ledger_tip *tip)
{
	struct tx *txs[RECORDS];
	struct parcel *parcel;
	struct buf raw;

	for (uint32_t i = 0; i < RECORDS; i++) {
		bench_anchor(&raw, chain, i, tip->time_ms);
		MUST(tx_decode(&txs[i], buf_bytes(&raw), &chain->genesis->chain));
		buf_release(&raw);
	}
	MUST(parcel_pack(&parcel, txs, RECORDS, &chain->genesis->chain, 0, 0, chain->nonce,
			 tip->height + 100, &chain->node_key));
	for (uint32_t i = 0; i < RECORDS; i++)
		tx_free(txs[i]);
	return parcel;
}

/* Executing a record and committing it, by the rows that it is. */
static void ledger(const char *folder)
{
	static struct bench_chain chain;
	struct store *store;
	struct ledger *ledger;
	double best = 0;
	char path[512];

	snprintf(path, sizeof(path), "%s/chain", folder);
	bench_chain_make(&chain);
	MUST(store_open(&store, path));
	MUST(ledger_open(&ledger, store, chain.genesis, buf_bytes(&chain.text)));
	for (uint32_t i = 0; i < BLOCKS; i++) {
		struct ledger_committed committed;
		struct build_params params = {.proposer = 0};
		struct buf header, body;
		struct ledger_tip tip;
		struct parcel *parcel;
		struct hash hash;
		double start;

		ledger_tip(ledger, &tip);
		parcel = records(&chain, &tip);
		params.parent = tip.block;
		params.parent_view = tip.view;
		params.view = tip.view + 1;
		params.now_ms = tip.time_ms + 100;
		buf_init(&header, LIMIT_HEADER_BYTES);
		buf_init(&body, LIMIT_BODY_BYTES);
		start = bench_cpu_us();
		MUST(ledger_build(ledger, &params, &parcel, 1, &header, &body));
		sha256(&hash, header.at, header.len);
		MUST(ledger_commit(ledger, &hash, (struct bytes){NULL, 0}, &committed));
		keep(&best, bench_cpu_us() - start);
		parcel_release(parcel);
		buf_release(&header);
		buf_release(&body);
	}
	show("row_ns", best * 1e3 / (RECORDS * ROWS_A_RECORD + ROWS_A_BLOCK));
	ledger_close(ledger);
	store_close(store);
}

int main(int argc, char **argv)
{
	char folder[256], command[300];

	snprintf(folder, sizeof(folder), "%s/stele-costs-XXXXXX", argc > 1 ? argv[1] : "/tmp");
	MUST(mkdtemp(folder) != NULL ? ERR_OK : ERR_DISK_IO);
	signatures();
	frames();
	threads();
	commits(folder);
	ledger(folder);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : 1;
}
