#include <string.h>

#include "base/rate.h"
#include "node/api/answer.h"
#include "node/api/problem.h"
#include "node/api/recent.h"
#include "node/api/tx_lookup.h"
#include "node/api/waiters.h"
#include "tests/lib/unit.h"

/* --- answers and problems --------------------------------------------------------- */

static json_t *problem_of(enum err err, enum submitted submitted, unsigned *status)
{
	struct answer answer;
	json_t *json;

	answer_init(&answer);
	problem_answer(&answer, err, submitted, "here", json_pack("{s:i}", "more", 1));
	ck_assert_str_eq(answer.type, "application/problem+json");
	json = json_loadb((const char *)answer.body.at, answer.body.len, 0, NULL);
	ck_assert_ptr_nonnull(json);
	*status = answer.status;
	ck_assert_uint_eq(answer.retry_after_s > 0, *status == 503 || *status == 429);
	answer_release(&answer);
	return json;
}

UNIT_TEST(problem_says_all_of_rfc_9457_and_ours)
{
	unsigned status;
	json_t *json = problem_of(ERR_BUDGET, SUBMITTED_NO, &status);

	ck_assert_uint_eq(status, 422);
	ck_assert_str_eq(unit_json_text(json, "type"), "urn:stele:error:E4107");
	ck_assert_str_eq(unit_json_text(json, "code"), "E4107");
	ck_assert_str_eq(unit_json_text(json, "title"), err_text(ERR_BUDGET));
	ck_assert_str_eq(unit_json_text(json, "detail"), "here");
	ck_assert_str_eq(unit_json_text(json, "remedy"), err_remedy(ERR_BUDGET));
	ck_assert_int_eq(unit_json_integer(json, "status"), 422);
	ck_assert_int_eq(unit_json_integer(json, "more"), 1);
	ck_assert(json_is_false(json_object_get(json, "retryable")));
	ck_assert(json_is_false(json_object_get(json, "submitted")));
	json_decref(json);
	json = problem_of(ERR_POOL_FULL, SUBMITTED_NOT_SAID, &status);
	ck_assert_uint_eq(status, 503);
	ck_assert(json_is_true(json_object_get(json, "retryable")));
	ck_assert_ptr_null(json_object_get(json, "submitted"));
	json_decref(json);
}

static void check_status(enum err err, void *context)
{
	unsigned status = problem_status(err);

	(void)context;
	ck_assert_msg(err == ERR_OK || (status >= 400 && status <= 503), "%s", err_name(err));
}

UNIT_TEST(problem_status_follows_the_kind_of_error)
{
	err_each(check_status, NULL);
	ck_assert_uint_eq(problem_status(ERR_TX_SIZE), 413);
	ck_assert_uint_eq(problem_status(ERR_TX_SIGNATURE), 400);
	ck_assert_uint_eq(problem_status(ERR_TX_EXPIRED), 422);
	ck_assert_uint_eq(problem_status(ERR_NOT_RECORDED), 404);
	ck_assert_uint_eq(problem_status(ERR_API_HOST), 421);
	ck_assert_uint_eq(problem_status(ERR_STORE_PRUNED), 410);
	ck_assert_uint_eq(problem_status(ERR_API_HEIGHT_GONE), 410);
	ck_assert_uint_eq(problem_status(ERR_API_HEIGHT_FAR), 410);
	ck_assert_uint_eq(problem_status(ERR_API_HEIGHT_AHEAD), 404);
	ck_assert_uint_eq(problem_status(ERR_API_PROOF_SIZE), 400);
	ck_assert_uint_eq(problem_status(ERR_API_PROOF_RANGE), 400);
	ck_assert_uint_eq(problem_status(ERR_STORE_DAMAGED), 500);
	ck_assert_uint_eq(problem_status(ERR_SYNCING), 503);
}

static struct buf head_of(const struct answer *answer, const struct rate_state *rate)
{
	struct answer_frame frame = {.network = "n", .height = 7, .request_id = 255,
				     .is_keep_alive = true, .rate = rate};
	struct buf out;

	buf_init(&out, 4096);
	answer_head(&out, answer, &frame);
	buf_u8(&out, 0);
	ck_assert(!out.has_failed);
	return out;
}

