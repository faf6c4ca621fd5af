/* The persistent sparse Merkle tree.
 *
 * A handle names a leaf (top bit set), a node, or nothing (0).  A node has two
 * non-empty children; the chain of empty siblings between it and its parent is
 * not stored but hashed again when a parent is made, along the path of any leaf
 * below it.  Nodes never change: an update makes new ones on the way to what
 * changed and shares the rest, counted by references.
 *
 *        node depth 1           parent
 *          /     \
 *        leaf   (0|·)           depths 2, 3: chain of empty siblings, not stored
 *                 \
 *               node depth 4
 *               /    \                                                        */
#include "ledger/state.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/items.h"
#include "proofs/tree.h"

#define LEAF_BIT ((uint32_t)1 << 31)
#define RELEASE_SLICE 4096 /* references given up under one hold of the lock */
#define WALKS 16           /* ways down that wait for memory together */
#define AHEAD_MAX 256      /* changes whose ways the cache holds */

struct leaf {
	struct hash key;
	struct hash value;
	uint32_t number_high; /* two halves, so that no padding is spent */
	uint32_t number_low;
	uint32_t references; /* 0: free, number_low is then the next free one */
};

struct node {
	struct hash hash;    /* at its own depth */
	uint32_t child[2];   /* free: child[0] is the next free one */
	uint32_t any_leaf;   /* a leaf below: gives the path that all below share */
	uint32_t count;      /* leaves below */
	uint32_t references;
	uint8_t depth;       /* of the bit by which the children differ */
};

struct state_tree {
	pthread_rwlock_t lock;
	struct items leaves;
	struct items nodes;
	uint32_t free_leaf; /* the first free one */
	uint32_t free_node;
};

/* --- leaves and nodes ---------------------------------------------------- */

static struct leaf *leaf_at(const struct state_tree *tree, uint32_t handle)
{
	return items_at(&tree->leaves, handle & ~LEAF_BIT, sizeof(struct leaf));
}

static struct node *node_at(const struct state_tree *tree, uint32_t handle)
{
	return items_at(&tree->nodes, handle, sizeof(struct node));
}

static bool is_leaf(uint32_t handle)
{
	return (handle & LEAF_BIT) != 0;
}

static void fetch_bytes(const void *item, size_t size)
{
	const uint8_t *at = item;

	__builtin_prefetch(at);
	__builtin_prefetch(at + size / 2);
	__builtin_prefetch(at + size - 1);
}

/* Asks for what will be looked at soon: in a large tree most of it lies in no cache. */
static void fetch(const struct state_tree *tree, uint32_t handle)
{
	if (handle == 0)
		return;
	if (is_leaf(handle))
		fetch_bytes(leaf_at(tree, handle), sizeof(struct leaf));
	else
		fetch_bytes(node_at(tree, handle), sizeof(struct node));
}

/* --- references ---------------------------------------------------------- */

static void retain(const struct state_tree *tree, uint32_t handle)
{
	if (handle == 0)
		return;
	if (is_leaf(handle))
		leaf_at(tree, handle)->references++;
	else
		node_at(tree, handle)->references++;
}

static void leaf_release(struct state_tree *tree, uint32_t handle)
{
	struct leaf *leaf = leaf_at(tree, handle);

	ASSERT(leaf->references > 0);
	if (--leaf->references > 0)
		return;
	leaf->number_low = tree->free_leaf;
	tree->free_leaf = handle & ~LEAF_BIT;
}

/* References that are being given up.  What becomes free meanwhile is nobody else's, so it
 * may wait here, the last first.  What is fetched comes to its turn in order, while at most
 * WALKS - 1 others leave a sibling each: so who waits at place n lies n / WALKS levels deep
 * or deeper, and there is room for all. */
struct releasing {
	uint32_t waiting[WALKS * (SMT_DEPTH + 2)];
	unsigned count;
	uint32_t fetched[WALKS]; /* a ring */
	unsigned fetched_first;
	unsigned fetched_count;
};

static void releasing_begin(struct releasing *releasing, uint32_t handle)
{
	releasing->waiting[0] = handle;
	releasing->count = 1;
	releasing->fetched_first = 0;
	releasing->fetched_count = 0;
}

static bool releasing_is_done(const struct releasing *releasing)
{
	return releasing->count == 0 && releasing->fetched_count == 0;
}

