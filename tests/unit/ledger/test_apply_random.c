/* Random records of all kinds, right and wrong: whatever is accepted, the totals
 * are the sums of their parts, lists are dense, and refusals leave no trace. */
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "proto/seal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define STEPS 1500
#define PROGRAMMES 3
#define CONTENTS 12

static struct rng rng;

static uint64_t dice(uint64_t sides)
{
	return rng_below(&rng, sides);
}

static char *programme_id(void)
{
	static char ids[PROGRAMMES + 1][4] = {"P1", "P2", "P3", "P4"};

	return ids[dice(PROGRAMMES + 1)];
}

static uint64_t amount(void)
{
	static const uint64_t edges[] = {0, 1, 49999, 50000, 50001, 100000, INT64_MAX,
					 (uint64_t)INT64_MAX + 1, UINT64_MAX, UINT32_MAX};

	return dice(4) == 0 ? edges[dice(10)] : dice(30000);
}

static Stele__AwardGrant *any_grant(void)
{
	Stele__AwardGrant *grant = make_grant(amount());
	Stele__Recipient *list[2];

	grant->programme = programme_id();
	list[0] = make_recipient(world_id((enum who)(LAB_1 + dice(2))), 5000);
	list[1] = make_recipient(world_id((enum who)(LAB_1 + dice(3))), 5000);
	if (dice(2) == 0)
		grant_recipients(grant, 2, list);
	if (dice(4) == 0)
		grant_milestones(grant, 1, &grant->amount);
	return grant;
}

static void *any_end_of_claim(uint32_t *operation)
{
	Stele__ContentSupersede *supersede = make_memory(sizeof(*supersede));
	Stele__ContentWithdraw *withdraw = make_memory(sizeof(*withdraw));

	*supersede = (Stele__ContentSupersede)STELE__CONTENT_SUPERSEDE__INIT;
	supersede->target = make_ref(dice(CONTENTS), dice(4));
	supersede->by = make_ref(dice(CONTENTS), dice(4));
	*withdraw = (Stele__ContentWithdraw)STELE__CONTENT_WITHDRAW__INIT;
	withdraw->target = make_ref(dice(CONTENTS), dice(4));
	*operation = dice(2) == 0 ? OP(CONTENT_SUPERSEDE) : OP(CONTENT_WITHDRAW);
	return *operation == OP(CONTENT_SUPERSEDE) ? (void *)supersede : withdraw;
}

/* A commitment, or an anchor with the salt of one, of LAB_1 mostly to be signed by
 * another: then it opens nothing. */
static void *any_commitment(struct world *world, uint32_t *operation)
{
	Stele__ContentAnchor *anchor = make_anchor(dice(CONTENTS));
	Stele__ContentCommit *commit = make_memory(sizeof(*commit));
	struct hash *hash = make_memory(sizeof(*hash));

	anchor->salt = world_hash(1000);
	*operation = OP(CONTENT_ANCHOR);
	if (dice(2) == 0)
		return anchor;
	seal_content(hash, &world->genesis->chain, world_id(LAB_1),
		     bytes_of(anchor->sha256.data, 32), bytes_of(anchor->salt.data, 32));
	*commit = (Stele__ContentCommit)STELE__CONTENT_COMMIT__INIT;
	commit->commitment = (ProtobufCBinaryData){sizeof(hash->b), hash->b};
	*operation = OP(CONTENT_COMMIT);
	return commit;
}

static void *any_record(struct world *world, uint32_t *operation)
{
	static char publisher_ids[20][4];
	Stele__MotionApprove *approve = make_memory(sizeof(*approve));
	Stele__DisbursementRecord *payment;
	Stele__ProgrammeCreate *programme;
	Stele__AwardImport *import;
	Stele__AwardAccept *accept;
	uint64_t i;

	switch (dice(11)) {
	case 0:
		programme = make_programme();
		programme->id = programme_id();
		programme->max_awards = (uint32_t)dice(40);
		*operation = OP(PROGRAMME_CREATE);
		return programme;
	case 1:
	case 2:
		*operation = OP(AWARD_GRANT);
		return any_grant();
	case 3:
		i = dice(20);
		snprintf(publisher_ids[i], sizeof(publisher_ids[i]), "%d", (int)i);
		import = make_import(publisher_ids[i], amount());
		import->programme = programme_id();
		*operation = OP(AWARD_IMPORT);
		return import;
	case 4:
		accept = make_accept(dice(20));
		accept->programme = programme_id();
		*operation = OP(AWARD_ACCEPT);
		return accept;
	case 5:
	case 6:
		payment = make_payment(dice(20), dice(3) == 0 ? amount() : dice(3000), dice(400));
		payment->programme = programme_id();
		payment->payee = (char *)world_id((enum who)(LAB_1 + dice(2)));
		*operation = OP(DISBURSEMENT_RECORD);
		return payment;
	case 7:
		*operation = OP(CONTENT_ANCHOR);
		return make_anchor(dice(CONTENTS));
	case 8:
		return any_end_of_claim(operation);
	case 9:
		return any_commitment(world, operation);
	default:
		*approve = (Stele__MotionApprove)STELE__MOTION_APPROVE__INIT;
		approve->motion = dice(40);
		*operation = dice(3) == 0 ? OP(MOTION_OPEN) : OP(MOTION_APPROVE);
		if (*operation == OP(MOTION_APPROVE))
			return approve;
		i = 100 + dice(30);
		return world_motion(world, OP(ORG_REGISTER),
				    make_org(world, world_id(LAB_1), i));
	}
}

