"""The two trees: the log (RFC 9162) and the state (docs/ledger.md section 5), with their proofs."""
import hashlib

EMPTY = bytes(32)


def sha256(data):
    return hashlib.sha256(data).digest()


# ---- the log ---------------------------------------------------------------------------------------

def leaf_hash(data):
    return sha256(b"\0" + data)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def split(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root(hashes):
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def path(hashes, index):
    """RFC 9162 2.1.3.1, the sibling of the leaf first."""
    if index >= len(hashes):
        raise ValueError("no such leaf")
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return path(hashes[:k], index) + [root(hashes[k:])]
    return path(hashes[k:], index - k) + [root(hashes[:k])]


def consistency(hashes, first):
    """RFC 9162 2.1.4.1, from a tree of so many leaves to this one; empty where they are equal."""
    return [] if first >= len(hashes) else _subproof(hashes, first, True)


def _subproof(hashes, m, whole):
    if m == len(hashes):
        return [] if whole else [root(hashes)]
    k = split(len(hashes))
    if m <= k:
        return _subproof(hashes[:k], m, whole) + [root(hashes[k:])]
    return _subproof(hashes[k:], m - k, False) + [root(hashes[:k])]


def root_by_path(leaf, index, size, siblings):
    """RFC 9162 2.1.3.2; None where the path does not fit.  For the generator's own assertions."""
    if index >= size:
        return None
    fn, sn, r = index, size - 1, leaf
    for p in siblings:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


# ---- the state -------------------------------------------------------------------------------------

def bit(key, depth):
    return key[depth // 8] >> (7 - depth % 8) & 1


class State:
    """A state tree over a dictionary of keys (texts) and values (bytes)."""

    def __init__(self, values):
        self.leaves = sorted((sha256(k.encode()), sha256(v)) for k, v in values.items())
        self.root = self._hash(self.leaves, 0)

    @staticmethod
    def _halves(items, depth):
        middle = next((i for i, item in enumerate(items) if bit(item[0], depth)), len(items))
        return items[:middle], items[middle:]

    def _hash(self, leaves, depth):
        if not leaves:
            return EMPTY
        if len(leaves) == 1:
            return sha256(b"\0" + leaves[0][0] + leaves[0][1])
        left, right = self._halves(leaves, depth)
        return node_hash(self._hash(left, depth + 1), self._hash(right, depth + 1))

    def proof(self, keys):
        """docs/receipt.md section 6, as a list of pieces: their order is that of the walk."""
        wanted = sorted((sha256(k.encode()),) for k in keys)
        return self._walk(self.leaves, wanted, 0)

    def _walk(self, leaves, wanted, depth):
        if not wanted:
            return [self._hash(leaves, depth)]
        if not leaves:
            return [b"\4"]
        if len(leaves) == 1:
            key, value = leaves[0]
            return [b"\2"] if (key,) in wanted else [b"\3" + key + value]
        (left, right), (near, far) = self._halves(leaves, depth), self._halves(wanted, depth)
        return [b"\1"] + self._walk(left, near, depth + 1) + self._walk(right, far, depth + 1)
