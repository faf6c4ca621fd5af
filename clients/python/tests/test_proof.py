"""Proofs: their form, each kind of fact, lists in parts, and who signed."""
import json
import os
import unittest

from stele_verify import parse_trust, verify_proof

from . import lab
from .case import CommandCase
from .lab import b64, data, number

HASH, OTHER = "ab" * 32, "cd" * 32
LEAVES = [b"\x01 leaf %d" % k for k in range(6)]
REJECTED = [bytes((k,)) * 32 + (4100 + k).to_bytes(2, "big") + k.to_bytes(4, "big") + (9 + k).to_bytes(4,
                                                                                                       "big")
            for k in range(3)]


def programme(awards=3, live=2, committed=170, paid=50, recovered=7, budget=1000, most=9) -> bytes:
    terms = data(1, b"P1") + number(6, budget) + number(7, most)
    return (b"\x10" + data(1, terms) + number(2, awards) + number(3, live) + number(4, committed)
            + number(5, paid) + number(6, recovered))


def award(amount=100, committed=100, paid=0, payable=0, terminated=False, demanded=0, received=0,
          milestones=0,
          imported=False) -> bytes:
    terms = data(1, b"P1") + number(6, amount) + (b"" if imported else data(9, b"\x08\x01") * milestones)
    return (b"\x11" + data(2 if imported else 1, terms) + number(5, committed) + number(6, paid)
            + (number(7, payable) if payable else b"") + (number(8, 1) if terminated else b"")
            + number(14, demanded) + number(15, received))


AWARDS = {
    "award/P1/1": award(100, 100, 30, 40, milestones=2, demanded=9, received=7),
    "award/P1/2": award(90, 20, 20, terminated=True),
    "award/P1/3": award(50, 50, imported=True),
}


class Proof(unittest.TestCase):
    STATE = {
        "programme/P1": programme(), **AWARDS, "programme/P2": programme(0, 0, 0, 0, 0),
        "org/org-1": b"\x02" + data(1, b"org-1") + number(6, 2), "org/org-2": b"\x02" + data(1, b"org-2"),
        "org-award/org-1/1": b"\x04" + data(1, b"award/P1/1"),
        "org-award/org-1/2": b"\x04" + data(1, b"award/P1/2"),
        f"content/{HASH}": b"\x20" + number(2, 1) + number(9, 3), f"claim/{HASH}/2": b"\x20" + number(2, 2),
        f"claim/{HASH}/3": b"\x20" + number(2, 3), "count/evidence": b"\x01" + number(1, 2),
        "evidence/1": b"\x30" + number(1, 1), "evidence/2": b"\x30" + number(1, 1)}

    def chain_of(self, state: dict) -> lab.Chain:
        chain = lab.Chain()
        chain.block(LEAVES, state, rejected=len(REJECTED), rejected_root=lab.tree_root(REJECTED).hex())
        chain.block([b"\x01 later"])
        return chain

    @classmethod
    def setUpClass(cls):
        cls.chain = cls.chain_of(cls, cls.STATE)

    def proof(self, facts: list, keys=(), chain=None, top: int = 1) -> dict:
        chain = chain or self.chain
        entries = chain.entries(keys, 1) if keys else {}
        return {"stele_proof": 1, "facts": facts, **chain.cover(1, top), **entries}

    def found(self, proof, trust=None) -> dict:
        words = self.verdict(proof, trust).line().split(" ")
        if words[0] == "form":
            return {"form": words[1]}
        return {**{words[k]: f"{words[k + 1]} {words[k + 2]}" for k in (0, 3, 6)}, "former": words[10]}

    def verdict(self, proof, trust=None):
        return verify_proof(proof if isinstance(proof, bytes) else lab.render(proof), trust)

    def facts(self, proof) -> str:
        found = self.found(proof)
        self.assertEqual(found.get("finality"), "pass 0")
        return found["facts"]

    def holds(self, facts: list, keys, state=None):
        chain = self.chain_of(state) if state else None
        self.assertEqual(self.facts(self.proof(facts, keys, chain)), "pass 0")

    def fails(self, code: int, facts: list, keys, state=None):
        chain = self.chain_of(state) if state else None
        self.assertEqual(self.facts(self.proof(facts, keys, chain)), f"fail {code}")


