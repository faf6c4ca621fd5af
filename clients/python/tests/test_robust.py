"""Whatever the bytes are, there is a verdict: nothing is raised, nothing is hung on."""
import os
import random
import subprocess
import sys
import unittest

from stele_verify import FormError, parse_trust, signature, verify, verify_proof

from . import lab, shared
from .case import FILE, VerdictCase

LINE = (r"form 701[01]|content (pass|fail|open) \d+ inclusion (pass|fail) \d+ finality (pass|fail) \d+ "
        r"signer (pass|fail|open) \d+ status (pass|fail|open) \d+ former \d+ state "
        r"(-|recorded|live|superseded|withdrawn|open|executed)")


class Robust(VerdictCase):
    def setUp(self):
        self.verifies, remembered = signature.verifies, {}

        def once(*asked):
            if asked not in remembered:
                remembered[asked] = self.verifies(*asked)
            return remembered[asked]

        signature.verifies = once
        self.addCleanup(setattr, signature, "verifies", self.verifies)

    def samples(self):
        for record, how in (("anchor", {"newer": 9, "top": 4}), ("entry", {"status": True}),
                            ("withdraw", {"first_epoch": 0}),
                            ("approve", {"opened": True, "status": True})):
            yield self.scene.receipt(record, **how)

    def test_any_bytes_have_a_verdict(self):
        chance, trust = random.Random(11), self.genesis()
        for receipt in self.samples():
            data = lab.render(receipt)
            for _ in range(1500):
                spoiled = bytearray(data)
                for _ in range(chance.randint(1, 4)):
                    at = chance.randrange(len(spoiled))
                    spoiled[at:at + chance.choice((0, 1, 1, 2))] = chance.choice(
                        (b"", b"0", b"9", b"A", b"=", b"]", b"}", b'"', b",",
                         bytes((chance.randrange(256),))))
                self.assertRegex(verify(bytes(spoiled), trust, FILE).line(), f"^({LINE})$")

    def test_any_values_have_a_verdict(self):
        chance, trust, kinds = random.Random(12), self.genesis(), set()
        pool = [0, 1, 2, 5, 63, 2**53 - 1, "", "ab" * 32, "AAAA", [], {}, [0], self.chain.texts[3],
                self.chain.sets[1].text,
                lab.b64(self.chain.finalization(5)), lab.b64(self.chain.leaves[3][1:])]
        for receipt in self.samples():
            for _ in range(1500):
                spoiled = self.replaced(receipt, chance, pool)
                line = verify(lab.render(spoiled), trust, FILE).line()
                self.assertRegex(line, f"^({LINE})$")
                kinds.add(line)
        self.assertGreater(len(kinds), 15)

    def replaced(self, value, chance, pool):
        """A copy with one or a few places exchanged for one another or for something from the pool."""
        if chance.random() < 0.03:
            return chance.choice(pool)
        if isinstance(value, dict):
            return {name: self.replaced(inner, chance, pool) for name,
                    inner in value.items() if chance.random() > 0.002}
        if isinstance(value, list):
            return [self.replaced(inner, chance, pool) for inner in value if chance.random() > 0.02]
        if isinstance(value, int) and chance.random() < 0.1:
            return max(0, value + chance.randint(-2, 2))
        return value

    def test_any_bytes_of_trust_parse_or_are_refused(self):
        chance = random.Random(13)
        for text in (self.chain.genesis, lab.pin_text(self.chain, 0, 3, 10)):
            kept = 0
            for _ in range(1500):
                spoiled = bytearray(text.encode())
                for _ in range(chance.randint(1, 2)):
                    at = chance.randrange(len(spoiled))
                    spoiled[at:at + chance.choice((0, 1))] = chance.choice((b"", b"0", b"\n", b" ", b"\xff"))
                try:
                    parse_trust(bytes(spoiled))
                    kept += 1
                except FormError:
                    continue
            self.assertLess(kept, 1500)

    def test_any_values_of_a_proof_have_a_verdict(self):
        chance, trust, lines = random.Random(14), self.genesis(), set()
        leaves = self.chain.leaves[:2]
        keys = ["count/org", "count/none"]
        proof = {"stele_proof": 1, **self.chain.cover(1, 4), **self.chain.entries(keys, 1), "facts": [
            *({"fact": "state", "key": key} for key in keys), {"fact": "evidence", "from": 1, "to": 0},
            {"fact": "consistency", "from": 2, "path": [], "root": lab.tree_root(leaves).hex()},
            {"fact": "inclusion", "data": lab.b64(leaves[1]), "log_index": 1,
             "path": [lab.leaf_hash(leaves[0]).hex()]}]}
        pool = [0, 1, 2**53 - 1, "", "ab" * 32, "AAAA", [], {}, "awards", "claims", "count/evidence",
                self.chain.texts[3]]
        for _ in range(4000):
            line = verify_proof(lab.render(self.replaced(proof, chance, pool)), trust).line()
            self.assertRegex(line, r"^(form 701[01]|finality (pass|fail) \d+ facts (pass|fail) \d+ "
                                   r"signer (pass|fail|open) \d+ former \d+)$")
            lines.add(line)
        self.assertGreater(len(lines), 6)

    def test_large_and_deep_texts_are_refused_at_once(self):
        for data in (b"[" * 4_000_000, b'{"a":' * 700_000, b'{"a":"' + b"\\n" * 2_000_000 + b'"}\n',
                     b"\x00" * 4_194_305,
                     b'{"a":[' + b"0," * 2_000_000 + b"0]}\n", b'{"a":' + b"1" * 4_000_000 + b"}\n"):
            self.assertEqual(verify(data).line(), "form 7010")


class Stream(VerdictCase):
    """tests/differential/verdicts.py, the verifier behind a pipe."""

    def run_frames(self, data: bytes):
        program = shared.place(self, os.path.join(shared.REPOSITORY, "tests/differential/verdicts.py"))
        return subprocess.run([sys.executable, program], input=data, capture_output=True, timeout=60)

    def frame(self, trust: bytes, file: bytes, receipt: bytes) -> bytes:
        return b"".join(len(part).to_bytes(4, "big") + part for part in (trust, file, receipt))

    def test_it_gives_a_line_for_each_frame(self):
        receipt, trust = lab.render(self.scene.receipt("anchor")), self.chain.genesis.encode()
        file = FILE.sha256 + FILE.size.to_bytes(8, "big")
        run = self.run_frames(self.frame(b"", b"", receipt) + self.frame(trust, file, receipt)
                              + self.frame(b"x", b"", receipt) + self.frame(b"", b"", b""))
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        self.assertEqual(run.stdout.decode().split("\n"), [
            self.line(receipt), self.line(receipt, self.genesis(), FILE), "trust", "form 7010", ""])

    def test_a_broken_frame_ends_it(self):
        whole = self.frame(b"", b"", b"{}\n")
        for data in (whole[:-1], whole[:5], whole + b"\x00", self.frame(b"", b"123", b""),
                     b"\xff\xff\xff\xff"):
            self.assertEqual(self.run_frames(data).returncode, 2)
        self.assertEqual(self.run_frames(b"").returncode, 0)


if __name__ == "__main__":
    unittest.main()
