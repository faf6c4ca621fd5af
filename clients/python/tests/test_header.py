"""Header texts and set texts: strict, line by line."""
import unittest

from stele_verify import header, validators
from stele_verify.fault import FormError

from . import lab, shared
from .scene import scene


class HeaderText(unittest.TestCase):
    def setUp(self):
        self.of = dict(scene().chain.headers[7])

    def refuse(self, **change):
        with self.subTest(change):
            with self.assertRaises(FormError):
                header.parse(lab.header_text({**self.of, **change}))

    def test_the_frozen_headers_parse(self):
        for case in shared.read_json(shared.vectors(self, "headers.json"))["headers"]:
            parsed = header.parse(case["text"])
            self.assertEqual(parsed.hash.hex(), case["hash"])
            self.assertEqual((parsed.height, parsed.log_size), (int(case["height"]), int(case["log_size"])))

    def test_largest_numbers_parse(self):
        top = 2**63 - 1
        parsed = header.parse(lab.header_text({
            **self.of, "log_size": top, "height": top, "epoch": top, "view": top, "parent_view": top,
            "time": top,
            "proposer": 127, "rejected": 65536, "rejected_root": "ab" * 32}))
        self.assertEqual(parsed.time, top)
        self.assertEqual(header.parse(lab.header_text({**self.of, "time": 0, "height": 0})).time, 0)

    def test_numbers_out_of_bounds_are_refused(self):
        for name in ("log_size", "height", "epoch", "view", "parent_view", "time", "proposer", "rejected"):
            for bad in (2**63, "01", "-1", "+1", "", "1 ", " 1", "1.0", "99999999999999999999", "0x1",
                        "\u0661"):
                self.refuse(**{name: bad})
        self.refuse(log_size=0)
        self.refuse(proposer=128)
        self.refuse(rejected=65537)

    def test_hashes_are_lower_case_hex_of_32_bytes(self):
        for name in ("chain", "parent", "body", "state", "rejected_root", "validators", "next_validators"):
            for bad in ("AB" * 32, "ab" * 31, "ab" * 33, "zz" * 32):
                self.refuse(**{name: bad})

    def test_nothing_rejected_has_the_root_over_nothing(self):
        self.refuse(rejected=0, rejected_root="00" * 32)

    def test_the_origin_is_a_network_name_and_its_own_chain(self):
        chain = self.of["chain"][:16]
        long = "/".join(["a" * 30] * 3)
        for good in (f"a/{chain}", f"a.b-c/d/{chain}", f"{'a' * 64}/{'b' * 32}/{chain}", f"{long}/{chain}"):
            header.parse(lab.header_text({**self.of, "origin": good}))
        for bad in (chain, f"/{chain}", f"A/{chain}", f"a//{chain}", f"a/{'b' * 33}/{chain}",
                    f"{'a' * 65}/{chain}",
                    f"a/{chain[:15]}", f"a/{chain[::-1]}", f"a {chain}", f"a/{chain}/", f"a_b/{chain}",
                    f"{'a' * 64}/{'b' * 32}/{'c' * 13}/{chain}"):
            self.refuse(origin=bad)

    def test_the_log_root_is_canonical_base64(self):
        root = self.of["log_root"]
        for bad in (root[:-1], root + "=", root[:-2] + "==", "-" + root[1:], root[:42] + "B=", ""):
            self.refuse(log_root=bad)

    def test_lines_are_all_there_once_and_in_order(self):
        lines = lab.header_text(self.of).split("\n")[:-1]
        for at in range(len(lines) - 1):
            swapped = lines[:at] + [lines[at + 1], lines[at]] + lines[at + 2:]
            for bad in (lines[:at] + lines[at + 1:], lines[:at] + [lines[at]] + lines[at:], swapped):
                if bad == lines:
                    continue
                with self.assertRaises(FormError):
                    header.parse("\n".join(bad) + "\n")
        for bad in ("\n".join(lines), "\n".join(lines) + "\n\n", "\r\n".join(lines) + "\r\n", ""):
            with self.assertRaises(FormError):
                header.parse(bad)


class SetText(unittest.TestCase):
    def setUp(self):
        self.lines = scene().chain.sets[0].lines

    def refuse(self, lines, first="stele/v1 set"):
        with self.assertRaises(FormError):
            validators.parse("\n".join([first, *lines]) + "\n")

    def test_sets_of_1_to_128_parse_and_have_their_quorum(self):
        for count, quorum in ((1, 1), (2, 2), (3, 3), (4, 3), (6, 5), (7, 5), (16, 11), (128, 86)):
            made = validators.parse(lab.Validators(3000, count).text)
            self.assertEqual((len(made.members), made.quorum), (count, quorum))
        self.refuse(lab.Validators(3000, 129).lines)
        self.refuse([])

    def test_members_ascend_and_are_distinct(self):
        words = [line.split(" ") for line in self.lines]
        self.refuse(self.lines[::-1])
        self.refuse(self.lines + self.lines[-1:])
        for field in (0, 1, 2, 3):
            bad = [list(line) for line in words]
            bad[1][field] = bad[0][field]
            self.refuse([" ".join(line) for line in bad])
        bad = [list(line) for line in words]
        bad[1][3] = bad[0][2]  # a node key that is a consensus key
        self.refuse([" ".join(line) for line in bad])

    def test_lines_have_their_form(self):
        words = self.lines[0].split(" ")
        for field, bad in ((0, ""), (0, "a" * 65), (0, "a/b"), (1, "ü"), (1, "a b"), (2, words[2].upper()),
                           (2, words[2][:-2]), (3, words[3] + "00"), (2, "04" + words[2][2:])):
            line = words[:field] + [bad] + words[field + 1:]
            self.refuse([" ".join(line), *self.lines[1:]])
        self.refuse([self.lines[0] + " ", *self.lines[1:]])
        self.refuse(self.lines, first="stele/v1 sets")
        with self.assertRaises(FormError):
            validators.parse("\n".join(["stele/v1 set", *self.lines]))

    def test_every_key_is_a_point(self):
        no_point = "02" + (5).to_bytes(32, "big").hex()  # 5^3 + 7 is no square
        beyond = "02" + (2**256 - 2**32 - 977 + 1).to_bytes(32, "big").hex()  # 1 is an x, p + 1 is none
        for bad in (no_point, beyond):
            words = self.lines[0].split(" ")
            self.refuse([" ".join([*words[:3], bad]), *self.lines[1:]])
            self.refuse([" ".join([*words[:2], bad, words[3]]), *self.lines[1:]])


if __name__ == "__main__":
    unittest.main()
