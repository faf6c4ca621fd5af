"""Finding status, T1 to T4, and the state word."""
import unittest

from . import lab
from .case import VerdictCase
from .lab import b64
from .scene import CLAIM, CONTENT, KEY, SIGNER, claim_value, key_value, motion_value

ANCHOR_LEAF = 1


class Newer(VerdictCase):
    """T1, T2"""

    def ended(self, at: int, **change) -> dict:
        """An anchor's receipt as of height 9, with another end of that epoch, finalized by its set."""
        receipt = self.scene.receipt("anchor", newer=9)
        of = {**self.chain.headers[self.chain.end_of(at)], **change}
        made = lab.certificate(lab.header_text(of), self.chain.sets[at], of["epoch"], of["view"])
        receipt["status"]["set_changes"][at]["finalization"] = b64(made)
        return receipt

    def newest(self, signed_by=3, **change) -> dict:
        receipt = self.scene.receipt("anchor", newer=9)
        of = {**self.chain.headers[9], **change}
        made = lab.certificate(lab.header_text(of), self.chain.sets[signed_by], of["epoch"], of["view"])
        receipt["status"]["finalization"] = b64(made)
        return receipt

    def test_it_speaks_as_of_the_newer_header(self):
        for newer, word in ((1, "live"), (2, "live"), (5, "live"), (6, "live"), (7, "superseded"),
                            (10, "superseded")):
            found = self.assert_good(self.scene.receipt("anchor", newer=newer))
            self.assertEqual((found["status"], found["state"]), ("pass 0", word))
        self.assertEqual(self.found(self.scene.receipt("anchor"))["status"], "open 0")

    def test_t1_changes_hold_as_f2_says(self):
        self.assert_good(self.ended(1))
        chain = self.chain.chain.hex()
        other_chain = chain[:63] + ("0" if chain[63] != "0" else "1")
        for change in ({"chain": other_chain}, {"origin": "x/" + chain[:16]}, {"next_validators": "ab" * 32},
                       {"next_validators": None}, {"epoch": 2}, {"validators": "ab" * 32}):
            self.assert_fails(self.ended(1, **change), "status")
        for at in range(3):
            receipt = self.scene.receipt("anchor", newer=9)
            del receipt["status"]["set_changes"][at]
            self.assert_fails(receipt, "status")
        receipt = self.scene.receipt("anchor", newer=9)
        receipt["status"]["set_changes"][2]["set"] = lab.Validators(4000).text
        self.assert_fails(receipt, "status")

    def test_t1_the_newer_header_is_finalized_by_the_set_reached(self):
        chain = self.chain.chain.hex()
        other_chain = chain[:63] + ("0" if chain[63] != "0" else "1")
        self.assert_good(self.newest())
        for change in ({"signed_by": 2}, {"epoch": 2}, {"chain": other_chain}, {"origin": "x/" + chain[:16]}):
            self.assert_fails(self.newest(**change), "status")
        receipt = self.scene.receipt("anchor", newer=9)
        receipt["status"]["finalization"] = b64(self.chain.finalization(9, signers=[0, 1]))
        self.assert_fails(receipt, "status")

    def test_t1_each_is_the_one_before_or_later(self):
        ends = [self.chain.headers[self.chain.end_of(epoch)] for epoch in range(3)]
        for at in (1, 2):
            before, after = ends[at - 1], self.chain.headers[9] if at == 2 else ends[at + 1]
            for name in ("height", "time"):
                self.assert_fails(self.ended(at, **{name: before[name]}), "status")
                self.assert_fails(self.ended(at, **{name: after[name]}), "status")
        top = self.chain.headers[1]
        self.assert_fails(self.ended(0, height=top["height"]), "status")
        self.assert_fails(self.ended(0, time=top["time"]), "status")
        last = self.chain.headers[8]
        self.assert_fails(self.newest(height=last["height"]), "status")
        self.assert_fails(self.newest(time=last["time"]), "status")

    def test_t1_one_and_the_same_header_is_not_out_of_order(self):
        for newer in (5, 7):  # the newer header ends an epoch itself; the top is the first end
            receipt = self.chain.receipt(ANCHOR_LEAF, 5)
            receipt["subject"] = self.scene.receipt("anchor")["subject"]
            receipt["status"] = self.chain.status([KEY, CLAIM], 5, newer)
            self.assertEqual(self.assert_good(receipt)["status"], "pass 0")
        self.assertEqual(self.assert_good(self.scene.receipt("anchor", newer=1))["status"], "pass 0")

    def test_t1_an_older_header_is_not_newer(self):
        receipt = self.scene.receipt("anchor", top=4)
        receipt["status"] = {**self.scene.receipt("anchor", newer=4)["status"], "consistency": [],
                             "finalization": b64(self.chain.finalization(3)),
                             **self.chain.entries([KEY, CLAIM], 3)}
        self.assert_fails(receipt, "status")

    def test_t2_the_newer_log_begins_with_the_older(self):
        for change in (lambda path: path[:-1], lambda path: path + path[-1:], lambda path: [],
                       lambda path: path[::-1],
                       lambda path: ["ab" * 32, *path[1:]]):
            receipt = self.scene.receipt("anchor", newer=9)
            receipt["status"]["consistency"] = change(receipt["status"]["consistency"])
            self.assert_fails(receipt, "status")
        self.assert_fails(self.newest(log_root=b64(bytes(32))), "status")
        self.assert_fails(self.newest(log_size=1), "status")

    def test_t2_equal_sizes_have_equal_roots_and_no_path(self):
        receipt = self.scene.receipt("anchor", newer=1)
        self.assertEqual(receipt["status"]["consistency"], [])
        receipt["status"]["consistency"] = ["ab" * 32]
        self.assert_fails(receipt, "status")
        other = lab.header_text({**self.chain.headers[1], "log_root": b64(bytes(32)), "height": 3,
                                 "time": self.chain.headers[3]["time"]})
        receipt["status"].update(consistency=[], finalization=b64(lab.certificate(other, self.chain.sets[0],
                                                                                  0, 2)))
        self.assert_fails(receipt, "status")


