#include "ledger/genesis_state.h"

#include <stdlib.h>

#include "ledger/apply/apply.h"

#define ARENA_BYTES ((size_t)64 << 20)

static const struct overlay_base nothing;

static enum err root_of(const struct overlay_change *changes, size_t count, struct hash *out)
{
	struct state_tree *tree = state_tree_new();
	struct state_change *plain = calloc(count + 1, sizeof(*plain));
	state_version version = 0;
	enum err err = tree != NULL && plain != NULL ? ERR_OK : ERR_MEMORY;

	for (size_t i = 0; i < count && err == ERR_OK; i++)
		plain[i] = changes[i].change;
	if (err == ERR_OK)
		err = state_update(tree, 0, plain, count, &version);
	if (err == ERR_OK)
		state_root(tree, version, out);
	free(plain);
	state_tree_free(tree);
	return err;
}

static enum err values_make(struct genesis_state *state, const struct genesis *genesis)
{
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = apply_genesis(state->overlay, genesis, &arena);
	arena_release(&arena);
	if (err == ERR_OK)
		err = overlay_changes(state->overlay, 0, &state->changes, &state->changes_count);
	return err;
}

enum err genesis_state_make(struct genesis_state *out, const struct genesis *genesis,
			    struct bytes text)
{
	struct genesis_state state = {.overlay = overlay_new(NULL, &nothing, genesis->time_ms)};
	struct hash root;
	enum err err = state.overlay == NULL ? ERR_MEMORY : values_make(&state, genesis);

	if (err == ERR_OK)
		err = root_of(state.changes, state.changes_count, &root);
	if (err != ERR_OK) {
		genesis_state_release(&state);
		return err;
	}
	genesis_header(&state.header, genesis, text, &root);
	*out = state;
	return ERR_OK;
}

void genesis_state_release(struct genesis_state *state)
{
	free(state->changes);
	overlay_free(state->overlay);
}

enum err genesis_state_header(struct header *out, const struct genesis *genesis,
			      struct bytes text)
{
	struct genesis_state state;
	enum err err = genesis_state_make(&state, genesis, text);

	if (err != ERR_OK)
		return err;
	*out = state.header;
	genesis_state_release(&state);
	return ERR_OK;
}

void genesis_leaf_data(struct buf *out, struct bytes text)
{
	buf_u8(out, 0x00);
	buf_add_bytes(out, text);
}
