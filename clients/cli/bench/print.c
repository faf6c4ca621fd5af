/* The report for people: what the JSON says, in lines and tables. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/bench/bench.h"
#include "clients/cli/out.h"

static double number(const json_t *object, const char *member)
{
	return json_number_value(json_object_get(object, member));
}

static long long integer(const json_t *object, const char *member)
{
	return (long long)json_integer_value(json_object_get(object, member));
}

void print_value(const struct cli *cli, const char *title, const json_t *object, const char *member,
		 const char *unit)
{
	const json_t *value = json_object_get(object, member);

	if (json_is_real(value))
		out_line(cli, "  %-34s %14.2f %s", title, json_real_value(value), unit);
	else if (json_is_integer(value))
		out_line(cli, "  %-34s %14lld %s", title, (long long)json_integer_value(value), unit);
}

/* --- what was loaded --------------------------------- */

static void print_members(const char *title, const json_t *object)
{
	const char *name;
	json_t *value;

	(void)printf("  %-12s", title);
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
		(void)printf(" %s %lld", name, (long long)json_integer_value(value));
	(void)printf("\n");
}

static void print_network(const struct cli *cli, const json_t *report)
{
	const json_t *network = json_object_get(report, "network");
	const json_t *configuration = json_object_get(network, "configuration");
	const json_t *programs = json_object_get(network, "programs");
	const char *seen = "";
	size_t i;
	json_t *item;

	out_line(cli, "network %s, version %s, %lld validators", json_text(network, "origin"),
		 json_text(network, "version"), integer(configuration, "validators"));
	print_members("timers", json_object_get(configuration, "timers"));
	print_members("limits", json_object_get(configuration, "limits"));
	print_members("block", json_object_get(configuration, "block"));
	json_array_foreach(programs, i, item)
	{
		const char *hash = json_text(item, "sha256");

		if (strcmp(hash, seen) != 0)
			out_line(cli, "  %-12s %s\n  %-12s %s", "program", json_text(item, "program"),
				 "its SHA-256", hash);
		seen = hash;
	}
}

static void print_yardstick(const json_t *machine, const char *title, const char *member)
{
	const json_t *yardstick = json_object_get(machine, member);

	(void)printf("  %-34s %14.0f /s %14.0f /s\n", title, number(yardstick, "alone_per_s"),
		     number(yardstick, "together_per_s"));
}

static void print_machine(const struct cli *cli, const json_t *report)
{
	const json_t *machine = json_object_get(report, "machine");
	const json_t *bare = json_object_get(machine, "bare_program");
	char title[64];

	if (machine == NULL)
		return;
	(void)printf("%-36s %14s    %11lld at once\n", "this machine, in the same run", "one process",
		     integer(machine, "cores"));
	print_yardstick(machine, "signature checks", "signature_checks");
	print_yardstick(machine, "SHA-256 of 64 bytes", "sha256_64_bytes");
	print_yardstick(machine, "fdatasync", "fdatasync");
	print_yardstick(machine, "LMDB commits", "lmdb_commits");
	print_yardstick(machine, "TCP round trips", "tcp_round_trips");
	(void)snprintf(title, sizeof(title), "bare program, %lld at once", integer(bare, "processes"));
	print_value(cli, title, bare, "records_per_s", "records/s each");
}

/* --- rates -------------------------------------------- */

static void print_search(const struct cli *cli, const json_t *report)
{
	const json_t *search = json_object_get(report, "search");
	size_t i;
	json_t *item;

	if (search == NULL)
		return;
	out_line(cli, "search for the highest sustained rate");
	print_value(cli, "through a closed loop", search, "estimate_per_s", "/s");
	json_array_foreach(json_object_get(search, "tries"), i, item)
	{
		const char *why = json_text(item, "not_sustained");

		out_line(cli, "  offered %10.1f/s   final %10.1f/s   p50 %9.2f ms   %s",
			 number(item, "offered_per_s"), number(item, "final_per_s"),
			 number(item, "p50_ms"), why[0] == '\0' ? "sustained" : why);
	}
	print_value(cli, "highest sustained", search, "highest_per_s",
		    json_is_true(json_object_get(search, "is_confirmed"))
			    ? "/s"
			    : "/s, but not in most of its repetitions");
}

static double median(const json_t *point, const char *name)
{
	return number(json_object_get(json_object_get(point, "summary"), name), "median");
}

static void print_points(const json_t *points)
{
	size_t i;
	json_t *point;

	(void)printf("%11s %11s %21s %8s %8s %8s %8s %8s %9s\n", "offered/s", "final/s", "spread",
		     "p50 ms", "p90", "p99", "p99.9", "max", "CPU us");
	json_array_foreach(points, i, point)
	{
		const json_t *final =
			json_object_get(json_object_get(point, "summary"), "final_per_s");

		(void)printf("%11.1f %11.1f %10.1f%11.1f %8.2f %8.2f %8.2f %8.2f %8.2f %9.1f\n",
			     median(point, "offered_per_s"), median(point, "final_per_s"),
			     number(final, "min"), number(final, "max"), median(point, "p50_ms"),
			     median(point, "p90_ms"), median(point, "p99_ms"),
			     median(point, "p999_ms"), median(point, "max_ms"),
			     median(point, "cpu_us_per_record"));
	}
	(void)printf("  latency: from when a record was due to the answer that it is final; CPU: of a "
		     "validator, a record\n");
}

