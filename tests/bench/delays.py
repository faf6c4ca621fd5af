#!/usr/bin/python3
"""How long a lone writer waits for finality when every message between nodes takes its time.

    delays.py [--delays MS[,MS…]] [--records N] [--out FILE]

Four real nodes, each in a network namespace of its own, every session through a proxy that holds
each piece for the one-way delay δ (tests/net/proxy.py).  One client sends a record to a node, waits until
it is final, rests for a random while, and sends the next, to the nodes in turn; to its node it has no
delay.  What the protocol takes is four δ: the parcel to the leader (none where the client's
node leads), the proposal, notarize votes, finalize votes.  The claim: the median is within
3δ + one hop + 10 %, beside what it takes without any delay, through the same proxy.  Views that were
nullified are counted: a timer in the way would show there.  A network over long lines is founded
for them: its Δ is the longest δ, and 50 ms at least.  Needs root.  The last line is
"delays: N held, M did not"."""
import argparse
import json
import math
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "net"), str(TESTS / "hostile")]
sys.dont_write_bytecode = True
import lab  # noqa: E402
import proxy  # noqa: E402
import steady  # noqa: E402
import wire  # noqa: E402

WIDE = 1e9  # bytes a second
REST_S = 0.05
WARM_UP = 4
MARGIN = 1.1
DELTA_MS = 50  # of a local network


class Far:
    """The laboratory with another delay each time."""

    def __init__(self, folder, delta_ms):
        self.net = lab.Lab(folder, found=("--delta-ms", delta_ms))
        self.proxies = None
        keys = self.net.dir / "keys"
        self.client = wire.stele.open_key_file(keys / "anchorer-1.key", keys / "passphrase")
        self.chain = None

    def begin(self, number, delay_s):
        self.proxies = proxy.Proxy(delay_s=delay_s, jitter_s=0, bytes_s=WIDE)
        for node in self.net.every:
            others = [k for k in self.net.every if k != node]
            ports = [20000 + 1000 * number + 100 * node + k for k in others]  # below those of clients
            for port, other in zip(ports, others):
                self.proxies.add((lab.HUB, port), (lab.address(other), lab.PORT))
            self.net.connect(node, [f"{lab.HUB}:{port}" for port in ports])
        self.proxies.start()
        self.net.start_all()
        if self.chain is None:
            self.chain = bytes.fromhex(self.net.get(1, "/v1/network")["chain"])

    def end(self):
        for node in self.net.every:
            self.net.kill(node)
        self.proxies.kill()
        self.proxies.wait()

    def nullified(self):
        return self.net.status(1)["counters"]["nullified_views"]

    def measure(self, records):
        """Seconds from submission to finality, of one record after the other."""
        writer = steady.Steady(self.net.nodes, self.chain, self.client)
        for number in range(records + WARM_UP):
            if number == WARM_UP:
                writer.seconds.clear()
            writer.submit(self.net.nodes[number % len(self.net.nodes)])
            time.sleep(random.uniform(0, REST_S))
        assert not writer.wrong, writer.wrong[0]
        return sorted(writer.seconds)


def at(seconds, share):
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--delays", default="5,50,150", help="one-way, milliseconds")
    parser.add_argument("--records", type=int, default=60)
    parser.add_argument("--out", type=pathlib.Path, help="all figures, as JSON")
    options = parser.parse_args()
    lab.enter()
    folder = tempfile.mkdtemp(prefix="stele-delays.")
    delays = [float(delay) for delay in options.delays.split(",")]
    far = Far(str(pathlib.Path(folder) / "net"), math.ceil(max(DELTA_MS, *delays)))
    figures, claims = {}, []
    try:
        for number, delay_ms in enumerate([0, *delays]):
            far.begin(number, delay_ms / 1e3)
            before = far.nullified()
            seconds = far.measure(options.records)
            lost = far.nullified() - before
            far.end()
            figures[delay_ms] = seconds
            median = statistics.median(seconds) * 1e3
            print(f"δ {delay_ms:5.0f} ms: p50 {median:6.1f} ms  p90 {at(seconds, .9):6.1f} ms  "
                  f"p99 {at(seconds, .99):6.1f} ms  views nullified {lost}", flush=True)
            if delay_ms:
                own = statistics.median(figures[0]) * 1e3
                bound = MARGIN * 4 * delay_ms + own
                claims.append((f"δ {delay_ms:.0f} ms: {median:.1f} ms, within {bound:.1f} ms; "
                               f"{(median - own) / delay_ms:.2f} δ above {own:.1f} ms without delay",
                               median <= bound and lost == 0))
    finally:
        far.net.close()
        shutil.rmtree(folder)
    if options.out:
        options.out.write_text(json.dumps(figures))
    for claim, held in claims:
        print(f"{'held' if held else 'NOT '}  {claim}")
    held = sum(is_held for _, is_held in claims)
    print(f"delays: {held} held, {len(claims) - held} did not")
    return 0 if held == len(claims) else 1


if __name__ == "__main__":
    sys.exit(main())
