/* The report as JSON: a trial with all its figures, and what trials have in common. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/bench/bench.h"
#include "clients/cli/bench/spread.h"
#include "clients/cli/out.h"

static json_t *real(double value, double unit)
{
	/* three decimals are more than any of it is good for */
	return json_real((double)(int64_t)(value / unit * 1000 + (value < 0 ? -0.5 : 0.5)) / 1000);
}

/* --- validators ------------------------------------- */

/* CPU time of each thread name, in microseconds a record. */
static json_t *stages_json(const struct process_sample *before, const struct process_sample *after,
			   double records)
{
	json_t *result = json_object();

	for (unsigned i = 0; i < after->stages_count; i++) {
		const struct stage_sample *stage = &after->stages[i];
		uint64_t spent = stage->cpu_ns;

		for (unsigned k = 0; k < before->stages_count; k++)
			if (strcmp(before->stages[k].name, stage->name) == 0)
				spent -= before->stages[k].cpu_ns < spent ? before->stages[k].cpu_ns
									  : spent;
		json_object_set_new(result, stage->name, real((double)spent / 1000, records));
	}
	return result;
}

/* What counting shows: the load of others does not change it, as it changes times. */
static void set_counts(json_t *item, const struct bench *bench, const struct trial *trial,
		       unsigned validator, double records)
{
	const struct process_sample *before = &trial->before[validator];
	const struct process_sample *after = &trial->after[validator];
	const struct node_counts *was = &trial->counts_before[validator];
	const struct node_counts *is = &trial->counts_after[validator];
	const struct pace *check = &bench->machine.together[YARDSTICK_VERIFY];
	double blocks = is->blocks > was->blocks ? (double)(is->blocks - was->blocks) : 0;
	double checks = (double)(is->signatures_checked - was->signatures_checked);

	json_object_set_new(item, "stages_us_per_record", stages_json(before, after, records));
	json_object_set_new(item, "calls_per_record",
			    real((double)(after->read_calls + after->write_calls -
					  before->read_calls - before->write_calls),
				 records));
	json_object_set_new(item, "waits_per_record",
			    real((double)(after->waits - before->waits), records));
	json_object_set_new(item, "bytes_read_per_record",
			    real((double)(after->read_bytes - before->read_bytes), records));
	json_object_set_new(item, "bytes_written_per_record",
			    real((double)(after->written_bytes - before->written_bytes), records));
	json_object_set_new(item, "turns",
			    json_pack("{s:I, s:I, s:I, s:I}", "pump",
				      (json_int_t)(is->pump_turns - was->pump_turns), "pump_over_1_ms",
				      (json_int_t)(is->pump_slow - was->pump_slow), "api",
				      (json_int_t)(is->api_turns - was->api_turns), "api_over_1_ms",
				      (json_int_t)(is->api_slow - was->api_slow)));
	if (blocks <= 0)
		return;
	json_object_set_new(item, "blocks", json_integer((json_int_t)blocks));
	json_object_set_new(item, "records_per_block", real(records, blocks));
	json_object_set_new(item, "views_nullified",
			    json_integer((json_int_t)(is->views_nullified - was->views_nullified)));
	json_object_set_new(item, "peer_bytes_per_record",
			    real((double)(is->peer_bytes - was->peer_bytes), records));
	json_object_set_new(item, "signature_checks_per_record", real(checks, records));
	/* what that many checks cost here while all cores are busy with them */
	if (check->cpu_ns > 0)
		json_object_set_new(item, "signature_us_per_record",
				    real(checks * check->cpu_ns / 1000, records));
	/* each write of the journal and each block of the store is made durable by one sync */
	json_object_set_new(item, "syncs_per_block",
			    real((double)(is->journal_writes - was->journal_writes) + blocks, blocks));
}