UNIT_TEST(answer_head_has_what_every_answer_has)
{
	struct rate_state rate = {.limit = 10, .remaining = 3, .reset_s = 2};
	struct answer answer;
	struct buf head;

	answer_init(&answer);
	answer_json(&answer, 200, json_pack("{s:i,s:i}", "b", 1, "a", 2));
	ck_assert_mem_eq(answer.body.at, "{\"b\":1,\"a\":2}", 13);
	answer_tag(&answer);
	head = head_of(&answer, &rate);
	ck_assert_ptr_nonnull(strstr((char *)head.at, "HTTP/1.1 200 OK\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "Content-Length: 13\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "Stele-Network: n\r\nStele-Height: 7\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "Request-Id: 00000000000000ff\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "RateLimit-Remaining: 3\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "Cache-Control: no-cache\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "\r\n\r\n"));
	buf_release(&head);
	answer.status = 304;
	answer.is_immutable = true;
	head = head_of(&answer, NULL);
	ck_assert_ptr_null(strstr((char *)head.at, "Content-Length"));
	ck_assert_ptr_null(strstr((char *)head.at, "RateLimit"));
	ck_assert_ptr_nonnull(strstr((char *)head.at, "immutable"));
	buf_release(&head);
	answer_release(&answer);
}

/* --- rates --------------------------------------------------------------------------- */

static bool take(struct rates *rates, uint8_t client, uint64_t now_ms, struct rate_state *state)
{
	uint8_t address[16] = {client};

	return rates_take(rates, address, now_ms, state);
}

UNIT_TEST(rate_lets_a_burst_through_and_then_the_rate)
{
	struct rates *rates = rates_new(10, 20, 1);
	struct rate_state state;

	for (unsigned i = 0; i < 20; i++)
		ck_assert(take(rates, 1, 1000, &state));
	ck_assert_uint_eq(state.remaining, 0);
	ck_assert_uint_eq(state.limit, 10);
	ck_assert_uint_eq(state.reset_s, 2);
	ck_assert(!take(rates, 1, 1000, &state));
	ck_assert(take(rates, 2, 1000, &state)); /* another client's is another bucket */
	ck_assert(!take(rates, 1, 1099, &state));
	ck_assert(take(rates, 1, 1100, &state));
	ck_assert(!take(rates, 1, 1100, &state));
	ck_assert(take(rates, 1, 100000, &state));
	ck_assert_uint_eq(state.remaining, 19);
	rates_free(rates);
}

UNIT_TEST(rates_charge_for_what_was_large)
{
	struct rates *rates = rates_new(10, 20, 1);
	uint8_t address[16] = {7};
	struct rate_state state;

	ck_assert(rates_take(rates, address, 1000, &state));
	rates_charge(rates, address, 1000, 17);
	ck_assert(rates_take(rates, address, 1000, &state));
	ck_assert_uint_eq(state.remaining, 1);
	rates_charge(rates, address, 1000, UINT64_MAX);
	ck_assert(!rates_take(rates, address, 1000, &state));
	ck_assert(rates_take(rates, address, 1100, &state));
	rates_free(rates);
}

UNIT_TEST(rate_forgets_the_fullest_bucket_when_a_row_is_full)
{
	struct rates *rates = rates_new(1, 4, 1);
	struct rate_state state;
	uint8_t address[16] = {0};

	for (unsigned i = 0; i < 4; i++)
		ck_assert(take(rates, 9, 5000, &state));
	/* far more clients than the table holds, one request each */
	for (unsigned i = 0; i < 20000; i++) {
		store_u32(address + 4, i + 1);
		ck_assert(rates_take(rates, address, 5000, &state));
	}
	ck_assert(!take(rates, 9, 5000, &state)); /* the emptied one is still known */
	rates_free(rates);
}

/* --- recent outcomes --------------------------------------------------------------------- */

static struct hash id_of(unsigned number)
{
	struct hash id = {{0}};

	store_u32(id.b, number);
	return id;
}