static void check_programme(struct world *world, const char *id)
{
	const Stele__ProgrammeValue *value = world_value(world, VALUE_PROGRAMME, "programme/%s", id);
	uint64_t committed = 0, paid = 0;

	for (uint64_t k = 1; k <= value->awards; k++) {
		const Stele__AwardValue *award =
			world_value(world, VALUE_AWARD, "award/%s/%d", id, (int)k);
		uint64_t paid_here = 0;

		for (uint64_t j = 1; j <= award->disbursements; j++) {
			const Stele__DisbursementValue *payment =
				world_value(world, VALUE_DISBURSEMENT, "disbursement/%s/%d/%d", id,
					    (int)k, (int)j);

			paid_here += payment->record->amount;
		}
		ck_assert(!world_has(world, "disbursement/%s/%d/%d", id, (int)k,
				     (int)award->disbursements + 1));
		ck_assert_uint_eq(award->paid, paid_here);
		ck_assert_uint_le(award->paid, award->committed);
		ck_assert(award->paid == 0 ||
			  award->state == STELE__AWARD_STATE__AWARD_ACTIVE);
		committed += award->committed;
		paid += paid_here;
	}
	ck_assert(!world_has(world, "award/%s/%d", id, (int)value->awards + 1));
	ck_assert_uint_eq(value->committed, committed);
	ck_assert_uint_eq(value->paid, paid);
	ck_assert_uint_eq(value->live_awards, value->awards);
	ck_assert_uint_le(value->committed, value->programme->budget);
	ck_assert_uint_le(value->live_awards, value->programme->max_awards);
}

/* The first claim has the lowest rank of all. */
static void check_ranks(struct world *world, const char *hex, const Stele__ClaimValue *head)
{
	uint64_t first = 1, lowest = head->rank;

	for (uint64_t k = 2; k <= head->claims; k++) {
		const Stele__ClaimValue *claim =
			world_value(world, VALUE_CLAIM, "claim/%s/%d", hex, (int)k);

		ck_assert_uint_ne(claim->rank, lowest);
		first = claim->rank < lowest ? k : first;
		lowest = claim->rank < lowest ? claim->rank : lowest;
	}
	ck_assert_uint_eq(head->first_claim, first);
	ck_assert_uint_eq(head->first_rank, lowest);
}

static void check_contents(struct world *world)
{
	for (uint64_t content = 0; content < CONTENTS; content++) {
		const Stele__ClaimValue *head;
		char hex[65];

		hex_encode(hex, world_hash(content).data, 32);
		if (!world_has(world, "content/%s", hex)) {
			ck_assert(!world_has(world, "claim/%s/2", hex));
			continue;
		}
		head = world_value(world, VALUE_CLAIM, "content/%s", hex);
		for (uint64_t k = 2; k <= head->claims + 1; k++)
			ck_assert(world_has(world, "claim/%s/%d", hex, (int)k) ==
				  (k <= head->claims));
		check_ranks(world, hex, head);
	}
}

static void check_orgs(struct world *world)
{
	for (int who = 0; who < ORGS; who++) {
		const char *id = world_id((enum who)who);
		const Stele__OrgValue *org = world_value(world, VALUE_ORG, "org/%s", id);

		for (uint64_t k = 1; k <= org->awards + 1; k++)
			ck_assert(world_has(world, "org-award/%s/%d", id, (int)k) ==
				  (k <= org->awards));
		ck_assert_uint_le(org->n_open_motions, 16);
	}
}

static void run(uint64_t seed)
{
	struct world *world = world_new(NULL);
	int accepted = 0;

	rng_init(&rng, seed);
	for (int step = 0; step < STEPS; step++) {
		uint32_t operation = 0;
		void *record = any_record(world, &operation);
		Stele__TransactionBody body = world_body(operation, record);
		struct tx *tx = world_tx(world, (enum who)dice(WHO_COUNT), &body, NULL);
		struct hash before = world_digest(world), after;
		enum err reason = ERR_OK;
		enum outcome outcome = world_apply(world, tx, &reason);

		after = world_digest(world);
		ck_assert_int_ne(outcome, OUTCOME_FAILED);
		ck_assert_msg((outcome == OUTCOME_ACCEPTED) == !hash_equal(&before, &after),
			      "seed %d step %d: %s", (int)seed, step, err_name(reason));
		accepted += outcome == OUTCOME_ACCEPTED;
		tx_free(tx);
	}
	ck_assert_int_gt(accepted, STEPS / 40);
	for (int i = 1; i <= PROGRAMMES; i++) {
		char id[16];

		snprintf(id, sizeof(id), "P%d", i);
		if (world_has(world, "programme/%s", id))
			check_programme(world, id);
	}
	check_contents(world);
	check_orgs(world);
	world_free(world);
}

UNIT_TEST(totals_are_the_sums_of_their_parts)
{
	for (uint64_t seed = 1; seed <= 3; seed++)
		run(seed);
}

UNIT_MAIN("apply_random", totals_are_the_sums_of_their_parts)
