"""Merkle paths on public vectors, and the proof of many state entries on random trees."""
import base64
import os
import random
import unittest

from stele_verify import merkle, statetree
from stele_verify.fault import CheckFailed

from . import lab, shared


def octets(value) -> bytes:
    return base64.b64decode(value or "")


class Paths(unittest.TestCase):
    def test_vectors_of_rfc_6962(self):
        counted = {True: 0, False: 0}
        for kind, judge in (("inclusion", self.inclusion), ("consistency", self.consistency)):
            top = shared.transparency(self, f"rfc6962/testdata/{kind}")
            for folder, _, names in os.walk(top):
                for name in sorted(names):
                    case = shared.read_json(os.path.join(folder, name))
                    with self.subTest(f"{folder[len(top):]}/{name}"):
                        self.assertEqual(judge(case), not case["wantErr"])
                        counted[not case["wantErr"]] += 1
        self.assertGreater(min(counted.values()), 10)

    def inclusion(self, case: dict) -> bool:
        path = [octets(step) for step in case["proof"] or []]
        root, leaf = octets(case["root"]), octets(case["leafHash"])
        is_form = all(len(value) == 32 for value in (root, leaf))  # that of a receipt sees to it
        return is_form and merkle.includes(root, case["treeSize"], case["leafIdx"], leaf, path)

    def consistency(self, case: dict) -> bool:
        path = [octets(step) for step in case["proof"] or []]
        return merkle.extends(octets(case["root1"]), case["size1"], octets(case["root2"]), case["size2"],
                              path)

    def test_every_path_of_small_trees_leads_to_its_root_and_to_no_other(self):
        leaves = [bytes((k,)) for k in range(20)]
        for size in range(1, 21):
            root = lab.tree_root(leaves[:size])
            for index in range(size):
                path, leaf = lab.tree_path(leaves[:size], index), lab.leaf_hash(leaves[index])
                for other in range(size + 2):
                    self.assertEqual(merkle.includes(root, size, other, leaf, path), other == index)
                self.assertFalse(merkle.includes(root, size, index, leaf, path + [root]))
                self.assertFalse(path and merkle.includes(root, size, index, leaf, path[:-1]))

    def test_every_older_tree_is_a_prefix(self):
        leaves = [bytes((k,)) for k in range(20)]
        roots = [lab.tree_root(leaves[:size]) for size in range(21)]
        for size in range(1, 21):
            for older in range(1, size + 1):
                path = lab.tree_consistency(leaves[:size], older)
                for claimed in range(size + 2):
                    held = merkle.extends(roots[older], claimed, roots[size], size, path)
                    self.assertEqual(held, claimed == older, (older, size, claimed))
                self.assertFalse(merkle.extends(roots[older - 1], older, roots[size], size, path))
                self.assertFalse(merkle.extends(roots[older], older, roots[size - 1], size, path))
                self.assertFalse(merkle.extends(roots[older], older, roots[size], size, path + [roots[1]]))


