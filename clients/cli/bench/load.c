/* Load that is signed before it is sent: distinct content.anchor records of one
 * size, or content.batch records, by several organisations in turn. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "clients/cli/bench/bench.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "proto/tx.h"

#define THREADS 2
#define ARENA_BYTES (4u << 20)
#define CONTENT_BYTES 256 /* the size that the records claim */
#define TITLE_MAX 256

struct job {
	const struct bench_options *options;
	const struct signer *const *signers;
	size_t signers_count;
	const struct hash *chain;
	struct load *load;
	uint64_t valid_until;
	size_t first; /* this one and every THREADS-th after it */
	enum err err;
};

void load_content(struct hash *out, uint64_t seed, size_t record, size_t entry)
{
	uint8_t text[24];

	store_u64(text, seed);
	store_u64(text + 8, record);
	store_u64(text + 16, entry);
	sha256(out, text, sizeof(text));
}

static ProtobufCBinaryData view(const void *at, size_t len)
{
	return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)at};
}

static void body_init(const struct job *job, size_t index, Stele__TransactionBody *body)
{
	const struct signer *signer = job->signers[index % job->signers_count];

	stele__transaction_body__init(body);
	body->chain = view(job->chain->b, sizeof(job->chain->b));
	body->signer = view(signer->key.b, sizeof(signer->key.b));
	body->valid_until = job->valid_until;
	body->nonce = (job->load->seed >> 2) + index; /* as long as random ones are */
}

static enum err keep(struct record *record, const struct buf *raw)
{
	struct tx *tx;
	enum err err = tx_decode(&tx, buf_bytes(raw), NULL);

	if (err != ERR_OK)
		return err;
	record->id = tx->id;
	tx_free(tx);
	record->raw = malloc(raw->len);
	record->len = (uint32_t)raw->len;
	ASSERT(record->raw != NULL);
	memcpy(record->raw, raw->at, raw->len);
	return ERR_OK;
}

/* A title makes up for what is missing to the size. */
static enum err sign_single(const struct job *job, size_t index, struct buf *raw)
{
	const struct signer *signer = job->signers[index % job->signers_count];
	Stele__ContentAnchor record = STELE__CONTENT_ANCHOR__INIT;
	Stele__TransactionBody body;
	char title[TITLE_MAX + 1] = "";
	struct hash content;
	enum err err;

	load_content(&content, job->load->seed, index, 0);
	record.sha256 = view(content.b, sizeof(content.b));
	record.size = CONTENT_BYTES;
	body_init(job, index, &body);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body.content_anchor = &record;
	for (int round = 0; round < 2; round++) {
		size_t missing;

		buf_reset(raw);
		err = tx_sign(raw, &body, bytes_of(NULL, 0), &signer->secret);
		if (err != ERR_OK || raw->len + 2 >= job->options->record_bytes || round == 1)
			return err;
		missing = job->options->record_bytes - raw->len - 2; /* tag and length */
		missing = missing < TITLE_MAX ? missing : TITLE_MAX;
		memset(title, 'b', missing);
		record.title = title;
	}
	return ERR_OK;
}

static enum err sign_batch(const struct job *job, size_t index, struct buf *raw)
{
	const struct signer *signer = job->signers[index % job->signers_count];
	Stele__BatchEntries entries = STELE__BATCH_ENTRIES__INIT;
	Stele__ContentBatch record = STELE__CONTENT_BATCH__INIT;
	Stele__TransactionBody body;
	struct buf attachment;
	struct hash root;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	buf_init(&attachment, LIMIT_ATTACHMENT_BYTES);
	entries.n_entries = job->options->batch;
	entries.entries = arena_alloc(&arena, entries.n_entries * sizeof(Stele__BatchEntry *));
	ASSERT(entries.entries != NULL);
	for (size_t i = 0; i < entries.n_entries; i++) {
		Stele__BatchEntry *entry = arena_alloc(&arena, sizeof(*entry));
		struct hash *content = arena_alloc(&arena, sizeof(*content));

		ASSERT(entry != NULL && content != NULL);
		load_content(content, job->load->seed, index, i);
		stele__batch_entry__init(entry);
		entry->sha256 = view(content->b, sizeof(content->b));
		entry->size = CONTENT_BYTES;
		entries.entries[i] = entry;
	}
	err = batch_entries_encode(&attachment, &entries, &root);
	record.count = (uint32_t)entries.n_entries;
	record.root = view(root.b, sizeof(root.b));
	body_init(job, index, &body);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_BATCH;
	body.content_batch = &record;
	if (err == ERR_OK)
		err = tx_sign(raw, &body, buf_bytes(&attachment), &signer->secret);
	buf_release(&attachment);
	arena_release(&arena);
	return err;
}

static void *sign_share(void *context)
{
	struct job *job = context;
	struct buf raw;

	buf_init(&raw, LIMIT_TX_BYTES);
	for (size_t i = job->first; i < job->load->count && job->err == ERR_OK; i += THREADS) {
		buf_reset(&raw);
		job->err = job->options->batch > 0 ? sign_batch(job, i, &raw)
						   : sign_single(job, i, &raw);
		if (job->err == ERR_OK)
			job->err = keep(&job->load->records[i], &raw);
	}
	buf_release(&raw);
	return NULL;
}

enum err load_sign(struct cli *cli, const struct bench_options *options,
		   const struct signer *const *signers, size_t signers_count, uint64_t valid_until,
		   size_t count, struct load *out)
{
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	enum err err = ERR_OK;

	*out = (struct load){.records = calloc(count, sizeof(*out->records)), .count = count};
	ASSERT(out->records != NULL);
	random_bytes(&out->seed, sizeof(out->seed));
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){.options = options,
				       .signers = signers,
				       .signers_count = signers_count,
				       .chain = &cli->chain,
				       .load = out,
				       .valid_until = valid_until,
				       .first = i};
		ASSERT(pthread_create(&threads[i], NULL, sign_share, &jobs[i]) == 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		ASSERT(pthread_join(threads[i], NULL) == 0);
		if (err == ERR_OK)
			err = jobs[i].err;
	}
	return err == ERR_OK ? ERR_OK : cli_fail(cli, err, "the load cannot be signed");
}

void load_release(struct load *load)
{
	for (size_t i = 0; i < load->count && load->records != NULL; i++)
		free(load->records[i].raw);
	free(load->records);
	*load = (struct load){.records = NULL};
}