static json_t *validators_json(const struct bench *bench, const struct trial *trial)
{
	json_t *items = json_array();
	double records = trial->drive.measured > 0 ? (double)trial->drive.measured : 1;

	for (unsigned i = 0; i < trial->validators; i++) {
		const struct process_sample *before = &trial->before[i], *after = &trial->after[i];
		double cpu = after->cpu_s - before->cpu_s;
		json_t *item;

		if (after->pid == 0 || after->pid != before->pid)
			continue;
		item = json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "validator", (json_int_t)i + 1,
				 "pid", (json_int_t)after->pid, "cpu_s", real(cpu, 1), "cpu_share",
				 real(cpu / trial->drive.seconds, 1), "cpu_us_per_record",
				 real(cpu * 1e6, records), "rss_mib", real((double)after->rss_kb, 1024),
				 "anonymous_mib", real((double)after->anonymous_kb, 1024));
		set_counts(item, bench, trial, i, records);
		json_array_append_new(items, item);
	}
	return items;
}

/* --- a trial --------------------------------------------- */

json_t *options_json(const struct bench *bench, const struct bench_options *options)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:b, s:b, s:I}", "warmup_s", (json_int_t)options->warmup_s,
			 "seconds", (json_int_t)options->seconds, "record_bytes",
			 (json_int_t)options->record_bytes, "batch", (json_int_t)options->batch,
			 "receipts", (int)options->wants_receipts, "simulation",
			 (int)!options->skips_simulation, "organisations",
			 (json_int_t)bench->signers_count);
}

static json_t *counts_json(const struct drive_result *drive)
{
	json_t *result = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "sent",
				   (json_int_t)drive->sent, "final", (json_int_t)drive->final,
				   "rejected", (json_int_t)drive->rejected, "refused",
				   (json_int_t)drive->failed, "unanswered",
				   (json_int_t)(drive->sent - drive->final - drive->rejected -
						drive->failed),
				   "busy_answers", (json_int_t)drive->busy, "broken_connections",
				   (json_int_t)drive->broken, "load_ran_out", (int)drive->ran_out);

	if (drive->first_status != 0)
		json_object_set_new(result, "first_refusal", json_string(drive->first_refusal));
	return result;
}

json_t *trial_json(const struct bench *bench, const struct trial *trial)
{
	const struct drive_result *drive = &trial->drive;
	const struct find_result *find = &trial->find;
	double entries = trial->options.batch > 0 ? (double)trial->options.batch : 1;
	const char *why;
	struct seen seen;
	json_t *result;

	trial_seen(trial, &seen);
	why = search_judge(&seen);
	result = json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "rate",
			   trial->options.rate > 0 ? real(trial->options.rate, 1) : json_null(), "window",
			   (json_int_t)bench_window(&trial->options), "measured_s",
			   real(drive->seconds, 1), "offered_per_s", real(seen.offered, 1),
			   "final_per_s", real(seen.final, 1), "contents_per_s",
			   real(seen.final * entries, 1), "latency_ms",
			   histogram_json(&trial->latencies));
	/* a closed loop offers only what comes through: it sustains everything */
	if (trial->options.rate > 0)
		json_object_set_new(result, "not_sustained", why != NULL ? json_string(why) : json_null());
	json_object_set_new(result, "backlog_growth_per_s", real(seen.backlog_growth, 1));
	json_object_set_new(result, "counts", counts_json(drive));
	json_object_set_new(result, "drain_s", real(drive->drain_seconds, 1));
	json_object_set_new(result, "validators", validators_json(bench, trial));
	json_object_set_new(result, "bench_cpu_s", real(trial->own_cpu_s, 1));
	json_object_set_new(result, "log",
			    json_pack("{s:I, s:I, s:I}", "before", (json_int_t)trial->log_before,
				      "after_least", (json_int_t)trial->log_least, "after_most",
				      (json_int_t)trial->log_most));
	json_object_set_new(result, "lookup",
			    json_pack("{s:I, s:I, s:I, s:I, s:o}", "records", (json_int_t)find->asked,
				      "found", (json_int_t)find->found, "contents",
				      (json_int_t)find->contents_asked, "contents_found",
				      (json_int_t)find->contents_found, "seconds",
				      real(find->seconds, 1)));
	return result;
}

/* --- what trials have in common --------------------------- */

static double first_validator(const json_t *trial, const char *member)
{
	const json_t *validator = json_array_get(json_object_get(trial, "validators"), 0);

	return json_number_value(json_object_get(validator, member));
}