def listed(kind: str, first: int, last: int, of: str = "") -> dict:
    name = {"awards": "programme", "org-awards": "organisation", "claims": "sha256"}.get(kind)
    return {"fact": kind, "from": first, "to": last, **({name: of} if name else {})}


class State(Proof):
    def test_presence_and_absence(self):
        for keys in (["org/org-1"], ["org/none"], ["org/org-1", "org/none", "evidence/2"]):
            self.holds([{"fact": "state", "key": key} for key in keys], keys)

    def test_entries_and_facts_need_each_other(self):
        self.fails(7006, [{"fact": "state", "key": "org/org-1"}], ["org/org-1", "org/org-2"])
        self.fails(7006, [{"fact": "state", "key": "org/org-1"}], ["org/org-2"])
        self.fails(7006, [{"fact": "state", "key": "org/org-1"}], [])
        self.fails(7006, [self.inclusion()], ["org/org-2"])
        self.holds([{"fact": "state", "key": "org/org-1"}] * 2, ["org/org-1"])

    def test_the_tree_goes_first(self):
        proof = self.proof([{"fact": "state", "key": "org/x"}], ["org/org-1"])
        self.assertEqual(self.facts(proof), "fail 7006")
        proof["entries"][0]["value"] = b64(b"\x02x")
        self.assertEqual(self.facts(proof), "fail 7007")
        proof = self.proof([{"fact": "state", "key": "org/org-1"}], ["org/org-1"])
        proof["tree"] = b64(lab.base64.b64decode(proof["tree"]) + b"\x00")
        self.assertEqual(self.facts(proof), "fail 7007")

    def test_the_last_header_counts_and_not_the_top(self):
        proof = self.proof([{"fact": "state", "key": "org/org-1"}, self.inclusion()], ["org/org-1"], top=2)
        self.assertEqual(len(proof["headers"]), 2)
        self.assertEqual(self.facts(proof), "pass 0")

    def inclusion(self) -> dict:
        leaves = self.chain.leaves[:7]
        return {"fact": "inclusion", "log_index": 2, "data": b64(leaves[2]),
                "path": [step.hex() for step in lab.tree_path(leaves, 2)]}


class Lists(Proof):
    KINDS = {  # of: (head, members from 1, N)
        ("org-awards", "org-1"): ("org/org-1", ["org-award/org-1/1", "org-award/org-1/2",
                                                "org-award/org-1/3"]),
        ("claims", HASH): (f"content/{HASH}", [f"content/{HASH}", f"claim/{HASH}/2", f"claim/{HASH}/3",
                                               f"claim/{HASH}/4"]),
        ("evidence", ""): ("count/evidence", ["evidence/1", "evidence/2", "evidence/3"]),
        ("awards", "P1"): ("programme/P1", ["award/P1/1", "award/P1/2", "award/P1/3", "award/P1/4"]),
    }

    def test_any_range_of_a_list_is_shown_by_its_entries(self):
        for (kind, of), (head, members) in self.KINDS.items():
            count = len(members) - 1
            for first in range(1, count + 1):
                for last in range(first, count + 1):
                    keys = {head, *members[first - 1:last + (last == count)]}
                    self.holds([listed(kind, first, last, of)], keys)
                    for key in keys:
                        self.fails(7006, [listed(kind, first, last, of)], keys - {key})
                    self.fails(7006, [listed(kind, first, last, of)], keys | {"other"})

    def test_ranges_lie_within_the_list(self):
        for (kind, of), (head, members) in self.KINDS.items():
            count = len(members) - 1
            for first, last in ((0, 1), (1, 0), (2, 1), (1, count + 1), (count + 1, count + 1), (0, 0),
                                (1, 2**53 - 1),
                                (2**53 - 1, 2**53 - 1), (count + 1, count)):
                self.fails(7006, [listed(kind, first, last, of)], {head, *members})

    def test_no_list_begins_at_0(self):
        state = {"count/evidence": b"\x01" + number(1, 1), "evidence/0": b"\x30", "evidence/1": b"\x30"}
        self.fails(7006, [listed("evidence", 0, 1)], [*state, "evidence/2"], state)

    def test_an_empty_list(self):
        self.holds([listed("awards", 1, 0, "P2")], ["programme/P2", "award/P2/1"])
        self.holds([listed("org-awards", 1, 0, "org-2")], ["org/org-2", "org-award/org-2/1"])
        self.fails(7006, [listed("awards", 1, 0, "P2")], ["programme/P2"])
        self.holds([listed("claims", 1, 0, OTHER)], [f"content/{OTHER}"])
        self.fails(7006, [listed("claims", 1, 0, OTHER)], [f"content/{OTHER}", f"claim/{OTHER}/1"])
        self.holds([listed("evidence", 1, 0)], ["count/evidence"], {"a": b"\x01"})
        for fact in (listed("awards", 1, 0, "P3"), listed("org-awards", 1, 0, "org-3")):
            self.fails(7006, [fact], ["programme/P3", "award/P3/1", "org/org-3", "org-award/org-3/1"])
        for fact in (listed("claims", 1, 1, OTHER), listed("claims", 0, 0, OTHER)):
            self.fails(7006, [fact], [f"content/{OTHER}"])
        self.fails(7006, [listed("evidence", 1, 0)], ["count/evidence"], {"count/evidence": b"\x01"})

    def test_values_are_of_their_type(self):
        for (kind, of), (head, members) in self.KINDS.items():
            for key in {head, *members[:-1]}:
                value = self.STATE[key]
                for wrong in (bytes((value[0] ^ 1,)) + value[1:], value[:1] + b"\x00"):
                    state = {**self.STATE, key: wrong}
                    if key != head and wrong[0] == value[0] and kind != "awards":
                        continue  # what stands in a member is not read
                    self.fails(7006, [listed(kind, 1, len(members) - 1, of)], {head, *members}, state)

    def test_the_absence_beyond_the_last_is_one(self):
        state = {**self.STATE, "org-award/org-1/3": b"\x04"}
        head, members = self.KINDS["org-awards", "org-1"]
        self.fails(7006, [listed("org-awards", 1, 2, "org-1")], {head, *members}, state)


