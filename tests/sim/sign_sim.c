#include "tests/sim/sign_sim.h"

#include "node/sign_state.h"

void sign_sim_new(struct sim_node *sim)
{
	static const struct hash chain;
	static const struct public_key key;

	ASSERT(sign_file_open(&sim->sign_file, "/", &chain, &key) == ERR_OK);
}

enum err sign_sim_open(struct sim_node *sim)
{
	enum sign_state state;

	return sign_state_open(&state, sim->journal_store, sim->sign_file, sim->life <= 1);
}
