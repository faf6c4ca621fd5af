/* stele verify-ledger against the checks of the same number of signatures on the same
 * cores, in turns: the ratio is what docs/performance.md holds.  Beside other work the
 * ratio of CPU time says more than that of the clock.
 *
 *   bench_verify STELE [records] [records a block] [turns] [processes]
 *
 * STELE is the tool.  The ledger is that of four validators: content.anchor by four
 * organisations, each block with one parcel or more and a finalization of three. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/ledger.h"
#include "proto/certificate.h"
#include "proto/genesis_file.h"
#include "proto/tx.h"
#include "tests/lib/bench.h"

#define ORGS 4
#define QUORUM 3
#define PARCEL 512 /* transactions */
#define STEP_MS 100
#define TURNS_MAX 100

static struct secret org_keys[ORGS], consensus_keys[ORGS], node_keys[ORGS];
static struct genesis *genesis;
static struct bench_check *checks; /* of the records */
static uint64_t nonce;
static uint64_t signatures; /* of records, parcels and votes */
static char folder[] = "/tmp/bench_verify.XXXXXX";

/* --- genesis ------------------------------------------------------------------ */

static void org_fill(int i)
{
	struct genesis_org *org = &genesis->orgs[i];
	struct validator *validator = &genesis->set.validators[i];

	bench_org(org, i, &org_keys[i]);
	snprintf(validator->id, sizeof(validator->id), "v%d", i);
	memcpy(validator->org, org->id, sizeof(org->id));
	MUST(sign_key_generate(&consensus_keys[i]));
	MUST(sign_key_generate(&node_keys[i]));
	MUST(sign_public(&validator->consensus_key, &consensus_keys[i]));
	MUST(sign_public(&validator->node_key, &node_keys[i]));
}

/* The set stands in the order of its keys: so do the secrets from here on. */
static void keys_order(void)
{
	for (int i = 0; i < ORGS; i++) {
		for (int k = i; k < ORGS; k++) {
			struct secret consensus = consensus_keys[i], node = node_keys[i];
			struct public_key key;

			MUST(sign_public(&key, &consensus_keys[k]));
			if (!public_key_equal(&key, &genesis->set.validators[i].consensus_key))
				continue;
			consensus_keys[i] = consensus_keys[k];
			node_keys[i] = node_keys[k];
			consensus_keys[k] = consensus;
			node_keys[k] = node;
		}
	}
}

static void genesis_fill(struct buf *text)
{
	bench_genesis(genesis, "bench.example");
	for (int i = 0; i < ORGS; i++)
		org_fill(i);
	genesis->orgs_count = ORGS;
	genesis->rules[0] = (struct genesis_rule){
		.operation = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR,
		.openers = 1u << STELE__ROLE__ROLE_ANCHORER};
	genesis->rules_count = 1;
	genesis->set.count = ORGS;
	set_seal(&genesis->set);
	keys_order();
	buf_init(text, LIMIT_GENESIS_BYTES);
	MUST(genesis_render(text, genesis));
}

static void file_write(const char *name, struct bytes data)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/home/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data.at, data.len) != (ssize_t)data.len || close(fd) != 0)
		exit(1);
}

/* The document with its founders' signatures. */
static void genesis_seal(struct bytes document)
{
	struct genesis_file *file = calloc(1, sizeof(*file));
	struct buf found, text;
	struct hash digest;

	file->document = document;
	file->founders_count = ORGS;
	buf_init(&found, 256);
	genesis_found_text(&found, &genesis->chain);
	sha256(&digest, found.at, found.len);
	for (int i = 0; i < ORGS; i++) {
		struct founder *founder = &file->founders[i];

		snprintf(founder->org, sizeof(founder->org), "%s", genesis->orgs[i].id);
		founder->key = genesis->orgs[i].keys[0].key;
		MUST(sign_digest(&founder->signature, &org_keys[i], &digest));
	}
	buf_init(&text, GENESIS_FILE_BYTES);
	genesis_file_render(&text, file);
	file_write("genesis.txt", buf_bytes(&text));
	buf_release(&text);
	buf_release(&found);
	free(file);
}

