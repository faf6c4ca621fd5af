"""Bytes to words, from docs/protocol.md section 3 and proto/peer.proto: protobuf fields, votes, certificates,
headers, and the signatures of the simulator."""
import hashlib
import struct
from collections import namedtuple

NOTARIZE, NULLIFY, FINALIZE = 1, 2, 3
KIND = {NOTARIZE: "notarize", NULLIFY: "nullify", FINALIZE: "finalize"}
VOTE, PROPOSAL, CERTIFICATE, STATUS, VOTES, RANGE = 2, 3, 4, 5, 8, 13

Vote = namedtuple("Vote", "kind epoch view block signer signature")
Certificate = namedtuple("Certificate", "kind epoch set view block signers header")
Header = namedtuple("Header", "hash chain height epoch view parent parent_view time proposer body set")


class Malformed(Exception):
    pass


def varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed("a number without an end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, value) of a protobuf message; a value is a number or bytes."""
    at = 0
    found = []
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 2:
            length, at = varint(data, at)
            if at + length > len(data):
                raise Malformed("a field past the end")
            value = data[at:at + length]
            at += length
        else:
            raise Malformed("a wire type that no message here has")
        found.append((tag >> 3, value))
    return found


def one(found, number, absent):
    values = [value for key, value in found if key == number]
    return values[-1] if values else absent


def every(found, number):
    return [value for key, value in found if key == number]


def vote(data):
    found = fields(data)
    return Vote(one(found, 1, 0), one(found, 2, 0), one(found, 3, 0), bytes(one(found, 4, b"")),
                one(found, 5, 0), bytes(one(found, 6, b"")))


def certificate(data, count):
    """Exact length, no bit at or above count, as many signatures as bits."""
    data = bytes(data)
    if len(data) < 49:
        raise Malformed("a certificate that is cut short")
    kind, epoch = data[0], struct.unpack(">Q", data[1:9])[0]
    view = struct.unpack(">Q", data[41:49])[0]
    if kind not in KIND:
        raise Malformed("a certificate of no kind")
    at = 49
    block = b""
    if kind != NULLIFY:
        block = data[at:at + 32]
        at += 32
    bitmap = data[at:at + (count + 7) // 8]
    at += (count + 7) // 8
    signers = {}
    for i in range(8 * len(bitmap)):
        if bitmap[i // 8] >> i % 8 & 1:
            if i >= count:
                raise Malformed("a signer beyond the set")
            signers[i] = data[at:at + 64]
            at += 64
    header = b""
    if kind != NULLIFY:
        length = struct.unpack(">H", data[at:at + 2] or b"\0\0")[0] if at + 2 <= len(data) else 0
        header = data[at + 2:at + 2 + length]
        at += 2 + length
    if at != len(data):
        raise Malformed("a certificate of another length")
    return Certificate(kind, epoch, data[9:41], view, block, signers, header)


def header(text):
    lines = bytes(text).split(b"\n")
    if len(lines) not in (17, 18) or lines[-1] != b"" or lines[3] != b"format stele/v1":
        raise Malformed("a header of other lines")
    names = (b"chain", b"height", b"epoch", b"view", b"parent", b"parent-view", b"time", b"proposer", b"body")
    values = {}
    for name, line in zip(names, lines[4:]):
        word = line.split(b" ")
        if len(word) != 2 or word[0] != name:
            raise Malformed("a header without its line %r" % name)
        values[name] = word[1]
    set_line = lines[15].split(b" ")
    if set_line[0] != b"validators":
        raise Malformed("a header without validators")
    unhex = bytes.fromhex
    return Header(hashlib.sha256(text).digest(), unhex(values[b"chain"].decode()), int(values[b"height"]),
                  int(values[b"epoch"]), int(values[b"view"]), unhex(values[b"parent"].decode()),
                  int(values[b"parent-view"]), int(values[b"time"]), int(values[b"proposer"]),
                  unhex(values[b"body"].decode()), unhex(set_line[1].decode()))


def parcels(body):
    """The digests that a body text references."""
    lines = bytes(body).split(b"\n")
    if lines[0] != b"stele/v1 body" or lines[-1] != b"":
        raise Malformed("a body of other lines")
    return [bytes.fromhex(line.split(b" ")[1].decode()) for line in lines if line.startswith(b"parcel ")]


def vote_digest(kind, chain, epoch, set_hash, view, block):
    text = "stele/v1 %s\nchain %s\nepoch %d\n" % (KIND[kind], chain.hex(), epoch)
    text += "set %s\nview %d\n" % (set_hash.hex(), view)
    if kind != NULLIFY:
        text += "block %s\n" % block.hex()
    return hashlib.sha256(text.encode()).digest()


def mix(state, words):
    for word in words:
        state = (state ^ word) * 0xbf58476d1ce4e5b9 & 0xffffffffffffffff
        state ^= state >> 31
    return state


def signature(secret, digest):
    """What the simulator puts in the place of ECDSA: nobody without the secret makes it."""
    key = struct.unpack(">4Q", secret)
    state = mix(mix(0x9e3779b97f4a7c15, key), struct.unpack(">4Q", digest))
    out = bytearray()
    for i in range(8):
        out += struct.pack(">Q", state)
        state = mix(state + i & 0xffffffffffffffff, key[:1])
    out[0] = out[32] = 1
    return bytes(out)
