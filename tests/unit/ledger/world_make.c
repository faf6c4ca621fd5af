/* Records as they should be, for world.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/session_text.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define NEW(type, INIT) \
	type *made = make_memory(sizeof(*made)); \
	*made = (type)INIT

ProtobufCBinaryData world_hash(uint64_t seed)
{
	struct hash *hash = make_memory(sizeof(*hash));

	sha256(hash, &seed, sizeof(seed));
	return (ProtobufCBinaryData){sizeof(hash->b), hash->b};
}

static Stele__Names *make_names(const char *en)
{
	NEW(Stele__Names, STELE__NAMES__INIT);
	made->en = (char *)en;
	return made;
}

static Stele__Period *make_period(const char *start, const char *end)
{
	NEW(Stele__Period, STELE__PERIOD__INIT);
	made->start = (char *)start;
	made->end = (char *)end;
	return made;
}

Stele__OrgKey *make_key(struct world *world, const char *org, uint64_t key_seed)
{
	NEW(Stele__OrgKey, STELE__ORG_KEY__INIT);
	struct { struct public_key key; struct signature proof; } *own = make_memory(sizeof(*own));
	struct secret secret;
	struct hash digest;
	struct buf text;

	made->n_purposes = 1;
	made->purposes = make_memory(sizeof(*made->purposes));
	made->purposes[0] = STELE__PURPOSE__PURPOSE_GRANT;
	sha256((struct hash *)&secret, &key_seed, sizeof(key_seed));
	ck_assert_int_eq(sign_public(&own->key, &secret), ERR_OK);
	buf_init(&text, 512);
	key_text(&text, &world->genesis->chain, bytes_text(org), 1u << made->purposes[0]);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	ck_assert_int_eq(sign_digest(&own->proof, &secret, &digest), ERR_OK);
	made->key = (ProtobufCBinaryData){sizeof(own->key.b), own->key.b};
	made->proof = (ProtobufCBinaryData){sizeof(own->proof.b), own->proof.b};
	return made;
}

Stele__OrgRegister *make_org(struct world *world, const char *id, uint64_t key_seed)
{
	NEW(Stele__OrgRegister, STELE__ORG_REGISTER__INIT);
	made->id = (char *)id;
	made->names = make_names("Example Institute 9");
	made->n_roles = 1;
	made->roles = make_memory(sizeof(*made->roles));
	made->roles[0] = STELE__ROLE__ROLE_APPLICANT;
	made->n_keys = 1;
	made->keys = make_memory(sizeof(*made->keys));
	made->keys[0] = make_key(world, id, key_seed);
	return made;
}

static Stele__Area *make_area(const char *code)
{
	NEW(Stele__Area, STELE__AREA__INIT);
	made->code = (char *)code;
	return made;
}

Stele__ProgrammeCreate *make_programme(void)
{
	NEW(Stele__ProgrammeCreate, STELE__PROGRAMME_CREATE__INIT);
	Stele__Eligibility *eligibility = make_memory(sizeof(*eligibility));

	*eligibility = (Stele__Eligibility)STELE__ELIGIBILITY__INIT;
	eligibility->scheme = (char *)"CN-USCI";
	eligibility->division_prefix = (char *)"11";
	made->id = (char *)"P1";
	made->funder = (char *)world_id(FUNDER);
	made->agency = (char *)world_id(AGENCY);
	made->titles = make_names("Programme 1");
	made->currency = (char *)"CNY";
	made->budget = 100000;
	made->max_awards = 3;
	made->period = make_period("2027-01-01", "2028-12-31");
	made->n_areas = 2;
	made->areas = make_memory(2 * sizeof(*made->areas));
	made->areas[0] = make_area("A");
	made->areas[1] = make_area("B");
	made->eligibility = eligibility;
	return made;
}

Stele__Recipient *make_recipient(const char *org, uint32_t share)
{
	NEW(Stele__Recipient, STELE__RECIPIENT__INIT);
	made->org = (char *)org;
	made->share = share;
	return made;
}

void grant_recipients(Stele__AwardGrant *grant, size_t count, Stele__Recipient *const *list)
{
	grant->n_recipients = count;
	grant->recipients = make_memory(count * sizeof(*grant->recipients));
	memcpy(grant->recipients, list, count * sizeof(*list));
}

void grant_milestones(Stele__AwardGrant *grant, size_t count, const uint64_t *amounts)
{
	grant->n_milestones = count;
	grant->milestones = make_memory(count * sizeof(*grant->milestones));
	for (size_t i = 0; i < count; i++) {
		NEW(Stele__Milestone, STELE__MILESTONE__INIT);
		made->number = (uint32_t)i + 1;
		made->amount = amounts[i];
		made->due = (char *)"2027-06-30";
		grant->milestones[i] = made;
	}
}

Stele__AwardGrant *make_grant(uint64_t amount)
{
	NEW(Stele__AwardGrant, STELE__AWARD_GRANT__INIT);
	Stele__Recipient *recipient = make_recipient(world_id(LAB_1), 10000);

	made->programme = (char *)"P1";
	made->area = (char *)"A";
	grant_recipients(made, 1, &recipient);
	made->amount = amount;
	made->period = make_period("2027-02-01", "2028-01-31");
	made->terms_sha256 = world_hash(1);
	return made;
}

Stele__AwardAccept *make_accept_of(uint64_t award, uint64_t version)
{
	Stele__AwardAccept *made = make_accept(award);

	made->version = version;
	return made;
}

Stele__AwardAccept *make_accept(uint64_t award)
{
	NEW(Stele__AwardAccept, STELE__AWARD_ACCEPT__INIT);
	made->programme = (char *)"P1";
	made->award = award;
	return made;
}

Stele__AwardImport *make_import(const char *publisher_id, uint64_t amount)
{
	NEW(Stele__AwardImport, STELE__AWARD_IMPORT__INIT);
	made->programme = (char *)"P1";
	made->publisher_id = (char *)publisher_id;
	made->recipient_id = (char *)"GB-COH-01234567";
	made->recipient_name = (char *)"Example Charity";
	made->amount = amount;
	made->date = (char *)"2024-02-29";
	made->document_sha256 = world_hash(2);
	return made;
}

Stele__DisbursementRecord *make_payment(uint64_t award, uint64_t amount, uint64_t reference)
{
	NEW(Stele__DisbursementRecord, STELE__DISBURSEMENT_RECORD__INIT);
	made->programme = (char *)"P1";
	made->award = award;
	made->amount = amount;
	made->payer = (char *)world_id(FUNDER);
	made->payee = (char *)world_id(LAB_1);
	made->value_date = (char *)"2027-03-01";
	made->reference_sha256 = world_hash(reference);
	return made;
}

Stele__ContentAnchor *make_anchor(uint64_t content)
{
	NEW(Stele__ContentAnchor, STELE__CONTENT_ANCHOR__INIT);
	made->sha256 = world_hash(content);
	made->size = 1234;
	made->media_type = (char *)"image/png";
	return made;
}

Stele__ContentRef *make_ref(uint64_t content, uint64_t claim)
{
	NEW(Stele__ContentRef, STELE__CONTENT_REF__INIT);
	made->sha256 = world_hash(content);
	made->claim = claim;
	return made;
}
