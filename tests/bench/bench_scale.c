/* Whether a record costs the same however much there is: awards of one programme, then
 * claims on one content, by 1,000 organisations.
 *
 *   bench_scale [awards [claims [organisations]]]
 *   valgrind --tool=callgrind --instr-atstart=no bench_scale [...]
 *
 * Told are, at a hundredth, a tenth and all of them: what a record puts (values, bytes, pairs
 * of its history), the greatest value of each type, the proof of one and that these are
 * all.  Under callgrind each probe leaves two files: of an empty block, and of one of PROBE
 * records. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "ledger/proof_make.h"
#include "proofs/text.h"
#include "proto/certificate.h"
#include "proto/json_pb.h"
#include "proto/session_text.h"
#include "proto/tx.h"
#include "tests/lib/bench.h"
#include "tests/lib/callgrind.h"
#include "proto/vote.h"

#define PARCEL 512  /* transactions */
#define BLOCK 1024
#define PROBE 16
#define BIT(role) (1u << STELE__ROLE__ROLE_##role)
#define OP(name) STELE__TRANSACTION_BODY__OPERATION_##name
#define PROGRAMME "INTERNET-3"

/* One of the ledger's organisations: 0 is funder, agency and the validator. */
struct person {
	char id[LIMIT_SEGMENT + 1];
	struct secret secret;
	struct public_key key;
};

static struct genesis *genesis;
static struct buf genesis_text, set_bytes;
static struct secret node_key, consensus_key;
static struct person *people;
static uint64_t people_count;
static struct store *store;
static struct ledger *ledger;
static uint64_t nonce;

/* --- a chain with one organisation ------------------------------------------------- */

static void person_name(struct person *person, uint64_t n)
{
	snprintf(person->id, sizeof(person->id), "CN-USCI-9111000000%07" PRIu64, n);
	bench_check_digit(person->id, sizeof(person->id));
	sha256((struct hash *)&person->secret, &n, sizeof(n));
	person->secret.b[0] = 1; /* below the order of the curve */
	MUST(sign_public(&person->key, &person->secret));
}

static void rule_add(uint32_t operation, uint32_t openers)
{
	genesis->rules[genesis->rules_count++] =
		(struct genesis_rule){.operation = operation, .openers = openers};
}

static void genesis_fill(void)
{
	struct validator *validator = &genesis->set.validators[0];
	struct genesis_org *org = &genesis->orgs[0];

	bench_genesis(genesis, "scale.example");
	memcpy(org->id, people[0].id, sizeof(people[0].id));
	snprintf(org->name_en, sizeof(org->name_en), "Example Ministry");
	org->roles = BIT(FUNDER) | BIT(AGENCY) | BIT(VALIDATOR);
	org->keys[0].key = people[0].key;
	org->keys[0].purposes = 1u << STELE__PURPOSE__PURPOSE_GOVERN | 1u << STELE__PURPOSE__PURPOSE_GRANT;
	org->keys_count = 1;
	genesis->orgs_count = 1;
	rule_add(OP(ORG_REGISTER), BIT(FUNDER));
	rule_add(OP(POLICY_SET), BIT(VALIDATOR));
	rule_add(OP(PROGRAMME_CREATE), BIT(FUNDER));
	rule_add(OP(AWARD_GRANT), BIT(AGENCY));
	rule_add(OP(CONTENT_ANCHOR), BIT(ANCHORER));
	snprintf(validator->id, sizeof(validator->id), "v0");
	snprintf(validator->org, sizeof(validator->org), "%s", org->id);
	MUST(sign_key_generate(&consensus_key));
	MUST(sign_key_generate(&node_key));
	MUST(sign_public(&validator->consensus_key, &consensus_key));
	MUST(sign_public(&validator->node_key, &node_key));
	genesis->set.count = 1;
	set_seal(&genesis->set);
	buf_init(&set_bytes, LIMIT_SET_BYTES);
	set_render(&set_bytes, &genesis->set);
	buf_init(&genesis_text, LIMIT_GENESIS_BYTES);
	MUST(genesis_render(&genesis_text, genesis));
}

/* --- records ------------------------------------------------------------------------ */

