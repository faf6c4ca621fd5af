"""Finality, F1 to F5, and when a certificate counts."""
import copy
import unittest

from . import lab
from .case import VerdictCase
from .lab import b64

FORGED_CHAIN = "0" * 47 + "1"


class Headers(VerdictCase):
    """F4, on the headers 4, 3, 2 and 1 of one receipt; each spoiled one is finalized by its validators."""

    def spoiled(self, change: dict) -> dict:
        receipt, texts, parent = self.scene.receipt("anchor", top=4), [], None
        for height in range(1, 5):
            of = dict(self.chain.headers[height])
            if parent:
                of["parent"] = parent
            of.update(change.get(height, {}))
            texts.append(lab.header_text(of))
            parent = lab.sha256(texts[-1].encode()).hex()
        receipt["headers"] = texts[::-1]
        epoch = int(texts[-1].split("\nepoch ")[1].split("\n")[0])
        receipt["finalization"] = b64(lab.certificate(texts[-1], self.chain.sets[0], epoch, 8))
        return receipt

    def test_unspoiled_it_holds(self):
        self.assert_good(self.spoiled({}))
        self.assertEqual(self.spoiled({})["headers"], self.scene.receipt("anchor", top=4)["headers"])

    def test_f4_each_is_the_parent_of_the_one_before(self):
        self.assert_fails(self.spoiled({3: {"parent": "ab" * 32}}), "finality")

    def test_f4_heights_rise_by_one(self):
        self.assert_fails(self.spoiled({2: {"height": 1}}), "finality")
        self.assert_fails(self.spoiled({3: {"height": 5}, 4: {"height": 6}}), "finality")

    def test_f4_times_rise(self):
        same = self.chain.headers[3]["time"]
        self.assert_fails(self.spoiled({2: {"time": same}}), "finality")
        self.assert_fails(self.spoiled({2: {"time": same + 1}}), "finality")
        self.assert_good(self.spoiled({2: {"time": same - 1}}))

    def test_f4_the_log_does_not_shrink(self):
        size = self.chain.headers[4]["log_size"]
        self.assert_good(self.spoiled({3: {"log_size": size}}))
        self.assert_fails(self.spoiled({3: {"log_size": size + 1}}), "finality")

    def test_f4_chain_origin_epoch_and_validators_stay(self):
        chain, origin = self.chain.chain.hex(), self.chain.origin
        for height in (2, 3):
            self.assert_fails(self.spoiled({height: {"chain": chain[:16] + FORGED_CHAIN}}), "finality")
            self.assert_fails(self.spoiled({height: {"origin": "other/" + origin.split("/")[-1]}}),
                              "finality")
            self.assert_fails(self.spoiled({height: {"epoch": 1}}), "finality")
            self.assert_fails(self.spoiled({height: {"validators": "ab" * 32}}), "finality")

    def test_f4_only_the_top_may_end_the_epoch(self):
        self.assert_fails(self.spoiled({2: {"next_validators": "ab" * 32}}), "finality")
        self.assert_good(self.spoiled({4: {"next_validators": "ab" * 32}}))

    def test_f5_the_top_has_the_epoch_and_the_set_of_its_signers(self):
        every = {height: {"validators": "ab" * 32} for height in range(1, 5)}
        self.assert_fails(self.spoiled(every), "finality")
        every = {height: {"epoch": 1} for height in range(1, 5)}
        receipt = self.spoiled(every)
        receipt["finalization"] = b64(lab.certificate(receipt["headers"][0], self.chain.sets[0], 0, 8))
        self.assert_fails(receipt, "finality")