/* The one that was asked for first. */
static uint32_t releasing_next(const struct state_tree *tree, struct releasing *releasing)
{
	uint32_t next;

	while (releasing->fetched_count < WALKS && releasing->count > 0) {
		unsigned at = releasing->fetched_first + releasing->fetched_count++;

		next = releasing->waiting[--releasing->count];
		fetch(tree, next);
		releasing->fetched[at % WALKS] = next;
	}
	next = releasing->fetched[releasing->fetched_first];
	releasing->fetched_first = (releasing->fetched_first + 1) % WALKS;
	releasing->fetched_count--;
	return next;
}

static void release_one(struct state_tree *tree, struct releasing *releasing)
{
	uint32_t handle = releasing_next(tree, releasing);
	struct node *node;

	if (handle == 0)
		return;
	if (is_leaf(handle)) {
		leaf_release(tree, handle);
		return;
	}
	node = node_at(tree, handle);
	ASSERT(node->references > 0);
	if (--node->references > 0)
		return;
	ASSERT(releasing->count + 2 <= sizeof(releasing->waiting) / sizeof(releasing->waiting[0]));
	releasing->waiting[releasing->count++] = node->child[1];
	releasing->waiting[releasing->count++] = node->child[0];
	node->child[0] = tree->free_node;
	tree->free_node = handle;
}

static void release(struct state_tree *tree, uint32_t handle)
{
	struct releasing releasing;

	releasing_begin(&releasing, handle);
	while (!releasing_is_done(&releasing))
		release_one(tree, &releasing);
}

/* --- hashes -------------------------------------------------------------- */

static const struct hash *path_of(const struct state_tree *tree, uint32_t handle)
{
	return &leaf_at(tree, is_leaf(handle) ? handle : node_at(tree, handle)->any_leaf)->key;
}

/* Where the handle's own subtree begins to branch; a leaf never does. */
static unsigned depth_of(const struct state_tree *tree, uint32_t handle)
{
	return handle == 0 || is_leaf(handle) ? SMT_DEPTH : node_at(tree, handle)->depth;
}

static uint32_t count_of(const struct state_tree *tree, uint32_t handle)
{
	if (handle == 0)
		return 0;
	return is_leaf(handle) ? 1 : node_at(tree, handle)->count;
}

/* The hash of the subtree as seen at a depth at or above its own: a leaf
 * collapses upwards, a node climbs its chain of empty siblings. */
static void hash_at(const struct state_tree *tree, uint32_t handle, unsigned depth,
		    struct hash *out)
{
	static const struct hash empty;
	const struct hash *path;

	if (handle == 0) {
		*out = empty;
		return;
	}
	if (is_leaf(handle)) {
		const struct leaf *leaf = leaf_at(tree, handle);

		smt_leaf(out, &leaf->key, &leaf->value);
		return;
	}
	*out = node_at(tree, handle)->hash;
	path = path_of(tree, handle);
	for (unsigned d = depth_of(tree, handle); d-- > depth;) {
		if (smt_bit(path, d) == 0)
			smt_node(out, out, &empty);
		else
			smt_node(out, &empty, out);
	}
}

/* --- making -------------------------------------------------------------- */

static uint32_t leaf_new(struct state_tree *tree, const struct state_change *change)
{
	uint32_t index = tree->free_leaf;
	struct leaf *leaf;

	if (index != 0)
		tree->free_leaf = leaf_at(tree, index)->number_low;
	else
		index = items_take(&tree->leaves);
	if (index == 0)
		return 0;
	leaf = leaf_at(tree, index);
	leaf->key = change->key_hash;
	leaf->value = change->value_hash;
	leaf->number_high = (uint32_t)(change->leaf >> 32);
	leaf->number_low = (uint32_t)change->leaf;
	leaf->references = 1;
	return index | LEAF_BIT;
}

static uint64_t leaf_number(const struct leaf *leaf)
{
	return (uint64_t)leaf->number_high << 32 | leaf->number_low;
}

static void node_hash(const struct state_tree *tree, unsigned depth, uint32_t left, uint32_t right,
		      struct hash *out)
{
	struct hash hashes[2];

	hash_at(tree, left, depth + 1, &hashes[0]);
	hash_at(tree, right, depth + 1, &hashes[1]);
	smt_node(out, &hashes[0], &hashes[1]);
}