/* Sets the operation of the n-th record of a kind; gives who signs it. */
typedef uint64_t record_make(Stele__TransactionBody *body, uint64_t n);

static Stele__Names names = STELE__NAMES__INIT;
static Stele__Period period = STELE__PERIOD__INIT;
static uint8_t some_hash[32] = {7};

static uint64_t make_org(Stele__TransactionBody *body, uint64_t n)
{
	static Stele__Role roles[] = {STELE__ROLE__ROLE_APPLICANT, STELE__ROLE__ROLE_ANCHORER};
	static Stele__Purpose purposes[] = {STELE__PURPOSE__PURPOSE_GRANT,
					    STELE__PURPOSE__PURPOSE_CONTENT};
	static Stele__OrgRegister record;
	static Stele__OrgKey key, *keys[] = {&key};
	static struct signature proof;
	struct person *person = &people[n];
	struct hash digest;
	struct buf text;

	buf_init(&text, 512);
	key_text(&text, &genesis->chain, bytes_text(person->id), 1u << purposes[0] | 1u << purposes[1]);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	MUST(sign_digest(&proof, &person->secret, &digest));
	key = (Stele__OrgKey)STELE__ORG_KEY__INIT;
	key.key = (ProtobufCBinaryData){33, person->key.b};
	key.n_purposes = 2;
	key.purposes = purposes;
	key.proof = (ProtobufCBinaryData){64, proof.b};
	record = (Stele__OrgRegister)STELE__ORG_REGISTER__INIT;
	record.id = person->id;
	record.names = &names;
	record.n_roles = 2;
	record.roles = roles;
	record.n_keys = 1;
	record.keys = keys;
	body->operation_case = OP(ORG_REGISTER);
	body->org_register = &record;
	return 0;
}

static uint64_t make_programme(Stele__TransactionBody *body, uint64_t n)
{
	static Stele__ProgrammeCreate record;

	(void)n;
	record = (Stele__ProgrammeCreate)STELE__PROGRAMME_CREATE__INIT;
	record.id = (char *)PROGRAMME;
	record.funder = record.agency = people[0].id;
	record.titles = &names;
	record.currency = (char *)"CNY";
	record.budget = INT64_MAX;
	record.max_awards = UINT32_MAX;
	record.period = &period;
	body->operation_case = OP(PROGRAMME_CREATE);
	body->programme_create = &record;
	return 0;
}

static uint64_t make_award(Stele__TransactionBody *body, uint64_t n)
{
	static Stele__AwardGrant record;
	static Stele__Recipient recipient, *recipients[] = {&recipient};

	recipient = (Stele__Recipient)STELE__RECIPIENT__INIT;
	recipient.org = people[1 + n % (people_count - 1)].id;
	recipient.share = 10000;
	record = (Stele__AwardGrant)STELE__AWARD_GRANT__INIT;
	record.programme = (char *)PROGRAMME;
	record.n_recipients = 1;
	record.recipients = recipients;
	record.amount = 1000000 + n;
	record.period = &period;
	record.terms_sha256 = (ProtobufCBinaryData){32, some_hash};
	record.titles = &names;
	body->operation_case = OP(AWARD_GRANT);
	body->award_grant = &record;
	return 0;
}

/* All on one content. */
static uint64_t make_claim(Stele__TransactionBody *body, uint64_t n)
{
	static Stele__ContentAnchor record;

	record = (Stele__ContentAnchor)STELE__CONTENT_ANCHOR__INIT;
	record.sha256 = (ProtobufCBinaryData){32, some_hash};
	record.size = 1000;
	record.media_type = (char *)"image/png";
	body->operation_case = OP(CONTENT_ANCHOR);
	body->content_anchor = &record;
	return 1 + n % (people_count - 1);
}

/* One rule, as it is. */
static uint64_t make_policy(Stele__TransactionBody *body, uint64_t n)
{
	static Stele__Role role = STELE__ROLE__ROLE_AGENCY;
	static Stele__PolicySet record;
	static Stele__PolicyRule rule, *rules[] = {&rule};

	(void)n;
	rule = (Stele__PolicyRule)STELE__POLICY_RULE__INIT;
	rule.operation = OP(AWARD_GRANT);
	rule.n_openers = 1;
	rule.openers = &role;
	record = (Stele__PolicySet)STELE__POLICY_SET__INIT;
	record.n_rules = 1;
	record.rules = rules;
	body->operation_case = OP(POLICY_SET);
	body->policy_set = &record;
	return 0;
}