/* --- the ledger ------------------------------------------------------------------ */

static struct tx *anchor(int org, uint64_t time_ms)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentAnchor record = STELE__CONTENT_ANCHOR__INIT;
	struct hash content;
	struct buf raw;
	struct tx *tx;

	sha256(&content, &nonce, sizeof(nonce));
	record.sha256 = (ProtobufCBinaryData){sizeof(content.b), content.b};
	record.size = 1000 + nonce;
	record.media_type = (char *)"image/png";
	record.title = (char *)"A picture with a title of about forty bytes";
	body.chain = (ProtobufCBinaryData){32, genesis->chain.b};
	body.signer = (ProtobufCBinaryData){33, genesis->orgs[org].keys[0].key.b};
	body.valid_until = time_ms + 300000;
	body.nonce = nonce + 1;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body.content_anchor = &record;
	buf_init(&raw, LIMIT_TX_BYTES);
	MUST(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &org_keys[org]));
	MUST(tx_decode(&tx, buf_bytes(&raw), &genesis->chain));
	buf_release(&raw);
	checks[nonce++] = (struct bench_check){tx->signer, tx->id, tx->signature};
	return tx;
}

static struct parcel *parcel_make(const struct ledger_tip *tip, uint32_t count)
{
	struct tx *txs[PARCEL];
	struct parcel *parcel;

	for (uint32_t i = 0; i < count; i++)
		txs[i] = anchor((int)(i % ORGS), tip->time_ms);
	MUST(parcel_pack(&parcel, txs, count, &genesis->chain, 0, 0, nonce, tip->height + 100,
			 &node_keys[0]));
	for (uint32_t i = 0; i < count; i++)
		tx_free(txs[i]);
	signatures += 1 + count;
	return parcel;
}

static void certify(struct buf *out, const struct hash *block, uint64_t view, struct bytes header)
{
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	struct hash digest;

	certificate->kind = VOTE_FINALIZE;
	certificate->set_hash = genesis->set.hash;
	certificate->view = view;
	certificate->block = *block;
	certificate->header = header;
	vote_digest(&digest, VOTE_FINALIZE, &genesis->chain, 0, &genesis->set.hash, view, block);
	for (uint32_t i = 0; i < QUORUM; i++) {
		certificate->signers[0] |= (uint8_t)(1u << i);
		MUST(sign_digest(&certificate->signatures[i], &consensus_keys[i], &digest));
	}
	certificate->signatures_count = QUORUM;
	certificate_encode(out, certificate, ORGS);
	free(certificate);
	signatures += QUORUM;
}