UNIT_TEST(recent_remembers_the_newest_and_their_outcome)
{
	struct recent *recent = recent_new(3, 77);
	struct recent_tx decided = {.id = id_of(3), .state = RECENT_ACCEPTED, .height = 5, .log_index = 6};

	for (unsigned i = 1; i <= 4; i++) {
		struct hash id = id_of(i);

		recent_add_pending(recent, &id, 100 + i);
		recent_add_pending(recent, &id, 999); /* twice is once */
	}
	ck_assert_ptr_null(recent_find(recent, &(struct hash){{0}}));
	ck_assert_ptr_null(recent_find(recent, &(const struct hash){{0, 0, 0, 1}}));
	recent_decide(recent, &decided);
	ck_assert_uint_eq(recent_find(recent, &decided.id)->log_index, 6);
	decided.id = id_of(1); /* forgotten: nobody's business */
	recent_decide(recent, &decided);
	ck_assert_ptr_null(recent_find(recent, &decided.id));
	decided.id = id_of(4);
	ck_assert_int_eq(recent_find(recent, &decided.id)->state, RECENT_PENDING);
	ck_assert_uint_eq(recent_find(recent, &decided.id)->until_ms, 104);
	recent_free(recent);
}

/* --- waiters ------------------------------------------------------------------------------ */

UNIT_TEST(waiters_come_off_by_id_by_commit_and_by_time)
{
	struct waiters *waiters = waiters_new(4, 5);
	struct waiter w[5] = {0};
	struct waiters_batch batch;
	struct hash one = id_of(1), two = id_of(2);

	ck_assert(waiters_add(waiters, &w[0], &one, 100));
	ck_assert(waiters_add(waiters, &w[1], &one, 200));
	ck_assert(waiters_add(waiters, &w[2], &two, 300));
	ck_assert(waiters_add(waiters, &w[3], NULL, 400));
	ck_assert(!waiters_add(waiters, &w[4], NULL, 500)); /* full */
	ck_assert_ptr_null(waiters_take_expired(waiters, 99));
	ck_assert_ptr_eq(waiters_take_expired(waiters, 100), &w[0]);
	ck_assert_ptr_eq(waiters_take_id(waiters, &one), &w[1]);
	ck_assert_ptr_null(waiters_take_id(waiters, &one));
	waiters_take_any(waiters, &batch);
	ck_assert_ptr_eq(waiters_next(&batch), &w[3]);
	ck_assert_ptr_null(waiters_next(&batch));
	ck_assert_uint_eq(waiters_count(waiters), 1);
	waiters_remove(waiters, &w[2]);
	waiters_remove(waiters, &w[2]);
	ck_assert_uint_eq(waiters_count(waiters), 0);
	ck_assert_ptr_null(waiters_take_last(waiters));
	waiters_free(waiters);
}

/* --- transactions ---------------------------------------------------------------------------- */

UNIT_TEST(valid_until_is_read_from_the_bytes)
{
	char *path = unit_repo("tests/vectors/transactions.json");
	json_t *json = unit_json(path), *item;
	unsigned seen = 0;
	size_t i;

	free(path);
	json_array_foreach (unit_json_array(json, "transactions"), i, item) {
		size_t len;
		uint8_t *raw = unit_unhex(unit_json_text(item, "raw"), &len);
		uint64_t valid_until = 0;

		ck_assert(tx_raw_valid_until(bytes_of(raw, len), &valid_until));
		ck_assert_uint_gt(valid_until, 1700000000000);
		ck_assert(!tx_raw_valid_until(bytes_of(raw, 60), &valid_until));
		free(raw);
		seen++;
	}
	ck_assert_uint_gt(seen, 0);
	ck_assert(!tx_raw_valid_until(bytes_text(""), &(uint64_t){0}));
	json_decref(json);
}

UNIT_MAIN("api_answer", problem_says_all_of_rfc_9457_and_ours, problem_status_follows_the_kind_of_error,
	  answer_head_has_what_every_answer_has, rate_lets_a_burst_through_and_then_the_rate,
	  rate_forgets_the_fullest_bucket_when_a_row_is_full,
	  recent_remembers_the_newest_and_their_outcome, waiters_come_off_by_id_by_commit_and_by_time,
	  valid_until_is_read_from_the_bytes, rates_charge_for_what_was_large)
