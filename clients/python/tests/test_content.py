"""Finding content: file against subject, subject against what was signed."""
import unittest

from stele_verify import FileFact

from . import lab
from .case import FILE, VerdictCase
from .scene import ENTRY_HASH, ITEM_HASH, ITEMS


class Content(VerdictCase):
    def content(self, receipt, file=None) -> str:
        return self.found(receipt, None, file)["content"]

    def test_the_file_that_was_anchored_passes_and_no_other(self):
        receipt = self.scene.receipt("anchor")
        self.assertEqual(self.content(receipt, FILE), "pass 0")
        self.assertEqual(self.content(receipt), "open 0")
        self.assertEqual(self.content(receipt, FileFact(FILE.sha256, 12)), "fail 7012")
        self.assertEqual(self.content(receipt, FileFact(bytes(32), 11)), "fail 7012")

    def test_the_subject_is_what_the_record_says(self):
        receipt = self.scene.receipt("anchor")
        receipt["subject"]["size"] = 12
        self.assert_fails(receipt, "content")
        self.assert_fails(receipt, "content", file=FileFact(FILE.sha256, 12))
        self.assertEqual(self.content(receipt, FILE), "fail 7012")
        receipt["subject"] = {"sha256": "ab" * 32, "size": 11}
        self.assertEqual(self.content(receipt, FileFact(bytes.fromhex("ab" * 32), 11)), "fail 7012")

    def test_the_subject_of_an_entry_is_what_the_entry_says(self):
        receipt = self.scene.receipt("entry")
        self.assertEqual(self.content(receipt, FileFact(ENTRY_HASH[3], 103)), "pass 0")
        self.assertEqual(self.content(receipt), "open 0")
        receipt["subject"]["size"] = 0
        self.assert_fails(receipt, "content")
        receipt["subject"] = {"sha256": ENTRY_HASH[2].hex(), "size": 103}
        self.assert_fails(receipt, "content")

    def test_an_entry_that_says_no_size_is_one_of_none(self):
        receipt = self.scene.receipt("entry")
        receipt["entry"]["data"] = lab.b64(lab.data(1, ENTRY_HASH[3]))
        self.assertEqual(self.content(receipt), "fail 7012")
        receipt["subject"]["size"] = 0
        self.assertEqual(self.content(receipt, FileFact(ENTRY_HASH[3], 0)), "pass 0")
        self.assertEqual(self.content(receipt, FileFact(ENTRY_HASH[3], 103)), "fail 7012")

    def test_an_item_of_unknown_size_is_compared_by_its_hash_alone(self):
        receipt = self.scene.receipt("item")
        self.assertEqual(self.content(receipt, FileFact(ITEM_HASH[1], 9)), "pass 0")
        self.assertEqual(self.content(receipt, FileFact(ITEM_HASH[1], 8)), "fail 7012")
        receipt["entry"] = {"data": lab.b64(ITEMS[0]), "index": 0,
                            "path": [step.hex() for step in lab.tree_path(ITEMS, 0)]}
        for size in (0, 9):
            receipt["subject"] = {"sha256": ITEM_HASH[0].hex(), "size": size}
            self.assertEqual(self.assert_good(receipt, file=FileFact(ITEM_HASH[0], 77))["content"], "pass 0")
            self.assertEqual(self.content(receipt, FileFact(ITEM_HASH[1], 0)), "fail 7012")
        receipt["subject"] = {"sha256": ITEM_HASH[1].hex(), "size": 0}
        self.assertEqual(self.content(receipt), "fail 7012")

    def test_a_file_beside_a_record_of_none_fails(self):
        for record in ("batch", "rollup", "open", "other"):
            self.assertEqual(self.content(self.scene.receipt(record)), "open 0")
            self.assert_fails(self.scene.receipt(record), "content", file=FILE)


if __name__ == "__main__":
    unittest.main()
