/* The core among its peers: what four of them do together. */
#include "tests/lib/cores.h"
#include "tests/lib/unit.h"

#define SECOND 1000000u

static void all_have_work(struct cores *cores, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		cores_work(cores, i, true);
}

UNIT_TEST(core_four_validators_finalize_blocks)
{
	struct cores *cores = cores_new(4, 0);

	cores_start_all(cores);
	all_have_work(cores, 4);
	ck_assert(cores_run_all_to_height(cores, 100, 10 * SECOND));
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(cores_status(cores, i).nullified_views, 0);
	cores_free(cores);
}

UNIT_TEST(core_one_validator_is_a_quorum_of_itself)
{
	struct cores *cores = cores_new(1, 0);

	cores_start_all(cores);
	all_have_work(cores, 1);
	ck_assert(cores_run_all_to_height(cores, 50, 10 * SECOND));
	ck_assert_uint_eq(cores_status(cores, 0).nullified_views, 0);
	cores_free(cores);
}

UNIT_MAIN("core", core_four_validators_finalize_blocks,
	  core_one_validator_is_a_quorum_of_itself)