class StateTree(unittest.TestCase):
    def setUp(self):
        chance = random.Random(5)
        self.state = {}
        for k in range(40):
            key = f"key/{k}"
            self.state[lab.bits(lab.sha256(key.encode()))] = (key, bytes((k,)) * chance.randint(1, 9))
        self.root = lab.state_root(self.state)

    def proof(self, keys, state=None) -> tuple:
        state = self.state if state is None else state
        paths = sorted(lab.bits(lab.sha256(key.encode())) for key in keys)
        said = [{"key": key, **({"value": lab.b64(state[path][1])} if path in state else {})}
                for path, key in sorted((lab.bits(lab.sha256(key.encode())), key) for key in keys)]
        return statetree.read_entries(said, 1, 100), lab.state_proof(state, paths)

    def holds(self, entries, tree, root=None) -> bool:
        try:
            statetree.check(entries, tree, root or self.root)
        except CheckFailed:
            return False
        return True

    def test_any_choice_of_present_and_absent_keys_is_proven(self):
        chance = random.Random(7)
        for _ in range(300):
            count = chance.randint(1, 30)
            keys = {f"key/{chance.randrange(80)}" for _ in range(count)}
            self.assertTrue(self.holds(*self.proof(keys)))
        for keys in ({f"key/{k}" for k in range(40)}, {f"key/{k}" for k in range(40, 80)}):
            self.assertTrue(self.holds(*self.proof(keys)))

    def test_small_trees(self):
        one = {lab.bits(lab.sha256(b"a")): ("a", b"1")}
        for state in ({}, one):
            for keys in ({"a"}, {"b"}, {"a", "b"}):
                self.assertTrue(self.holds(*self.proof(keys, state), lab.state_root(state)))
        entries, _ = self.proof({"a"}, {})
        for tree in (b"\x04", b"\x01" + bytes(31), b"\x02", b"\x03" + bytes(64), b"", b"\x05", b"\x00"):
            self.assertEqual(self.holds(entries, tree, bytes(32)), tree == b"\x04")

    def test_one_leaf_shows_one_entry_present(self):
        one = {lab.bits(lab.sha256(b"a")): ("a", b"1")}
        real = statetree.Entry("a", lab.sha256(b"a"), b"1")
        for key in ("b", "c", "g", "h", "m"):  # on either side of it
            forged = statetree.Entry(key, lab.sha256(key.encode()), b"2")
            both = tuple(sorted((real, forged), key=lambda entry: entry.path))
            self.assertFalse(self.holds(both, b"\x02", lab.state_root(one)))
            absent = statetree.Entry(key, forged.path, None)
            both = tuple(sorted((real, absent), key=lambda entry: entry.path))
            self.assertTrue(self.holds(both, b"\x02", lab.state_root(one)))

    def test_no_other_proof_holds(self):
        keys = {"key/3", "key/8", "key/50", "key/51"}
        entries, tree = self.proof(keys)
        self.assertTrue(self.holds(entries, tree))
        for at in range(len(tree)):
            for flip in (1, 6, 0x80):
                self.assertFalse(self.holds(entries, tree[:at] + bytes((tree[at] ^ flip,)) + tree[at + 1:]))
            self.assertFalse(self.holds(entries, tree[:at]))
        self.assertFalse(self.holds(entries, tree + b"\x00"))
        self.assertFalse(self.holds(entries, tree, bytes(32)))
        for k in range(len(entries)):
            self.assertFalse(self.holds(entries[:k] + entries[k + 1:], tree))
            other = statetree.Entry(entries[k].key, entries[k].path, None if entries[k].value else b"x")
            self.assertFalse(self.holds(entries[:k] + (other,) + entries[k + 1:], tree))

    def test_a_leaf_is_no_proof_that_it_is_absent_itself(self):
        one = {lab.bits(lab.sha256(b"a")): ("a", b"1")}
        absent = statetree.Entry("a", lab.sha256(b"a"), None)
        tree = b"\x03" + lab.sha256(b"a") + lab.sha256(b"1")
        self.assertFalse(self.holds((absent,), tree, lab.state_root(one)))

    def test_a_leaf_that_lies_elsewhere_shows_nothing(self):
        left = next(f"l{k}" for k in range(99) if lab.sha256(f"l{k}".encode())[0] < 0x80)
        right = next(f"r{k}" for k in range(99) if lab.sha256(f"r{k}".encode())[0] >= 0x80)
        # a tree nobody built: the leaf of a right key stands on the left
        other = lab.sha256(b"\x00" + lab.sha256(right.encode()) + lab.sha256(b"1"))
        root = lab.node(other, bytes(32))
        absent = statetree.Entry(left, lab.sha256(left.encode()), None)
        tree = b"\x01\x03" + lab.sha256(right.encode()) + lab.sha256(b"1") + bytes(32)
        self.assertFalse(self.holds((absent,), tree, root))

    def test_no_node_stands_at_depth_256(self):
        absent = statetree.Entry("a", bytes(32), None)
        for depth, held in ((255, True), (256, True), (257, False)):
            root = bytes(32)
            for _ in range(depth):
                root = lab.node(root, bytes(32))
            tree = b"\x01" * depth + b"\x04" + bytes(32) * depth
            self.assertEqual(self.holds((absent,), tree, root), held, depth)


if __name__ == "__main__":
    unittest.main()
