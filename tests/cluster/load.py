#!/usr/bin/env python3
"""Signs and sends records until told to stop; keeps a list of what was acknowledged.

    load.py send --nodes URL,URL --keys A.key,B.key --passphrase-file P --out FILE
                 [--seconds S] [--count N] [--connections C]
    load.py compare --nodes URL,URL --list FILE

send: each of C connections sends one content.anchor after another and waits for
finality.  Only what a node answered with 201 and "accepted" enters FILE, one line
"id log_index height" each; FILE is synced to disk and lies outside every node's home,
so it says what the nodes promised and not what they remember.  A node that does not
answer is left for the next one.  SIGTERM and SIGINT end it as --seconds would.
compare: asks every node for every id of FILE, one by one; a node that does not know
an id, or puts it elsewhere in the log, has lost an acknowledged record.

The last line of both is a sum; the exit code is 3 where compare misses anything.
The transaction is made as docs/api.md says, by the code of clients/python.
"""
import argparse
import http.client
import json
import os
import secrets
import signal
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../clients/python"))
import anchor_example as stele  # noqa: E402

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402

REPORT_S = 1.0
SYNC_S = 0.1


class Acknowledged:
    """The list, safe for many threads: every line is written at once, synced ten times a second."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="ascii")
        self.lock = threading.Lock()
        self.count = 0
        self.highest = 0

    def add(self, answer):
        with self.lock:
            self.file.write(f"{answer['id']} {answer['log_index']} {answer['height']}\n")
            self.file.flush()
            self.count += 1
            self.highest = max(self.highest, answer["height"])

    def sync(self):
        os.fsync(self.file.fileno())


class Sender(threading.Thread):
    """One connection: it stays with a node while that answers."""

    def __init__(self, number, run):
        super().__init__(daemon=True)
        self.number, self.run_state = number, run
        self.node = number % len(run.nodes)
        self.connection = None
        self.key = run.keys[number % len(run.keys)]
        self.signer = self.key.public_key().public_bytes(Encoding.X962,
                                                         PublicFormat.CompressedPoint)

    def transaction(self):
        operation = stele.data(1, secrets.token_bytes(32)) + stele.number(2, 1 + self.number)
        body = stele.transaction_body(self.run_state.chain, self.signer, 81, operation,
                                      int(time.time() * 1000) + 60_000)
        return stele.data(1, body) + stele.data(2, stele.sign(self.key, body))

    def send(self, transaction):
        if self.connection is None:
            url = urllib.parse.urlsplit(self.run_state.nodes[self.node])
            self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=15)
        self.connection.request("POST", "/v1/transactions", transaction,
                                {"Content-Type": "application/protobuf", "Prefer": "wait=10"})
        response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"null")

    def leave(self):
        """This node does not answer: take the next."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None
        self.node = (self.node + 1) % len(self.run_state.nodes)
        time.sleep(0.02)

    def run(self):
        state = self.run_state
        while not state.over():
            try:
                status, answer = self.send(self.transaction())
            except (OSError, http.client.HTTPException, ValueError):
                state.failed += 1
                self.leave()
                continue
            if status == 201 and answer.get("state") == "accepted":
                state.acknowledged.add(answer)
            else:
                state.unanswered += 1
                if status in (429, 503):
                    self.leave()


class Run:
    def __init__(self, options):
        self.nodes = options.nodes.split(",")
        self.keys = [stele.open_key_file(path, options.passphrase_file)
                     for path in options.keys.split(",")]
        self.acknowledged = Acknowledged(options.out)
        self.failed = self.unanswered = 0
        self.stopped = False
        self.until = time.monotonic() + options.seconds
        self.count_max = options.count
        self.chain = self.find_chain()

    def find_chain(self):
        for node in self.nodes:
            try:
                return bytes.fromhex(stele.request(node, "GET", "/v1/network")[1]["chain"])
            except OSError:
                continue
        sys.exit("load: no node answers")

    def over(self):
        return (self.stopped or time.monotonic() >= self.until
                or self.acknowledged.count >= self.count_max)

    def stop(self, *_):
        self.stopped = True


def send(options):
    run = Run(options)
    signal.signal(signal.SIGTERM, run.stop)
    signal.signal(signal.SIGINT, run.stop)
    senders = [Sender(i, run) for i in range(options.connections)]
    started = report = time.monotonic()
    for sender in senders:
        sender.start()
    while not run.over():
        time.sleep(SYNC_S)
        run.acknowledged.sync()
        if options.progress and time.monotonic() - report >= REPORT_S:
            report = time.monotonic()
            print(f"load: {run.acknowledged.count} acknowledged, height "
                  f"{run.acknowledged.highest}", file=sys.stderr)
    patience = time.monotonic() + 2 # answers under way; a node that was killed gives none
    for sender in senders:
        sender.join(max(0.0, patience - time.monotonic()))
    run.acknowledged.sync()
    seconds = time.monotonic() - started
    print(f"{run.acknowledged.count} records acknowledged in {seconds:.1f} s, "
          f"{run.failed} connections failed, {run.unanswered} without an answer in time")
    return 0


def known(connection, record, log_index):
    connection.request("GET", f"/v1/transactions/{record}")
    response = connection.getresponse()
    answer = json.loads(response.read() or b"null")
    return (response.status == 200 and answer["state"] == "accepted"
            and str(answer["log_index"]) == log_index)


def compare(options):
    with open(options.list, encoding="ascii") as source:
        records = [line.split() for line in source]
    missing = 0
    for node in options.nodes.split(","):
        url = urllib.parse.urlsplit(node)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=15)
        found = 0
        for record, log_index, _ in records:
            if known(connection, record, log_index):
                found += 1
            elif options.progress:
                print(f"missing at {node}: {record}", file=sys.stderr)
        print(f"{node}: {found} of {len(records)}")
        missing += len(records) - found
    print(f"{len(records)} acknowledged ids, {missing} missing")
    return 3 if missing or not records else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    modes = parser.add_subparsers(dest="mode", required=True)
    sending = modes.add_parser("send")
    sending.add_argument("--keys", required=True)
    sending.add_argument("--passphrase-file", required=True)
    sending.add_argument("--out", required=True)
    sending.add_argument("--seconds", type=float, default=1e9)
    sending.add_argument("--count", type=int, default=1 << 62)
    sending.add_argument("--connections", type=int, default=32)
    comparing = modes.add_parser("compare")
    comparing.add_argument("--list", required=True)
    for mode in (sending, comparing):
        mode.add_argument("--nodes", required=True)
        mode.add_argument("--progress", action="store_true")
    options = parser.parse_args()
    return send(options) if options.mode == "send" else compare(options)


if __name__ == "__main__":
    sys.exit(main())
