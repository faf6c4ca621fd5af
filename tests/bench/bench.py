#!/usr/bin/env python3
"""The benchmark of one machine: `make bench`, at most 15 minutes on two cores.

Usage: tests/bench/bench.py [--quick]      --quick: everything, but too short to be believed

Four validators of the release build on loopback, default configuration, loaded by a process of its
own.  In turn: a lone writer on an empty ledger; the search for the highest sustained rate, with the
yardsticks of the machine; half of that rate; a curve of rates; what a record costs by stage; batches;
the same small load on networks of 1 to 16 validators.  Every record is looked up afterwards and the
totals of the ledger are held against the client's.  Leaves report.json, report.txt and plots in
build/bench/.
"""
import concurrent.futures
import sys
import time

import plots
import stages
from local import BUILD, OUT, ROOT, Network, median, say, tested, write

QUICK = "--quick" in sys.argv[1:]
REPEAT = 2 if QUICK else 3
CURVE = (0.1, 0.25, 0.75, 0.9, 1.1)
BATCH = 1000
VALIDATORS = (1, 4, 7) if QUICK else (1, 4, 7, 10, 13, 16)
VALIDATORS_RATE = 200
BUDGET_S = 840  # past it no larger network is begun
STARTED = time.monotonic()


def seconds(usual):
    return 2 if QUICK else usual


def timed(usual, *more):
    return ("--seconds", seconds(usual), "--warmup", 1 if QUICK else 3, *more)


def lone_writer(net):
    say("bench: a lone writer")
    return net.load("--window", 1, "--repeat", REPEAT, "--no-yardsticks", *timed(8), one_node=True)


def by_stage(net, rate):
    """Stages and system calls of node 1 under half the load, each in a load of its own: the looking
    costs time that must not count elsewhere."""
    say("bench: cost by stage")
    span = max(4, seconds(12))
    result = {"rate": rate, "us_per_record": {}}

    def loaded(look, factor):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            load = pool.submit(net.load, "--rate", rate * factor, "--no-yardsticks", "--find", 1000,
                               "--seconds", span, "--warmup", 1)
            time.sleep(3 + rate * factor * span / 20000)  # signed ahead, and warm
            found = look()
            return load.result(), found

    pid = net.pids()[0]
    report, shares = loaded(lambda: stages.shares(pid, BUILD / "steled", ROOT, span - 1, OUT), 1)
    cpu = median(report["points"][0], "cpu_us_per_record")
    if shares:
        result["us_per_record"] = {stage: share * cpu for stage, share in shares.items()}
    # strace slows the node down by far more than it costs itself: a tenth of the load
    report, calls = loaded(lambda: stages.calls(pid, span - 2), 0.1)
    if calls:
        final = median(report["points"][0], "final_per_s") * (span - 2)
        result["calls_rate"] = median(report["points"][0], "final_per_s")
        result["calls_per_record"] = {name: count / final for name, count in
                                      sorted(calls.items(), key=lambda c: -c[1])[:12]}
    return result


def by_validators():
    entries = []
    for count in VALIDATORS:
        if time.monotonic() - STARTED > BUDGET_S and not QUICK:
            say(f"bench: no time is left for {count} validators and more")
            break
        say(f"bench: {count} validators")
        with Network("n", count) as net:
            report = net.load("--rate", VALIDATORS_RATE, "--no-yardsticks", *timed(6))
        entries.append({"validators": count, "rate": VALIDATORS_RATE, "report": report})
    return entries


def measure():
    report = {"tested": tested(), "quick": QUICK}
    with Network("four") as net:
        report["lone"] = lone_writer(net)
        say("bench: search for the highest sustained rate")
        report["single"] = net.load("--search", "--repeat", REPEAT, *timed(20))
        highest = report["single"]["search"]["highest_per_s"]
        say("bench: half of it, and a curve")
        report["half"] = net.load("--rate", highest / 2, "--repeat", REPEAT, "--no-yardsticks", *timed(15))
        rates = [word for share in CURVE for word in ("--rate", highest * share)]
        report["curve"] = net.load(*rates, "--no-yardsticks", *timed(8))
        report["stages"] = by_stage(net, highest / 2)
        say("bench: batches")
        report["batches"] = net.load("--batch", BATCH, "--repeat", REPEAT, "--no-yardsticks", "--find", 20000,
                                     *timed(10))
    report["validators"] = by_validators()
    return report


