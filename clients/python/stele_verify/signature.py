"""Did this key sign that digest?  ECDSA over secp256k1, docs/receipt.md.

A signature is r and s, 32 bytes each, 1 <= r < N and 1 <= s <= N/2: a high s is refused.
"""
import functools

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

_DIGEST = ec.ECDSA(utils.Prehashed(hashes.SHA256()))


@functools.lru_cache(maxsize=4096)
def is_point(key: bytes) -> bool:
    """33 bytes that are a point of the curve, compressed (SEC 1, 2.3.4)."""
    if len(key) != 33 or key[0] not in (2, 3):
        return False
    x = int.from_bytes(key[1:], "big")
    return x < FIELD and pow(x * x * x + 7, (FIELD - 1) // 2, FIELD) == 1


def verifies(key: bytes, digest: bytes, signature: bytes) -> bool:
    if len(signature) != 64 or not is_point(key):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not 1 <= r < ORDER or not 1 <= s <= ORDER // 2:
        return False
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), key)
    try:
        public.verify(utils.encode_dss_signature(r, s), digest, _DIGEST)
    except InvalidSignature:
        return False
    return True