static void block_add(struct ledger *ledger, uint32_t count)
{
	struct parcel *parcels[LIMIT_BODY_PARCELS];
	struct build_params params = {.proposer = 0};
	struct ledger_committed committed;
	struct buf header, body, finalization;
	struct ledger_tip tip;
	struct hash hash;
	uint32_t parcels_count = 0;

	ledger_tip(ledger, &tip);
	for (uint32_t left = count; left > 0; parcels_count++) {
		uint32_t part = left < PARCEL ? left : PARCEL;

		parcels[parcels_count] = parcel_make(&tip, part);
		left -= part;
	}
	params.parent = tip.block;
	params.parent_view = tip.view;
	params.view = tip.view + 1;
	params.now_ms = tip.time_ms + STEP_MS;
	buf_init(&header, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	buf_init(&finalization, LIMIT_CERTIFICATE_BYTES);
	MUST(ledger_build(ledger, &params, parcels, parcels_count, &header, &body));
	sha256(&hash, header.at, header.len);
	certify(&finalization, &hash, params.view, buf_bytes(&header));
	MUST(ledger_commit(ledger, &hash, buf_bytes(&finalization), &committed));
	for (uint32_t i = 0; i < parcels_count; i++)
		parcel_release(parcels[i]);
	buf_release(&header);
	buf_release(&body);
	buf_release(&finalization);
}

static void ledger_make(uint32_t records, uint32_t each)
{
	char path[256];
	struct ledger *ledger;
	struct store *store;
	struct buf text;

	snprintf(path, sizeof(path), "%s/home", folder);
	if (mkdir(path, 0700) != 0)
		exit(1);
	genesis_fill(&text);
	genesis_seal(buf_bytes(&text));
	snprintf(path, sizeof(path), "%s/home/chain", folder);
	MUST(store_open(&store, path));
	MUST(ledger_open(&ledger, store, genesis, buf_bytes(&text)));
	for (uint32_t left = records; left > 0;) {
		uint32_t count = left < each ? left : each;

		block_add(ledger, count);
		left -= count;
	}
	ledger_close(ledger);
	store_close(store);
	buf_release(&text);
}

/* --- the two that are compared ----------------------------------------------------- */

static double tool_time(const char *stele, unsigned processes)
{
	char home[256], sealed[256], jobs[16];
	double start = bench_now_us() / 1e6;
	pid_t pid;
	int status = 0;

	snprintf(home, sizeof(home), "%s/home", folder);
	snprintf(sealed, sizeof(sealed), "%s/home/genesis.txt", folder);
	snprintf(jobs, sizeof(jobs), "%u", processes);
	pid = fork();
	if (pid == 0) {
		int nowhere = open("/dev/null", O_WRONLY);

		dup2(nowhere, STDOUT_FILENO);
		execl(stele, stele, "verify-ledger", home, "--genesis", sealed, "--jobs", jobs,
		      "--scratch", folder, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "%s verify-ledger: status %d\n", stele, status);
		exit(1);
	}
	return bench_now_us() / 1e6 - start;
}

static int by_size(const void *a, const void *b)
{
	double one = *(const double *)a, two = *(const double *)b;

	return (one > two) - (one < two);
}

static void say(const char *what, double *figures, unsigned count)
{
	qsort(figures, count, sizeof(*figures), by_size);
	printf("%-18s median %.3f, %.3f to %.3f (%u turns)\n", what, figures[count / 2], figures[0],
	       figures[count - 1], count);
}

int main(int argc, char **argv)
{
	uint32_t records = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 100000;
	uint32_t each = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 500;
	unsigned turns = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 7;
	unsigned processes = argc > 5 ? (unsigned)strtoul(argv[5], NULL, 10)
				      : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	double tool[TURNS_MAX], alone[TURNS_MAX], ratio[TURNS_MAX];
	double tool_cpu[TURNS_MAX], alone_cpu[TURNS_MAX], ratio_cpu[TURNS_MAX];
	char command[64];

	genesis = calloc(1, sizeof(*genesis));
	checks = calloc(records, sizeof(*checks));
	if (argc < 2 || records == 0 || each == 0 || turns == 0 || turns > TURNS_MAX ||
	    genesis == NULL || checks == NULL || mkdtemp(folder) == NULL)
		return 2;
	ledger_make(records, each);
	for (unsigned i = 0; i < turns; i++) {
		double before = bench_children_cpu_s(), between;

		alone[i] = bench_checks_s(checks, records, signatures, processes);
		between = bench_children_cpu_s();
		tool[i] = tool_time(argv[1], processes);
		alone_cpu[i] = between - before;
		tool_cpu[i] = bench_children_cpu_s() - between;
		ratio[i] = tool[i] / alone[i];
		ratio_cpu[i] = tool_cpu[i] / alone_cpu[i];
	}
	printf("%u records in blocks of %u, %llu signatures, %u processes\n", records, each,
	       (unsigned long long)signatures, processes);
	say("verify-ledger, s", tool, turns);
	say("checks alone, s", alone, turns);
	say("ratio", ratio, turns);
	say("its CPU time, s", tool_cpu, turns);
	say("checks', s", alone_cpu, turns);
	say("ratio", ratio_cpu, turns);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}
