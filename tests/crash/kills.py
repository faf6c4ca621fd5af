#!/usr/bin/env python3
"""SIGKILL again and again, to one node, two or all of four, at moments that chance chooses, under load.

    kills.py [--kills N] [--seconds S] [--seed X]

--kills counts processes that were killed (default 60); after --seconds (default 600) it ends with what
it has.  The load keeps its own list of what was acknowledged, outside the homes.  At the end each node
is asked for each of those records, and one node's ledger is executed anew.  STELE_BUILD as in
tests/cluster/cluster.py; the last line is "kills: N passed, M failed".
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
import cluster  # noqa: E402

NODES = 4
PROGRESS = 5          # records acknowledged between two rounds
PROGRESS_SECONDS = 60
CONNECTIONS = 3
AGAIN = 0.15          # chance that one is killed again while it starts


class Killer:
    def __init__(self, net, options):
        self.net, self.dice = net, random.Random(options.seed)
        self.killed = {1: 0, 2: 0, NODES: 0}
        self.wanted, self.until = options.kills, time.monotonic() + options.seconds

    @property
    def count(self):
        return sum(self.killed.values())

    def over(self):
        return self.count >= self.wanted or time.monotonic() > self.until

    def pids(self):
        listed = self.net.tool("localnet", "status", "--json").ok().json["items"]
        return {number + 1: item.get("pid") for number, item in enumerate(listed)}

    def kill(self, nodes):
        pids = self.pids()
        for node in nodes:
            if pids[node]:
                os.kill(pids[node], signal.SIGKILL)
        cluster.wait_until(10, lambda: not any(self.pids()[n] for n in nodes), "they are gone")

    def start(self, nodes):
        for node in nodes:
            self.net.start(node)

    def round(self):
        many = self.dice.choices([1, 2, NODES], [6, 2, 2])[0]
        nodes = self.dice.sample(range(1, NODES + 1), many)
        time.sleep(self.dice.random() * 0.5)
        self.kill(nodes)
        self.killed[many] += many
        time.sleep(self.dice.random() * 0.3)
        self.start(nodes)
        if self.dice.random() < AGAIN:
            time.sleep(self.dice.random() * 0.2)
            self.kill(nodes[:1])
            self.killed[1] += 1
            self.start(nodes[:1])


def run(net, options):
    killer = Killer(net, options)
    load, acks = net.load("acks", connections=CONNECTIONS)
    while not killer.over():
        before = cluster.acknowledged(acks)
        cluster.wait_until(PROGRESS_SECONDS,
                           lambda: cluster.acknowledged(acks) >= before + PROGRESS,
                           f"the network goes on after {killer.count} kills")
        killer.round()
    net.stop(load)
    net.wait_ready()
    cluster.wait_until(30, net.is_level, "the same height at all")
    for node in range(1, NODES + 1):
        status = net.status(node)
        assert status["signing"] is True and status["tripped"] is False, status
    net.compare(acks)
    net.tool("localnet", "down").ok()
    net.tool("verify-ledger", net.dir / "node-1").ok()
    print(f"kills: {killer.count} processes killed ({killer.killed[1]} alone, {killer.killed[2]} in pairs, "
          f"{killer.killed[NODES]} with all), {cluster.acknowledged(acks)} acknowledged records are at all "
          f"{NODES} nodes")
    return killer.count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="stele-kills.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    net, count, failed = None, 0, 1
    try:
        net = cluster.Network(os.path.join(work, "net"))
        count = run(net, options)
        failed = 0
    finally:
        if net is not None:
            net.close()
        if failed:
            print(f"kills: seed {options.seed}; data and logs are in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
        print(f"kills: {count} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main())
