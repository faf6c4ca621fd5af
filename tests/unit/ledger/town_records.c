#include "tests/unit/ledger/town_records.h"

#include "tests/lib/unit.h"

/* A block with two pieces of evidence. */
static void decide_with_evidence(struct town *town, struct tx *const *txs, uint32_t count,
				 struct ledger_committed *committed)
{
	struct parcel *parcel = town_parcel(town, txs, count);
	struct town_block block;
	struct buf texts[2];
	struct bytes evidence[2];

	for (int i = 0; i < 2; i++) {
		buf_init(&texts[i], LIMIT_EVIDENCE_BYTES);
		town_evidence(town, 2, EVIDENCE_E1 + (enum evidence_type)i, 9, &texts[i]);
		evidence[i] = buf_bytes(&texts[i]);
	}
	town_build_with(town, town->ledger, NULL, evidence, 2, &parcel, 1, &block);
	town_commit(town, town->ledger, &block, committed);
	town_block_release(&block);
	parcel_release(parcel);
	buf_release(&texts[0]);
	buf_release(&texts[1]);
}

struct town *town_with_records(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *txs[TOWN_RECORDS_AWARDS + 3];

	txs[0] = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	for (uint64_t i = 0; i < TOWN_RECORDS_AWARDS; i++)
		txs[1 + i] = town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(1000 + i));
	txs[TOWN_RECORDS_AWARDS + 1] = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(2));
	txs[TOWN_RECORDS_AWARDS + 2] = town_tx(town, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(2, 77, 1));
	town_decide_quietly(town, txs, TOWN_RECORDS_AWARDS + 3);
	txs[0] = town_anchor(town, 7);
	txs[1] = town_anchor(town, 7);
	txs[2] = town_anchor(town, 8);
	town_decide(town, txs, 3, &committed);
	txs[0] = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(90));
	txs[1] = town_anchor(town, 9);
	txs[2] = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(91));
	decide_with_evidence(town, txs, 3, &committed);
	ck_assert(!committed.outcomes[0].is_accepted);
	return town;
}