class Awards(Proof):
    KEYS = ["programme/P1", "award/P1/1", "award/P1/2"]
    ALL = [*KEYS, "award/P1/3", "award/P1/4"]

    def one(self, value: bytes, is_good: bool):
        """Award 1 of two is that one; only it is shown, and nothing is summed."""
        state = {"programme/P1": programme(2), "award/P1/1": value, "award/P1/2": award()}
        with self.subTest(value.hex()):
            judge = self.holds if is_good else lambda *what: self.fails(7006, *what)
            judge([listed("awards", 1, 1, "P1")], ["programme/P1", "award/P1/1"], state)

    def test_an_award_adds_up(self):
        for good in (award(), award(paid=100), award(paid=30, payable=30, milestones=1),
                     award(paid=5, demanded=5, received=5), award(committed=40, paid=40, terminated=True),
                     award(imported=True), award(payable=100, milestones=3), award(payable=7, paid=9)):
            self.one(good, True)
        for bad in (award(paid=101), award(paid=31, payable=30, milestones=1),
                    award(payable=101, milestones=1),
                    award(paid=1, milestones=1), award(paid=5, demanded=6),
                    award(paid=5, demanded=4, received=5),
                    award(committed=99), award(committed=101), award(paid=40, terminated=True),
                    award(committed=39, paid=40, terminated=True), award(committed=99, imported=True)):
            self.one(bad, False)

    def test_an_award_is_walked_strictly(self):
        for bad in (b"\x11", award() + data(2, b""), award() + number(5, 1), award()[:-1], award() + b"\x00",
                    b"\x11" + data(1, number(6, 1) * 2) + number(5, 1), b"\x11" + data(1, data(6, b"")),
                    b"\x11" + data(1, number(6, 1) + number(9, 1)) + number(5, 1),
                    b"\x11" + data(1, number(6, 1)) + number(5, 1) + number(8, 0),
                    b"\x11" + data(1, number(6, 1)) + number(5, 1) + number(8, 2)):
            self.one(bad, False)
        self.one(award() + number(19, 1) + data(20, b"x"), True)

    def test_from_first_to_last_the_sums_are_the_programmes(self):
        self.holds([listed("awards", 1, 3, "P1")], self.ALL)
        for wrong in ({"live": 3}, {"committed": 171}, {"paid": 49}, {"recovered": 9}, {"budget": 169},
                      {"most": 1}):
            state = {**self.STATE, "programme/P1": programme(**wrong)}
            self.fails(7006, [listed("awards", 1, 3, "P1")], self.ALL, state)
            self.holds([listed("awards", 1, 2, "P1")], self.KEYS, state)
        for limit in ({"budget": 170}, {"most": 2}):
            self.holds([listed("awards", 1, 3, "P1")], self.ALL,
                       {**self.STATE, "programme/P1": programme(**limit)})

    def test_an_empty_programme_has_spent_nothing(self):
        for wrong in ((0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 0, 0, 1)):
            state = {"programme/P2": programme(*wrong)}
            self.fails(7006, [listed("awards", 1, 0, "P2")], ["programme/P2", "award/P2/1"], state)


