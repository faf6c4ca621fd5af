#!/usr/bin/env python3
"""Fills a ledger and watches rate, latency, memory, disk and restart: `make bench-growth`.

Usage: tests/bench/growth.py [--records N] [--batch N] [--chunk N] [--disk GIB]
  --records  until so many are there (default 10,000,000; contents, where they come in batches)
  --batch    records are batches of that many contents (default 0: single records)
  --chunk    records of one fill, each a sample of rate and latency (default 200,000; contents: 1,000,000)
  --disk     end when the network takes that much, or 4 GiB are left (default 50)

The fill is a closed loop.  At 1, 2 and 5 times each power of ten, and at the end, the last node is
stopped and started and timed until it is ready.  Leaves growth.json (growth-batches.json) and a plot in
build/bench/, also when it is interrupted.
"""
import argparse
import json
import pathlib
import shutil
import time
import urllib.error
import urllib.request

import plots
from local import OUT, PORT, Network, median, say, tested, write

GIB = 1 << 30
FIRST = 20_000  # what the first fill shows bounds the others
FILL_S = 100  # a fill takes less, since records are valid for minutes only
FREE_GIB = 4
READY_S = 300


def disk_bytes(folder):
    return sum(path.stat().st_blocks * 512 for path in pathlib.Path(folder).rglob("*") if path.is_file())


def restart(net):
    """Seconds from start to ready of the last node, and how long its end took."""
    node = net.validators
    before = time.monotonic()
    pid = net.pids()[node - 1]
    net.tool("localnet", "kill", node, "--signal", "TERM")
    while pathlib.Path(f"/proc/{pid}").exists():
        time.sleep(0.01)
    ended = time.monotonic()
    net.tool("localnet", "start", node)
    started = time.monotonic()
    while time.monotonic() - started < READY_S:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 40 + node - 1}/readyz", timeout=2):
                return {"stop_s": ended - before, "restart_s": time.monotonic() - ended}
        except (OSError, urllib.error.URLError):
            time.sleep(0.02)
    raise SystemExit(f"node {node} was not ready again within {READY_S} s")


def fill(net, count, batch):
    words = ["--records", max(1, count // max(1, batch)), "--seconds", 600, "--warmup", 0, "--find", 2000,
             "--no-yardsticks"]
    report = net.load(*words, *(("--batch", batch) if batch else ()))
    point = report["points"][0]
    trial = point["trials"][0]
    figures = ("contents_per_s", "final_per_s", "p50_ms", "p99_ms", "cpu_us_per_record", "anonymous_mib",
               "bytes_written_per_record", "records_per_block")
    sample = {name: median(point, name) for name in figures}
    sample["added"] = trial["counts"]["final"] * max(1, batch)
    sample["stages_us_per_record"] = trial["validators"][0]["stages_us_per_record"]
    return sample


def next_milestone(records):
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power > records:
                return factor * power
        power *= 10


def watch(net, report, options):
    first = min(options.chunk, max(FIRST, 200 * options.batch))
    records, milestone, chunk = 0, 0, first
    while records < options.records:
        left = options.records - records
        sample = fill(net, left if left < 1.5 * chunk else chunk, options.batch)
        records += sample.pop("added")
        sample["records"], sample["disk_bytes"] = records, disk_bytes(net.dir)
        if options.batch:
            sample["final_per_s"] = sample["contents_per_s"]
        chunk = max(first, min(options.chunk, int(sample["final_per_s"] * FILL_S)))
        report["samples"].append(sample)
        say(f"growth: {records:,} there, {sample['final_per_s']:.0f}/s, p50 {sample['p50_ms']:.0f} ms, "
            f"{sample['disk_bytes'] / GIB:.1f} GiB, {sample['anonymous_mib']:.0f} MiB anonymous")
        full = sample["disk_bytes"] / GIB > options.disk or \
            shutil.disk_usage(net.dir).free < FREE_GIB * GIB
        if records >= milestone or records >= options.records or full:
            milestone = next_milestone(records)
            report["milestones"].append({"records": records, "disk_bytes": sample["disk_bytes"],
                                         "anonymous_mib": sample["anonymous_mib"], **restart(net)})
            say(f"growth: restart {report['milestones'][-1]['restart_s']:.2f} s")
        write(report["file"], report)
        if full:
            say("growth: the disk bound is reached")
            return


def table(report):
    lines = [f"{'records':>12} {'rate/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>7} {'MiB':>7} {'GiB':>6}"]
    lines += [f"{s['records']:>12,} {s['final_per_s']:>9.0f} {s['p50_ms']:>8.1f} {s['p99_ms']:>8.1f} "
              f"{s['cpu_us_per_record']:>7.1f} {s['anonymous_mib']:>7.1f} {s['disk_bytes'] / GIB:>6.2f}"
              for s in report["samples"]]
    lines += ["", f"{'records':>12} {'stop s':>8} {'restart s':>10}"]
    lines += [f"{m['records']:>12,} {m['stop_s']:>8.2f} {m['restart_s']:>10.2f}"
              for m in report["milestones"]]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--chunk", type=int)
    parser.add_argument("--disk", type=float, default=50)
    options = parser.parse_args()
    options.chunk = options.chunk or (1_000_000 if options.batch else 200_000)
    name = "growth-batches" if options.batch else "growth"
    report = {"tested": tested(), "file": f"{name}.json", "batch": options.batch, "samples": [],
              "milestones": []}
    with Network("growth") as net:
        try:
            watch(net, report, options)
        except KeyboardInterrupt:
            say("growth: interrupted")
    write(f"{name}.txt", table(report))
    print(json.dumps(report["tested"]))
    print(table(report), end="")
    for path in plots.all_of(OUT):
        say(f"growth: {path}")


if __name__ == "__main__":
    main()
