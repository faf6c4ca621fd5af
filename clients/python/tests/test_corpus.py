"""The corpus of good and bad receipts and proofs: the verdict line of each, word for word."""
import os
import unittest

from stele_verify import FileFact, parse_trust, verify, verify_proof

from . import shared


class Corpus(unittest.TestCase):
    def test_each_receipt_has_the_verdict_that_is_written_beside_it(self):
        listed = shared.vectors(self, "receipts/v1/corpus.json")
        for case in shared.read_json(listed):
            with self.subTest(case["name"]):
                self.assertEqual(self.line(os.path.dirname(listed), case), case["verdict"])

    def test_each_proof_has_the_verdict_that_is_written_beside_it(self):
        listed = shared.vectors(self, "receipts/v1/proofs.json")
        for case in shared.read_json(listed):
            with self.subTest(case["name"]):
                folder = os.path.dirname(listed)
                trust = parse_trust(self.read(folder, case["trust"])) if case["trust"] else None
                verdict = verify_proof(self.read(folder, case["proof"]), trust)
                self.assertEqual(verdict.line(), case["verdict"])

    def line(self, folder: str, case: dict) -> str:
        data, trust, file = self.read(folder, case["receipt"]), None, None
        if case["trust"]:
            trust = parse_trust(self.read(folder, case["trust"]))
        if case["file"]:
            file = FileFact(bytes.fromhex(case["file"]["sha256"]), case["file"]["size"])
        return verify(data, trust, file).line()

    def read(self, folder: str, name: str) -> bytes:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()


if __name__ == "__main__":
    unittest.main()