class Certificates(VerdictCase):
    """F5: the finalization of the top, made wrong in one respect."""

    def judged(self, certificate: bytes) -> dict:
        receipt = self.scene.receipt("anchor")
        receipt["finalization"] = b64(certificate)
        return receipt

    def fails(self, certificate: bytes):
        self.assert_fails(self.judged(certificate), "finality")

    def test_a_quorum_of_any_members_counts(self):
        for signers in ([0, 1, 2], [1, 2, 3], [0, 1, 2, 3]):
            self.assert_good(self.judged(self.chain.finalization(1, signers=signers)))
        for signers in ([], [0], [2, 3]):
            self.fails(self.chain.finalization(1, signers=signers))

    def test_kind_epoch_set_and_view_are_those_of_the_header(self):
        for wrong in ({"kind": 1}, {"kind": 0}, {"epoch": 1}, {"set_hash": "ab" * 32}, {"view": 3},
                      {"view": 1}):
            with self.subTest(wrong):
                self.fails(self.chain.finalization(1, **wrong))

    def test_a_later_view_fits_where_the_header_ends_its_epoch(self):
        receipt = self.chain.receipt(1, 5)
        receipt["subject"] = self.scene.receipt("anchor")["subject"]
        for view, result in ((10, "pass 0"), (11, "pass 0"), (2**63 - 1, "pass 0"), (9, "fail 7014")):
            receipt["finalization"] = b64(self.chain.finalization(5, view=view))
            self.assertEqual(self.found(receipt)["finality"], result, view)

    def test_what_was_signed_is_the_finalize_vote(self):
        self.fails(self.chain.finalization(1, vote="notarize"))
        self.fails(self.chain.finalization(1, members=_Signed(self.chain.sets[0], self.chain.sets[1])))

    def test_every_signature_counts_even_beyond_the_quorum(self):
        good = bytearray(self.chain.finalization(1, signers=[0, 1, 2, 3]))
        for index in range(4):
            bad = bytearray(good)
            bad[82 + 64 * index + 40] ^= 1
            self.fails(bytes(bad))

    def test_a_high_s_is_refused(self):
        self.fails(self.chain.finalization(1, high=True))

    def test_one_signature_for_two_bits_is_refused(self):
        good = bytearray(self.chain.finalization(1))
        good[82 + 128:82 + 192] = good[82:82 + 64]
        self.fails(bytes(good))

    def test_its_length_is_exact_and_its_bits_are_members(self):
        good = self.chain.finalization(1)
        for bad in (good + b"\x00", good[:-1], good[:81] + b"\x17" + good[82:],
                    good[:81] + b"\x87" + good[82:],
                    good[:81] + b"\x17" + good[82:146] + good[82:], good[:120],
                    good[:274] + b"\xff\xff" + good[276:]):
            self.fails(bad)

    def test_numbers_are_below_2_to_63(self):
        good = self.chain.finalization(1)
        self.fails(good[:1] + b"\x80" + good[2:])
        self.fails(good[:41] + b"\x80" + good[42:])

    def test_the_header_inside_is_the_block_and_the_top(self):
        self.fails(self.chain.finalization(2))
        self.fails(self.chain.finalization(1, block="ab" * 32))
        good, other = self.chain.finalization(1), self.chain.texts[2].encode()
        fixed = good[:274]
        self.assertEqual(good[274:276], len(self.chain.texts[1]).to_bytes(2, "big"))
        self.fails(fixed + len(other).to_bytes(2, "big") + other)
        self.fails(fixed + b"\x00\x00")
        self.fails(fixed + b"\x00\x01" + good[276:])
        self.fails(fixed + b"\x00\x02\xff\xfe")


class _Signed:
    """The set of one, signed by the keys of another."""

    def __init__(self, named, signing):
        self.hash, self.keys = named.hash, signing.keys


