/* The report: figures as JSON, and the same for people. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/bench/bench.h"
#include "clients/cli/out.h"

static json_t *real(double value, double unit)
{
	/* three decimals are more than any of it is good for */
	return json_real((double)(int64_t)(value / unit * 1000 + 0.5) / 1000);
}

/* --- latencies -------------------------- */

static int compare_u32(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return (first > second) - (first < second);
}

/* Each bucket ends an eighth of a doubling above the one before, so that none is wider than
 * 9 %: [upper bound in ms, how many], the empty ones left out. */
static json_t *histogram_json(const uint32_t *sorted, size_t count)
{
	json_t *buckets = json_array();
	double bound_us = 1;
	size_t at = 0;

	while (at < count) {
		size_t first = at;

		while (at < count && sorted[at] <= bound_us)
			at++;
		if (at > first)
			json_array_append_new(buckets, json_pack("[o, I]", real(bound_us, 1000),
								 (json_int_t)(at - first)));
		bound_us *= 1.0905077326652577; /* 2^(1/8) */
	}
	return buckets;
}

static json_t *latencies_json(const struct load *load)
{
	static const struct {
		const char *name;
		double share;
	} points[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999},
		      {"max", 1}};
	uint32_t *sorted = calloc(load->count + 1, sizeof(*sorted));
	json_t *result = json_object();
	size_t count = 0;

	ASSERT(sorted != NULL);
	for (size_t i = 0; i < load->count; i++)
		if (load->records[i].is_measured)
			sorted[count++] = load->records[i].latency_us;
	qsort(sorted, count, sizeof(*sorted), compare_u32);
	for (size_t i = 0; count > 0 && i < sizeof(points) / sizeof(points[0]); i++) {
		size_t at = (size_t)(points[i].share * (double)count);

		at = at < count ? at : count - 1;
		json_object_set_new(result, points[i].name, real(sorted[at], 1000));
	}
	if (count > 0)
		json_object_set_new(result, "histogram", histogram_json(sorted, count));
	free(sorted);
	return result;
}

/* --- machine and processes ------------------ */

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
static void set_counts(json_t *item, const struct bench_report *report, unsigned validator,
		       double records)
{
	const struct process_sample *before = &report->before[validator];
	const struct process_sample *after = &report->after[validator];
	const struct node_counts *was = &report->counts_before[validator];
	const struct node_counts *is = &report->counts_after[validator];
	double blocks = is->blocks > was->blocks ? (double)(is->blocks - was->blocks) : 0;

	json_object_set_new(item, "stages_us_per_record", stages_json(before, after, records));
	json_object_set_new(item, "calls_per_record",
			    real((double)(after->read_calls + after->write_calls -
					  before->read_calls - before->write_calls),
				 records));
	json_object_set_new(item, "bytes_read_per_record",
			    real((double)(after->read_bytes - before->read_bytes), records));
	json_object_set_new(item, "bytes_written_per_record",
			    real((double)(after->written_bytes - before->written_bytes), records));
	if (blocks <= 0)
		return;
	json_object_set_new(item, "blocks", json_integer((json_int_t)blocks));
	json_object_set_new(item, "records_per_block", real(records, blocks));
	json_object_set_new(item, "views_nullified",
			    json_integer((json_int_t)(is->views_nullified - was->views_nullified)));
	json_object_set_new(item, "signature_checks_per_record",
			    real((double)(is->signatures_checked - was->signatures_checked), records));
	/* each write of the journal and each block of the store is made durable by one sync */
	json_object_set_new(item, "syncs_per_block",
			    real((double)(is->journal_writes - was->journal_writes) + blocks, blocks));
}

static json_t *validators_json(const struct bench_report *report)
{
	json_t *items = json_array();
	double records = report->drive->measured > 0 ? (double)report->drive->measured : 1;

	for (unsigned i = 0; i < report->validators; i++) {
		const struct process_sample *before = &report->before[i], *after = &report->after[i];
		double cpu = after->cpu_s - before->cpu_s;
		json_t *item;

		if (after->pid == 0 || after->pid != before->pid)
			continue;
		item = json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "validator", (json_int_t)i + 1,
				 "pid", (json_int_t)after->pid, "cpu_s", real(cpu, 1), "cpu_share",
				 real(cpu / report->drive->seconds, 1), "rss_mib",
				 real((double)after->rss_kb, 1024), "anonymous_mib",
				 real((double)after->anonymous_kb, 1024));
		set_counts(item, report, i, records);
		json_array_append_new(items, item);
	}
	return items;
}

static void set_rate(json_t *object, const char *name, double ns)
{
	if (ns > 0)
		json_object_set_new(object, name, json_integer((json_int_t)(1e9 / ns)));
}

