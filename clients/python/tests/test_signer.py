"""Finding signer: S1 to S5, former sets; and the two texts that trust is read from."""
import unittest

from stele_verify import FormError, parse_trust

from . import lab, shared
from .case import VerdictCase
from .lab import Key


class Signer(VerdictCase):
    def pin(self, first, last, height=10, block="", change=lambda text: text):
        return parse_trust(change(lab.pin_text(self.chain, first, last, height, block)).encode())

    def signer(self, trust, record="anchor", **how):
        found = self.found(self.scene.receipt(record, **how), trust)
        return found["signer"], int(found["former"])

    def test_s1_chain_and_origin_are_those_of_trust(self):
        other = parse_trust(lab.Chain("lab.example/two").genesis.encode())
        self.assertEqual(self.signer(other), ("fail 7015", 0))
        renamed = self.pin(0, 3, change=lambda text: text.replace("origin lab.example/one",
                                                                  "origin lab.example/two"))
        self.assertEqual(self.signer(renamed), ("fail 7015", 0))
        chain = self.chain.chain.hex()
        changed = self.pin(0, 3, change=lambda text: text.replace(chain, chain[:16] + "0" * 48))
        self.assertEqual(self.signer(changed), ("fail 7015", 0))

    def test_s2_another_block_at_the_heads_height_is_a_fork(self):
        fork = "ab" * 32
        for height in (1, 2, 3, 4):
            self.assertEqual(self.signer(self.pin(0, 3, height, fork), top=4), ("fail 7019", 0))
            self.assertEqual(self.signer(self.pin(0, 3, height), top=4), ("pass 0", 1))
        self.assertEqual(self.signer(self.pin(0, 3, 0, fork), top=4), ("pass 0", 1))  # previous is not asked
        for height in (5, 7, 8):  # inside of certificates of set_changes, and of status
            forked = self.signer(self.pin(0, 3, height, fork), "withdraw", first_epoch=0)
            self.assertEqual(forked, ("fail 7019", 0))
            self.assertEqual(self.signer(self.pin(0, 3, height, fork), newer=9), ("fail 7019", 0))
            self.assertEqual(self.signer(self.pin(0, 3, height), newer=9), ("pass 0", 1))
        self.assertEqual(self.signer(self.pin(0, 3, 9, fork), newer=9), ("fail 7019", 0))
        self.assertEqual(self.signer(self.pin(0, 3, 6, fork), newer=9), ("pass 0", 1))
        self.assertEqual(self.signer(self.pin(2, 3, 1, fork)), ("fail 7019", 0))  # before S3

    def test_s2_a_status_that_failed_tells_of_no_header(self):
        receipt = self.scene.receipt("anchor", newer=9)
        receipt["status"]["tree"] = ""
        found = self.found(receipt, self.pin(0, 3, 9, "ab" * 32))
        self.assertEqual((found["signer"], found["status"]), ("pass 0", "fail 7017"))

    def test_s3_an_epoch_must_be_known(self):
        self.assertEqual(self.signer(self.pin(1, 3)), ("open 7018", 0))
        self.assertEqual(self.signer(self.pin(0, 0), "withdraw"), ("open 7018", 0))
        self.assertEqual(self.signer(self.pin(0, 0), "withdraw", first_epoch=0), ("pass 0", 2))
        for first in (1, 3):  # what the status tells of vouches for no set before it
            self.assertEqual(self.signer(self.pin(first, 3), newer=9), ("open 7018", 0))
        receipt = self.scene.receipt("anchor", newer=9)
        receipt["status"]["tree"] = ""
        self.assertEqual(self.found(receipt, self.pin(3, 3))["signer"], "open 7018")

    def test_s4_each_common_epoch_has_the_same_set(self):
        for epoch in range(4):
            forged = self.pin(0, 3, change=lambda text: text.replace(self.chain.sets[epoch].hash, "ab" * 32))
            expected = ("fail 7015", 0)
            self.assertEqual(self.signer(forged, newer=9), expected)
            self.assertEqual(self.signer(forged), expected if epoch == 0 else ("pass 0", 1))
            self.assertEqual(self.signer(forged, "withdraw", first_epoch=0, newer=8)[0],
                             expected[0] if epoch <= 2 else "pass 0")

    def test_former_counts_the_sets_that_were_replaced(self):
        expected = {  # (record's signing epoch b, newer height or None, p): former
            (0, None, 0): 0, (0, None, 1): 1, (0, None, 3): 1, (0, 5, 0): 0, (0, 6, 0): 1, (0, 6, 1): 1,
            (0, 6, 3): 2, (0, 8, 0): 2, (0, 8, 1): 2, (0, 8, 2): 1, (0, 8, 3): 2, (0, 9, 0): 3, (0, 9, 1): 3,
            (0, 9, 2): 2, (0, 9, 3): 1}
        for (signing, newer, newest), former in expected.items():
            how = {} if newer is None else {"newer": newer}
            with self.subTest((signing, newer, newest)):
                self.assertEqual(self.signer(self.pin(0, newest), **how), ("pass 0", former))
        for newest, newer, former in ((0, None, 2), (1, None, 1), (2, None, 0), (3, None, 1), (0, 9, 3),
                                      (2, 9, 1),
                                      (3, 9, 1)):
            how = {} if newer is None else {"newer": newer}
            found = self.signer(self.pin(0, newest), "withdraw", first_epoch=0, **how)
            self.assertEqual(found, ("pass 0", former), (newest, newer))

    def test_without_trust_or_finality_nothing_is_said(self):
        receipt = self.scene.receipt("anchor")
        self.assertEqual(self.found(receipt)["signer"], "open 7016")
        receipt["finalization"] = lab.b64(bytes(200))
        self.assertEqual(self.found(receipt)["signer"], "open 7016")
        self.assertEqual(self.found(receipt, self.genesis())["signer"], "open 0")


