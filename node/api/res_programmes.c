/* Programmes: budget, committed and paid as three numbers. */
#include <inttypes.h>

#include "node/api/resources.h"
#include "proto/json_pb.h"

static json_t *programme_json(const Stele__ProgrammeValue *programme)
{
	json_t *json = programme->programme == NULL ? json_object()
						    : json_of_message(programme->programme);

	set_number(json, "awards", programme->awards);
	set_number(json, "live_awards", programme->live_awards);
	set_money(json, "committed", programme->committed);
	set_money(json, "paid", programme->paid);
	set_money(json, "recovered", programme->recovered);
	set_bool(json, "closed", programme->closed);
	set_number(json, "log_index", programme->log_index);
	if (programme->motion > 0)
		set_number(json, "motion", programme->motion);
	set_number(json, "number", programme->number);
	return json;
}

static enum err add_programme(struct call *call, uint64_t number, json_t *items)
{
	Stele__ProgrammeValue *programme;
	Stele__NameValue *name;
	enum err err = call_value(call, VALUE_NAME, &name, "programme-no/%" PRIu64, number);

	if (err == ERR_OK)
		err = call_value(call, VALUE_PROGRAMME, &programme, "%s", name->key);
	if (err == ERR_OK)
		(void)json_array_append_new(items, programme_json(programme));
	return err;
}

enum progress res_programmes(struct call *call)
{
	json_t *items = json_array();
	struct page page;
	uint64_t count, number;
	enum err err = call_count(call, &count, "count/programme");

	if (err == ERR_OK)
		err = call_page(call, &page, count, false);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = add_programme(call, number, items);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}

enum progress res_programme(struct call *call)
{
	Stele__ProgrammeValue *programme;
	enum err err = call_value(call, VALUE_PROGRAMME, &programme, "programme/%s",
				  call->match.args[0]);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok(call, programme_json(programme));
}