static json_t *machine_json(const struct machine *machine)
{
	json_t *result = json_pack("{s:I}", "cores", (json_int_t)machine->cores);

	set_rate(result, "signature_checks_per_s", machine->verify_ns);
	set_rate(result, "signatures_per_s", machine->sign_ns);
	set_rate(result, "sha256_64_bytes_per_s", machine->sha256_ns);
	set_rate(result, "fdatasync_per_s", machine->fdatasync_ns);
	set_rate(result, "lmdb_commits_per_s", machine->lmdb_ns);
	return result;
}

/* Of what the cores could check if every validator checked each signature once
 * and did nothing else. */
static json_t *ratios_json(const struct bench_report *report, double rate, double records_rate)
{
	const struct machine *machine = &report->machine;
	json_t *result = json_object();
	double bound = machine->verify_ns > 0 && report->validators > 0
			       ? machine->cores * 1e9 / machine->verify_ns / report->validators
			       : 0;

	if (bound > 0) {
		json_object_set_new(result, "signature_bound_per_s", json_integer((json_int_t)bound));
		json_object_set_new(result, "rate_to_signature_bound", real(records_rate, bound));
	}
	if (machine->sha256_ns > 0)
		json_object_set_new(result, "sha256_per_content",
				    real(1e9 / machine->sha256_ns, rate > 0 ? rate : 1));
	if (machine->fdatasync_ns > 0)
		json_object_set_new(result, "contents_per_fdatasync",
				    real(rate, 1e9 / machine->fdatasync_ns));
	if (machine->lmdb_ns > 0)
		json_object_set_new(result, "contents_per_lmdb_commit",
				    real(rate, 1e9 / machine->lmdb_ns));
	return result;
}

/* --- the whole --------------------------------- */

static json_t *options_json(const struct bench_report *report)
{
	const struct bench_options *options = report->options;

	return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:I}", "rate",
			 options->rate > 0 ? json_real(options->rate) : json_null(), "warmup_s",
			 (json_int_t)options->warmup_s, "seconds", (json_int_t)options->seconds,
			 "window", (json_int_t)options->window, "record_bytes",
			 (json_int_t)options->record_bytes, "batch", (json_int_t)options->batch,
			 "receipts", (int)options->wants_receipts, "simulation",
			 (int)!options->skips_simulation, "organisations",
			 (json_int_t)report->signers);
}

