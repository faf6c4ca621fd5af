"""A light, steady load, and how long each record takes from submission to finality."""
import http.client
import json
import secrets
import threading
import time
import urllib.parse

import wire
from wire import data, number, stele

EVERY_S = 0.1


class Steady(threading.Thread):
    """One record every tenth of a second, to the nodes in turn; answers take as long as they take."""

    def __init__(self, nodes, chain, key):
        super().__init__(daemon=True)
        self.nodes, self.chain, self.key = nodes, chain, key
        self.signer = wire.public(key)
        self.seconds, self.wrong = [], []
        self.is_over = False

    def transaction(self):
        operation = data(1, secrets.token_bytes(32)) + number(2, 1)
        body = stele.transaction_body(self.chain, self.signer, 81, operation,
                                      int(time.time() * 1000) + 60_000)
        return data(1, body) + data(2, stele.sign(self.key, body))

    def submit(self, node):
        url = urllib.parse.urlsplit(node)
        begun = time.monotonic()
        try:
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=40)
            connection.request("POST", "/v1/transactions", self.transaction(),
                               {"Content-Type": "application/protobuf",
                                "Prefer": "wait=30, return=minimal"})
            answer = connection.getresponse()
            state = json.loads(answer.read()).get("state")
            connection.close()
            if answer.status != 201 or state != "accepted":
                self.wrong.append(f"{node}: {answer.status} {state}")
                return
        except (OSError, ValueError, http.client.HTTPException) as failed:
            self.wrong.append(f"{node}: {failed!r}")
            return
        self.seconds.append(time.monotonic() - begun)

    def run(self):
        under_way = []
        due = time.monotonic()
        turn = 0
        while not self.is_over:
            one = threading.Thread(target=self.submit, args=(self.nodes[turn % len(self.nodes)],))
            one.start()
            under_way.append(one)
            turn += 1
            due += EVERY_S
            time.sleep(max(0.0, due - time.monotonic()))
        for one in under_way:
            one.join()

    def stop(self):
        self.is_over = True
        self.join()
        return self

    def at(self, share):
        """The latency below which this share of the answers is, in seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


def during(nodes, chain, key, seconds):
    """The steady load for a while."""
    load = Steady(nodes, chain, key)
    load.start()
    time.sleep(seconds)
    return load.stop()