class Log(Proof):
    def test_inclusion(self):
        leaves = self.chain.leaves[:7]
        for index in range(7):
            fact = {"fact": "inclusion", "log_index": index, "data": b64(leaves[index]),
                    "path": [step.hex() for step in lab.tree_path(leaves, index)]}
            self.holds([fact], ())
            for wrong in ({"log_index": index + 1}, {"data": b64(b"x")}, {"path": fact["path"][1:]},
                          {"path": [*fact["path"], HASH]}, {"log_index": 2**53 - 1}):
                self.fails(7007, [{**fact, **wrong}], ())
        whole = self.chain.leaves
        late = {"fact": "inclusion", "log_index": 2, "data": b64(whole[2]),
                "path": [step.hex() for step in lab.tree_path(whole, 2)]}
        self.assertEqual(self.facts(self.proof([late], top=2)), "fail 7007")

    def consistency(self, size: int) -> dict:
        leaves = self.chain.leaves[:7]
        return {"fact": "consistency", "from": size, "root": lab.tree_root(leaves[:size]).hex(),
                "path": [step.hex() for step in lab.tree_consistency(leaves, size)]}

    def test_consistency(self):
        for size in range(1, 8):
            fact = self.consistency(size)
            self.holds([fact], ())
            for wrong in ({"from": size + 1}, {"root": HASH}, {"path": [*fact["path"], HASH]},
                          {"from": 2**53 - 1}):
                self.fails(7007, [{**fact, **wrong}], ())

    def test_rejected(self):
        root_path = [[step.hex() for step in lab.tree_path(REJECTED, k)] for k in range(3)]
        for k in range(3):
            fact = {"fact": "rejected", "id": (bytes((k,)) * 32).hex(), "code": 4100 + k, "parcel": k,
                    "position": 9 + k,
                    "index": k, "count": 3, "path": root_path[k]}
            self.holds([fact], ())
            for wrong in ({"id": HASH}, {"code": 4000}, {"parcel": 7}, {"position": 7},
                          {"index": (k + 1) % 3},
                          {"count": 4}, {"count": 2}, {"path": []}, {"index": 3}):
                self.fails(7007, [{**fact, **wrong}], ())

    def test_the_first_fault_gives_the_code(self):
        good, path = self.consistency(3), {**self.consistency(3), "root": HASH}
        promise = {"fact": "state", "key": "org/x"}
        self.fails(7007, [good, path, promise], ())
        self.fails(7006, [good, promise, path], ())
        self.fails(7007, [good, path], ["org/org-1"])
        proof = self.proof([promise])
        proof["finalization"] = b64(bytes(200))
        self.assertEqual(self.found(proof)["finality"], "fail 7014")
        self.assertEqual(self.found(proof)["facts"], "fail 7006")

    def test_who_signed_is_judged_as_of_a_receipt(self):
        proof, chain = self.proof([self.consistency(3)], top=2), self.chain
        trust = parse_trust(chain.genesis.encode())
        self.assertEqual(self.found(proof)["signer"], "open 7016")
        self.assertEqual(self.found(proof, trust), {
            "finality": "pass 0", "facts": "pass 0", "signer": "pass 0", "former": "0"})
        other = parse_trust(lab.Chain("other/one").genesis.encode())
        self.assertEqual(self.found(proof, other)["signer"], "fail 7015")
        late = lab.pin_text(chain, 0, 0, 2).replace("set 0", "set 1")
        self.assertEqual(self.found(proof, parse_trust(late.encode()))["signer"], "open 7018")
        for height in (1, 2):
            fork = parse_trust(lab.pin_text(chain, 0, 0, height, HASH).encode())
            self.assertEqual(self.found(proof, fork)["signer"], "fail 7019")
        proof["finalization"] = b64(bytes(200))
        self.assertEqual(self.found(proof, trust)["signer"], "open 0")

    def test_another_root_at_the_pinned_size_is_a_fork(self):
        text = lab.pin_text(self.chain, 0, 0, 0)
        head = f"head 0 {HASH} 3 {lab.tree_root(self.chain.leaves[:3]).hex()}\n"
        pinned = text.split("head")[0] + head
        fork = text.split("head")[0] + f"head 0 {HASH} 3 {OTHER}\n"
        proof = self.proof([self.consistency(3)])
        self.assertEqual(self.found(proof, parse_trust(pinned.encode()))["signer"], "pass 0")
        self.assertEqual(self.found(proof, parse_trust(fork.encode()))["signer"], "fail 7019")
        proof = self.proof([self.consistency(4)])
        self.assertEqual(self.found(proof, parse_trust(fork.encode()))["signer"], "pass 0")
        proof = self.proof([{**self.consistency(3), "path": []}])
        self.assertEqual(self.found(proof, parse_trust(fork.encode()))["signer"], "pass 0")


