"""What the vectors are made with: protobuf's wire format, secp256k1 signatures, Merkle roots.

Written from docs/ledger.md, RFC 6979, RFC 6962 and SEC 1 alone; nothing here is generated from
the project's code, so that an agreement of the two says something.  Slow and not constant-time:
for test keys only.
"""
import hashlib
import hmac

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def sha256(data):
    return hashlib.sha256(data).digest()


# ---- secp256k1 -----------------------------------------------------------------------------------

def point_add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def point_multiply(k, point):
    result = None
    while k:
        if k & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        k >>= 1
    return result


class Key:
    """A test key: its secret is SHA-256 of a name that says so."""

    def __init__(self, name):
        self.name = name
        self.secret = sha256(b"stele test key, worthless: " + name.encode())
        self.d = int.from_bytes(self.secret, "big")
        x, y = point_multiply(self.d, G)
        self.public = bytes([2 + (y & 1)]) + x.to_bytes(32, "big")

    def nonce(self, digest):  # RFC 6979, section 3.2
        z = (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
        v, k = b"\1" * 32, b"\0" * 32
        k = hmac.digest(k, v + b"\0" + self.secret + z, "sha256")
        v = hmac.digest(k, v, "sha256")
        k = hmac.digest(k, v + b"\1" + self.secret + z, "sha256")
        v = hmac.digest(k, v, "sha256")
        while True:
            v = hmac.digest(k, v, "sha256")
            candidate = int.from_bytes(v, "big")
            if 1 <= candidate < N:
                return candidate
            k = hmac.digest(k, v + b"\0", "sha256")
            v = hmac.digest(k, v, "sha256")

    def sign_digest(self, digest, high_s=False):
        k = self.nonce(digest)
        r = point_multiply(k, G)[0] % N
        s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * self.d) % N
        if (s > N // 2) != high_s:
            s = N - s
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign(self, text):
        return self.sign_digest(sha256(text))


# ---- protobuf --------------------------------------------------------------------------------------

def varint(value, pad=0):
    """pad: superfluous bytes, for encodings that must be refused."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(pad):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def tag(number, wire):
    return varint(number << 3 | wire)


class Packed(list):
    """A packed list of numbers."""


def field(number, value):
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, int):
        return tag(number, 0) + varint(value)
    if isinstance(value, Packed):
        value = b"".join(varint(v) for v in value)
    if isinstance(value, str):
        value = value.encode()
    return tag(number, 2) + varint(len(value)) + value


def message(*fields):
    """fields: (number, value) in ascending order; a list value repeats its field."""
    out = b""
    for number, value in fields:
        if isinstance(value, list) and not isinstance(value, Packed):
            out += b"".join(field(number, v) for v in value)
        else:
            out += field(number, value)
    return out


# ---- RFC 6962 ------------------------------------------------------------------------------------------

def leaf_hash(data):
    return sha256(b"\0" + data)


def merkle_root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + merkle_root(leaves[:k]) + merkle_root(leaves[k:]))


# ---- identifiers ------------------------------------------------------------------------------------------

def usci(prefix, body8):
    """GB 32100-2015: 8 characters, 8 of the organisation's code, its check digit, the check digit."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = lambda c: int(c) if c.isdigit() else ord(c) - 55
    c9 = 11 - sum(w * value(c) for w, c in zip(weights, body8)) % 11
    code = prefix + body8 + ("X" if c9 == 10 else "0" if c9 == 11 else str(c9))
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(pow(3, i, 31) * alphabet.index(c) for i, c in enumerate(code))
    return "CN-USCI-" + code + alphabet[(31 - total % 31) % 31]
