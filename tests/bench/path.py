#!/usr/bin/python3
"""Where the time of a lone record goes, step by step, on four real nodes over loopback.

    path.py [--records N] [--out FILE]

A shim in each node notes when its threads read, write and sync (tests/bench/shim/path_shim.c).  Records
come one by one, to the nodes in turn, and each waits for its finality.  Of those whose node A does not
lead, the steps on the way from A's read of the request to its answer, the leader's L among them, with
median, p10 and p90 of each; a step is what lies between two moments, so they add up to the whole of each
record.  Needs `make PROFILE=release all benches`."""
import argparse
import bisect
import json
import os
import statistics
import sys

import local

PACE = 8  # records a second: each finds an idle network

# what ends the step: (node, thread, what), the first such event after the one before
STEPS = [
    ("A", "steled", "tls-out", "API to pump, signature and rules at admission, parcel packed, signed"),
    ("L", "steled", "tls-in", "parcel on its way to the leader"),
    ("L", "journal", "sync-begin", "parcel opened (two signatures), block built and executed, written"),
    ("L", "journal", "sync-end", "sync of the leader's journal"),
    ("L", "steled", "tls-out", "proposal signed"),
    ("A", "steled", "tls-in", "proposal on its way"),
    ("A", "journal", "sync-begin", "its signature checked, block executed, written"),
    ("A", "journal", "sync-end", "sync of the voter's journal"),
    ("A", "steled", "tls-out", "notarize signed"),
    ("A", "journal", "sync-begin", "votes of a quorum on their way, checked: notarized; written"),
    ("A", "journal", "sync-end", "sync of the notarization and own finalize"),
    ("A", "steled", "tls-out", "finalize signed"),
    ("A", "journal", "sync-begin", "votes of a quorum on their way, checked: finalized; written"),
    ("A", "journal", "sync-end", "sync of the finalization"),
    ("A", "ledger", "sync-begin", "commit of block, leaves, values, written"),
    ("A", "ledger", "sync-end", "sync of the chain store"),
    ("A", "api", "write", "receipt made, answered"),
]
REQUEST_BYTES = 300  # what the API reads of a record is more, of a look-up less


class Node:
    """The moments of one node, by thread and kind, in order."""

    def __init__(self, path):
        self.times, self.api_reads = {}, []
        with open(path) as file:
            for line in file:
                ns, thread, what, result = line.split()
                self.times.setdefault((thread, what), []).append(int(ns))
                if thread == "api" and what == "read" and int(result) >= REQUEST_BYTES:
                    self.api_reads.append(int(ns))

    def after(self, thread, what, ns):
        """The first such moment after ns; None."""
        times = self.times.get((thread, what), [])
        at = bisect.bisect_right(times, ns)
        return times[at] if at < len(times) else None


def leader_after(nodes, ns):
    """Who writes its block down first proposes it."""
    began = [(node.after("journal", "sync-begin", ns) or 1 << 62, k) for k, node in enumerate(nodes)]
    return min(began)[1]


def steps_of(nodes, a, start):
    """How long each step took; "led" where A leads, "lost" where the moments are not of one record."""
    leader = leader_after(nodes, start)
    if leader == a:
        return "led"
    took, before = [], start
    for who, thread, what, _ in STEPS:
        now = nodes[a if who == "A" else leader].after(thread, what, before)
        if now is None:
            return "lost"
        took.append(now - before)
        before = now
    return took if sum(took) < 1e9 / PACE else "lost"


def main():
    parser = argparse.ArgumentParser(description="where the time of a lone record goes")
    parser.add_argument("--records", type=int, default=240)
    parser.add_argument("--out")
    options = parser.parse_args()
    log = local.OUT / "path"
    local.OUT.mkdir(parents=True, exist_ok=True)
    os.environ["LD_PRELOAD"] = str(local.BUILD / "tests/bench/shim/path_shim.so")
    os.environ["PATH_SHIM_LOG"] = str(log)
    with local.Network("path") as net:
        del os.environ["LD_PRELOAD"]
        pids = [int((net.dir / f"node-{k}.pid").read_text().split()[0]) for k in range(1, 5)]
        report = net.load("--rate", PACE, "--seconds", options.records // PACE, "--warmup", 2,
                          "--no-yardsticks")
    nodes = [Node(f"{log}.{pid}") for pid in pids]
    for file in local.OUT.glob("path.[0-9]*"):
        file.unlink()
    followed = [steps_of(nodes, a, start) for a, node in enumerate(nodes) for start in node.api_reads]
    whole = [took for took in followed if isinstance(took, list)]
    if len(whole) < 20:
        sys.exit(f"path: only {len(whole)} records could be followed")
    print(f"{len(whole)} records whose node did not lead, µs: median (p10 – p90)")
    led, lost = followed.count("led"), followed.count("lost")
    print(f"besides: {led} whose node led, {lost} that could not be followed to the end")
    rows = []
    for (who, _, _, text), took in zip(STEPS, zip(*whole)):
        tenths = statistics.quantiles(took, n=10)
        rows.append({"node": who, "step": text, "p50_us": statistics.median(took) / 1e3,
                     "p10_us": tenths[0] / 1e3, "p90_us": tenths[8] / 1e3})
        print(f"{rows[-1]['p50_us']:8.0f}  ({tenths[0] / 1e3:.0f} – {tenths[8] / 1e3:.0f})  {who}  {text}")
    sums = [sum(took) / 1e3 for took in whole]
    print(f"{statistics.median(sums):8.0f}  together; the medians of the steps add up to "
          f"{sum(row['p50_us'] for row in rows):.0f}")
    if options.out:
        with open(options.out, "w") as file:
            json.dump({"records": len(whole), "steps": rows, "p50_us": statistics.median(sums),
                       "bench": report}, file, indent=1)


main()
