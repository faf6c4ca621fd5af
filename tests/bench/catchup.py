#!/usr/bin/env python3
"""Catch-up against the signature checks that it consists of, on the same cores, in turns.

    catchup.py [--records N] [--turns N] [--dir DIR] [--keep] [--build DIR]

Four validators are loaded until the ledger holds so many records; then, turn by turn, one loses
its chain and its journal and catches up while the others are idle.  A turn is its time from when it
serves its status until it is level, against the same number of signature checks alone, by as
many processes as there are cores (bench_checks).  Beside other work the ratio of CPU time says
more than that of the clock: that of the node that catches up, from its start, against the checks'.
DIR is used again if a network is there.  Nodes run on loopback and are ended by their process ids."""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = 28600
NODES = 4
LOAD_S = 15
TURN_S_MAX = 300


def get(offset, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT + offset}{path}", timeout=5) as answer:
        return answer.read().decode()


def height(node):
    """None while it does not answer."""
    try:
        return json.loads(get(20 + node, "/v1/status"))["height"]
    except OSError:
        return None


def signatures(node):
    return int(re.search(r"^stele_signatures_checked_total (\d+)", get(40 + node, "/metrics"), re.M)[1])


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def threads_cpu_s(pid):
    """CPU time by the name of the thread."""
    total = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        total[name] = round(total.get(name, 0) + cpu_s(f"{pid}/task/{task.name}"), 2)
    return total


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) // 1024


def wait_until(seconds, claim, what):
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            raise SystemExit(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def fill(build, net, records):
    """Load until there are so many; a record that was found again is there."""
    def tool(*words):
        return subprocess.run([build / "stele", *map(str, words)], check=True, text=True,
                              capture_output=True).stdout
    tool("localnet", "up", "--dir", net, "--port", PORT, "--validators", NODES)
    try:
        count = 0
        while count < records:
            report = tool("bench", "run", "--dir", net, "--seconds", LOAD_S, "--warmup", 0,
                          "--no-yardsticks", "--json")
            count += json.loads(report[report.index("{\n"):])["points"][0]["trials"][0]["lookup"]["found"]
    finally:
        tool("localnet", "down", "--dir", net)


def bound(build, count):
    return json.loads(subprocess.run([build / "tests/bench/bench_checks", str(count)], check=True,
                                     text=True, capture_output=True).stdout)


def turn(build, net):
    running = []

    def start(node):
        log = open(net / f"node-{node + 1}.log", "a", encoding="utf-8")
        running.append(subprocess.Popen([build / "steled", "--home", net / f"node-{node + 1}"],
                                        stderr=log))
        wait_until(60, lambda: height(node) is not None, f"node {node + 1} answers")
        return running[-1].pid

    last = NODES - 1
    for folder in ("chain", "journal"):
        shutil.rmtree(net / f"node-{last + 1}" / folder)
    try:
        for node in range(last):
            start(node)
        top = height(0)
        pid = start(last)
        began = time.monotonic()
        wait_until(TURN_S_MAX, lambda: height(last) >= top, "level with the others")
        return {"heights": top, "signatures": signatures(last), "peak_mib": peak_mib(pid),
                "seconds": round(time.monotonic() - began, 3), "cpu_s": cpu_s(pid),
                "threads_cpu_s": threads_cpu_s(pid)}
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def say(what, figures):
    print(f"{what:34} median {statistics.median(figures):.3f}, "
          f"{min(figures):.3f} to {max(figures):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=200000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--dir", type=pathlib.Path)
    parser.add_argument("--keep", action="store_true", help="leave the folder, for another run")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    options = parser.parse_args()
    folder = options.dir or pathlib.Path(tempfile.mkdtemp(prefix="stele-catchup-"))
    net = folder / "net"
    try:
        if not net.exists():
            fill(options.build, net, options.records)
        by_clock, by_cpu = [], []
        for _ in range(options.turns):
            caught = turn(options.build, net)
            alone = bound(options.build, caught["signatures"])
            by_clock.append(alone["seconds"] / caught["seconds"])
            by_cpu.append(alone["cpu_s"] / caught["cpu_s"])
            print(json.dumps({**caught, "checks_s": alone["seconds"],
                              "checks_cpu_s": alone["cpu_s"]}), flush=True)
        say("of the bound, by the clock", by_clock)
        say("of the bound, by CPU time", by_cpu)
    finally:
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