/* Takes the references to both children, also when it fails: 0.  hash may be known. */
static uint32_t node_new(struct state_tree *tree, unsigned depth, uint32_t left, uint32_t right,
			 const struct hash *hash)
{
	uint32_t index = tree->free_node;
	struct node *node;

	if (index != 0) {
		tree->free_node = node_at(tree, index)->child[0];
		fetch(tree, tree->free_node); /* soon taken too */
	} else {
		index = items_take(&tree->nodes);
	}
	if (index == 0) {
		release(tree, left);
		release(tree, right);
		return 0;
	}
	node = node_at(tree, index);
	if (hash != NULL)
		node->hash = *hash;
	else
		node_hash(tree, depth, left, right, &node->hash);
	node->child[0] = left;
	node->child[1] = right;
	node->any_leaf = is_leaf(left) ? left : node_at(tree, left)->any_leaf;
	node->count = count_of(tree, left) + count_of(tree, right);
	node->references = 1;
	node->depth = (uint8_t)depth;
	return index;
}

/* The first bit in which two keys differ, SMT_DEPTH if none. */
static unsigned first_difference(const struct hash *a, const struct hash *b)
{
	for (unsigned i = 0; i < sizeof(a->b); i++) {
		unsigned bits = a->b[i] ^ b->b[i];

		if (bits != 0)
			return i * 8 + (unsigned)__builtin_clz(bits) - 24;
	}
	return SMT_DEPTH;
}

/* How many of the sorted changes, equal up to bit d, have bit d = 0. */
static size_t count_left(const struct state_change *changes, size_t count, unsigned d)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (smt_bit(&changes[middle].key_hash, d) == 0)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* Two halves made one subtree, where either may have lost all it had; takes the
 * references to both, also when it fails. */
static bool node_join(struct state_tree *tree, unsigned depth, uint32_t left, uint32_t right,
		      uint32_t *out)
{
	if (left == 0 || right == 0) {
		*out = left != 0 ? left : right;
		return true;
	}
	*out = node_new(tree, depth, left, right, NULL);
	return *out != 0;
}

/* What merge goes through: sorted changes, and for each a place in former; NULL: nobody
 * asks. */
struct merging {
	struct state_tree *tree;
	const struct state_change *changes;
	uint64_t *former;
	const struct state_change *ahead; /* the ways of the changes before were walked */
};

/* The change of one key, whose leaf was old; 0: there was none. */
static bool merge_leaf(const struct merging *merging, uint32_t old,
		       const struct state_change *change, uint32_t *out)
{
	const struct leaf *leaf = old != 0 ? leaf_at(merging->tree, old) : NULL;

	if (merging->former != NULL)
		merging->former[change - merging->changes] =
			leaf == NULL					? STATE_NO_LEAF
			: hash_equal(&leaf->value, &change->value_hash) ? STATE_SAME
									: leaf_number(leaf);
	*out = change->leaf == STATE_NO_LEAF ? 0 : leaf_new(merging->tree, change);
	return *out != 0 || change->leaf == STATE_NO_LEAF;
}

/* One step down on each way that is not at its end; false: none was left. */
static bool walk_step(const struct state_tree *tree, uint32_t ways[WALKS],
		      const struct state_change *changes, size_t count)
{
	bool has_moved = false;

	for (size_t i = 0; i < count; i++) {
		const struct node *node;
		unsigned bit;

		if (ways[i] == 0 || is_leaf(ways[i]))
			continue;
		node = node_at(tree, ways[i]);
		bit = smt_bit(&changes[i].key_hash, node->depth);
		ways[i] = node->child[bit];
		fetch(tree, ways[i]);
		fetch(tree, node->child[1 - bit]); /* what is hashed with it */
		has_moved = true;
	}
	return has_moved;
}

/* Goes down to where the changes will be, many ways at once, so that merge finds in the
 * cache what it would wait for node by node. */
static void walk_ahead(const struct state_tree *tree, uint32_t from,
		       const struct state_change *changes, size_t count)
{
	for (size_t i = 0; i < count; i += WALKS) {
		size_t part = count - i < WALKS ? count - i : WALKS;
		uint32_t ways[WALKS];

		for (size_t k = 0; k < part; k++)
			ways[k] = from;
		while (walk_step(tree, ways, changes + i, part))
			;
	}
}

