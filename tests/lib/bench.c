#include "tests/lib/bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/apply/identifier.h"
#include "proto/canon.h"
#include "proto/tx.h"

#define CHECK_BATCH 64

void bench_must(enum err err, const char *call)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, err_name(err));
	exit(1);
}

double bench_now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

double bench_cpu_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

double bench_children_cpu_s(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* --- signature checks -------------------------------------------------------- */

/* Status 0: all of them held. */
static void checks_run(_Atomic uint64_t *next, const struct bench_check *list,
		       uint32_t list_count, uint64_t count)
{
	uint64_t at;

	while ((at = atomic_fetch_add(next, CHECK_BATCH)) < count) {
		for (uint64_t k = at; k < at + CHECK_BATCH && k < count; k++) {
			const struct bench_check *check = &list[k % list_count];

			if (!sign_verify(&check->key, &check->digest, &check->signature))
				_exit(1);
		}
	}
	_exit(0);
}

double bench_checks_s(const struct bench_check *list, uint32_t list_count, uint64_t count,
		      unsigned processes)
{
	_Atomic uint64_t *next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double start = bench_now_us();

	if (next == MAP_FAILED)
		bench_must(ERR_MEMORY, "shared memory");
	for (unsigned i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			bench_must(ERR_INTERNAL, "fork");
		if (pid == 0)
			checks_run(next, list, list_count, count);
	}
	for (unsigned i = 0; i < processes; i++) {
		int status;

		if (wait(&status) < 0 || status != 0)
			bench_must(ERR_INTERNAL, "a signature");
	}
	munmap(next, sizeof(*next));
	return (bench_now_us() - start) / 1e6;
}

/* --- a chain -------------------------------------------------------------------- */

void bench_genesis(struct genesis *out, const char *name)
{
	snprintf(out->name, sizeof(out->name), "%s", name);
	out->time_ms = BENCH_TIME_MS;
	out->epoch_length = 1000;
	out->timers = (struct genesis_timers){50000,   50000,   50000, 50000, 50000,
					      1000000, 1000000, 500,   10000};
	out->window_ms = LIMIT_WINDOW_MS;
	out->quota_window_ms = 86400000;
	out->quota_transactions = out->quota_bytes = out->quota_entries = INT64_MAX;
}

void bench_check_digit(char *id, size_t size)
{
	static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	size_t len = strlen(id);

	if (len + 2 > size)
		bench_must(ERR_FULL, "an id");
	for (const char *c = characters; *c != '\0'; c++) {
		id[len] = *c;
		id[len + 1] = '\0';
		if (identifier_check(id) == ERR_OK)
			return;
	}
	bench_must(ERR_ID_CHECK, "an id");
}

void bench_org(struct genesis_org *out, int i, struct secret *key)
{
	snprintf(out->id, sizeof(out->id), "CN-USCI-91110000EXAMPLE0%d", i);
	bench_check_digit(out->id, sizeof(out->id));
	snprintf(out->name_en, sizeof(out->name_en), "Example Institute %d", i);
	out->roles = 1u << STELE__ROLE__ROLE_ANCHORER | 1u << STELE__ROLE__ROLE_VALIDATOR;
	MUST(sign_key_generate(key));
	MUST(sign_public(&out->keys[0].key, key));
	out->keys[0].purposes =
		1u << STELE__PURPOSE__PURPOSE_CONTENT | 1u << STELE__PURPOSE__PURPOSE_GOVERN;
	out->keys_count = 1;
}

void bench_chain_make(struct bench_chain *out)
{
	struct validator *validator;
	struct secret consensus;
	struct genesis *genesis = calloc(1, sizeof(*genesis));

	if (genesis == NULL)
		bench_must(ERR_MEMORY, "a genesis");
	bench_genesis(genesis, "bench.example");
	for (int i = 0; i < BENCH_ORGS; i++)
		bench_org(&genesis->orgs[i], i, &out->org_keys[i]);
	genesis->orgs_count = BENCH_ORGS;
	genesis->rules[0] = (struct genesis_rule){
		.operation = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR,
		.openers = 1u << STELE__ROLE__ROLE_ANCHORER};
	genesis->rules_count = 1;
	validator = &genesis->set.validators[0];
	snprintf(validator->id, sizeof(validator->id), "v0");
	snprintf(validator->org, sizeof(validator->org), "%s", genesis->orgs[0].id);
	MUST(sign_key_generate(&consensus));
	MUST(sign_key_generate(&out->node_key));
	MUST(sign_public(&validator->consensus_key, &consensus));
	MUST(sign_public(&validator->node_key, &out->node_key));
	genesis->set.count = 1;
	set_seal(&genesis->set);
	buf_init(&out->text, LIMIT_GENESIS_BYTES);
	MUST(genesis_render(&out->text, genesis));
	out->genesis = genesis;
}

/* The envelope with a signature that has the form of one. */
static void envelope_pack(struct buf *out, const Stele__TransactionBody *body)
{
	uint8_t signature[64] = {[31] = 1, [63] = 1};
	Stele__SignedTransaction envelope = STELE__SIGNED_TRANSACTION__INIT;
	struct buf encoded;

	buf_init(&encoded, LIMIT_TX_BYTES);
	canon_pack(&encoded, &body->base);
	envelope.body = (ProtobufCBinaryData){encoded.len, encoded.at};
	envelope.signature = (ProtobufCBinaryData){sizeof(signature), signature};
	canon_pack(out, &envelope.base);
	buf_release(&encoded);
}

static void anchor(struct buf *out, struct bench_chain *chain, uint32_t i, uint64_t time_ms,
		   bool is_signed)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentAnchor record = STELE__CONTENT_ANCHOR__INIT;
	uint32_t org = i % BENCH_ORGS;
	struct hash content;

	chain->nonce++;
	sha256(&content, &chain->nonce, sizeof(chain->nonce));
	record.sha256 = (ProtobufCBinaryData){sizeof(content.b), content.b};
	record.size = 1000 + chain->nonce;
	record.media_type = (char *)"image/png";
	record.title = (char *)"A picture with a title of about forty bytes";
	body.chain = (ProtobufCBinaryData){32, chain->genesis->chain.b};
	body.signer = (ProtobufCBinaryData){33, chain->genesis->orgs[org].keys[0].key.b};
	body.valid_until = time_ms + 300000;
	body.nonce = chain->nonce;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body.content_anchor = &record;
	buf_init(out, LIMIT_TX_BYTES);
	if (is_signed)
		MUST(tx_sign(out, &body, (struct bytes){NULL, 0}, &chain->org_keys[org]));
	else
		envelope_pack(out, &body);
}

void bench_anchor(struct buf *out, struct bench_chain *chain, uint32_t i, uint64_t time_ms)
{
	anchor(out, chain, i, time_ms, true);
}

void bench_anchor_unsigned(struct buf *out, struct bench_chain *chain, uint32_t i,
			   uint64_t time_ms)
{
	anchor(out, chain, i, time_ms, false);
}