static struct tx *tx_make(record_make *make, uint64_t n, uint64_t time_ms)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	const struct person *signer = &people[make(&body, n)];
	struct buf raw;
	struct tx *tx;

	body.chain = (ProtobufCBinaryData){32, genesis->chain.b};
	body.signer = (ProtobufCBinaryData){33, (uint8_t *)(uintptr_t)signer->key.b};
	body.valid_until = time_ms + 300000;
	body.nonce = ++nonce;
	buf_init(&raw, LIMIT_TX_BYTES);
	MUST(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &signer->secret));
	MUST(tx_decode(&tx, buf_bytes(&raw), &genesis->chain));
	buf_release(&raw);
	return tx;
}

/* --- blocks ------------------------------------------------------------------------- */

static uint32_t parcels_make(record_make *make, uint64_t from, uint32_t count,
			     struct parcel *parcels[LIMIT_BODY_PARCELS])
{
	struct tx *txs[PARCEL];
	struct ledger_tip tip;
	uint32_t n = 0;

	ledger_tip(ledger, &tip);
	for (uint32_t done = 0; done < count; n++) {
		uint32_t part = count - done < PARCEL ? count - done : PARCEL;

		for (uint32_t i = 0; i < part; i++)
			txs[i] = tx_make(make, from + done + i, tip.time_ms);
		MUST(parcel_pack(&parcels[n], txs, part, &genesis->chain, 0, 0, nonce,
				 tip.height + 100, &node_key));
		for (uint32_t i = 0; i < part; i++)
			tx_free(txs[i]);
		done += part;
	}
	return n;
}

