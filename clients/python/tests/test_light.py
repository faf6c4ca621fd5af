"""A pin that proofs move on: the corpus of such steps, and the command."""
import os
import unittest
from unittest import mock

from stele_verify import light, parse_trust
from stele_verify.fault import CheckFailed

from . import lab, shared
from .case import CommandCase


class Corpus(unittest.TestCase):
    def test_each_step_leads_where_is_written_beside_it(self):
        listed = shared.vectors(self, "receipts/v1/light.json")
        for case in shared.read_json(listed):
            with self.subTest(case["name"]):
                with open(os.path.join(os.path.dirname(listed), case["proof"]), "rb") as file:
                    self.assertEqual(self.step(case["pin"], file.read()), case["expect"])

    def step(self, pin: str, proof: bytes) -> dict:
        try:
            return {"code": 0, "pin": light.render(light.step(parse_trust(pin.encode()), proof)).decode()}
        except CheckFailed as fault:
            return {"code": fault.code}


class Step(CommandCase):
    """On the chain of four epochs: from height 2 on."""

    def consistency(self, height: int, first_epoch: int, size=None) -> bytes:
        leaves = self.chain.leaves[:self.chain.headers[height]["log_size"]]
        size = size or self.chain.headers[2]["log_size"]
        fact = {"fact": "consistency", "from": size, "root": lab.tree_root(leaves[:size]).hex(),
                "path": [step.hex() for step in lab.tree_consistency(leaves, size)]}
        return lab.render({"stele_proof": 1, "facts": [fact],
                           **self.chain.cover(height, height, first_epoch)})

    def run_step(self, pin: str, proof: bytes) -> tuple:
        words = ("--trust", self.write("pin", pin.encode()), self.write("proof.json", proof))
        return self.run_command("step", *words)

    def test_a_proof_moves_head_and_sets_on(self):
        pin = lab.pin_text(self.chain, 0, 0, 2)
        for height, first, last in ((3, 0, 0), (5, 0, 0), (6, 0, 1), (9, 0, 3), (2, 0, 0)):
            code, out, err = self.run_step(pin, self.consistency(height, first))
            self.assertEqual((code, out, err), (0, lab.pin_text(self.chain, 0, last, height), ""))
        known = lab.pin_text(self.chain, 0, 1, 2)
        self.assertEqual(self.run_step(known, self.consistency(6, 1))[1], lab.pin_text(self.chain, 0, 1, 6))

    def test_what_is_in_the_way_is_told(self):
        pin = lab.pin_text(self.chain, 0, 0, 2)
        fork = lab.pin_text(self.chain, 0, 0, 2, "ab" * 32)
        for said, proof, exit_code, code in (
                (pin, self.consistency(9, 3), 5, 7018), (pin, self.consistency(3, 0, 3), 3, 7006),
                (pin, b"{}\n", 3, 7010),
                (fork, self.consistency(2, 0), 3, 7019), (pin, self.consistency(1, 0, 1), 3, 7006),
                (lab.pin_text(lab.Chain("x/y"), 0, 0, 0), self.consistency(3, 0), 3, 7015)):
            found, out, err = self.run_step(said, proof)
            self.assertEqual((found, out), (exit_code, ""))
            self.assertIn(f"[{code}]", err)
        self.assertEqual(self.run_step(self.chain.genesis, self.consistency(3, 0))[0], 10)
        self.assertEqual(self.run_command("step", self.folder)[0], 2)
        self.assertEqual(self.run_command("step", "--trust", self.write("p", pin.encode()), self.folder)[0],
                         10)

    def test_an_older_block_is_no_step(self):
        older = self.chain.headers[5]  # a pin whose log is as long as that of the block before
        self.assertEqual(older["log_size"], self.chain.headers[4]["log_size"])
        proof = self.consistency(4, 0, older["log_size"])
        found, _, err = self.run_step(lab.pin_text(self.chain, 0, 0, 5), proof)
        self.assertEqual(found, 3)
        self.assertIn("older block", err)

    def test_the_newest_512_sets_are_kept(self):
        self.assertEqual(light.PIN_SETS_MAX, 512)
        pin = parse_trust(lab.pin_text(self.chain, 0, 1, 2).encode())
        with mock.patch.object(light, "PIN_SETS_MAX", 3):
            moved = light.step(pin, self.consistency(9, 1))
        self.assertEqual(light.render(moved).decode(), lab.pin_text(self.chain, 1, 3, 9))

    def test_a_proof_of_a_former_epoch_is_no_step(self):
        found, _, err = self.run_step(lab.pin_text(self.chain, 0, 2, 2), self.consistency(6, 0))
        self.assertEqual(found, 3)
        self.assertIn("before the newest", err)

    def test_sets_before_the_pinned_ones_are_not_taken(self):
        moved = self.run_step(lab.pin_text(self.chain, 1, 1, 2), self.consistency(9, 0))[1]
        self.assertEqual(moved, lab.pin_text(self.chain, 1, 3, 9))


if __name__ == "__main__":
    unittest.main()
