/* Bit flips in a chain store: what verify-ledger does not name, with the tip's header held
 * elsewhere, must have changed nothing that the store says.
 *
 *   flips FOLDER [--flips N] [--seed S]
 *
 * FOLDER is this run's own, best in memory.  Each flip is one bit of data.mdb, all
 * bits alike; a page is counted by what LMDB says it is.  What the store says are all
 * keys and values of all tables, found by their keys.  The last line is "bit flips:
 * N passed, M failed". */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rng.h"
#include "crypto/digest.h"
#include "ledger/row.h"
#include "ledger/verify.h"
#include "tests/crash/alone.h"

#define HEIGHTS 12
#define PAGE 4096u
#define SECONDS_MAX 60
#define KEY_MAX 520

enum kind { BRANCH, LEAF, OVERFLOW, META, OTHER, KINDS };
static const char *const kind_names[KINDS] = {"branch", "leaf", "overflow", "meta", "other"};

struct tally {
	uint64_t flips, changed, named, silent;
};

struct flips {
	char home[3000], store[4000], data[4096], scratch[4000];
	struct alone *alone;
	uint8_t *bytes; /* of data.mdb, sound */
	size_t len;
	struct hash sound; /* what the sound store says */
	struct header head; /* of its tip, held elsewhere */
	struct hash head_block;
	struct tally tallies[KINDS];
};

/* --- what a store says --------------------------------------------------------- */

static enum err table_say(struct hash *hash, struct store_read *read, enum table table)
{
	uint8_t from[KEY_MAX + 1] = {0};
	size_t from_len = 1;

	for (;;) {
		struct bytes key, value, parts[4];
		uint8_t length[8];
		enum err err = store_seek(read, table, bytes_of(from, from_len), false, &key, &value);

		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_OK : err;
		if (key.len >= KEY_MAX)
			return ERR_STORE_DAMAGED;
		parts[0] = bytes_of(hash->b, sizeof(hash->b));
		parts[1] = bytes_of(length, sizeof(length));
		parts[2] = key;
		parts[3] = value;
		store_u64(length, key.len);
		sha256_parts(hash, parts, 4);
		memcpy(from, key.at, key.len);
		from[key.len] = 0;
		from_len = key.len + 1;
	}
}

static enum err store_say(struct hash *out, struct store *store)
{
	struct store_read *read;
	enum err err = store_read_begin(store, &read);

	memset(out, 0, sizeof(*out));
	if (err != ERR_OK)
		return err;
	for (int table = 0; table < TABLE_COUNT && err == ERR_OK; table++)
		err = table_say(out, read, (enum table)table);
	store_read_end(read);
	return err;
}

/* --- children: a damaged file may crash who reads it ------------------------------- */

enum said { SAYS_THE_SAME, SAYS_OTHERWISE };

static int child_says(const struct flips *flips)
{
	struct store *store;
	struct hash hash;

	if (store_open_reading(&store, flips->store) != ERR_OK || store_say(&hash, store) != ERR_OK)
		return SAYS_OTHERWISE;
	return hash_equal(&hash, &flips->sound) ? SAYS_THE_SAME : SAYS_OTHERWISE;
}

/* LMDB keeps the state before the last commit too: one bit of a meta page can bring it
 * back, whole and sound.  Only a head tells. */
static bool has_head(const struct flips *flips, struct store *store)
{
	struct store_read *read;
	struct row_block block;
	struct hash hash = {{0}};

	if (store_read_begin(store, &read) != ERR_OK)
		return false;
	if (row_block_get(read, flips->head.height, &block) == ERR_OK)
		sha256(&hash, block.header_text.at, block.header_text.len);
	store_read_end(read);
	return hash_equal(&hash, &flips->head_block);
}

static int child_verifies(const struct flips *flips)
{
	struct verify_order order = {.genesis = alone_genesis(flips->alone),
				     .genesis_text = alone_genesis_text(flips->alone),
				     .scratch = flips->scratch};
	struct verify_report report;
	struct store *store;

	if (store_open_reading(&store, flips->store) != ERR_OK)
		return SAYS_OTHERWISE;
	return verify_ledger(store, &order, &report) == ERR_OK && has_head(flips, store)
		       ? SAYS_THE_SAME
		       : SAYS_OTHERWISE;
}

static enum said in_child(const struct flips *flips, int (*run)(const struct flips *))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		alarm(SECONDS_MAX);
		_exit(run(flips));
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(2);
	return WIFEXITED(status) && WEXITSTATUS(status) == SAYS_THE_SAME ? SAYS_THE_SAME
									 : SAYS_OTHERWISE;
}

/* --- flips --------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat, (void)kind, (void)walk;
	return remove(path);
}

/* Of the page that the byte lies in; the pages that follow the first of a large value
 * have no head of their own. */
static enum kind kind_of(const struct flips *flips, size_t at)
{
	size_t page = at / PAGE;

	for (size_t back = 0; back <= page; back++) {
		const uint8_t *head = flips->bytes + (page - back) * PAGE;
		uint64_t number;
		uint32_t pages;
		uint16_t flags;

		memcpy(&number, head, sizeof(number));
		memcpy(&flags, head + 10, sizeof(flags));
		memcpy(&pages, head + 12, sizeof(pages));
		if (number != page - back)
			continue;
		if (flags & 0x04)
			return back < pages ? OVERFLOW : OTHER;
		if (back > 0)
			return OTHER;
		return flags & 0x08 ? META : flags & 0x02 ? LEAF : flags & 0x01 ? BRANCH : OTHER;
	}
	return OTHER;
}