class Pin(VerdictCase):
    def setUp(self):
        self.text = lab.pin_text(self.chain, 0, 3, 10)

    def refuse(self, text: str):
        with self.subTest(text[-200:]):
            with self.assertRaises(FormError):
                parse_trust(text.encode())

    def test_a_pin_parses(self):
        trust = parse_trust(self.text.encode())
        self.assertEqual((trust.chain, trust.origin), (self.chain.chain, self.chain.origin))
        self.assertEqual([members.hex() for members in trust.sets],
                         [members.hash for members in self.chain.sets])
        self.assertEqual((trust.first_epoch, trust.newest_epoch, trust.head.height), (0, 3, 10))
        self.assertEqual(parse_trust(lab.pin_text(self.chain, 2, 3, 0).encode()).first_epoch, 2)

    def test_every_line_is_needed_in_its_place(self):
        lines = self.text.split("\n")[:-1]
        for at in range(1, len(lines)):
            if not lines[at].startswith("set "):
                self.refuse("\n".join(lines[:at] + lines[at + 1:]) + "\n")
            self.refuse("\n".join(lines[:at] + [lines[at]] + lines[at:]) + "\n")
            if at > 1:
                self.refuse("\n".join(lines[:at - 1] + [lines[at], lines[at - 1]] + lines[at + 1:]) + "\n")
        self.refuse("\n".join(lines))
        self.refuse(self.text + "\n")
        self.refuse(self.text.replace("\n", "\r\n"))
        self.refuse("\n".join([*lines[:3], lines[-1]]) + "\n")

    def test_lines_are_strict(self):
        sets = self.chain.sets
        for good, bad in (("set 1 ", "set 01 "), ("set 1 ", "set 5 "), ("set 3 ", "set 5 "),
                          ("set 0 ", f"set {2**63} "),
                          ("set 1 ", "set 1  "),
                          (sets[0].hash, sets[0].hash.upper()), ("head 10 ", "head 010 "),
                          ("head 10 ", "head -1 "),
                          ("head 10 ", f"head {2**63} "), ("chain ", "chain  "), ("origin ", "origin /"),
                          (f"{self.chain.origin}", f"one/{'0' * 16}"), ("origin lab", "origin LAB")):
            self.assertIn(good, self.text)
            self.refuse(self.text.replace(good, bad, 1))
        words = self.text.split("head ")[1].split(" ")
        for at, bad in ((1, "AB" * 32), (2, "0"), (2, str(2**63)), (3, "ab" * 31 + "\n"),
                        (3, "ab" * 32 + " 1\n")):
            self.refuse(self.text.split("head ")[0] + "head " + " ".join([*words[:at], bad, *words[at + 1:]]))

    def test_a_pin_has_512_sets_at_most(self):
        head, end = self.text.split("set 0")[0], "head " + self.text.split("head ")[1]
        for count in (1, 512, 513):
            text = head + "".join(f"set {9 + k} {'ab' * 32}\n" for k in range(count)) + end
            if count == 513:
                self.refuse(text)
            else:
                self.assertEqual(len(parse_trust(text.encode()).sets), count)