class Form(Proof):
    def bad(self, proof, code: int = 7010):
        self.assertEqual(self.found(proof), {"form": str(code)})

    def good(self, proof):
        self.assertNotIn("form", self.found(proof))

    def test_members_and_version(self):
        proof = self.proof([{"fact": "state", "key": "a"}], ["a"])
        self.good(proof)
        for name in proof:
            self.bad({key: value for key, value in proof.items() if key != name})
        self.bad({**proof, "x": 0})
        self.bad({**proof, "stele_proof": 2}, 7011)
        self.bad({"stele_proof": 0}, 7011)
        self.bad({**proof, "stele_proof": "1"})
        self.bad({**proof, "stele_receipt": 1})
        self.bad(lab.render(proof)[:-1])
        without = {key: value for key, value in proof.items() if key not in ("entries", "tree")}
        self.good(without)

    def test_bounds(self):
        proof = self.proof([{"fact": "state", "key": "a"}], ["a"])
        fact = proof["facts"][0]
        for facts in ([], [fact] * 257, {}, "", [[]], [7]):
            self.bad({**proof, "facts": facts})
        self.good({**proof, "facts": [fact] * 256})
        self.bad({**proof, "entries": []})
        entries = sorted(({"key": f"k{n}"} for n in range(16385)),
                         key=lambda e: lab.sha256(e["key"].encode()))
        self.good({**proof, "entries": entries[1:]})
        self.bad({**proof, "entries": entries})
        self.good({**proof, "tree": b64(bytes(8388608))})
        self.bad({**proof, "tree": b64(bytes(8388609))})

    def test_facts_have_their_members_and_bounds(self):
        step, most = HASH, 2**53 - 1
        goods = [{"fact": "state", "key": "a/b"}, listed("awards", 0, most, "P.1"),
                 listed("org-awards", 5, 2, "x" * 64),
                 listed("claims", 1, 0, HASH), listed("evidence", 0, 0),
                 {"fact": "inclusion", "data": b64(b"x" * 65535), "log_index": most, "path": [step] * 63},
                 {"fact": "consistency", "from": 1, "path": [step] * 126, "root": HASH},
                 {"fact": "rejected", "code": 65535, "count": most, "id": HASH, "index": most,
                  "parcel": 2**32 - 1,
                  "path": [step] * 63, "position": 2**32 - 1}]
        for good in goods:
            self.good(self.proof([good]))
            for name in good:
                self.bad(self.proof([{key: value for key, value in good.items() if key != name}]))
                for wrong in ([7], {}, "" if name != "fact" else "other", -1):
                    self.bad(self.proof([{**good, name: wrong}]))
            self.bad(self.proof([{**good, "x": 1}]))
        for kind, name, wrong in (
                (0, "key", "a//b"), (1, "programme", "a/b"), (1, "programme", "x" * 65),
                (2, "organisation", "x y"),
                (3, "sha256", HASH.upper()), (5, "data", b64(b"x" * 65536)), (5, "path", [step] * 64),
                (6, "from", 0),
                (6, "path", [step] * 127), (7, "code", 65536), (7, "parcel", 2**32), (7, "position", 2**32),
                (7, "path", [step] * 64), (7, "id", HASH[1:])):
            self.bad(self.proof([{**goods[kind], name: wrong}]))