/* The bit by which the old subtree and the changes part, and what of the old one lies on
 * either side; SMT_DEPTH: there is one key. */
static unsigned merge_split(const struct state_tree *tree, uint32_t old, unsigned from,
			    const struct state_change *changes, size_t count, uint32_t olds[2])
{
	unsigned depth = depth_of(tree, old);
	unsigned split, from_old;

	if (old == 0 || depth != from) { /* else it branches at once: nothing parts above */
		split = first_difference(&changes[0].key_hash, &changes[count - 1].key_hash);
		if (old == 0)
			return split;
		from_old = first_difference(&changes[0].key_hash, path_of(tree, old));
		split = from_old < split ? from_old : split;
		if (split < depth) {
			olds[smt_bit(path_of(tree, old), split)] = old;
			return split;
		}
	}
	if (depth < SMT_DEPTH)
		memcpy(olds, node_at(tree, old)->child, 2 * sizeof(*olds));
	return depth;
}

/* A subtree of the old one (borrowed) with the changes, all of which share the bits before
 * from; a new reference, 0 where nothing is left.  false: memory is short.  At least one of
 * old and changes is there. */
static bool merge(struct merging *merging, uint32_t old, unsigned from,
		  const struct state_change *changes, size_t count, uint32_t *out)
{
	struct state_tree *tree = merging->tree;
	uint32_t olds[2] = {0, 0};
	uint32_t left;
	uint32_t right;
	unsigned split;
	size_t lefts;

	if (count == 0) {
		retain(tree, old);
		*out = old;
		return true;
	}
	if (count <= AHEAD_MAX && changes >= merging->ahead) {
		walk_ahead(tree, old, changes, count);
		merging->ahead = changes + count;
	}
	split = merge_split(tree, old, from, changes, count, olds);
	if (split == SMT_DEPTH) {
		ASSERT(count == 1); /* each key once */
		return merge_leaf(merging, old, changes, out);
	}
	lefts = count_left(changes, count, split);
	if (!merge(merging, olds[0], split + 1, changes, lefts, &left))
		return false;
	if (!merge(merging, olds[1], split + 1, changes + lefts, count - lefts, &right)) {
		release(tree, left);
		return false;
	}
	return node_join(tree, split, left, right, out);
}

/* --- the door ------------------------------------------------------------ */

struct state_tree *state_tree_new(void)
{
	struct state_tree *tree = calloc(1, sizeof(*tree));

	if (tree == NULL)
		return NULL;
	items_init(&tree->leaves, sizeof(struct leaf), LEAF_BIT - 1);
	items_init(&tree->nodes, sizeof(struct node), LEAF_BIT - 1);
	pthread_rwlock_init(&tree->lock, NULL);
	return tree;
}

void state_tree_free(struct state_tree *tree)
{
	if (tree == NULL)
		return;
	items_release(&tree->leaves);
	items_release(&tree->nodes);
	pthread_rwlock_destroy(&tree->lock);
	free(tree);
}

enum err state_replace(struct state_tree *tree, state_version base,
		       const struct state_change *changes, size_t count, uint64_t *former,
		       state_version *out)
{
	struct merging merging = {tree, changes, former, changes};
	uint32_t made;
	bool is_made;

	for (size_t i = 1; i < count; i++)
		ASSERT(hash_compare(&changes[i - 1].key_hash, &changes[i].key_hash) < 0);
	pthread_rwlock_wrlock(&tree->lock);
	is_made = merge(&merging, base, 0, changes, count, &made);
	pthread_rwlock_unlock(&tree->lock);
	if (!is_made)
		return ERR_MEMORY;
	*out = made;
	return ERR_OK;
}

enum err state_update(struct state_tree *tree, state_version base,
		      const struct state_change *changes, size_t count, state_version *out)
{
	return state_replace(tree, base, changes, count, NULL, out);
}

void state_retain(struct state_tree *tree, state_version version)
{
	pthread_rwlock_wrlock(&tree->lock);
	retain(tree, version);
	pthread_rwlock_unlock(&tree->lock);
}

void state_release(struct state_tree *tree, state_version version)
{
	struct releasing releasing;

	releasing_begin(&releasing, version);
	while (!releasing_is_done(&releasing)) {
		pthread_rwlock_wrlock(&tree->lock);
		for (unsigned i = 0; i < RELEASE_SLICE && !releasing_is_done(&releasing); i++)
			release_one(tree, &releasing);
		pthread_rwlock_unlock(&tree->lock);
	}
}

