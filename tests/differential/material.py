"""What the inputs are made from: the corpus as it is committed, and the scenes behind its good receipts."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RECEIPTS = os.path.join(ROOT, "tests", "vectors", "receipts")
sys.path.insert(0, RECEIPTS)

import good  # noqa: E402  (of the corpus' generator)


class Input:
    """What a verifier is given: three byte strings; trust and file are empty where there is none."""

    __slots__ = ("trust", "file", "receipt")

    def __init__(self, trust, file, receipt):
        self.trust, self.file, self.receipt = trust, file, receipt

    def frame(self):
        return b"".join(len(part).to_bytes(4, "big") + part for part in (self.trust, self.file, self.receipt))


def file_fact(sha256, size):
    return sha256 + size.to_bytes(8, "big")


def corpus():
    """[(name, Input, the line that is expected)], in the order of corpus.json."""
    return _rows("corpus.json", "receipt")


def _rows(list_name, member):
    folder = os.path.join(RECEIPTS, "v1")

    def read(name):
        with open(os.path.join(folder, name), "rb") as stored:
            return stored.read()

    rows = []
    for row in json.loads(read(list_name)):
        trust = read(row["trust"]) if row["trust"] else b""
        file = row.get("file")
        file = file_fact(bytes.fromhex(file["sha256"]), file["size"]) if file else b""
        rows.append((row["name"], Input(trust, file, read(row[member])), row["verdict"]))
    return rows


def proof_corpus():
    """The same of proofs.json."""
    return _rows("proofs.json", "proof")


def scenes():
    """The scenes of the good receipts but the longest, which would be most of the time."""
    return [case.receipt for case in good.cases() if len(case.receipt.run) < 10]
