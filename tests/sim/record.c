#include "tests/sim/record.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/digest.h"
#include "node/digests.h"
#include "proto/peer.h"

static struct {
	FILE *file;
	struct digests *named; /* payloads that stand in the file */
} out;

bool record_open(const char *path)
{
	out.file = fopen(path, "w");
	if (out.file != NULL)
		out.named = digests_new(3);
	return out.file != NULL;
}

bool record_close(void)
{
	bool is_whole = out.file == NULL || !ferror(out.file);

	if (out.file == NULL)
		return true;
	is_whole = fclose(out.file) == 0 && is_whole;
	digests_free(out.named);
	out.file = NULL;
	return is_whole;
}

static void put_hex(struct bytes bytes)
{
	static const char digits[] = "0123456789abcdef";

	putc(' ', out.file);
	if (bytes.len == 0)
		putc('-', out.file);
	for (size_t i = 0; i < bytes.len; i++) {
		putc(digits[bytes.at[i] >> 4], out.file);
		putc(digits[bytes.at[i] & 15], out.file);
	}
}

static void put_hash(const struct hash *hash)
{
	put_hex(bytes_of(hash->b, sizeof(hash->b)));
}

static void end(void)
{
	putc('\n', out.file);
}

static void begin(const struct world *world, const char *what, uint32_t node)
{
	fprintf(out.file, "%s %llu %u", what, (unsigned long long)world->now_us, node);
}

static void put_member(const struct world *world, uint32_t node)
{
	const struct sim_node *sim = &world->nodes[node];

	fprintf(out.file, "member %u ", node);
	if (sim->self == SET_NO_INDEX) {
		fprintf(out.file, "observer -");
	} else {
		fprintf(out.file, "%u", sim->self);
		put_hex(bytes_of(sim->consensus_key.b, sizeof(sim->consensus_key.b)));
	}
	fprintf(out.file, " %s\n", world_is_correct(world, node) ? "correct" : "byzantine");
}

void record_world(const struct world *world)
{
	if (out.file == NULL)
		return;
	fprintf(out.file, "chain");
	put_hash(&world->genesis->chain);
	fprintf(out.file, "\nset");
	put_hash(&world->genesis->set.hash);
	end();
	for (uint32_t i = 0; i < world->count; i++)
		put_member(world, i);
}

/* --- payloads ------------------------------------------------------------ */

static bool is_shown(uint8_t type)
{
	return type != PEER_PARCEL && type != PEER_TRANSACTIONS;
}

static struct hash name(uint8_t type, struct bytes payload)
{
	static char is_named;
	struct hash digest;

	sha256(&digest, payload.at, payload.len);
	if (digests_get(out.named, &digest) != NULL || !is_shown(type))
		return digest;
	digests_put(out.named, &digest, &is_named);
	fprintf(out.file, "bytes");
	put_hash(&digest);
	put_hex(payload);
	end();
	return digest;
}

static void frame(const struct world *world, const char *what, uint32_t node, uint32_t other,
		  uint8_t type, struct bytes payload)
{
	struct hash digest;

	if (out.file == NULL)
		return;
	digest = name(type, payload);
	begin(world, what, node);
	fprintf(out.file, " %u %u", other, type);
	put_hash(&digest);
	end();
}

void record_sent(const struct world *world, uint32_t from, uint32_t to, uint8_t type,
		 struct bytes payload)
{
	frame(world, "sent", from, to, type, payload);
}

void record_got(const struct world *world, uint32_t node, uint32_t from, uint8_t type,
		struct bytes payload)
{
	frame(world, "got", node, from, type, payload);
}

/* --- the disk and lives -------------------------------------------------- */

static void put_row(struct bytes key, struct bytes value)
{
	put_hex(key);
	put_hex(key.len > 0 && key.at[0] == RECORD_PARCEL ? (struct bytes){NULL, 0} : value);
	end();
}

void record_kept(const struct world *world, uint32_t node, enum table table, struct bytes key,
		 struct bytes value)
{
	if (out.file == NULL || table != TABLE_RECORD)
		return;
	begin(world, "kept", node);
	put_row(key, value);
}

static void put_journal(uint32_t node, struct store *journal)
{
	struct store_read *read;
	struct bytes key, value;
	uint8_t from[64] = {0};
	size_t len = 1;

	if (store_read_begin(journal, &read))
		return;
	while (store_seek(read, TABLE_RECORD, bytes_of(from, len), false, &key, &value) == ERR_OK) {
		fprintf(out.file, "held %u", node);
		put_row(key, value);
		ASSERT(key.len < sizeof(from));
		for (len = 0; len < key.len; len++)
			from[len] = key.at[len];
		from[len++] = 0; /* the smallest key above this one */
	}
	store_read_end(read);
}

void record_start(const struct world *world, uint32_t node)
{
	if (out.file == NULL)
		return;
	begin(world, "start", node);
	end();
	put_journal(node, world->nodes[node].journal_store);
}

void record_crash(const struct world *world, uint32_t node)
{
	if (out.file == NULL)
		return;
	begin(world, "crash", node);
	end();
}

void record_final(const struct world *world, uint32_t node, uint64_t height,
		  const struct hash *block)
{
	if (out.file == NULL)
		return;
	begin(world, "final", node);
	fprintf(out.file, " %llu", (unsigned long long)height);
	put_hash(block);
	end();
}