void state_root(struct state_tree *tree, state_version version, struct hash *out)
{
	pthread_rwlock_rdlock(&tree->lock);
	hash_at(tree, version, 0, out);
	pthread_rwlock_unlock(&tree->lock);
}

uint64_t state_count(struct state_tree *tree, state_version version)
{
	uint64_t count;

	pthread_rwlock_rdlock(&tree->lock);
	count = count_of(tree, version);
	pthread_rwlock_unlock(&tree->lock);
	return count;
}

/* One step down on each way that is not at its end; false: none was left.  Bits in chains
 * are skipped on the way: the leaf's key decides. */
static bool find_step(const struct state_tree *tree, uint32_t ways[WALKS], const struct hash *keys,
		      size_t count)
{
	bool has_moved = false;

	for (size_t i = 0; i < count; i++) {
		const struct node *node;

		if (ways[i] == 0 || is_leaf(ways[i]))
			continue;
		node = node_at(tree, ways[i]);
		ways[i] = node->child[smt_bit(&keys[i], node->depth)];
		fetch(tree, ways[i]);
		has_moved = true;
	}
	return has_moved;
}

static void find(const struct state_tree *tree, uint32_t from, const struct hash *keys, size_t count,
		 struct state_found *out)
{
	uint32_t ways[WALKS];

	for (size_t i = 0; i < count; i++)
		ways[i] = from;
	while (find_step(tree, ways, keys, count))
		;
	for (size_t i = 0; i < count; i++) {
		const struct leaf *leaf = ways[i] != 0 ? leaf_at(tree, ways[i]) : NULL;

		out[i].leaf = STATE_NO_LEAF;
		if (leaf != NULL && hash_equal(&leaf->key, &keys[i]))
			out[i] = (struct state_found){leaf_number(leaf), leaf->value};
	}
}

enum err state_find(struct state_tree *tree, state_version version, const struct hash *key_hash,
		    uint64_t *leaf, struct hash *value_hash)
{
	struct state_found found;

	state_find_many(tree, version, key_hash, 1, &found);
	if (found.leaf == STATE_NO_LEAF)
		return ERR_NOT_FOUND;
	*leaf = found.leaf;
	*value_hash = found.value_hash;
	return ERR_OK;
}

void state_find_many(struct state_tree *tree, state_version version, const struct hash *keys,
		     size_t count, struct state_found *out)
{
	pthread_rwlock_rdlock(&tree->lock);
	for (size_t i = 0; i < count; i += WALKS)
		find(tree, version, keys + i, count - i < WALKS ? count - i : WALKS, out + i);
	pthread_rwlock_unlock(&tree->lock);
}

/* Siblings down to the node's children, or to where the key leaves the node's
 * path: false, and the siblings end with the whole subtree. */
static bool prove_node(const struct state_tree *tree, uint32_t at, const struct hash *key_hash,
		       struct smt_proof *out)
{
	const struct node *node = node_at(tree, at);
	unsigned apart = first_difference(key_hash, path_of(tree, at));
	unsigned end = apart < node->depth ? apart : node->depth;
	unsigned d = out->siblings_count;

	for (; d < end; d++)
		memset(&out->siblings[d], 0, sizeof(out->siblings[d]));
	out->siblings_count = (uint16_t)(end + 1);
	if (apart < node->depth) {
		hash_at(tree, at, end + 1, &out->siblings[end]);
		return false;
	}
	hash_at(tree, node->child[1 - smt_bit(key_hash, end)], end + 1, &out->siblings[end]);
	return true;
}

static void prove(const struct state_tree *tree, uint32_t at, const struct hash *key_hash,
		  struct smt_proof *out)
{
	while (at != 0 && !is_leaf(at)) {
		if (!prove_node(tree, at, key_hash, out)) {
			out->end = SMT_EMPTY;
			return;
		}
		at = node_at(tree, at)->child[smt_bit(key_hash, node_at(tree, at)->depth)];
	}
	if (at == 0) {
		out->end = SMT_EMPTY;
	} else if (hash_equal(&leaf_at(tree, at)->key, key_hash)) {
		out->end = SMT_PRESENT;
	} else {
		out->end = SMT_OTHER;
		out->other_key = leaf_at(tree, at)->key;
		out->other_value = leaf_at(tree, at)->value;
	}
}