class Genesis(VerdictCase):
    def refuse(self, text):
        with self.assertRaises(FormError):
            parse_trust(text if isinstance(text, bytes) else text.encode())

    def test_the_frozen_genesis_parses(self):
        frozen = shared.read_json(shared.vectors(self, "genesis.json"))
        for text in (frozen["document"], frozen["sealed"], frozen["document"] + "\n"):
            trust = parse_trust(text.encode())
            self.assertEqual(trust.chain.hex(), frozen["chain"])
            self.assertEqual((trust.origin, trust.sets[0].hex()), (frozen["origin"], frozen["set_hash"]))
            self.assertEqual((trust.first_epoch, len(trust.sets), trust.head), (0, 1, None))

    def test_what_follows_the_empty_line_is_not_read(self):
        document = self.chain.genesis
        self.assertEqual(parse_trust(document.encode()), parse_trust(f"{document}\nfounder x\n\xff".encode()))
        self.refuse(document + "founder x\n")
        self.refuse("\n" + document)
        self.refuse(document[:-1])
        self.refuse("")

    def test_each_line_is_needed_in_its_place(self):
        lines = self.chain.genesis.split("\n")[:-1]
        free = ("policy ", "name-", "v")
        for at, line in enumerate(lines):
            without = "\n".join(lines[:at] + lines[at + 1:]) + "\n"
            if not line.startswith(free):
                self.refuse(without)
            self.refuse("\n".join(lines[:at] + [line] + lines[at:]) + "\n")

    def test_lines_are_within_their_bounds(self):
        key = Key(9000).public.hex()
        other = Key(9001).public.hex()
        consensus = self.chain.sets[0].keys[0].public.hex()
        for good, bad in (
                ("name lab.example/one", "name Lab"), ("secp256k1-sha256", "ed25519"),
                ("time 1700000000000", "time 0"),
                ("epoch-length 1000", "epoch-length 0"), ("epoch-length 1000", "epoch-length 1000000001"),
                ("delta-us 50000", "delta-us 999"), ("delta-us 50000", "delta-us 600000001"),
                ("skew-ms 500", "skew-ms 0"), ("late-ms 5000", "late-ms 600001"),
                ("window-ms 600000", "window-ms 999"),
                ("quota-window-ms 60000", "quota-window-ms 86400001"),
                ("quota-bytes 100000", "quota-bytes 0"),
                ("quota-entries 1000", f"quota-entries {2**63}"),
                ("quota-entries 1000", "quota-entries 01000"),
                ("policy key.add", "policy key.drop"), ("policy key.add", "policy motion.open"),
                ("key.add funder 0 -", "key.add funder 0 funder"),
                ("key.add funder 0 -", "key.add funder 161 funder"),
                ("funder,agency 2 funder", "funder,agency 2 -"), ("funder,agency 2", "agency,funder 2"),
                ("funder,agency 2", "funder,funder 2"), ("funder,agency 2", ",funder 2"),
                ("agency 2", "agent 2"),
                ("policy award.grant", "policy award.accept"), ("policy key.add", "policy note.attach"),
                ("organisation org-0", "organisation org/0"), ("organisation org-0", "organisation org-2"),
                ("organisation org-0", "organisation org-00"), ("name-zh 机构\nname-en Institute 0\n", ""),
                ("name-en Institute 0", "name-en "), ("name-en Institute 0", "name-en " + "a" * 257),
                ("name-en Institute 0", "name-en a\x7f"), ("name-en Institute 0", "name-en a\x85"),
                ("name-en Institute 0", "name-en a\tb"), ("roles funder,validator", "roles funder"),
                ("roles funder,validator", "roles validator,funder"), (f"{key} govern,grant", f"{key} grant"),
                (f"{key} govern,grant", f"{key} grant,govern"), (f"{key} govern,grant", f"{key}"),
                (key, other), (key, consensus), (key, "02" + (5).to_bytes(32, "big").hex()),
                (key, key.upper()),
                ("stele/v1 set", "continues x\nstele/v1 set"), ("stele/v1 genesis", "stele/v2 genesis")):
            self.assertIn(good, self.chain.genesis)
            with self.subTest(bad[:60]):
                self.refuse(self.chain.genesis.replace(good, bad, 1))

    def test_it_is_utf_8_and_bounded(self):
        good = self.chain.genesis.encode()
        self.refuse(good.replace("机".encode(), b"\xed\xa0\x80", 1))
        self.refuse(good.replace("机".encode(), b"\xc0\xaf", 1))
        self.refuse(b"\xef\xbb\xbf" + good)
        self.refuse(good.replace(b"v100", b"\xc3\xa9100", 1))
        self.refuse(good.replace(b"\n", b"\r\n"))
        parse_trust(good.replace(b"Institute 0", b"a" * 256))
        self.refuse(good + b"x" * 65534)


if __name__ == "__main__":
    unittest.main()
