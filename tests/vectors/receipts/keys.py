"""Test keys that sign fast enough for thousands of certificates.

The arithmetic is that of ../reference.py with a table of multiples of G; that the two agree is asserted
by the generator.  TEST KEYS: worthless, their secrets are hashes of their names.
"""
import functools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from reference import G, Key, N, P, point_add, sha256  # noqa: E402

WINDOW = 6


def _table():
    rows, base = [], G
    for _ in range(-(-256 // WINDOW)):
        row, point = [None], None
        for _ in range((1 << WINDOW) - 1):
            point = point_add(point, base)
            row.append(point)
        base = point_add(point, base)
        rows.append(row)
    return rows


TABLE = _table()


def _add(x1, y1, z1, x2, y2):
    """A point in Jacobian coordinates and an affine one, which differ (as multiples of G below N do)."""
    zz = z1 * z1 % P
    h = (x2 * zz - x1) % P
    r = (y2 * zz * z1 - y1) % P
    hh = h * h % P
    hhh, v = h * hh % P, x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


def multiple_of_g(k):
    point = None
    for row in TABLE:
        digit = k & ((1 << WINDOW) - 1)
        k >>= WINDOW
        if digit:
            x, y = row[digit]
            point = (x, y, 1) if point is None else _add(*point, x, y)
    x, y, z = point
    i = pow(z, -1, P)
    return x * i * i % P, y * i * i * i % P


class TestKey(Key):
    """A test key: its secret is SHA-256 of a name that says so."""

    def __init__(self, name):
        self.name = name
        self.secret = sha256(b"stele test key, worthless: " + name.encode())
        self.d = int.from_bytes(self.secret, "big")
        x, y = multiple_of_g(self.d)
        self.public = bytes([2 + (y & 1)]) + x.to_bytes(32, "big")

    @functools.lru_cache(maxsize=4096)
    def sign_digest(self, digest, high_s=False):
        k = self.nonce(digest)
        r = multiple_of_g(k)[0] % N
        s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * self.d) % N
        if (s > N // 2) != high_s:
            s = N - s
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@functools.lru_cache(maxsize=None)
def test_key(name):
    return TestKey(name)


def negate_s(signature):
    """The other signature of the same message: its s is N − s."""
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + (N - s).to_bytes(32, "big")
