#!/usr/bin/env python3
"""Verdicts of the Python verifier on a stream of receipts, for comparison with the other two.

Frames on stdin, until it ends:
    u32be length | trust        0 bytes: none
    u32be length | file         0 bytes: none; or 40: SHA-256, u64be size
    u32be length | receipt
With the word --proofs, proofs instead.  One verdict line (docs/receipt.md sections 5 and 8) on stdout for
each, flushed.  Exit 2: a frame is broken off.
"""
import functools
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../clients/python"))
from stele_verify import FileFact, FormError, parse_trust, signature, verify, verify_proof  # noqa: E402

FRAME_MAX = 64 << 20
IS_PROOF = "--proofs" in sys.argv

# many receipts of a stream share their certificates; a verdict does not depend on what is remembered
signature.verifies = functools.lru_cache(maxsize=1 << 16)(signature.verifies)


class BrokenFrame(Exception):
    """The stream is none of this kind."""


def take(stream, may_end: bool = False):
    head = stream.read(4)
    if not head and may_end:
        return None
    length = int.from_bytes(head, "big")
    if len(head) != 4 or length > FRAME_MAX:
        raise BrokenFrame
    data = stream.read(length)
    if len(data) != length:
        raise BrokenFrame
    return data


@functools.lru_cache(maxsize=64)
def trust_of(data: bytes):
    """None where it does not parse."""
    try:
        return parse_trust(data)
    except FormError:
        return None


def line_of(trust: bytes, file: bytes, receipt: bytes) -> str:
    relied_on = trust_of(trust) if trust else None
    if trust and relied_on is None:
        return "trust"
    if IS_PROOF:
        return verify_proof(receipt, relied_on).line()
    fact = FileFact(file[:32], int.from_bytes(file[32:], "big")) if file else None
    return verify(receipt, relied_on, fact).line()


def main() -> int:
    stream = sys.stdin.buffer
    try:
        while (trust := take(stream, may_end=True)) is not None:
            file, receipt = take(stream), take(stream)
            if len(file) not in (0, 40):
                raise BrokenFrame
            print(line_of(trust, file, receipt), flush=True)
    except BrokenFrame:
        print("verdicts: a frame is broken off, or none", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
