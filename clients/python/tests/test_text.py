"""Canonical JSON: what a renderer would write, and nothing else."""
import json
import random
import tracemalloc
import unittest

from stele_verify import text, verify
from stele_verify.fault import FormError

GOOD = [
    b"{}\n", b'{"":0}\n', b'{"a":[],"b":{},"c":"","d":0,"e":9007199254740991}\n', b'{"a":"\\n\\"\\\\ ~"}\n',
    b'{"a":[[1,2],{"b":"c"}]}\n', b'{"\\"":0,"#":0,"\\\\":0}\n', b'{"A":0,"AA":0,"B":0,"a":0}\n',
    b'{"a":' + b"[" * 31 + b"]" * 31 + b"}\n",
]
BAD = [
    b"", b"\n", b"{}", b"{}\n\n", b" {}\n", b"{ }\n", b"[]\n", b'"a"\n', b"1\n", b"{}x\n", b"{}\r\n",
    b"\xef\xbb\xbf{}\n",
    b'{"a":1,}\n', b'{"a":1 }\n', b'{"a": 1}\n', b'{"a" :1}\n', b'{"a":1,"a":1}\n', b'{"b":1,"a":1}\n',
    b"{a:1}\n",
    b'{"a"}\n', b'{"a":}\n', b'{"a":1"b":1}\n', b'{"a":[1,]}\n', b'{"a":[1 ,2]}\n', b'{"a":[,1]}\n',
    b'{"a":[1\n',
    b'{"a":01}\n', b'{"a":-1}\n', b'{"a":-0}\n', b'{"a":1.0}\n', b'{"a":1e0}\n', b'{"a":+1}\n',
    b'{"a":0x1}\n',
    b'{"a":9007199254740992}\n', b'{"a":10000000000000000}\n', b'{"a":' + b"9" * 5000 + b"}\n", b'{"a":00}\n',
    b'{"a":true}\n', b'{"a":false}\n', b'{"a":null}\n', b'{"a":NaN}\n', b'{"a":Infinity}\n',
    b'{"a":"\\u0041"}\n', b'{"a":"\\/"}\n', b'{"a":"\\t"}\n', b'{"a":"\t"}\n', b'{"a":"\x7f"}\n',
    b'{"a":"\xc3\xa9"}\n', b'{"a":"\n"}\n', b'{"a":"\\"}\n', b'{"a":"\\', b'{"a":"b\n', b'{"a":"\\n\n',
    b'{"a":"\x00"}\n',
    b"{'a':1}\n", b'{"a":1}\n{"a":1}\n', b'{"a":1}}\n', b"{\n", b'{"a\n', b'{"\\u0061":1}\n',
    b'{"#":0,"\\"":0}\n', b'{"a":' + b"[" * 32 + b"]" * 32 + b"}\n", b'{"a":' + b"[" * 100000 + b"\n",
    b'{"a":' * 100000 + b"\n", b'{"a":1,"b":[2}\n', b'{"a":1]\n',
]


def parse(data: bytes) -> dict:
    value, is_whole = text.parse(data, 1 << 20, "v")
    assert is_whole
    return value


class Text(unittest.TestCase):
    def test_canonical_texts_parse_and_render_to_the_same_bytes(self):
        for data in GOOD:
            with self.subTest(data[:40]):
                value = parse(data)
                rendered = json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"
                self.assertEqual(rendered, data)

    def test_other_texts_are_refused(self):
        for data in BAD:
            with self.subTest(data[:40]):
                with self.assertRaises(FormError):
                    parse(data)

    def test_a_text_is_bounded(self):
        self.assertEqual(text.parse(b'{"a":1}\n', 8, "v"), ({"a": 1}, True))
        with self.assertRaises(FormError):
            text.parse(b'{"a":1}\n', 7, "v")

    def test_more_values_than_any_proof_has_are_read_and_not_kept(self):
        count = text.VALUES_MAX
        for inner, kept in ((count - 2, True), (count - 1, False)):
            data = b'{"a":[' + b"0," * (inner - 1) + b'0],"v":7}\n'
            value, is_whole = text.parse(data, 1 << 24, "v")
            self.assertEqual((is_whole, value["v"]), (kept, 7))
        with self.assertRaises(FormError):
            text.parse(b'{"a":[' + b"0," * count + b'00],"v":7}\n', 1 << 24, "v")

    def test_memory_is_bounded_by_the_text(self):
        data = b'{"a":[' + b"[0]," * 400_000 + b'0],"stele_receipt":2}\n'  # 40 MB, were all of it kept
        tracemalloc.start()
        line = verify(data).line()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual(line, "form 7011")
        self.assertLess(peak, 24 << 20)

    def test_what_parses_after_a_change_is_canonical_still(self):
        chance, kept = random.Random(6), 0
        sample = b'{"a":["b\\n",{"c":0,"d":"\\\\x"},17],"e":{"f":""}}\n'
        for _ in range(20000):
            data = bytearray(sample)
            for _ in range(chance.randint(1, 3)):
                at = chance.randrange(len(data))
                data[at:at + chance.randint(0,
                                            2)] = bytes(chance.choice(b'{}[]",:\\n01 a\n') for _ in range(2))
            try:
                value = parse(bytes(data))
            except FormError:
                continue
            kept += 1
            rendered = json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"
            self.assertEqual(rendered, bytes(data))
        self.assertGreater(kept, 100)


if __name__ == "__main__":
    unittest.main()