static const struct executed *build(struct parcel *const *parcels, uint32_t count)
{
	struct build_params params = {.proposer = 0};
	struct buf header, body;
	struct ledger_tip tip;
	struct hash hash;

	ledger_tip(ledger, &tip);
	params.parent = tip.block;
	params.parent_view = tip.view;
	params.view = tip.view + 1;
	params.now_ms = tip.time_ms + 100;
	buf_init(&header, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	MUST(ledger_build(ledger, &params, parcels, count, &header, &body));
	sha256(&hash, header.at, header.len);
	buf_release(&header);
	buf_release(&body);
	return ledger_find_block(ledger, &hash);
}

/* The one validator's word: what proofs rest on. */
static void finalization(const struct executed *block, struct buf *out)
{
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	struct hash digest;

	if (certificate == NULL)
		exit(1);
	certificate->kind = VOTE_FINALIZE;
	certificate->set_hash = genesis->set.hash;
	certificate->view = block->header.view;
	certificate->block = block->hash;
	certificate->header = buf_bytes(&block->header_text);
	certificate->signers[0] = 1;
	certificate->signatures_count = 1;
	vote_digest(&digest, VOTE_FINALIZE, &genesis->chain, 0, &genesis->set.hash,
		    certificate->view, &block->hash);
	MUST(sign_digest(&certificate->signatures[0], &consensus_key, &digest));
	certificate_encode(out, certificate, 1);
	free(certificate);
}

static void parcels_release(struct parcel **parcels, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		parcel_release(parcels[i]);
}

/* Records from … to - 1 of a kind, decided; all must be accepted. */
static void decide(record_make *make, uint64_t from, uint64_t to)
{
	while (from < to) {
		uint32_t count = to - from < BLOCK ? (uint32_t)(to - from) : BLOCK;
		struct parcel *parcels[LIMIT_BODY_PARCELS];
		uint32_t n = parcels_make(make, from, count, parcels);
		const struct executed *block = build(parcels, n);
		struct ledger_committed committed;
		struct hash hash = block->hash;
		struct buf final;

		if (block->accepted != count) {
			fprintf(stderr, "%s\n", err_name(block->decided[0].reason));
			exit(1);
		}
		buf_init(&final, LIMIT_CERTIFICATE_BYTES);
		finalization(block, &final);
		MUST(ledger_commit(ledger, &hash, buf_bytes(&final), &committed));
		buf_release(&final);
		parcels_release(parcels, n);
		from += count;
	}
}

/* --- what a record costs ------------------------------------------------------------ */

struct cost {
	uint64_t puts, values, value_bytes, pairs, pair_bytes;
};

static struct cost cost_of(const struct executed *block)
{
	struct cost cost = {.puts = overlay_puts(block->overlay), .values = block->changes_count};
	enum err err = ERR_OK;

	for (size_t i = 0; i < block->changes_count; i++)
		cost.value_bytes += 1 + strlen(block->changes[i].key) + block->changes[i].value.len;
	for (size_t i = 0; i < block->decided_count; i++) {
		struct row_change change;
		struct bytes object;

		if (block->decided[i].change_len == 0)
			continue;
		MUST(row_change_decode(&change, bytes_of(block->changed.at + block->decided[i].change_at,
							 block->decided[i].change_len)));
		for (; row_change_next(&change, &object, &err); cost.pairs++)
			cost.pair_bytes += object.len + 9 + ROW_HISTORY_BYTES;
	}
	return cost;
}

static void probe(const char *what, record_make *make, uint64_t from, uint32_t count)
{
	struct parcel *parcels[LIMIT_BODY_PARCELS];
	uint32_t n = parcels_make(make, from, count, parcels);
	const struct executed *block;
	struct cost cost;
	double all = count;

	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	block = build(NULL, 0);
	CALLGRIND_DUMP_STATS_AT("empty");
	block = build(parcels, n);
	CALLGRIND_DUMP_STATS_AT(what);
	CALLGRIND_STOP_INSTRUMENTATION;
	cost = cost_of(block);
	printf("%-24s puts %.2f, values %.2f of %.0f bytes, history %.2f pairs of %.0f bytes\n", what,
	       (double)cost.puts / all, (double)cost.values / all, (double)cost.value_bytes / all,
	       (double)cost.pairs / all, (double)cost.pair_bytes / all);
	parcels_release(parcels, n);
}

/* --- what there is ------------------------------------------------------------------ */

static void values_print(void)
{
	struct row_key from = row_key_u64(0);
	size_t greatest[256] = {0}, rows = 0, bytes = 0;
	struct bytes key, row, name, value;
	struct store_read *read;

	MUST(store_read_begin(store, &read));
	while (store_seek(read, TABLE_VALUE, row_key_bytes(&from), false, &key, &row) == ERR_OK) {
		MUST(row_value_decode(row, &name, &value));
		if (value.len > greatest[value.at[0]])
			greatest[value.at[0]] = value.len;
		rows++;
		bytes += row.len;
		from = row_key_u64(load_u64(key.at) + 1);
	}
	store_read_end(read);
	printf("greatest value:");
	for (unsigned type = 0; type < 256; type++) {
		char text[ENUM_NAME_MAX];

		if (greatest[type] == 0)
			continue;
		value_type_name(text, (uint8_t)type);
		printf(" %s %zu", text, greatest[type]);
	}
	printf("; %zu rows, %zu bytes\n", rows, bytes);
}

struct cost_of_proof {
	size_t bytes;
	size_t parts;
	double ms; /* of the slowest part */
};

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* The proof as it is written; *next is behind what its list fact shows. */
static void end_proof(struct proof_make *proof, struct cost_of_proof *cost, double start,
		      uint64_t *next)
{
	json_t *json, *fact;
	struct buf text;
	double spent;

	MUST(proof_end(proof, buf_bytes(&set_bytes), &json));
	buf_init(&text, LIMIT_PROOF_BYTES);
	MUST(text_render(&text, json));
	spent = now_ms() - start;
	cost->ms = spent > cost->ms ? spent : cost->ms;
	cost->bytes += text.len;
	cost->parts++;
	fact = json_array_get(json_object_get(json, "facts"), 0);
	if (next != NULL)
		*next = (uint64_t)json_integer_value(json_object_get(fact, "to")) + 1;
	buf_release(&text);
	json_decref(json);
	proof_release(proof);
}

static struct cost_of_proof prove_keys(struct ledger_view *view, const char *const *keys,
				       size_t count)
{
	struct cost_of_proof cost = {.bytes = 0};
	struct proof_make proof;
	struct ledger_tip tip;
	double start = now_ms();

	ledger_view_tip(view, &tip);
	MUST(proof_begin(&proof, view, tip.height));
	for (size_t i = 0; i < count; i++)
		MUST(proof_add_state(&proof, keys[i]));
	end_proof(&proof, &cost, start, NULL);
	return cost;
}

/* In as many parts as they need, each as far as one answer goes. */
static struct cost_of_proof prove_all(struct ledger_view *view, uint64_t count, bool is_awards)
{
	struct cost_of_proof cost = {.bytes = 0};
	struct hash content;
	struct ledger_tip tip;
	uint64_t next = 1;

	memcpy(content.b, some_hash, sizeof(content.b));
	ledger_view_tip(view, &tip);
	while (next <= count) {
		struct proof_part part = {next, 0};
		struct proof_make proof;
		double start = now_ms();

		MUST(proof_begin(&proof, view, tip.height));
		if (is_awards)
			MUST(proof_add_awards(&proof, PROGRAMME, part));
		else
			MUST(proof_add_claims(&proof, &content, part));
		end_proof(&proof, &cost, start, &next);
	}
	return cost;
}

/* A header of its own is in each; what is said is the items' share. */
static void proofs_print(const char *key, uint64_t count, bool is_awards)
{
	const char *keys[] = {key, "programme/" PROGRAMME};
	struct cost_of_proof one, two, all;
	struct ledger_view *view;

	MUST(ledger_view_open(ledger, &view));
	one = prove_keys(view, keys, 1);
	two = prove_keys(view, keys, 2);
	all = prove_all(view, count, is_awards);
	ledger_view_close(view);
	printf("proof of %s alone: %zu bytes; with the programme: %zu\n", key, one.bytes, two.bytes);
	printf("proof that these are all %" PRIu64
	       ": %zu bytes, %zu each, in %zu parts, the slowest %.0f ms\n",
	       count, all.bytes, all.bytes / (size_t)count, all.parts, all.ms);
}

/* --- running ------------------------------------------------------------------------ */

static void stage(const char *what, record_make *make, uint64_t from, uint64_t to, const char *key)
{
	char name[64];
	bool is_awards = make == make_award;

	decide(make, from, to);
	snprintf(name, sizeof(name), "%s at %" PRIu64, what, to);
	probe(name, make, to, PROBE);
	values_print();
	proofs_print(key, to, is_awards);
}

static void tenths(const char *what, record_make *make, uint64_t all, const char *key)
{
	stage(what, make, 0, all / 100, key);
	stage(what, make, all / 100, all / 10, key);
	stage(what, make, all / 10, all, key);
}

static void open_all(const char *folder)
{
	genesis = calloc(1, sizeof(*genesis));
	people = calloc(people_count, sizeof(*people));
	if (genesis == NULL || people == NULL)
		exit(1);
	names.en = (char *)"A programme, an award, an institute with a name of some length";
	period.start = (char *)"2027-01-01";
	period.end = (char *)"2028-12-31";
	for (uint64_t i = 0; i < people_count; i++)
		person_name(&people[i], i);
	genesis_fill();
	MUST(store_open(&store, folder));
	MUST(ledger_open(&ledger, store, genesis, buf_bytes(&genesis_text)));
}

int main(int argc, char **argv)
{
	uint64_t awards = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	uint64_t claims = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
	char folder[] = "/tmp/bench_scale.XXXXXX", command[64], content[80] = "content/";

	people_count = 1 + (argc > 3 ? strtoull(argv[3], NULL, 10) : 1000);
	if (mkdtemp(folder) == NULL)
		return 1;
	open_all(folder);
	hex_encode(content + 8, some_hash, sizeof(some_hash));
	probe("policy.set of 1 org", make_policy, 0, PROBE);
	decide(make_org, 1, people_count);
	probe("policy.set of all orgs", make_policy, 0, PROBE);
	decide(make_programme, 0, 1);
	tenths("award.grant", make_award, awards, "award/" PROGRAMME "/1");
	tenths("content.anchor", make_claim, claims, content);
	ledger_close(ledger);
	store_close(store);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}