static void data_write(const struct flips *flips, size_t at, uint8_t mask)
{
	int fd;

	(void)nftw(flips->store, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)nftw(flips->scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)mkdir(flips->store, 0700);
	fd = open(flips->data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	flips->bytes[at] ^= mask;
	if (fd < 0 || write(fd, flips->bytes, flips->len) != (ssize_t)flips->len) {
		fprintf(stderr, "flips: %s: %s\n", flips->data, strerror(errno));
		exit(2);
	}
	flips->bytes[at] ^= mask;
	close(fd);
}

static void flip(struct flips *flips, size_t at, unsigned bit)
{
	struct tally *tally = &flips->tallies[kind_of(flips, at)];
	enum said said, verified;

	data_write(flips, at, (uint8_t)(1u << bit));
	said = in_child(flips, child_says);
	verified = in_child(flips, child_verifies);
	tally->flips++;
	tally->changed += said == SAYS_OTHERWISE;
	tally->named += verified == SAYS_OTHERWISE;
	if (said == SAYS_OTHERWISE && verified == SAYS_THE_SAME) {
		tally->silent++;
		printf("bit flips: FAILED byte %zu bit %u, page %zu (%s): the store says otherwise "
		       "and verify-ledger does not\n", at, bit, at / PAGE,
		       kind_names[kind_of(flips, at)]);
	}
}

/* --- the sound store -------------------------------------------------------------------- */

static void on_vote(void *context, const struct vote *vote)
{
	(void)context, (void)vote;
}

static void on_committed(void *context, const struct ledger_committed *committed)
{
	(void)context, (void)committed;
}

static void head_hold(struct flips *flips)
{
	struct ledger_tip tip;

	ledger_tip(node_ledger(alone_node(flips->alone)), &tip);
	ASSERT(header_parse(&flips->head, tip.header_text) == ERR_OK);
	flips->head_block = tip.block;
}

static void make_sound(struct flips *flips, const char *folder, uint64_t seed)
{
	struct promises promises = {NULL, on_vote, on_committed};
	char data[4096];
	struct stat stat;
	int fd;

	(void)snprintf(flips->home, sizeof(flips->home), "%s/home", folder);
	(void)snprintf(flips->store, sizeof(flips->store), "%s/store", folder);
	(void)snprintf(flips->data, sizeof(flips->data), "%s/store/data.mdb", folder);
	(void)snprintf(flips->scratch, sizeof(flips->scratch), "%s/scratch", folder);
	(void)snprintf(data, sizeof(data), "%s/home/chain/data.mdb", folder);
	(void)mkdir(folder, 0700);
	ASSERT(alone_open(&flips->alone, flips->home, seed, &promises) == ERR_OK);
	ASSERT(alone_run(flips->alone, HEIGHTS) == ERR_OK);
	ASSERT(store_say(&flips->sound, alone_chain(flips->alone)) == ERR_OK);
	head_hold(flips);
	fd = open(data, O_RDONLY | O_CLOEXEC);
	ASSERT(fd >= 0 && fstat(fd, &stat) == 0);
	flips->len = (size_t)stat.st_size;
	flips->bytes = malloc(flips->len);
	ASSERT(flips->bytes != NULL && read(fd, flips->bytes, flips->len) == stat.st_size);
	close(fd);
}

static int report(const struct flips *flips)
{
	uint64_t all = 0, silent = 0;

	for (int i = 0; i < KINDS; i++) {
		const struct tally *tally = &flips->tallies[i];

		printf("%-9s %5llu flips, %5llu change what the store says, %5llu named, %llu silent\n",
		       kind_names[i], (unsigned long long)tally->flips,
		       (unsigned long long)tally->changed, (unsigned long long)tally->named,
		       (unsigned long long)tally->silent);
		all += tally->flips;
		silent += tally->silent;
	}
	printf("bit flips: %llu passed, %llu failed\n", (unsigned long long)(all - silent),
	       (unsigned long long)silent);
	return silent > 0 || all == 0;
}

int main(int argc, char **argv)
{
	struct flips *flips = calloc(1, sizeof(*flips));
	uint64_t count = 500, seed = 1;
	struct rng rng;

	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--flips") == 0)
			count = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else
			argc = 0;
	}
	if (argc < 2 || flips == NULL) {
		fprintf(stderr, "usage: flips FOLDER [--flips N] [--seed S]\n");
		return 2;
	}
	log_level_set(LOG_ERROR + (enum log_level)1);
	make_sound(flips, argv[1], seed);
	data_write(flips, 0, 0);
	if (in_child(flips, child_says) != SAYS_THE_SAME ||
	    in_child(flips, child_verifies) != SAYS_THE_SAME) {
		printf("bit flips: FAILED the sound copy is not sound\nbit flips: 0 passed, 1 failed\n");
		return 1;
	}
	rng_init(&rng, seed);
	for (uint64_t i = 0; i < count; i++)
		flip(flips, rng_below(&rng, flips->len), (unsigned)rng_below(&rng, 8));
	return report(flips);
}