class Join(CommandCase):
    """Several files: parts of a list under one header."""

    def setUp(self):
        super().setUp()
        Proof.setUpClass()
        self.maker = Proof()
        self.trust = self.write("proof.genesis", Proof.chain.genesis.encode())

    def part(self, first: int, last: int, chain=None, name: str = "") -> str:
        keys = ["programme/P1", *(f"award/P1/{k}" for k in range(first, last + 1))]
        keys += ["award/P1/4"] if last == 3 else []
        made = self.maker.proof([listed("awards", first, last, "P1")], keys, chain)
        return self.write(f"part-{first}-{last}{name}.json", lab.render(made))

    def told(self, *paths) -> tuple:
        code, out, _ = self.run_command("proof", "--trust", self.trust, *paths)
        return code, [line for line in out.splitlines() if line.startswith("together: ")]

    def test_parts_join_to_a_whole(self):
        whole = ["together: awards P1: complete, 3 in 2 part(s); committed 170, paid 50, recovered 7"]
        self.assertEqual(self.told(self.part(1, 1), self.part(2, 3)), (0, whole))
        self.assertEqual(self.told(self.part(2, 3), self.part(1, 1)), (0, whole))
        code, lines = self.told(self.part(1, 1), self.part(3, 3))
        self.assertEqual((code, lines), (3,
                                         ["together: awards P1: 2 part(s), not complete: 2 of 3 is missing"]))
        self.assertEqual(self.told(self.part(2, 2), self.part(3, 3))[1][0][-17:], "1 of 3 is missing")

    def test_parts_do_not_overlap(self):
        overlap = ["together: awards P1: 2 part(s), not complete: they overlap"]
        for first, last in ((1, 2), (1, 3)):
            self.assertEqual(self.told(self.part(2, 3), self.part(first, last)), (3, overlap))

    def test_sums_over_all_parts_are_judged(self):
        chain = self.maker.chain_of({**Proof.STATE, "programme/P1": programme(paid=51)})
        code, lines = self.told(self.part(1, 2, chain, "x"), self.part(3, 3, chain, "x"))
        self.assertEqual(code, 3)
        self.assertIn("[7006]", lines[0])
        json_out = self.run_command("proof", "--json", self.part(1, 2, chain, "x"),
                                    self.part(3, 3, chain, "x"))
        self.assertEqual(json.loads(json_out[1].splitlines()[-1])["code"], 7006)

    def test_parts_under_other_headers_do_not_join(self):
        other = self.maker.chain_of({**Proof.STATE, "x": b"\x01"})
        code, lines = self.told(self.part(1, 1), self.part(2, 3, other, "y"))
        self.assertEqual((code, len(lines)), (3, 2))
        self.assertTrue(all("not complete" in line for line in lines))

    def test_output_and_exit_codes(self):
        path = self.part(1, 2)
        line = "finality pass 0 facts pass 0 signer pass 0 former 0\n"
        self.assertEqual(self.run_command("proof", "--line", "--trust", self.trust, path), (0, line, ""))
        self.assertEqual(self.run_command("proof", path)[0], 5)
        self.assertEqual(self.run_command("proof", "--line", self.trust)[:2], (3, "form 7010\n"))
        self.assertEqual(self.run_command("proof", os.path.join(self.folder, "none"))[0], 10)
        self.assertEqual(self.run_command("proof", "--trust", path, path)[0], 10)
        self.assertEqual(self.run_command("proof")[0], 2)
        out = self.run_command("proof", "--trust", self.trust, path)[1]
        self.assertIn("fact       awards P1: 1 to 2 of 3", out)
        told = json.loads(self.run_command("proof", "--json", "--trust", self.trust, path)[1])
        self.assertEqual((told["facts"], told["exit"], told["height"]), (["awards P1: 1 to 2 of 3"], 0, 1))


if __name__ == "__main__":
    unittest.main()