static double figure(const json_t *trial, const char *name)
{
	const json_t *value = json_object_get(trial, name);
	size_t len = strlen(name);
	char latency[16] = "";

	if (value != NULL)
		return json_number_value(value);
	if (len < 3 || strcmp(name + len - 3, "_ms") != 0)
		return first_validator(trial, name);
	(void)snprintf(latency, sizeof(latency), "%.*s", (int)(len - 3), name);
	return json_number_value(
		json_object_get(json_object_get(trial, "latency_ms"), latency));
}

json_t *summary_json(const json_t *trials)
{
	static const char *const names[] = {
		"offered_per_s", "final_per_s", "contents_per_s", "p50_ms", "p90_ms", "p99_ms",
		"p999_ms", "max_ms", "cpu_us_per_record", "anonymous_mib", "calls_per_record",
		"peer_bytes_per_record", "bytes_written_per_record", "signature_checks_per_record",
		"syncs_per_block", "records_per_block"};
	size_t count = json_array_size(trials);
	double *values = calloc(count + 1, sizeof(*values));
	json_t *result = json_object();

	ASSERT(values != NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct spread spread;

		for (size_t k = 0; k < count; k++)
			values[k] = figure(json_array_get(trials, k), names[i]);
		spread = spread_of(values, count);
		if (spread.max > 0)
			json_object_set_new(result, names[i],
					    json_pack("{s:o, s:o, s:o}", "median", real(spread.median, 1),
						      "min", real(spread.min, 1), "max",
						      real(spread.max, 1)));
	}
	free(values);
	return result;
}

/* --- the machine --------------------------------------------- */

json_t *machine_json(const struct machine *machine)
{
	static const char *const names[YARDSTICKS] = {
		[YARDSTICK_VERIFY] = "signature_checks", [YARDSTICK_SIGN] = "signatures",
		[YARDSTICK_SHA256] = "sha256_64_bytes",	 [YARDSTICK_FDATASYNC] = "fdatasync",
		[YARDSTICK_LMDB] = "lmdb_commits",	 [YARDSTICK_TCP] = "tcp_round_trips"};
	json_t *result = json_pack("{s:I}", "cores", (json_int_t)machine->cores);

	for (unsigned i = 0; i < YARDSTICKS; i++)
		json_object_set_new(result, names[i],
				    json_pack("{s:o, s:o, s:o}", "alone_per_s",
					      real(machine->alone[i].per_s, 1), "together_per_s",
					      real(machine->together[i].per_s, 1), "together_cpu_ns",
					      real(machine->together[i].cpu_ns, 1)));
	json_object_set_new(result, "bare_program",
			    json_pack("{s:I, s:o}", "processes", (json_int_t)machine->bare_processes,
				      "records_per_s", real(machine->bare, 1)));
	return result;
}

static void set_ratio(json_t *object, const char *name, double value, double of)
{
	if (of > 0)
		json_object_set_new(object, name, real(value, of));
}

json_t *ratios_json(const struct bench *bench, double rate, double contents_rate)
{
	const struct machine *machine = &bench->machine;
	const struct pace *at_once = machine->together;
	json_t *result = json_object();
	double bound;

	if (!machine->is_measured || rate <= 0 || bench->validators == 0)
		return result;
	bound = at_once[YARDSTICK_VERIFY].per_s / bench->validators;
	/* if every validator checked each signature once and did nothing else */
	json_object_set_new(result, "signature_bound_per_s", real(bound, 1));
	set_ratio(result, "rate_to_signature_bound", rate, bound);
	set_ratio(result, "rate_to_bare_program", rate, machine->bare);
	set_ratio(result, "sha256_per_content", at_once[YARDSTICK_SHA256].per_s, contents_rate);
	set_ratio(result, "contents_per_fdatasync", contents_rate, at_once[YARDSTICK_FDATASYNC].per_s);
	set_ratio(result, "contents_per_lmdb_commit", contents_rate, at_once[YARDSTICK_LMDB].per_s);
	return result;
}