static json_t *counts_json(const struct bench_report *report)
{
	const struct drive_result *drive = report->drive;
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

json_t *report_json(const struct bench_report *report, const struct load *load)
{
	const struct drive_result *drive = report->drive;
	const struct lookup_result *lookup = report->lookup;
	double entries = report->options->batch > 0 ? (double)report->options->batch : 1;
	double seconds = drive->seconds > 0 ? drive->seconds : 1;
	double final = (double)drive->measured / seconds;
	json_t *result = json_pack("{s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "network",
				   report->network, "options", options_json(report),
				   "log_size_before", (json_int_t)report->log_size_before,
				   "measured_s", real(seconds, 1), "offered_per_s",
				   real((double)drive->offered, seconds), "final_per_s",
				   real(final, 1), "contents_per_s", real(final * entries, 1),
				   "latency_ms", latencies_json(load));

	json_object_set_new(result, "counts", counts_json(report));
	json_object_set_new(result, "drain_s", real(drive->drain_seconds, 1));
	json_object_set_new(result, "validators", validators_json(report));
	json_object_set_new(result, "bench_cpu_s", real(report->own_cpu_s, 1));
	if (report->machine.is_measured) {
		json_object_set_new(result, "machine", machine_json(&report->machine));
		json_object_set_new(result, "ratios", ratios_json(report, final * entries, final));
	}
	json_object_set_new(result, "lookup",
			    json_pack("{s:I, s:I, s:I, s:I, s:o}", "records",
				      (json_int_t)lookup->asked, "found", (json_int_t)lookup->found,
				      "contents", (json_int_t)lookup->contents_asked,
				      "contents_found", (json_int_t)lookup->contents_found,
				      "seconds", real(lookup->seconds, 1)));
	return result;
}

/* --- for people ---------------------------------- */

static void print_line(const struct cli *cli, const char *title, const json_t *object,
		       const char *member, const char *unit)
{
	const json_t *value = json_object_get(object, member);

	if (json_is_real(value))
		out_line(cli, "  %-34s %14.2f %s", title, json_real_value(value), unit);
	else if (json_is_integer(value))
		out_line(cli, "  %-34s %14lld %s", title, (long long)json_integer_value(value), unit);
}

static void print_machine(const struct cli *cli, const json_t *report)
{
	const json_t *machine = json_object_get(report, "machine");
	const json_t *ratios = json_object_get(report, "ratios");

	if (machine == NULL)
		return;
	out_line(cli, "this machine, in the same run");
	print_line(cli, "signature checks", machine, "signature_checks_per_s", "/s a core");
	print_line(cli, "SHA-256 of 64 bytes", machine, "sha256_64_bytes_per_s", "/s a core");
	print_line(cli, "fdatasync", machine, "fdatasync_per_s", "/s");
	print_line(cli, "LMDB commits", machine, "lmdb_commits_per_s", "/s");
	out_line(cli, "ratios");
	print_line(cli, "bound by signature checks alone", ratios, "signature_bound_per_s",
		   "records/s");
	print_line(cli, "records of that bound", ratios, "rate_to_signature_bound", "");
	print_line(cli, "SHA-256 of 64 bytes a content", ratios, "sha256_per_content", "");
	print_line(cli, "contents a fdatasync", ratios, "contents_per_fdatasync", "");
	print_line(cli, "contents an LMDB commit", ratios, "contents_per_lmdb_commit", "");
}

static void print_stages(const json_t *validator)
{
	const char *name;
	json_t *value;

	(void)printf("  %-10s", "");
	json_object_foreach(json_object_get(validator, "stages_us_per_record"), name, value)
		(void)printf(" %s %.1f", name, json_real_value(value));
	(void)printf(" us a record\n");
}

static void print_counts(const struct cli *cli, const json_t *validator)
{
	out_line(cli, "counted at the first validator");
	print_line(cli, "records a block", validator, "records_per_block", "");
	print_line(cli, "signature checks a record", validator, "signature_checks_per_record", "");
	print_line(cli, "durable writes a block", validator, "syncs_per_block", "");
	print_line(cli, "reads and writes a record", validator, "calls_per_record", "calls");
	print_line(cli, "written a record", validator, "bytes_written_per_record", "bytes");
	print_line(cli, "views without a block", validator, "views_nullified", "");
}

static void print_validators(const struct cli *cli, const json_t *report)
{
	const json_t *items = json_object_get(report, "validators");
	size_t i;
	json_t *item;

	if (json_array_size(items) == 0)
		return;
	(void)printf("validators, while it was measured\n");
	json_array_foreach(items, i, item)
	{
		(void)printf("  %-10lld %8.2f CPU s  %5.1f %% of a core  %8.1f MiB resident, "
			     "%.1f MiB of it anonymous\n",
			     (long long)json_integer_value(json_object_get(item, "validator")),
			     json_real_value(json_object_get(item, "cpu_s")),
			     100 * json_real_value(json_object_get(item, "cpu_share")),
			     json_real_value(json_object_get(item, "rss_mib")),
			     json_real_value(json_object_get(item, "anonymous_mib")));
		print_stages(item);
	}
	print_counts(cli, json_array_get(items, 0));
}

void report_print(const struct cli *cli, const json_t *report)
{
	const json_t *latency = json_object_get(report, "latency_ms");
	const json_t *counts = json_object_get(report, "counts");
	const json_t *lookup = json_object_get(report, "lookup");

	out_line(cli, "load");
	print_line(cli, "measured", report, "measured_s", "s");
	print_line(cli, "offered", report, "offered_per_s", "transactions/s");
	print_line(cli, "final", report, "final_per_s", "transactions/s");
	print_line(cli, "contents indexed", report, "contents_per_s", "/s");
	print_line(cli, "busy answers", counts, "busy_answers", "");
	print_line(cli, "rejected or refused", counts, "refused", "");
	out_line(cli, "from when it was due to its final answer");
	print_line(cli, "p50", latency, "p50", "ms");
	print_line(cli, "p90", latency, "p90", "ms");
	print_line(cli, "p99", latency, "p99", "ms");
	print_line(cli, "max", latency, "max", "ms");
	print_validators(cli, report);
	print_line(cli, "the bench itself", report, "bench_cpu_s", "CPU s");
	print_machine(cli, report);
	if (json_object_get(counts, "first_refusal") != NULL)
		out_line(cli, "first refusal: %s", json_text(counts, "first_refusal"));
	if (json_is_true(json_object_get(counts, "load_ran_out")))
		out_line(cli, "the signed load ran out early: give more with --records");
	out_line(cli, "%lld of %lld found afterwards, and %lld of %lld of their contents",
		 (long long)json_integer_value(json_object_get(lookup, "found")),
		 (long long)json_integer_value(json_object_get(lookup, "records")),
		 (long long)json_integer_value(json_object_get(lookup, "contents_found")),
		 (long long)json_integer_value(json_object_get(lookup, "contents")));
}