/* --- one trial in full ----------------------------------- */

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
	const json_t *turns = json_object_get(validator, "turns");

	out_line(cli, "counted at the first validator");
	print_value(cli, "records a block", validator, "records_per_block", "");
	print_value(cli, "signature checks a record", validator, "signature_checks_per_record", "");
	print_value(cli, "which cost, by the yardstick", validator, "signature_us_per_record", "us");
	print_value(cli, "durable writes a block", validator, "syncs_per_block", "");
	print_value(cli, "reads and writes a record", validator, "calls_per_record", "calls");
	print_value(cli, "waits of a thread a record", validator, "waits_per_record", "");
	print_value(cli, "written a record", validator, "bytes_written_per_record", "bytes");
	print_value(cli, "to and from peers a record", validator, "peer_bytes_per_record", "bytes");
	print_value(cli, "views without a block", validator, "views_nullified", "");
	out_line(cli, "  %-34s %14lld of %lld; of the API's %lld of %lld",
		 "turns of the loop over 1 ms of CPU", integer(turns, "pump_over_1_ms"),
		 integer(turns, "pump"), integer(turns, "api_over_1_ms"), integer(turns, "api"));
}

static void print_validators(const struct cli *cli, const json_t *trial)
{
	const json_t *items = json_object_get(trial, "validators");
	size_t i;
	json_t *item;

	if (json_array_size(items) == 0)
		return;
	(void)printf("validators, while it was measured\n");
	json_array_foreach(items, i, item)
	{
		(void)printf("  %-10lld %8.2f CPU s  %5.1f %% of a core  %8.1f MiB resident, "
			     "%.1f MiB of it anonymous\n",
			     integer(item, "validator"), number(item, "cpu_s"),
			     100 * number(item, "cpu_share"), number(item, "rss_mib"),
			     number(item, "anonymous_mib"));
		print_stages(item);
	}
	print_counts(cli, json_array_get(items, 0));
	print_value(cli, "the bench itself", trial, "bench_cpu_s", "CPU s");
}

static void print_ratios(const struct cli *cli, const json_t *report)
{
	const json_t *ratios = json_object_get(report, "ratios");

	if (json_object_size(ratios) == 0)
		return;
	out_line(cli, "ratios");
	print_value(cli, "bound by signature checks alone", ratios, "signature_bound_per_s",
		    "records/s");
	print_value(cli, "records of that bound", ratios, "rate_to_signature_bound", "");
	print_value(cli, "records of the bare program", ratios, "rate_to_bare_program", "");
	print_value(cli, "SHA-256 of 64 bytes a content", ratios, "sha256_per_content", "");
	print_value(cli, "contents a fdatasync", ratios, "contents_per_fdatasync", "");
	print_value(cli, "contents an LMDB commit", ratios, "contents_per_lmdb_commit", "");
}

static void print_refusals(const struct cli *cli, const json_t *trial)
{
	const json_t *counts = json_object_get(trial, "counts");

	if (integer(counts, "busy_answers") > 0)
		print_value(cli, "busy answers", counts, "busy_answers", "");
	if (json_object_get(counts, "first_refusal") != NULL)
		out_line(cli, "first refusal: %s", json_text(counts, "first_refusal"));
	if (json_is_true(json_object_get(counts, "load_ran_out")))
		out_line(cli, "the signed load ran out early: give more with --records");
}

/* Over all trials: what was asked for afterwards, and the ledger's own totals. */
static void print_found(const struct cli *cli, const json_t *report)
{
	const json_t *found = json_object_get(report, "afterwards");

	out_line(cli, "%lld of %lld found afterwards, and %lld of %lld of their contents; %lld final, "
		      "the log grew by %lld",
		 integer(found, "found"), integer(found, "records"), integer(found, "contents_found"),
		 integer(found, "contents"), integer(found, "final"), integer(found, "log_grew"));
}

void print_report(const struct cli *cli, const json_t *report)
{
	const json_t *points = json_object_get(report, "points");
	const json_t *last = json_array_get(points, json_array_size(points) - 1);
	const json_t *trials = json_object_get(last, "trials");
	const json_t *trial = json_array_get(trials, json_array_size(trials) - 1);

	print_network(cli, report);
	print_machine(cli, report);
	print_search(cli, report);
	print_points(points);
	if (integer(json_object_get(report, "options"), "batch") > 0)
		out_line(cli, "  contents indexed %.1f/s", median(last, "contents_per_s"));
	print_validators(cli, trial);
	print_ratios(cli, report);
	print_refusals(cli, trial);
	print_found(cli, report);
}