class Entries(VerdictCase):
    """T3, T4: a state of its own for each case, proven under the top."""

    def judged(self, record: str, state: dict, asked=None, opened: bool = False) -> dict:
        chain = self.chain.anew()
        scene = self.scene
        index = {"entry": scene.batch, "item": scene.rollup}.get(record) or getattr(scene, record)
        chain.block(self.chain.leaves[1:index + 1], state)
        made = chain.receipt(index)
        for name in ("subject", "entry"):
            if name in scene.receipt(record):
                made[name] = scene.receipt(record)[name]
        if opened:
            made["opened"] = chain.leaf(scene.open, 1)
        made["status"] = chain.status(list(state) if asked is None else asked, 1)
        return made

    def says(self, word: str, record: str, state: dict, **how):
        found = self.assert_good(self.judged(record, state, **how))
        self.assertEqual((found["status"], found["state"]), ("pass 0", word))

    def refused(self, record: str, state: dict, **how):
        self.assert_fails(self.judged(record, state, **how), "status")

    def test_t3_the_tree_leads_to_the_state_root(self):
        for newer in (None, 9):
            receipt = self.scene.receipt("anchor", status=True, newer=newer)
            entries = receipt["status"]["entries"]
            value = next(entry for entry in entries if entry["key"] == KEY)
            value["value"] = b64(key_value(5))
            self.assert_fails(receipt, "status")
            receipt = self.scene.receipt("anchor", status=True, newer=newer)
            receipt["status"]["tree"] = self.scene.receipt("open", status=True)["status"]["tree"]
            self.assert_fails(receipt, "status")

    def test_the_words_of_a_claim(self):
        for state, word in ((0, "live"), (1, "superseded"), (2, "withdrawn")):
            self.says(word, "anchor", {KEY: key_value(), CLAIM: claim_value(1, state)})
        self.refused("anchor", {KEY: key_value(), CLAIM: claim_value(1, 3)})

    def test_t4_the_signers_key_is_there(self):
        self.says("recorded", "other", {KEY: key_value()})
        self.says("recorded", "other", {KEY: key_value(2**63 - 1)})
        other = lab.Key(78).public
        for value in (b"\x04" + key_value()[1:], key_value() + b"\x00", key_value(2**63), b"\x03",
                      b"\x03" + lab.data(1, other) + lab.data(2, b"org-0"),
                      b"\x03" + lab.data(1, SIGNER.public),
                      b"\x03" + lab.data(1, SIGNER.public) + lab.data(2, b"a/b"),
                      b"\x03" + lab.data(1, SIGNER.public) + lab.data(2, b"a" * 65),
                      b"\x03" + lab.data(1, SIGNER.public) + lab.data(2, b""),
                      b"\x03" + lab.data(1, SIGNER.public) + lab.number(2, 1),
                      b"\x03" + lab.data(1, SIGNER.public) * 2 + lab.data(2, b"org"),
                      key_value() + lab.number(5, 0), key_value() + lab.data(5, b"")):
            self.refused("other", {KEY: value})
        self.refused("other", {"a": b"\x01"})
        self.refused("other", {"a": b"\x01"}, asked=[KEY])
        self.refused("other", {KEY: key_value(), "a": b"\x01"})
        self.refused("other", {KEY: key_value()}, asked=[KEY, "b"])

    def test_t4_a_claim_is_the_records(self):
        key = {KEY: key_value()}
        for name in (CLAIM, f"claim/{CONTENT.hex()}/2", f"claim/{CONTENT.hex()}/{2**63 - 1}"):
            self.says("live", "anchor", {**key, name: claim_value(1)})
        for name in (f"claim/{CONTENT.hex()}/1", f"claim/{CONTENT.hex()}/0", f"claim/{CONTENT.hex()}/02",
                     f"claim/{CONTENT.hex()}/{2**63}", f"claim/{CONTENT.hex()}", f"content/{CONTENT.hex()}/2",
                     f"claim/{CONTENT.hex()}/x", f"claim/{'ab' * 32}/2", f"content/{CONTENT.hex().upper()}",
                     "motion/5"):
            self.refused("anchor", {**key, name: claim_value(1)})
        for value in (claim_value(2), claim_value(1, 0, 1), b"\x21" + claim_value(1)[1:], b"\x20",
                      claim_value(1) + lab.number(5, 0), claim_value(1) + lab.number(7, 0) * 2):
            self.refused("anchor", {**key, CLAIM: value})
        self.says("live", "anchor", {**key, CLAIM: claim_value(1) + lab.number(7, 0)})
        self.refused("anchor", key)
        self.refused("anchor", {**key, "a": b"\x01"}, asked=[KEY, CLAIM])
        self.refused("anchor", {**key, CLAIM: claim_value(1), f"claim/{CONTENT.hex()}/2": claim_value(1)})

    def test_t4_the_claim_of_an_entry_names_its_place(self):
        sha = self.scene.receipt("entry")["subject"]["sha256"]
        key = {KEY: key_value()}
        self.says("live", "entry", {**key, f"content/{sha}": claim_value(2, 0, 4)})
        for wrong in (claim_value(2, 0, 3), claim_value(2), claim_value(3, 0, 4)):
            self.refused("entry", {**key, f"content/{sha}": wrong})

    def test_t4_of_a_roll_up_or_a_whole_batch_only_the_key(self):
        key = {KEY: key_value()}
        for record in ("item", "rollup", "batch", "other"):
            self.says("recorded", record, key)
        sha = self.scene.receipt("item")["subject"]["sha256"]
        self.refused("item", {**key, f"content/{sha}": claim_value(3, 0, 2)})

    def test_the_words_of_a_motion(self):
        key = {KEY: key_value()}
        for state, word in ((0, "open"), (1, "executed"), (2, "withdrawn")):
            for record in ("open", "approve", "withdraw"):
                self.says(word, record, {**key, "motion/5": motion_value(5, 4, state, 9)})
        self.refused("open", {**key, "motion/5": motion_value(5, 4, 3)})

    def test_t4_a_motion_is_the_records(self):
        key = {KEY: key_value()}
        self.says("open", "open", {**key, f"motion/{2**63 - 1}": motion_value(2**63 - 1, 4)})
        for name in ("motion/0", "motion/05", f"motion/{2**63}", "motion/5/part", "motion", "claim/5",
                     "motion/x"):
            self.refused("open", {**key, name: motion_value(5, 4)})
        for record in ("open", "approve"):
            self.refused(record, {**key, "motion/5": motion_value(6, 4)})
        self.refused("open", {**key, "motion/5": motion_value(5, 3)})
        self.says("open", "approve", {**key, "motion/5": motion_value(5, 3)})
        self.refused("approve", {**key, "motion/6": motion_value(6, 4)})
        self.refused("withdraw", {**key, "motion/6": motion_value(6, 4)})
        for record in ("open", "approve", "withdraw"):
            self.refused(record, key)
            self.refused(record, {**key, "motion/5": b"\x08" + motion_value(5, 4)[1:]})
            self.refused(record, {**key, "motion/5": b"\x07" + lab.number(1, 5)})
            self.refused(record, {**key, "motion/5": b"\x07" + lab.number(9, 4)})

    def test_t4_an_approval_executed_what_was_opened(self):
        key = {KEY: key_value()}
        self.says("executed", "approve", {**key, "motion/5": motion_value(5, 4, 1, 5)}, opened=True)
        for wrong in (motion_value(5, 4, 0, 5), motion_value(5, 4, 2, 5), motion_value(5, 3, 1, 5),
                      motion_value(5, 4, 1, 6), motion_value(5, 4, 1)):
            self.says(("open", "executed", "withdrawn")[dict_state(wrong)], "approve",
                      {**key, "motion/5": wrong})
            self.refused("approve", {**key, "motion/5": wrong}, opened=True)


def dict_state(motion: bytes) -> int:
    """The state in a value of motion_value()."""
    return next((state for state in (1, 2) if b"\x28" + bytes((state,)) in motion), 0)


if __name__ == "__main__":
    unittest.main()