class Changes(VerdictCase):
    """F1 to F3, on a receipt of epoch 3 that tells of all epochs."""

    def setUp(self):
        self.receipt = self.chain.receipt(self.chain.headers[10]["log_size"] - 1, 10, 0)

    def test_unspoiled_it_holds_from_any_epoch_on(self):
        self.assert_good(self.receipt)
        self.assertEqual(len(self.receipt["set_changes"]), 3)

    def test_f1_there_are_no_more_changes_than_epochs(self):
        receipt = self.scene.receipt("anchor")
        receipt["set_changes"] = self.chain.changes(0, 1)
        self.assert_fails(receipt, "finality")

    def test_f1_f2_no_change_may_be_missing(self):
        for at in range(3):
            receipt = copy.deepcopy(self.receipt)
            del receipt["set_changes"][at]
            self.assert_fails(receipt, "finality")

    def test_f2_each_set_is_the_one_that_was_named(self):
        for at in range(3):
            receipt = copy.deepcopy(self.receipt)
            receipt["set_changes"][at]["set"] = lab.Validators(4000).text
            self.assert_fails(receipt, "finality")
        self.receipt["set"] = self.chain.sets[1].text
        self.assert_fails(self.receipt, "finality")

    def ended(self, at: int, signed_by=None, **change) -> dict:
        """The receipt with another end of that epoch, finalized by its set."""
        receipt = copy.deepcopy(self.receipt)
        of = {**self.chain.headers[self.chain.end_of(at)], **change}
        members = self.chain.sets[at if signed_by is None else signed_by]
        made = lab.certificate(lab.header_text(of), members, of["epoch"], of["view"])
        receipt["set_changes"][at]["finalization"] = b64(made)
        return receipt

    def test_f2_each_end_is_finalized_by_its_own_set(self):
        self.assert_good(self.ended(1))
        self.assert_fails(self.ended(1, signed_by=0), "finality")
        self.assert_fails(self.ended(1, epoch=2), "finality")
        self.assert_fails(self.ended(1, validators=self.chain.sets[2].hash), "finality")
        few = b64(self.chain.finalization(self.chain.end_of(1), signers=[0, 1]))
        self.receipt["set_changes"][1]["finalization"] = few
        self.assert_fails(self.receipt, "finality")

    def test_f2_each_end_is_of_the_chain_and_names_the_next_set(self):
        self.assert_fails(self.ended(1, chain=self.chain.chain.hex()[:16] + FORGED_CHAIN), "finality")
        self.assert_fails(self.ended(1, origin="x/" + self.chain.chain.hex()[:16]), "finality")
        self.assert_fails(self.ended(1, next_validators="ab" * 32), "finality")
        self.assert_fails(self.ended(1, next_validators=None), "finality")

    def test_f3_ends_rise_in_height_and_time(self):
        first = self.chain.headers[self.chain.end_of(0)]
        for at, change in ((1, {"height": first["height"]}), (1, {"time": first["time"]}),
                              (2, {"height": 9 + 1}), (2, {"time": self.chain.headers[10]["time"]}),
                              (0, {"height": 7}), (0, {"time": self.chain.headers[7]["time"]})):
            with self.subTest((at, change)):
                self.assert_fails(self.ended(at, **change), "finality")
        self.assert_good(self.ended(0, time=self.chain.headers[7]["time"] - 1))

    def test_f3_ends_are_below_the_last_header_and_not_only_the_top(self):
        self.receipt["headers"].append(self.chain.texts[9])  # said to be of height 9, so inclusion fails
        self.assert_fails(self.receipt, "inclusion")
        for change in ({"height": 9}, {"time": self.chain.headers[9]["time"]}):
            self.assert_fails(self.ended(2, **change), "finality", others=("inclusion",))

    def test_a_spoiled_finality_leaves_signer_and_status_open(self):
        self.receipt["set_changes"] = []
        self.assertEqual(self.found(self.receipt, self.genesis()) | {"content": ""}, {
            "content": "", "inclusion": "pass 0", "finality": "fail 7014", "signer": "open 0",
            "status": "open 0", "former": "0", "state": "-"})
        self.assertEqual(self.found(self.receipt)["signer"], "open 7016")


if __name__ == "__main__":
    unittest.main()
