"""Form of a receipt: members, types and bounds; and of the transaction in it."""
import copy
import unittest

from . import lab
from .case import VerdictCase
from .lab import b64
from .scene import SIGNER, SIZE


class Members(VerdictCase):
    def setUp(self):
        self.receipt = self.scene.receipt("anchor", newer=9)

    def spoiled(self, *path, value=None, drop=False):
        receipt = copy.deepcopy(self.receipt)
        place = receipt
        for step in path[:-1]:
            place = place[step]
        if drop:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        return receipt

    def objects(self, value, path=()):
        """The paths of all objects inside, the outermost too."""
        if isinstance(value, dict):
            yield path
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, (dict, list)):
                yield from self.objects(inner, (*path, step))

    def at(self, path):
        place = self.receipt
        for step in path:
            place = place[step]
        return place

    def test_members_are_those_listed_and_no_others(self):
        optional = {("status",), ("status", "entries", 0, "value"), ("status", "entries", 1, "value")}
        count = 0
        for path in self.objects(self.receipt):
            self.assert_form(self.spoiled(*path, "zz", value=0))
            for name in self.at(path):
                if (*path, name) not in optional:
                    self.assert_form(self.spoiled(*path, name, drop=True))
                    count += 1
        self.assertGreater(count, 20)

    def test_each_member_has_its_type(self):
        for path in self.objects(self.receipt):
            for name, value in self.at(path).items():
                for other in (7, "", {}, []):
                    if not isinstance(other, type(value)):
                        self.assert_form(self.spoiled(*path, name, value=other))

    def test_the_version_goes_before_all_else_but_the_text(self):
        for version in (0, 2, 2**53 - 1):
            self.assert_form(self.spoiled("stele_receipt", value=version), 7011)
            self.assert_form({"stele_receipt": version}, 7011)
            self.assert_form({"stele_receipt": version, "x": [[["deep"]]]}, 7011)
        for bad in ({"stele_receipt": "2"}, {"stele_receipt": []}, {}, {"stele_proof": 1}):
            self.assert_form(bad)
        for bad in (b'{"stele_receipt": 2}\n', b'{"stele_receipt":2}', b'{"stele_receipt":2,"a":1}\n',
                    b'{"stele_receipt":2,"x":-1}\n', b'{"stele_receipt":02}\n',
                    b'{"stele_receipt":2,"x":' + b"[" * 32 + b"]" * 32 + b"}\n"):
            self.assert_form(bad)

    def test_a_receipt_has_4_mib_at_most(self):
        empty = len(lab.render({"a": "", "stele_receipt": 2}))
        self.assert_form({"a": "x" * (4194304 - empty), "stele_receipt": 2}, 7011)
        self.assert_form({"a": "x" * (4194305 - empty), "stele_receipt": 2})

    def test_base64_is_canonical(self):
        good = self.receipt["finalization"]
        self.assertTrue(good.endswith("=") or len(good) % 4 == 0)
        for bad in (good.rstrip("=") + "====", good[:-1], "-" + good[1:], "_" + good[1:], good + "AAAA=",
                    good + "\n",
                    good[:8] + " " + good[8:], b64(b"x" * 109)[:-3] + "1==", b64(b"x" * 109)[:-2]):
            self.assert_form(self.spoiled("finalization", value=bad))

    def test_bounds(self):
        for size, is_form in ((107, True), (108, False), (12288, False), (12289, True)):
            judged = self.found(self.spoiled("finalization", value=b64(bytes(size))))
            self.assertEqual(judged.get("form"), "7010" if is_form else None, size)
            changed = self.spoiled("status", "set_changes", 0, "finalization", value=b64(bytes(size)))
            self.assertEqual(self.found(changed).get("form"), "7010" if is_form else None, size)
            newer = self.spoiled("status", "finalization", value=b64(bytes(size)))
            self.assertEqual(self.found(newer).get("form"), "7010" if is_form else None, size)
        step = "ab" * 32
        for path, most in ((("record", "path"), 63), (("status", "consistency"), 126)):
            self.assertNotIn("form", self.found(self.spoiled(*path, value=[step] * most)))
            self.assert_form(self.spoiled(*path, value=[step] * (most + 1)))
        text = self.chain.texts[1]
        self.assertNotIn("form", self.found(self.spoiled("headers", value=[text] * 1024)))
        self.assert_form(self.spoiled("headers", value=[text] * 1025))
        self.assert_form(self.spoiled("headers", value=[]))
        change = {"finalization": b64(bytes(108)), "set": lab.Validators(1, 1).text}
        self.assertNotIn("form", self.found(self.spoiled("set_changes", value=[change] * 512)))
        self.assert_form(self.spoiled("set_changes", value=[change] * 513))
        self.assertNotIn("form", self.found(self.spoiled("status", "tree", value=b64(bytes(65536)))))
        self.assert_form(self.spoiled("status", "tree", value=b64(bytes(65537))))
        self.assertNotIn("form", self.found(self.spoiled("status", "tree", value="")))

    def test_hashes_are_64_lower_case_digits(self):
        good = self.receipt["record"]["path"][0]
        for bad in (good.upper(), good[1:], good + "0", "g" + good[1:], " " + good[1:], 7):
            self.assert_form(self.spoiled("record", "path", 0, value=bad))
        self.assert_form(self.spoiled("subject", "sha256", value=self.receipt["subject"]["sha256"].upper()))

    def test_texts_of_headers_and_sets_parse(self):
        bad_header = self.chain.texts[1].replace("height 1", "height 01")
        bad_set = self.chain.sets[0].text + "\n"
        self.assert_form(self.spoiled("headers", 0, value=bad_header))
        self.assert_form(self.spoiled("previous", value=bad_header))
        self.assert_form(self.spoiled("set", value=bad_set))
        self.assert_form(self.spoiled("status", "set_changes", 0, "set", value=bad_set))
        self.receipt["set_changes"] = [{"finalization": b64(bytes(108)), "set": bad_set}]
        self.assert_form(self.receipt)

    def test_the_three_of_a_newer_header_come_together(self):
        for name in ("consistency", "finalization", "set_changes"):
            self.assert_form(self.spoiled("status", name, drop=True))
        for name in ("consistency", "finalization"):
            receipt = self.spoiled("status", name, drop=True)
            del receipt["status"]["set_changes"]
            self.assert_form(receipt)

    def test_entries_have_keys_and_values_and_ascend(self):
        entries = self.receipt["status"]["entries"]
        self.assertEqual(len(entries), 2)
        self.assert_form(self.spoiled("status", "entries", value=entries[::-1]))
        self.assert_form(self.spoiled("status", "entries", value=[entries[0], entries[0]]))
        self.assert_form(self.spoiled("status", "entries", value=[]))
        for bad in ("", "/", "a/", "/a", "a//b", "a b", "a" * 65, "/".join(["a" * 63] * 4) + "/b", "ä",
                    "a\n"):
            self.assert_form(self.spoiled("status", "entries", value=[{"key": bad}]))
        for good in ("a", "a" * 64, "/".join(["a" * 63] * 4), "a/b.c_d-E/9"):
            self.assertNotIn("form", self.found(self.spoiled("status", "entries", value=[{"key": good}])))
        for size, is_form in ((0, True), (1, False), (16384, False), (16385, True)):
            one = [{"key": "a", "value": b64(bytes(size))}]
            judged = self.found(self.spoiled("status", "entries", value=one))
            self.assertEqual(judged.get("form"), "7010" if is_form else None, size)
        five = sorted(({"key": f"k{n}"} for n in range(5)), key=lambda e: lab.sha256(e["key"].encode()))
        self.assertNotIn("form", self.found(self.spoiled("status", "entries", value=five[:4])))
        self.assert_form(self.spoiled("status", "entries", value=five))

    def test_what_stands_beside_the_record_fits_it(self):
        subject, leaf = self.receipt["subject"], self.scene.receipt("open")["record"]
        entry = self.scene.receipt("entry")["entry"]
        for record in ("anchor", "batch", "rollup", "open", "approve", "withdraw", "other"):
            good = self.scene.receipt(record)
            self.assertNotIn("form", self.found(good))
            opened = self.found({**good, "opened": leaf})
            self.assertEqual("form" in opened, record != "approve", record)
            entered = self.found({**good, "entry": entry, "subject": subject})
            self.assertEqual("form" in entered, record not in ("batch", "rollup"), record)
            if record != "anchor":
                self.assert_form({**good, "subject": subject})
                self.assert_form({**good, "entry": entry})
        self.assert_form(self.spoiled("subject", drop=True))


