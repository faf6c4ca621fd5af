#include "ledger/verified.h"

#include "crypto/digest.h"
#include "tests/lib/unit.h"

#define MAX 100u

static struct hash hash_of(uint64_t number)
{
	struct hash hash;

	sha256(&hash, &number, sizeof(number));
	return hash;
}

UNIT_TEST(verified_remembers_half_of_its_room_and_forgets_the_oldest)
{
	struct verified *verified = verified_new(MAX);
	struct hash hash;

	for (uint64_t i = 0; i < 10 * MAX; i++) {
		hash = hash_of(i);
		ck_assert(!verified_has(verified, &hash));
		verified_add(verified, &hash);
		for (uint64_t k = i < MAX / 2 ? 0 : i - MAX / 2; k <= i; k++) {
			hash = hash_of(k);
			ck_assert_msg(verified_has(verified, &hash), "%u of %u", (unsigned)k,
				      (unsigned)i);
		}
		hash = hash_of(i - 2 * MAX);
		ck_assert(i < 2 * MAX || !verified_has(verified, &hash));
	}
	verified_free(verified);
}

UNIT_TEST(verified_takes_what_it_has_without_forgetting_for_it)
{
	struct verified *verified = verified_new(MAX);
	struct hash first = hash_of(1), second = hash_of(2);

	verified_add(verified, &first);
	for (unsigned i = 0; i < 10 * MAX; i++)
		verified_add(verified, &second);
	ck_assert(verified_has(verified, &first));
	ck_assert(verified_has(verified, &second));
	verified_free(verified);
}

UNIT_MAIN("verified", verified_remembers_half_of_its_room_and_forgets_the_oldest,
	  verified_takes_what_it_has_without_forgetting_for_it)
