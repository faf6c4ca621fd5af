#!/usr/bin/env python3
"""What a network does when more comes than it can bear.

    overload.py [--turns N] [--seconds S] [--dir DIR] [--build DIR] [--out FILE]

Four validators on loopback, four organisations; in turns, each a load of `stele bench run`:

    R       the rate of a closed loop: as much as the nodes take
    2R      twice that, open loop, by all four organisations
    quiet   three organisations send R/8 each, and nobody else does
    flood   the same, while the fourth one sends 2R to all nodes

Said of each pair: what became final a second at 2R against R; the latency of the three with the
flood against theirs without; refusals (503, each with Retry-After, else it counts as failed); the
memory of the nodes; and that each acknowledged record is found at a node afterwards.
The last line is "overload: N held, M did not".  Nodes are ended by their process ids."""
import argparse
import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = 27100
WINDOW_FLOOD = 8192  # requests of the flood under way at once
SHARE = 8            # of R: what each of the others sends
LATENCY_MAX = 2      # times, and
LATENCY_SLACK_MS = 5
RATE_MIN = 0.9
MEMORY_MIB = 300
WARMUP_S = 1
SIGNERS = ("anchorer-1", "anchorer-2", "institute-1", "institute-2")


class Network:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.tool("localnet", "up", "--dir", folder, "--port", PORT)

    def tool(self, *words):
        return subprocess.run([self.build / "stele", *map(str, words)], check=True, text=True,
                              capture_output=True).stdout

    def close(self):
        self.tool("localnet", "down", "--dir", self.folder)

    def start(self, signers, *words):
        """A load under way."""
        keys = [word for name in signers
                for word in ("--signer", self.folder / f"keys/{name}.key")]
        command = [self.build / "stele", "bench", "run", "--dir", self.folder, "--no-yardsticks",
                   "--json", *keys, *words]
        return subprocess.Popen(list(map(str, command)), text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)


def report(load):
    text = load.communicate()[0]
    return json.loads(text[text.index("{\n"):])["points"][0]["trials"][0]


def load(net, seconds, signers, rate=None, window=None):
    return net.start(signers, "--seconds", seconds, "--warmup", WARMUP_S,
                     *(("--rate", round(rate)) if rate else ()),
                     *(("--window", window) if window else ()))


def one_turn(net, seconds):
    """{what: the report of its load}"""
    three = SIGNERS[1:]
    seen = {}

    def note(name, under_way):
        seen[name] = report(under_way)
        print(line(name, seen[name]), flush=True)

    note("R", load(net, seconds, SIGNERS))
    rate = seen["R"]["final_per_s"]
    note("2R", load(net, seconds, SIGNERS, 2 * rate, WINDOW_FLOOD))
    note("quiet", load(net, seconds, three, len(three) * rate / SHARE))
    flood = load(net, seconds + 4 * WARMUP_S, SIGNERS[:1], 2 * rate, WINDOW_FLOOD)
    time.sleep(2 * WARMUP_S)  # until it is under way
    note("three", load(net, seconds, three, len(three) * rate / SHARE))
    note("flood", flood)
    return seen


def line(name, trial):
    latency, counts = trial["latency_ms"], trial["counts"]
    memory = max(node["anonymous_mib"] for node in trial["validators"])
    return (f"  {name:6} offered {trial['offered_per_s']:8.0f}/s  final {trial['final_per_s']:7.0f}/s  "
            f"p50 {latency['p50']:7.1f} ms  p99 {latency['p99']:7.1f} ms  503 {counts['busy_answers']:6}  "
            f"refused {counts['refused']}  found {trial['lookup']['found']} of {counts['final']}  "
            f"{memory:.0f} MiB")


def judge(turns):
    """(claim, whether it held), by medians over the turns."""
    def median(figure):
        return statistics.median(map(figure, turns))

    def latency(name, at):
        return median(lambda turn: turn[name]["latency_ms"][at])

    ratio = median(lambda turn: turn["2R"]["final_per_s"] / turn["R"]["final_per_s"])
    every = [trial for turn in turns for trial in turn.values()]
    memory = max(node["anonymous_mib"] for trial in every for node in trial["validators"])
    yield f"at twice the highest rate {ratio:.0%} of it become final", ratio >= RATE_MIN
    for at in ("p50", "p99"):
        without, beside = latency("quiet", at), latency("three", at)
        yield (f"{at} of the others: {without:.1f} ms, beside the flood {beside:.1f} ms, "
               f"{beside / without:.1f} times", beside <= LATENCY_MAX * without + LATENCY_SLACK_MS)
    yield (f"memory of a node: at most {memory:.0f} MiB", memory <= MEMORY_MIB)
    yield ("every acknowledged record was found",
           all(trial["lookup"]["found"] == trial["counts"]["final"] for trial in every))
    yield ("nothing was answered but accepted, pending and 503",
           all(trial["counts"]["refused"] == trial["counts"]["rejected"] == 0 for trial in every))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--dir", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=pathlib.Path, help="the reports of all loads, as JSON")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = options.dir or pathlib.Path(tempfile.mkdtemp(prefix="stele-overload-"))
    net = Network(options.build, folder / "net")
    turns = []
    try:
        for number in range(options.turns):
            print(f"turn {number + 1}")
            turns.append(one_turn(net, options.seconds))
    finally:
        net.close()
        if not options.dir:
            shutil.rmtree(folder)
    if options.out:
        options.out.write_text(json.dumps(turns))
    claims = list(judge(turns))
    for claim, held in claims:
        print(f"{'held' if held else 'NOT '}  {claim}")
    held = sum(held for _, held in claims)
    print(f"overload: {held} held, {len(claims) - held} did not")
    return 0 if held == len(claims) else 1


if __name__ == "__main__":
    sys.exit(main())