# ---- for people --------------------------------------------------------------------------------------

def row(title, value, unit, note=""):
    return f"  {title:<44} {value:>12} {unit:<10} {note}".rstrip()


def spread(point, figure, form="{:.1f}"):
    found = point["summary"][figure]
    return (form.format(found["median"]),
            f"{form.format(found['min'])} - {form.format(found['max'])} in {len(point['trials'])} runs")


def summary(report):
    """The figures that count, in one screen."""
    single, half = report["single"]["points"][0], report["half"]["points"][0]
    lone, batches = report["lone"]["points"][0], report["batches"]["points"][0]
    ratios, tests = report["single"]["ratios"], report["tested"]
    lines = ["Stele, four validators on this machine" + (", QUICK: not to be believed" if QUICK else ""),
             f"  program {tests['program']}", f"  SHA-256 {tests['sha256']}",
             "  it has passed scripts/check" if tests["passed_check"] else
             "  it has NOT passed scripts/check since it was built", ""]

    def add(title, point, figure, unit):
        value, note = spread(point, figure)
        lines.append(row(title, value, unit, note))

    add("signed single records, highest sustained", single, "final_per_s", "/s")
    lines.append(row("  of the bound by signature checks", f"{ratios['rate_to_signature_bound']:.2f}", ""))
    lines.append(row("  of the bare program", f"{ratios.get('rate_to_bare_program', 0):.2f}", ""))
    for figure in ("p50_ms", "p99_ms"):
        add(f"  {figure[:-3]} to finality", single, figure, "ms")
    add("  CPU of a validator, a record", single, "cpu_us_per_record", "us")
    add("  anonymous memory of a validator", single, "anonymous_mib", "MiB")
    for figure in ("p50_ms", "p99_ms"):
        add(f"at half that rate, {figure[:-3]}", half, figure, "ms")
    add(f"contents in batches of {BATCH}", batches, "contents_per_s", "/s")
    for figure in ("p50_ms", "p99_ms"):
        add(f"a lone writer, {figure[:-3]}", lone, figure, "ms")
    lines += ["", "A record at one validator, by validators of the network"]
    for entry in report["validators"]:
        point = entry["report"]["points"][0]
        lines.append(f"  {entry['validators']:>2} validators {median(point, 'cpu_us_per_record'):>10.0f} us "
                     f"{median(point, 'peer_bytes_per_record'):>10.0f} bytes to and from peers, p50 "
                     f"{median(point, 'p50_ms'):.1f} ms")
    return lines + by_stage_lines(report["stages"])


def by_stage_lines(found):
    lines = ["", f"CPU of a record at {found['rate']:.0f}/s, by stage (sampled)"]
    lines += [row(stage, f"{us:.1f}", "us") for stage, us in found["us_per_record"].items() if us >= 0.05]
    if "calls_per_record" in found:
        lines.append(f"System calls of a record at {found['calls_rate']:.0f}/s (counted)")
        lines += [row(name, f"{count:.2f}", "") for name, count in found["calls_per_record"].items()]
    return lines if found["us_per_record"] or "calls_per_record" in found else []


def text(report):
    parts = [("highest sustained rate", "single"), ("half of it", "half"), ("a curve of rates", "curve"),
             ("batches", "batches"), ("a lone writer", "lone")]
    lines = summary(report)
    for title, name in parts:
        lines += ["", f"==== {title}", "", report[name].pop("text").rstrip()]
    for entry in report["validators"]:
        entry["report"].pop("text")
    return "\n".join(lines) + "\n"


def main():
    report = measure()
    words = text(report)
    report["seconds"] = time.monotonic() - STARTED
    write("report.json", report)
    write("report.txt", words)
    for path in plots.all_of(OUT):
        say(f"bench: {path}")
    print("\n".join(words.split("\n====", 1)[0].splitlines()))
    say(f"bench: {report['seconds']:.0f} s")


if __name__ == "__main__":
    main()
