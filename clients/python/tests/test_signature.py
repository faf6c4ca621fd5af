"""Signatures and points, on public vectors and by hand."""
import hashlib
import unittest

from cryptography.hazmat.primitives.asymmetric import utils
from stele_verify import signature

from . import shared
from .lab import ORDER, Key

GENERATOR_X = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"  # SEC 2, 2.4.1


class Wycheproof(unittest.TestCase):
    def test_raw_signatures_pass_iff_valid_and_low(self):
        counted = {True: 0, False: 0}
        for public, case in self.cases("ecdsa_secp256k1_sha256_p1363_test.json"):
            signed = bytes.fromhex(case["sig"])
            is_low = len(signed) == 64 and int.from_bytes(signed[32:], "big") <= ORDER // 2
            expected = case["result"] != "invalid" and is_low
            self.judge(public, case, signed, expected)
            counted[expected] += 1
        self.assertGreater(min(counted.values()), 50)

    def test_bitcoins_strict_signatures_pass_iff_valid(self):
        counted = {True: 0, False: 0}
        for public, case in self.cases("ecdsa_secp256k1_sha256_bitcoin_test.json"):
            try:
                r, s = utils.decode_dss_signature(bytes.fromhex(case["sig"]))
                signed = r.to_bytes(32, "big") + s.to_bytes(32, "big")
            except (ValueError, OverflowError):
                continue  # no DER of two numbers of 32 bytes: it can't be written as r and s
            if utils.encode_dss_signature(r, s).hex() == case["sig"]:
                self.judge(public, case, signed, case["result"] == "valid")
                counted[case["result"] == "valid"] += 1
        self.assertGreater(counted[True], 50)
        self.assertGreater(counted[False], 10)

    def cases(self, name: str):
        for group in shared.read_json(shared.transparency(self,
                                                          f"wycheproof-secp256k1/{name}"))["testGroups"]:
            point = bytes.fromhex(group["publicKey"]["uncompressed"])
            public = bytes((2 + (point[-1] & 1),)) + point[1:33]
            for case in group["tests"]:
                yield public, case

    def judge(self, public: bytes, case: dict, signed: bytes, expected: bool):
        digest = hashlib.sha256(bytes.fromhex(case["msg"])).digest()
        with self.subTest(case["tcId"]):
            self.assertEqual(signature.verifies(public, digest, signed), expected, case["comment"])


class ByHand(unittest.TestCase):
    def test_bounds_of_r_and_s(self):
        key, digest = Key(5), bytes(32)
        good = key.sign(digest)
        self.assertTrue(signature.verifies(key.public, digest, good))
        zero, order = bytes(32), ORDER.to_bytes(32, "big")
        for bad in (zero + good[32:], good[:32] + zero, order + good[32:], good[:32] + order, good[:-1],
                    good + b"\x00", b"",
                    b"\xff" * 64, key.sign(digest, high=True)):
            self.assertFalse(signature.verifies(key.public, digest, bad))
        self.assertFalse(signature.verifies(Key(6).public, digest, good))
        self.assertFalse(signature.verifies(key.public, bytes(31) + b"\x01", good))

    def test_points(self):
        x = bytes.fromhex(GENERATOR_X)
        self.assertEqual(Key(1).public, b"\x02" + x)
        for good in (b"\x02" + x, b"\x03" + x):
            self.assertTrue(signature.is_point(good))
        beyond = (signature.FIELD + 1).to_bytes(32, "big")
        for bad in (b"\x04" + x, b"\x00" + x, x, b"\x02" + x + b"\x00", b"", b"\x02" + bytes(32),
                    b"\x02" + (5).to_bytes(32, "big"), b"\x02" + beyond, b"\x02" + b"\xff" * 32):
            self.assertFalse(signature.is_point(bad))
            self.assertFalse(signature.verifies(bad, bytes(32), Key(5).sign(bytes(32))))


if __name__ == "__main__":
    unittest.main()
