#!/usr/bin/env python3
"""Anchors a file in a Stele ledger and checks the receipt, from docs/api.md alone.

    anchor_example.py --node http://127.0.0.1:7401 --key anchorer.key \
                      --passphrase-file pass.txt --genesis genesis.txt FILE

Needs Python's standard library and the package `cryptography` (Debian:
python3-cryptography).  It shares no code with Stele: the encoding of the
transaction, the signing recipe and the checks of the receipt's finality and
inclusion stand here; stele_verify, beside it, judges a whole receipt.
Exit: 0 anchored and verified, 3 a check failed, 7 refused by the ledger.
"""
import argparse
import base64
import hashlib
import http.client
import json
import secrets
import sys
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
PREHASHED = ec.ECDSA(utils.Prehashed(hashes.SHA256()))


class Failed(Exception):
    """A check did not hold."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# ---- the transaction: canonical protobuf, docs/ledger.md section 1 -----------

def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value) if value else b""


def data(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value if value else b""


def content_anchor(content: bytes, media_type: str, title: str) -> bytes:
    return (data(1, sha256(content)) + number(2, len(content))
            + data(3, media_type.encode()) + data(4, title.encode()))


def transaction_body(chain: bytes, signer: bytes, operation: int, message: bytes,
                     valid_until_ms: int) -> bytes:
    return (data(1, chain) + data(2, signer) + number(3, valid_until_ms)
            + number(4, secrets.randbits(63)) + data(operation, message))


def sign(key: ec.EllipticCurvePrivateKey, body: bytes) -> bytes:
    """r||s with a low s, over SHA-256 of the domain and the body."""
    digest = sha256(b"stele/v1 transaction\n" + body)
    r, s = utils.decode_dss_signature(key.sign(digest, PREHASHED))
    s = min(s, CURVE_ORDER - s)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def open_key_file(path: str, passphrase_path: str) -> ec.EllipticCurvePrivateKey:
    """A Stele key file, docs/ledger.md: scrypt and AES-256-GCM around the scalar."""
    with open(path, encoding="utf-8") as source:
        box = json.load(source)
    with open(passphrase_path, "rb") as source:
        passphrase = source.read().rstrip(b"\n")
    wrapping = Scrypt(salt=bytes.fromhex(box["salt"]), length=32, n=32768, r=8, p=1)
    bound = (b"stele/v1 key file\n" + bytes.fromhex(box["public_key"]) + box["label"].encode())
    scalar = AESGCM(wrapping.derive(passphrase)).decrypt(
        bytes.fromhex(box["nonce"]), bytes.fromhex(box["secret"] + box["tag"]), bound)
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256K1())


# ---- the receipt: docs/receipt.md -----------------------------------------------

def header_lines(text: str) -> dict:
    lines = text.split("\n")
    fields = dict(line.split(" ", 1) for line in lines[3:-1])
    fields.update(origin=lines[0], size=int(lines[1]), root=base64.b64decode(lines[2]))
    return fields


def check_finality(receipt: dict, genesis: str) -> list:
    """The headers, newest first, once a quorum of the genesis' validators signed the first."""
    document = genesis.split("\n\n")[0] + "\n" if "\n\n" in genesis else genesis
    chain = sha256(document.encode()).hex()
    set_text = document[document.index("stele/v1 set\n"):]
    members = [line.split(" ") for line in set_text.split("\n")[1:-1]]
    headers = [header_lines(text) for text in receipt["headers"]]
    if receipt["set"] != set_text or headers[0]["chain"] != chain:
        raise Failed("the receipt is not of the network of this genesis")
    texts = receipt["headers"] + [receipt["previous"]]
    for child, parent in zip(texts, texts[1:]):
        if header_lines(child)["parent"] != sha256(parent.encode()).hex():
            raise Failed("the headers are not linked")

    certificate = base64.b64decode(receipt["finalization"])
    view = int.from_bytes(certificate[41:49], "big")
    bitmap_len = (len(members) + 7) // 8
    bitmap = certificate[81:81 + bitmap_len]
    signers = [i for i in range(len(members)) if bitmap[i // 8] >> (i % 8) & 1]
    vote = (f"stele/v1 finalize\nchain {chain}\nepoch {headers[0]['epoch']}\n"
            f"set {sha256(set_text.encode()).hex()}\nview {view}\n"
            f"block {sha256(receipt['headers'][0].encode()).hex()}\n").encode()
    quorum = len(members) - (len(members) - 1) // 3
    if len(signers) < quorum:
        raise Failed(f"{len(signers)} signatures, {quorum} are needed")
    at = 81 + bitmap_len
    for index in signers:
        r, s = (int.from_bytes(certificate[at + i:at + i + 32], "big") for i in (0, 32))
        if s > CURVE_ORDER // 2:
            raise Failed("a signature has a high s")
        key = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256K1(), bytes.fromhex(members[index][2]))
        key.verify(utils.encode_dss_signature(r, s), sha256(vote), PREHASHED)
        at += 64
    return headers


def merkle_root(leaf: bytes, index: int, size: int, path: list) -> bytes:
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise Failed("the index lies outside the log")
    node, fn, sn = sha256(b"\0" + leaf), index, size - 1
    for sibling in path:
        if sn == 0:
            raise Failed("the path is too long")
        if fn & 1 or fn == sn:
            node = sha256(b"\1" + sibling + node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\1" + node + sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Failed("the path is too short")
    return node


def check_receipt(receipt: dict, transaction: bytes, genesis: str) -> dict:
    """The record's header, once all of the receipt holds for this transaction."""
    headers = check_finality(receipt, genesis)
    record = receipt["record"]
    if base64.b64decode(record["transaction"]) != transaction:
        raise Failed("the receipt is of another record")
    index = record["log_index"]
    path = [bytes.fromhex(node) for node in record["path"]]
    if merkle_root(b"\1" + transaction, index, headers[0]["size"], path) != headers[0]["root"]:
        raise Failed("the path does not lead to the log root")
    if not header_lines(receipt["previous"])["size"] <= index < headers[-1]["size"]:
        raise Failed("the record is not of that block")
    return headers[-1]


# ---- the conversation --------------------------------------------------------------

def request(node: str, method: str, path: str, body: bytes = b"", headers: dict = {}):
    url = urllib.parse.urlsplit(node)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read() or b"null")


def anchor(node: str, key: ec.EllipticCurvePrivateKey, content: bytes, title: str):
    _, network = request(node, "GET", "/v1/network")
    signer = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    body = transaction_body(bytes.fromhex(network["chain"]), signer, 81,
                            content_anchor(content, "application/octet-stream", title),
                            int(time.time() * 1000) + 90_000)
    transaction = data(1, body) + data(2, sign(key, body))
    status, answer = request(node, "POST", "/v1/transactions", transaction,
                             {"Content-Type": "application/protobuf", "Prefer": "wait=30"})
    while status == 202:  # pending: sending the same bytes again is safe
        status, answer = request(node, "POST", "/v1/transactions", transaction,
                                 {"Content-Type": "application/protobuf", "Prefer": "wait=30"})
    return transaction, answer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--node", required=True)
    parser.add_argument("--key", required=True, help="key file of an organisation, purpose content")
    parser.add_argument("--passphrase-file", required=True)
    parser.add_argument("--genesis", required=True, help="the genesis file that you trust")
    parser.add_argument("file")
    options = parser.parse_args()

    key = open_key_file(options.key, options.passphrase_file)
    with open(options.file, "rb") as source:
        content = source.read()
    with open(options.genesis, encoding="utf-8") as source:
        genesis = source.read()

    transaction, answer = anchor(options.node, key, content, options.file.rsplit("/", 1)[-1])
    if answer.get("state") != "accepted":
        print(f"refused: {answer}", file=sys.stderr)
        return 7
    try:
        header = check_receipt(answer["receipt"], transaction, genesis)
    except (Failed, InvalidSignature) as failure:
        print(f"check failed: {failure or 'a signature does not verify'}", file=sys.stderr)
        return 3
    print(f"anchored and verified: sha256 {sha256(content).hex()}, log index {answer['log_index']}, "
          f"height {header['height']}, time {header['time']} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
