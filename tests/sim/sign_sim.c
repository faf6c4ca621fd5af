#include "tests/sim/sign_sim.h"

#include "node/sign_state.h"

void sign_sim_new(struct sim_node *sim)
{
	static const struct hash chain;
	static const struct public_key key;

	ASSERT(sign_file_open(&sim->sign_file, "/", &chain, &key) == ERR_OK);
	sim->sign_file->sim = sim;
}

enum err sign_sim_open(struct sim_node *sim)
{
	enum sign_state state;
	enum err err = sign_state_open(&state, sim->journal_store, sim->sign_file, sim->life <= 1);

	sim->sign_file->life = 0; /* what stands in it was written before */
	return err;
}

uint64_t sign_sim_stamp(const struct sim_node *sim)
{
	static const uint8_t key[49] = {RECORD_RESERVATION};
	struct reservation reservation = {.stamp = 0};
	struct store_read *read;
	struct bytes value;

	ASSERT(store_read_begin(sim->journal_store, &read) == ERR_OK);
	if (store_get(read, TABLE_RECORD, bytes_of(key, sizeof(key)), &value) == ERR_OK)
		ASSERT(reservation_decode(&reservation, value));
	store_read_end(read);
	return reservation.stamp;
}
