"""Finding inclusion, I1 to I5."""
import unittest

from . import lab
from .case import VerdictCase
from .lab import b64
from .scene import CONTENT, SIGNER, SIZE


def with_previous(receipt: dict, built_on, keep_parent: bool = False, **change) -> dict:
    """The receipt of a record at height 1, with another header 0, and header 1 built on it."""
    receipt["previous"] = lab.header_text({**built_on.headers[0], **change})
    if not keep_parent:
        parent = lab.sha256(receipt["previous"].encode()).hex()
        receipt["headers"] = [lab.header_text({**built_on.headers[1], "parent": parent})]
        receipt["finalization"] = b64(lab.certificate(receipt["headers"][0], built_on.sets[0], 0, 2))
    return receipt


class Height(VerdictCase):
    """I1"""

    def with_previous(self, **change):
        return with_previous(self.scene.receipt("anchor"), self.chain, **change)

    def test_previous_is_the_parent(self):
        self.assert_good(self.with_previous())
        self.assert_fails(self.with_previous(keep_parent=True, time=5), "inclusion")
        self.assert_good(self.with_previous(time=5))

    def test_previous_is_of_the_chain_and_one_lower(self):
        chain = self.chain.chain.hex()
        self.assert_fails(self.with_previous(chain=chain[:63] + ("0" if chain[63] != "0" else "1")),
                          "inclusion")
        self.assert_fails(self.with_previous(origin="x/" + chain[:16]), "inclusion")
        self.assert_fails(self.with_previous(height=1), "inclusion")
        self.assert_fails(self.with_previous(height=2), "inclusion")

    def test_the_record_lies_between_the_two_sizes(self):
        self.assert_good(self.with_previous(log_size=1))
        self.assert_fails(self.with_previous(log_size=2), "inclusion")
        late = self.scene.receipt("anchor", top=2)
        late["headers"] = late["headers"][:1]  # said to be of height 2, where it is of height 1
        late["previous"] = self.chain.texts[1]
        self.assert_fails(late, "inclusion")
        early = self.chain.receipt(self.scene.batch, 3)
        early["headers"] = self.chain.texts[1:4][::-1]  # said to be of height 1
        early["previous"] = self.chain.texts[0]
        self.assert_fails(early, "inclusion")


class Leaves(VerdictCase):
    """I2, I3, I5"""

    def test_i2_the_path_leads_to_the_root_of_the_top(self):
        for at in range(3):
            receipt = self.scene.receipt("anchor", top=4)
            step = receipt["record"]["path"][at]
            receipt["record"]["path"][at] = ("0" if step[0] != "0" else "1") + step[1:]
            self.assert_fails(receipt, "inclusion")
        for change in (lambda path: path[:-1], lambda path: path + path[-1:], lambda path: path[::-1],
                       lambda path: []):
            receipt = self.scene.receipt("anchor", top=4)
            receipt["record"]["path"] = change(receipt["record"]["path"])
            self.assert_fails(receipt, "inclusion")
        receipt = self.scene.receipt("anchor", top=4)
        receipt["record"]["path"] = self.scene.receipt("anchor")["record"]["path"]
        self.assert_fails(receipt, "inclusion")

    def test_i2_the_index_is_the_leafs(self):
        receipt = self.scene.receipt("batch")
        receipt["record"]["log_index"] = self.scene.rollup
        self.assert_fails(receipt, "inclusion")
        for index in (0, 4, 100, 2**53 - 1):
            receipt["record"]["log_index"] = index
            self.assert_fails(receipt, "inclusion")

    def signed(self, leaf: bytes) -> dict:
        """A receipt of another chain of one block whose leaf is that one."""
        chain = self.chain.anew()
        chain.block([leaf])
        receipt = chain.receipt(1)
        receipt["subject"] = {"sha256": CONTENT.hex(), "size": SIZE}
        return receipt

    def anchor(self, chain=None, signer=None) -> bytes:
        content = lab.data(1, CONTENT) + lab.number(2, SIZE)
        return lab.body(chain or self.chain.chain, signer or SIGNER.public, 81, content)

    def test_i3_the_transaction_is_for_the_chain_and_signed(self):
        self.assert_good(self.signed(b"\x01" + lab.envelope(self.anchor(), SIGNER)))
        other = bytes(32)
        self.assert_fails(self.signed(b"\x01" + lab.envelope(self.anchor(chain=other), SIGNER)), "inclusion")
        for wrong in (lab.envelope(self.anchor(), lab.Key(78)),
                      lab.envelope(self.anchor(), SIGNER, high=True),
                      lab.data(1, self.anchor()) + lab.data(2, bytes(64)),
                      lab.data(1, self.anchor()) + lab.data(2, SIGNER.sign(lab.sha256(self.anchor()))),
                      lab.envelope(self.anchor(signer=b"\x02" + (5).to_bytes(32, "big")), SIGNER)):
            self.assert_fails(self.signed(b"\x01" + wrong), "inclusion")

    def test_i2_the_leaf_is_of_kind_1(self):
        sealed = lab.envelope(self.anchor(), SIGNER)
        self.assert_fails(self.signed(b"\x02" + sealed), "inclusion")

    def test_i5_what_opened_is_a_motion_before_the_approval(self):
        good = self.scene.receipt("approve", opened=True)
        self.assert_good(good)
        for index in (self.scene.batch, self.scene.approve):
            wrong = {**good, "opened": self.chain.leaf(index, 4)}
            self.assert_fails(wrong, "inclusion")
        good["opened"]["path"][0] = "ab" * 32
        self.assert_fails(good, "inclusion")

    def test_i5_a_motion_opened_later_opened_nothing(self):
        chain = self.chain.anew()
        chain.block([self.chain.leaves[self.scene.approve], self.chain.leaves[self.scene.open]])
        receipt = {**chain.receipt(1), "opened": chain.leaf(2, 1)}
        self.assert_fails(receipt, "inclusion")
        del receipt["opened"]
        self.assert_good(receipt)


class Entries(VerdictCase):
    """I4"""

    def test_i4_the_path_leads_to_the_root_in_the_body(self):
        for record in ("entry", "item"):
            self.assert_good(self.scene.receipt(record))
            for index in (0, 2, 4, 5, 2**53 - 1):
                receipt = self.scene.receipt(record)
                receipt["entry"]["index"] = index
                self.assert_fails(receipt, "inclusion")
            receipt = self.scene.receipt(record)
            receipt["entry"]["path"] = receipt["entry"]["path"][:-1]
            self.assert_fails(receipt, "inclusion")
            receipt = self.scene.receipt(record)
            receipt["entry"]["path"][0] = "ab" * 32
            self.assert_fails(receipt, "inclusion")

    def test_inclusion_is_judged_though_nothing_is_final(self):
        receipt = self.scene.receipt("entry")
        receipt["finalization"] = b64(bytes(200))
        self.assert_fails(receipt, "finality")
        receipt["entry"]["path"] = []
        self.assert_fails(receipt, "finality", others=("inclusion",))


if __name__ == "__main__":
    unittest.main()
