#!/usr/bin/env python3
"""What the number of validators costs: `make bench-validators`, at most 10 minutes on two cores.

Usage: tests/bench/validators.py [--quick] [--costs FILE] [--simulated-only]

A lone writer, who waits for the finality of each record, on networks of 4 to 100 validators in the
simulator, where work costs time by figures of the real code: of scene "measured", or those that
bench_costs printed into FILE.  Three ways to relay certificates: as the rule says (R10), whole to all,
announced to all.  Then one slow node: its disk, line or processor.  Then real processes on this
machine beside the simulator's of one machine with as many cores, to see what the simulation is worth.
Leaves validators.json, validators.txt and validators.svg in build/bench/.
"""
import json
import os
import subprocess
import sys

import plots
from local import BUILD, OUT, Network, say, write

QUICK = "--quick" in sys.argv[1:]
SIZES = (4, 7, 16) if QUICK else (4, 7, 16, 31, 64, 100)
REAL = (4,) if QUICK else (4, 7, 16)
HEIGHTS = 20 if QUICK else 60  # half of it from 64 validators on
RELAYS = (("rule", "sim"), ("whole", "sim-relay-128"), ("announced", "sim-relay-0"))
SLOW = {"base": (), "disk": ("disk_slow_times=10",), "line": ("slow_line_us=100000",),
        "processor": ("slow_cpu_times=10",)}
SLOW_HEIGHTS = 20 if QUICK else 100


def simulate(program, validators, heights, settings=()):
    words = [str(BUILD / program), "--scene", "measured", "--nodes", str(validators),
             "--heights", str(heights)]
    if "--costs" in sys.argv[1:]:
        words += ["--costs", sys.argv[sys.argv.index("--costs") + 1]]
    for setting in settings:
        words += ["--set", setting]
    done = subprocess.run(words, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[0])


def sizes():
    for name, program in RELAYS:
        for validators in SIZES:
            say(f"bench: {validators} validators, certificates {name}")
            yield {"relay": name} | simulate(program, validators,
                                                HEIGHTS if validators < 64 else HEIGHTS // 2)


def slow():
    """Node 1 is ten times slower in one way; the writer uses the others."""
    for validators in (4, 7, 16):
        for name, settings in SLOW.items():
            say(f"bench: {validators} validators, one with a slow {name}")
            settings = ("has_slow=1", "slow_node=1", "disk_slow_node=1", "is_timely=0") + settings
            yield {"slow": name} | simulate("sim", validators, SLOW_HEIGHTS, settings)


def real():
    cores = os.cpu_count()
    for validators in REAL:
        say(f"bench: {validators} real validators")
        with Network(f"validators-{validators}", validators) as net:
            report = net.load("--window", 1, "--seconds", 3 if QUICK else 10, "--warmup", 2,
                              "--repeat", 1, "--no-yardsticks", one_node=True)
        beside = simulate("sim", validators, HEIGHTS, ("machines=1", f"cores={cores}"))
        yield {"validators": validators, "real": report["points"][0]["summary"], "simulated": beside}


def table(report):
    lines = ["A lone writer; a view, at one node", "",
             f"{'certificates':<12}{'validators':>11}{'p50 ms':>9}{'p99 ms':>9}{'messages':>10}"
             f"{'bytes':>10}{'checks':>8}{'CPU us':>8}{'of it the loop':>16}"]
    for e in report["simulated"]:
        each = e["view_node"]
        lines.append(f"{e['relay']:<12}{e['validators']:>11}{e['finality']['p50_us'] / 1e3:>9.2f}"
                     f"{e['finality']['p99_us'] / 1e3:>9.2f}{each['frames']:>10.0f}"
                     f"{each['bytes']:>10.0f}{each['checks']:>8.0f}"
                     f"{each['loop_us'] + each['jobs_us']:>8.0f}{each['loop_us']:>16.0f}")
    lines += ["", "One slow node: finality where it leads none of the views, and where it does", "",
              f"{'slow':<12}{'validators':>11}{'p50 ms':>9}{'p99 ms':>9}{'led p50':>10}{'led p99':>10}"
              f"{'nullified':>11}"]
    for e in report["slow"]:
        lines.append(f"{e['slow']:<12}{e['validators']:>11}{e['finality']['p50_us'] / 1e3:>9.2f}"
                     f"{e['finality']['p99_us'] / 1e3:>9.2f}{e['slow_led']['p50_us'] / 1e3:>10.2f}"
                     f"{e['slow_led']['p99_us'] / 1e3:>10.2f}{e['nullified']:>11}")
    if report["real"]:
        lines += ["", f"Real processes on {os.cpu_count()} cores, and the simulator's of one machine",
                  "", f"{'validators':>10}{'p50 ms':>9}{'sim':>8}{'checks':>9}{'sim':>8}"
                  f"{'kB to and from peers':>22}{'sim':>8}{'CPU us':>9}{'sim':>8}"]
    for e in report["real"]:
        got, each = e["real"], e["simulated"]["view_node"]
        median = {k: v["median"] for k, v in got.items()}
        lines.append(f"{e['validators']:>10}{median['p50_ms']:>9.2f}"
                     f"{e['simulated']['finality']['p50_us'] / 1e3:>8.2f}"
                     f"{median['signature_checks_per_record']:>9.1f}{each['checks']:>8.1f}"
                     f"{median['peer_bytes_per_record'] / 1e3:>22.1f}{2 * each['bytes'] / 1e3:>8.1f}"
                     f"{median['cpu_us_per_record']:>9.0f}{each['loop_us'] + each['jobs_us']:>8.0f}")
    return "\n".join(lines) + "\n"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    report = {"simulated": list(sizes()), "slow": list(slow()), "real": []}
    write("validators.json", report)
    if "--simulated-only" not in sys.argv[1:]:
        report["real"] = list(real())
        write("validators.json", report)
    write("validators.txt", table(report))
    print(table(report), end="")
    for path in plots.all_of(OUT):
        say(f"bench: {path}")


if __name__ == "__main__":
    main()