void state_prove(struct state_tree *tree, state_version version, const struct hash *key_hash,
		 struct smt_proof *out)
{
	memset(out, 0, sizeof(*out));
	pthread_rwlock_rdlock(&tree->lock);
	prove(tree, version, key_hash, out);
	pthread_rwlock_unlock(&tree->lock);
}

/* How many of the sorted keys, equal up to bit d, have bit d = 0. */
static size_t keys_left(const struct hash *keys, size_t count, unsigned d)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (smt_bit(&keys[middle], d) == 0)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

static int compare_keys(const void *a, const void *b)
{
	return hash_compare(a, b);
}

/* Whether the leaf is one of the keys, and if it is none, what it is. */
static void prove_leaf(const struct leaf *leaf, const struct hash *keys, size_t count,
		       struct buf *out)
{
	if (bsearch(&leaf->key, keys, count, sizeof(*keys), compare_keys) != NULL) {
		buf_u8(out, TREE_PRESENT);
		return;
	}
	buf_u8(out, TREE_OTHER);
	buf_add(out, leaf->key.b, sizeof(leaf->key.b));
	buf_add(out, leaf->value.b, sizeof(leaf->value.b));
}

/* The part of the walk below a handle as seen at a depth; keys are those that lie there. */
static void prove_many(const struct state_tree *tree, uint32_t at, unsigned depth,
		       const struct hash *keys, size_t count, struct buf *out)
{
	uint32_t sides[2] = {0, 0};
	struct hash hash;
	size_t lefts;

	if (count == 0) {
		hash_at(tree, at, depth, &hash);
		buf_add(out, hash.b, sizeof(hash.b));
		return;
	}
	if (at == 0) {
		buf_u8(out, TREE_EMPTY);
		return;
	}
	if (is_leaf(at)) {
		prove_leaf(leaf_at(tree, at), keys, count, out);
		return;
	}
	if (depth < depth_of(tree, at))
		sides[smt_bit(path_of(tree, at), depth)] = at; /* the chain above the node */
	else
		memcpy(sides, node_at(tree, at)->child, sizeof(sides));
	lefts = keys_left(keys, count, depth);
	buf_u8(out, TREE_NODE);
	prove_many(tree, sides[0], depth + 1, keys, lefts, out);
	prove_many(tree, sides[1], depth + 1, keys + lefts, count - lefts, out);
}

void state_prove_many(struct state_tree *tree, state_version version, const struct hash *keys,
		      size_t count, struct buf *out)
{
	for (size_t i = 1; i < count; i++)
		ASSERT(hash_compare(&keys[i - 1], &keys[i]) < 0);
	pthread_rwlock_rdlock(&tree->lock);
	prove_many(tree, version, 0, keys, count, out);
	pthread_rwlock_unlock(&tree->lock);
}

/* --- as a sequence ------------------------------------------------------- */

/* An item: u16 depth | hash of a node, or u16 SMT_DEPTH | key hash | value hash | u64 leaf
 * number. */

void state_walk_begin(struct state_walk *walk, state_version version)
{
	walk->count = 0;
	if (version != 0)
		walk->handles[walk->count++] = version;
}

static void leaf_tell(const struct leaf *leaf, struct buf *out)
{
	buf_u16(out, SMT_DEPTH);
	buf_hash(out, &leaf->key);
	buf_hash(out, &leaf->value);
	buf_u64(out, leaf_number(leaf));
}

size_t state_walk_next(struct state_tree *tree, struct state_walk *walk, size_t leaves_max,
		       struct buf *out)
{
	size_t leaves = 0;

	pthread_rwlock_rdlock(&tree->lock);
	while (walk->count > 0 && leaves < leaves_max) {
		uint32_t handle = walk->handles[--walk->count];
		const struct node *node;

		if (is_leaf(handle)) {
			leaf_tell(leaf_at(tree, handle), out);
			leaves++;
			continue;
		}
		node = node_at(tree, handle);
		buf_u16(out, node->depth);
		buf_hash(out, &node->hash);
		ASSERT(walk->count <= SMT_DEPTH);
		fetch(tree, node->child[1]);
		walk->handles[walk->count++] = node->child[1];
		walk->handles[walk->count++] = node->child[0];
	}
	pthread_rwlock_unlock(&tree->lock);
	return leaves;
}

