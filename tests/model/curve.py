"""secp256k1 for the model: keys of test names, signatures, verification (SEC 1).

Tables make it quick enough for long runs; it is not constant-time, for test keys only.
"""
import functools
import hashlib

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def sha256(data):
    return hashlib.sha256(data).digest()


def _double(point):
    x, y, z = point
    if y == 0:
        return 0, 1, 0
    yy = y * y % P
    s = 4 * x * yy % P
    m = 3 * x * x % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(point, affine):
    """Jacobian + affine; z = 0 is the point at infinity."""
    x1, y1, z1 = point
    x2, y2 = affine
    if z1 == 0:
        return x2, y2, 1
    zz = z1 * z1 % P
    u2, s2 = x2 * zz % P, y2 * zz * z1 % P
    if u2 == x1:
        return _double(point) if s2 == y1 else (0, 1, 0)
    h, r = u2 - x1, s2 - y1
    hh = h * h % P
    hhh, v = h * hh % P, x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


def _affine(point):
    x, y, z = point
    if z == 0:
        return None
    inverse = pow(z, -1, P)
    return x * inverse * inverse % P, y * inverse * inverse * inverse % P


@functools.lru_cache(maxsize=None)
def _table():
    """table[w][d] = d * 16^w * G."""
    table, base = [], G
    for _ in range(64):
        row, point = [None], (0, 1, 0)
        for _ in range(15):
            point = _add(point, base)
            row.append(_affine(point))
        table.append(row)
        base = _affine(_add(point, base))
    return table


def _multiply_any(k, base):
    """Of a point that hardly comes again."""
    row, point = [None], (0, 1, 0)
    for _ in range(15):
        point = _add(point, base)
        row.append(_affine(point))
    point = (0, 1, 0)
    for shift in range(252, -4, -4):
        for _ in range(4):
            point = _double(point)
        digit = k >> shift & 15
        if digit:
            point = _add(point, row[digit])
    return point


def multiply_base(k):
    point = (0, 1, 0)
    for row in _table():
        if k & 15:
            point = _add(point, row[k & 15])
        k >>= 4
    return _affine(point)


@functools.lru_cache(maxsize=4096)
def parse_point(key):
    """The point of 33 bytes, or None."""
    if len(key) != 33 or key[0] not in (2, 3):
        return None
    x = int.from_bytes(key[1:], "big")
    if x >= P:
        return None
    yy = (x * x * x + 7) % P
    y = pow(yy, (P + 1) // 4, P)
    if y * y % P != yy:
        return None
    return x, y if y & 1 == key[0] & 1 else P - y


NONCES = 64
_signed_here = set()


def verify(key, digest, signature):
    """A high s does not verify."""
    if (key, digest, signature) in _signed_here:
        return True
    point = parse_point(key)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if point is None or len(signature) != 64 or not 1 <= r < N or not 1 <= s <= N // 2:
        return False
    inverse = pow(s, -1, N)
    sum_ = multiply_base(int.from_bytes(digest, "big") * inverse % N)
    other = _affine(_multiply_any(r * inverse % N, point))
    sum_ = _affine(_add((*other, 1), sum_)) if sum_ else other
    return sum_ is not None and sum_[0] % N == r


@functools.lru_cache(maxsize=None)
def nonces():
    """(1/k, r) of the few k that all signatures here share: it gives the secrets away, and is quick."""
    secrets = [int.from_bytes(sha256(b"nonce %d" % i), "big") % N for i in range(NONCES)]
    return [(pow(k, -1, N), multiply_base(k)[0] % N) for k in secrets]


class Key:
    """Its secret is SHA-256 of its name."""

    def __init__(self, name):
        self.name = name
        self.secret = sha256(b"stele model key, worthless: " + name.encode())
        self.d = int.from_bytes(self.secret, "big")
        x, y = multiply_base(self.d)
        self.public = bytes([2 + (y & 1)]) + x.to_bytes(32, "big")

    def sign(self, digest, extra=b"", high=False):
        """extra: another signature over the same digest; high: with s above N/2."""
        k_inverse, r = nonces()[(digest[0] + len(extra)) % NONCES]
        s = k_inverse * (int.from_bytes(digest, "big") + r * self.d) % N
        if (s > N // 2) != high:
            s = N - s
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if not high:
            if len(_signed_here) > 100000:
                _signed_here.clear()
            _signed_here.add((self.public, digest, signature))
        return signature


@functools.lru_cache(maxsize=None)
def key_of(name):
    return Key(name)