class Transaction(VerdictCase):
    """A record whose transaction is spoiled; all other bytes fit it no more, and form is judged first."""

    def judged(self, transaction: bytes, opened=None) -> dict:
        receipt = self.scene.receipt("approve" if opened else "other")
        receipt["record"]["transaction"] = b64(transaction)
        if opened:
            receipt["opened"] = {**receipt["record"], "transaction": b64(opened)}
        return self.found(receipt)

    def body(self, operation=45, content=b"", **how) -> bytes:
        return lab.body(self.chain.chain, SIGNER.public, operation, content, **how)

    def good(self, body: bytes, wrapped=None):
        judged = self.judged(wrapped or lab.envelope(body, SIGNER))
        self.assertNotIn("form", judged)

    def bad(self, body: bytes = b"", wrapped=None):
        self.assertEqual(self.judged(wrapped or lab.envelope(body, SIGNER)), {"form": "7010"})

    def test_the_envelope_is_body_and_signature(self):
        body = self.body()
        sealed = lab.envelope(body, SIGNER)
        self.good(body)
        for wrong in (sealed + b"\x00", sealed[:-1], sealed[1:], sealed + b"\x1a\x01\x00",
                      sealed[2 + len(body):],
                      lab.data(1, body), lab.data(1, body) + lab.data(2, bytes(63)),
                      lab.data(1, body) + lab.data(2, bytes(65)), lab.data(2, bytes(64)) + lab.data(1, body),
                      lab.data(1, b"") + lab.data(2, bytes(64)),
                      b"\x0a" + bytes((0x80 | len(body), 0)) + body + lab.data(2, bytes(64)),
                      b"\x0a" + b"\xff" * 11):
            self.bad(wrapped=wrong)

    def test_the_body_has_65450_bytes_at_most(self):
        room = 65450 - len(self.body(45, bytes(60000))) + 60000
        self.assertEqual(len(self.body(45, bytes(room))), 65450)
        self.good(self.body(45, bytes(room)))
        self.bad(self.body(45, bytes(room + 1)))

    def test_the_body_begins_with_chain_and_signer(self):
        chain, signer = self.chain.chain, SIGNER.public
        rest = lab.data(45, b"")
        self.good(lab.data(1, chain) + lab.data(2, signer) + rest)
        for wrong in (lab.data(2, signer) + rest, lab.data(1, chain) + rest,
                      lab.data(1, chain[1:]) + lab.data(2, signer) + rest,
                      lab.data(1, chain) + lab.data(2, signer[1:]) + rest,
                      lab.data(1, chain) + lab.data(2, b"\x04" + signer[1:]) + rest,
                      lab.data(1, chain) + lab.data(2, signer), rest,
                      lab.data(1, chain) * 2 + lab.data(2, signer) + rest):
            self.bad(wrong)
        self.good(lab.data(1, chain) + lab.data(2, b"\x02" + bytes(32)) + rest)

    def test_valid_until_and_nonce_may_be_there_within_bounds(self):
        head = lab.data(1, self.chain.chain) + lab.data(2, SIGNER.public)
        end = lab.data(45, b"")
        for numbers in (b"", lab.number(3, 1), lab.number(3, 2**63 - 1), lab.number(4, 1),
                        lab.number(4, 2**64 - 1),
                        lab.number(3, 1) + lab.number(4, 1)):
            self.good(head + numbers + end)
        for numbers in (lab.number(3, 0), lab.number(3, 2**63), lab.number(4, 0),
                        lab.number(4, 1) + lab.number(3, 1),
                        lab.number(3, 1) * 2, lab.number(5, 1), b"\x18\x81\x00",
                        b"\x20" + b"\xff" * 9 + b"\x02",
                        b"\x20" + b"\xff" * 10 + b"\x01", lab.data(3, b"a")):
            self.bad(head + numbers + end)

    def test_one_known_operation_ends_the_body(self):
        for operation in (16, 20, 28, 40, 55, 60, 74, 80, 84, 87, 100):
            if operation != 80:
                self.good(self.body(operation, b"\x00\xff any bytes"))
        for operation in (5, 15, 19, 29, 39, 56, 59, 75, 79, 88, 99, 101, 2**29 - 1):
            self.bad(self.body(operation))
        for wrong in (self.body() + b"\x00", self.body() + lab.data(45, b""), self.body(45, b"abc")[:-1],
                      self.body()[:-3] + lab.number(45, 0), self.body()[:-3] + b"\xea\x82\x00\x00",
                      self.body()[:-3] + b"\xea\x02\x80\x00", self.body()[:-1]):
            self.bad(wrong)
        self.assertTrue(self.body().endswith(b"\xea\x02\x00"))

    def test_operations_that_are_read_have_their_fields(self):
        sha, number, data = bytes(32), lab.number, lab.data
        top = 2**63 - 1
        for operation in (17, 18):
            for content in (number(1, 1), number(1, top), number(1, 1) + number(2, 0) * 2 + data(9, b"")):
                self.assertNotIn("form", self.judged_read(operation, content))
            for content in (b"", number(1, 0), number(1, top + 1), number(1, 1) * 2, data(1, b"a"),
                            number(2, 1),
                            number(2, 1) + number(1, 1)):
                self.assertEqual(self.judged_read(operation, content), {"form": "7010"})
        for content in (data(1, sha), data(1, sha) + number(2, top), data(1, sha) + data(3, b"x") * 3):
            self.assertNotIn("form", self.judged_read(81, content))
        for content in (b"", data(1, sha[1:]), number(1, 3), data(1, sha) * 2, data(1, sha) + number(2, 0),
                        data(1, sha) + number(2, top + 1), data(1, sha) + data(2, b""), number(2, 1)):
            self.assertEqual(self.judged_read(81, content), {"form": "7010"})
        for content in (number(1, 1) + data(2, sha), number(1, 4096) + data(2, sha)):
            self.assertNotIn("form", self.judged_read(82, content))
        for content in (number(1, 0) + data(2, sha), number(1, 4097) + data(2, sha), number(1, 1),
                        data(2, sha),
                        number(1, 1) + data(2, sha + sha)):
            self.assertEqual(self.judged_read(82, content), {"form": "7010"})
        for content in (data(1, sha) + number(2, 1), data(1, sha) + number(2, 2**40)):
            self.assertNotIn("form", self.judged_read(83, content))
        for content in (data(1, sha), data(1, sha) + number(2, 0), data(1, sha) + number(2, 2**40 + 1),
                        number(2, 5)):
            self.assertEqual(self.judged_read(83, content), {"form": "7010"})

    def judged_read(self, operation: int, content: bytes) -> dict:
        receipt = self.scene.receipt("other")
        receipt["record"]["transaction"] = b64(lab.envelope(self.body(operation, content), SIGNER))
        if operation == 81:
            receipt["subject"] = {"sha256": "00" * 32, "size": SIZE}
        return self.found(receipt)

    def test_messages_are_walked_strictly(self):
        good = lab.number(1, 5)
        for rest in (lab.number(2**29 - 1, 2**64 - 1), lab.data(2, bytes(300)),
                     lab.number(2, 7) * 3 + lab.data(2, b"")):
            self.assertNotIn("form", self.judged_read(17, good + rest))
        for rest in (b"\x00\x00", lab.number(2**29, 0), b"\x11" + bytes(8), b"\x15" + bytes(4), b"\x13\x14",
                     b"\x16\x00",
                     b"\x12\x02\x00", b"\x10", b"\x10\x80\x00", b"\x90\x00\x00",
                     b"\x10" + b"\x80" * 10 + b"\x01",
                     b"\x10" + b"\xff" * 9 + b"\x02", lab.number(3, 1) + lab.number(2, 1), b"\x80"):
            self.assertEqual(self.judged_read(17, good + rest), {"form": "7010"}, rest)

    def test_opened_is_read_as_record_is(self):
        record = lab.envelope(self.body(17, lab.number(1, 5)), SIGNER)
        bad = lab.envelope(self.body(81, b""), SIGNER)
        self.assertEqual(self.judged(record, bad), {"form": "7010"})
        self.assertEqual(self.judged(record, bad[1:]), {"form": "7010"})
        self.assertEqual(self.judged(record, lab.envelope(self.body(45, b""), SIGNER))["inclusion"],
                         "fail 7013")

    def test_an_entry_is_read(self):
        good = self.scene.receipt("entry")
        sha = bytes(32)
        for data in (lab.data(1, sha), lab.data(1, sha) + lab.number(2, 2**63 - 1),
                     lab.data(1, sha) + lab.data(3, bytes(57))):
            good["entry"]["data"] = b64(data)
            self.assertNotIn("form", self.found(good))
        for data in (b"", lab.data(1, sha) + lab.number(2, 0), lab.data(2, sha), lab.data(1, sha[1:]),
                     lab.data(1, sha) * 2,
                     lab.data(1, sha) + lab.data(3, bytes(58)), lab.data(1, sha) + b"\x1a"):
            good["entry"]["data"] = b64(data)
            self.assert_form(good)


if __name__ == "__main__":
    unittest.main()
