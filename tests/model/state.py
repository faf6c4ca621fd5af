"""Trees by their definitions: the state tree (section 5), the log and the rejected root (RFC 6962)."""
from curve import sha256

EMPTY = bytes(32)


def node(left, right):
    return sha256(b"\1" + left + right)


def bit(path, depth):
    return path[depth // 8] >> (7 - depth % 8) & 1


def subtree(leaves, depth):
    """Root of [(H(key), leaf hash)] that share their first depth bits."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0][1]
    left = [leaf for leaf in leaves if not bit(leaf[0], depth)]
    right = [leaf for leaf in leaves if bit(leaf[0], depth)]
    return node(subtree(left, depth + 1), subtree(right, depth + 1))


class Tree:
    """The leaves lie in 256 heaps by their first byte, so that only changed heaps are hashed anew."""

    def __init__(self):
        self.heaps = [{} for _ in range(256)]
        self.known = [(0, EMPTY)] * 256  # how many leaves, and the root of the heap

    def put(self, key, value):
        path = sha256(key.encode())
        self.heaps[path[0]][path] = sha256(b"\0" + path + sha256(value))
        self.known[path[0]] = None

    def root(self):
        for i, known in enumerate(self.known):
            if known is None:
                leaves = list(self.heaps[i].items())
                self.known[i] = (len(leaves), subtree(leaves, 8))
        row = self.known
        while len(row) > 1:
            row = [self.join(row[i], row[i + 1]) for i in range(0, len(row), 2)]
        return row[0][1]

    @staticmethod
    def join(left, right):
        count = left[0] + right[0]
        if count == 0:
            return 0, EMPTY
        if count == 1:
            return 1, left[1] if left[0] else right[1]
        return count, node(left[1], right[1])


def merkle_root(leaves):
    """MTH of RFC 6962, section 2.1, of leaf hashes."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(merkle_root(leaves[:split]), merkle_root(leaves[split:]))


def leaf_hash(data):
    return sha256(b"\0" + data)


class Log:
    """merkle_root of a list that only grows: whole subtrees are remembered by size and place."""

    def __init__(self):
        self.leaves, self.known = [], {}

    def append(self, data):
        self.leaves.append(leaf_hash(data))

    def root(self, start=0, end=None):
        end = len(self.leaves) if end is None else end
        count = end - start
        if count == 1:
            return self.leaves[start]
        if (start, end) in self.known:
            return self.known[start, end]
        split = 1 << (count - 1).bit_length() - 1
        out = node(self.root(start, start + split), self.root(start + split, end))
        if count & (count - 1) == 0:
            self.known[start, end] = out
        return out
