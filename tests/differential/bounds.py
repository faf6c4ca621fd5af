"""Receipts at a bound of docs/receipt.md, and one beyond it."""
import functools

from deep import CONTENT
from keys import sha256, test_key
from reference import message
from scene import NETWORKS, Scene
from surface import canonical
from texts import b64, pin

TEXT_MAX = 4194304


@functools.lru_cache(maxsize=None)
def crowd(count):
    """The text of a set of so many validators."""
    pairs = [(test_key(f"receipts crowd {i}").public.hex(), test_key(f"receipts crowd node {i}").public.hex())
             for i in range(count)]
    return "stele/v1 set\n" + "".join(f"c{i} o{i} {c} {n}\n" for i, (c, n) in enumerate(sorted(pairs)))


def repeated(receipt, name, count):
    receipt[name] = (receipt[name] * count)[:count]


def with_status(receipt, name, value):
    receipt["status"][name] = value


def envelope_of(size):
    """A record whose operation makes the envelope about as long as it may be."""
    scene = Scene(1, status="top").put_record(60, b"")
    scene.put_record(60, bytes(size - (len(scene.leaves[scene.record_at]) + 5)))
    return scene.build()


def anchored():
    return Scene(1, status="newer", later=1).anchor(CONTENT).build()


def batch():
    return Scene(1).anchor_batch(CONTENT).build()


CHANGES = (
    lambda r, more: repeated(r, "headers", 1024 + more),
    lambda r, more: r.update(set_changes=r["status"]["set_changes"] * (512 + more)),
    lambda r, more: with_status(r, "set_changes", r["status"]["set_changes"] * (512 + more)),
    lambda r, more: r.update(set=crowd(128 + more)),
    lambda r, more: r["record"].update(path=["00" * 32] * (63 + more)),
    lambda r, more: with_status(r, "consistency", ["00" * 32] * (126 + more)),
    lambda r, more: with_status(r, "tree", b64(bytes(65536 + more))),
    lambda r, more: r.update(finalization=b64(bytes(12288 + more))),
    lambda r, more: r.update(finalization=b64(bytes(108 - more))),
    lambda r, more: with_status(r, "entries", [{"key": "a" * 64, "value": b64(bytes(16384 + more))}]),
    lambda r, more: with_status(r, "entries", [{"key": "/".join(["a" * 63] * 3 + ["a" * (63 + more)])}]),
    lambda r, more: with_status(r, "entries", [{"key": "a" * (64 + more)}]),
    lambda r, more: with_status(r, "entries", _keys(4 + more)),
    lambda r, more: r["subject"].update(size=2**53 - 1 + more),
    lambda r, more: r["record"].update(log_index=2**53 - 1 + more),
)


def _keys(count):
    keys = sorted((f"org/{i}" for i in range(count)), key=lambda key: sha256(key.encode()))
    return [{"key": key} for key in keys]


def text(rng):
    """A receipt, as bytes."""
    more, kind = rng.randrange(2), rng.randrange(20)
    if kind == 0:
        head = b'{"stele_receipt":2,"text":"'
        return head + b"x" * (TEXT_MAX - len(head) - 3 + more) + b'"}\n'
    if kind == 3:
        version = rng.choice((1, 2))
        return b'{"list":[' + b"0," * (2**18 - 3 + more) + b'0],"stele_receipt":%d}\n' % version
    if kind == 1:
        return canonical(envelope_of(65450 + rng.randrange(-6, 90)))
    if kind == 2:
        receipt = batch()
        receipt["entry"]["data"] = b64(message((1, bytes(32)), (10, bytes(57 + more))))
        return canonical(receipt)
    receipt = anchored()
    rng.choice(CHANGES)(receipt, more)
    return canonical(receipt)


def trust(rng):
    """A pin of 512 sets, or of 513."""
    network = NETWORKS[1]
    texts = network.sets + [str(e) for e in range(len(network.sets), 513)]
    sets = {e: sha256(text.encode()).hex() for e, text in enumerate(texts)}
    head = {"height": 5, "text": "x", "log_size": 1, "log_root": bytes(32)}
    return pin(network, list(range(512 + rng.randrange(2))), head, sets).encode()