void state_rebuild_begin(struct state_rebuild *rebuild)
{
	rebuild->count = 0;
	rebuild->root = 0;
}

/* Whether two subtrees part at that bit, the left one to the left. */
static bool parts_at(const struct state_tree *tree, uint32_t left, uint32_t right, unsigned depth)
{
	const struct hash *path = path_of(tree, left);

	return first_difference(path, path_of(tree, right)) == depth && smt_bit(path, depth) == 0;
}

/* A whole subtree goes to the node that waits for it, which may make that one whole. */
static enum err subtree_add(struct state_tree *tree, struct state_rebuild *rebuild, uint32_t handle)
{
	while (rebuild->count > 0 && rebuild->open[rebuild->count - 1].left != 0) {
		uint32_t left = rebuild->open[--rebuild->count].left;
		unsigned depth = rebuild->open[rebuild->count].depth;

		if (!parts_at(tree, left, handle, depth)) {
			release(tree, left);
			release(tree, handle);
			return ERR_STORE_DAMAGED;
		}
		handle = node_new(tree, depth, left, handle, &rebuild->open[rebuild->count].hash);
		if (handle == 0)
			return ERR_MEMORY;
	}
	if (rebuild->count == 0)
		rebuild->root = handle;
	else
		rebuild->open[rebuild->count - 1].left = handle;
	return ERR_OK;
}

static enum err leaf_add(struct state_tree *tree, struct state_rebuild *rebuild,
			 struct cursor *items)
{
	struct state_change change;
	uint32_t handle;

	cursor_hash(items, &change.key_hash);
	cursor_hash(items, &change.value_hash);
	change.leaf = cursor_u64(items);
	if (items->has_failed)
		return ERR_STORE_DAMAGED;
	handle = leaf_new(tree, &change);
	return handle != 0 ? subtree_add(tree, rebuild, handle) : ERR_MEMORY;
}

static enum err item_add(struct state_tree *tree, struct state_rebuild *rebuild,
			 struct cursor *items)
{
	unsigned depth = cursor_u16(items);
	unsigned above = rebuild->count;

	if (rebuild->root != 0 || depth > SMT_DEPTH ||
	    (above > 0 && depth <= rebuild->open[above - 1].depth))
		return ERR_STORE_DAMAGED;
	if (depth == SMT_DEPTH)
		return leaf_add(tree, rebuild, items);
	ASSERT(above < SMT_DEPTH); /* depths ascend */
	cursor_hash(items, &rebuild->open[above].hash);
	rebuild->open[above].left = 0;
	rebuild->open[above].depth = (uint16_t)depth;
	rebuild->count++;
	return ERR_OK;
}

enum err state_rebuild_add(struct state_tree *tree, struct state_rebuild *rebuild,
			   struct bytes items)
{
	struct cursor cursor = cursor_of(items);
	enum err err = ERR_OK;

	pthread_rwlock_wrlock(&tree->lock);
	while (err == ERR_OK && !cursor_is_done(&cursor)) {
		err = item_add(tree, rebuild, &cursor);
		if (cursor.has_failed)
			err = ERR_STORE_DAMAGED;
	}
	pthread_rwlock_unlock(&tree->lock);
	return err;
}

enum err state_rebuild_end(struct state_tree *tree, struct state_rebuild *rebuild,
			   state_version *out)
{
	if (rebuild->count > 0 || rebuild->root == 0) {
		state_rebuild_drop(tree, rebuild);
		return ERR_STORE_DAMAGED;
	}
	*out = rebuild->root;
	return ERR_OK;
}

void state_rebuild_drop(struct state_tree *tree, struct state_rebuild *rebuild)
{
	while (rebuild->count > 0)
		state_release(tree, rebuild->open[--rebuild->count].left);
	state_release(tree, rebuild->root);
	rebuild->root = 0;
}

size_t state_memory(struct state_tree *tree)
{
	size_t bytes;

	pthread_rwlock_rdlock(&tree->lock);
	bytes = items_memory(&tree->leaves) + items_memory(&tree->nodes);
	pthread_rwlock_unlock(&tree->lock);
	return bytes;
}
