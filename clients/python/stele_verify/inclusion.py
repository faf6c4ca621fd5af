"""Does the record stand in the log, at its height?  docs/receipt.md section 5, I1 to I5."""
from . import merkle, transaction
from .fault import CheckFailed
from .receipt import Leaf, Receipt


def check(receipt: Receipt):
    """CheckFailed: it does not."""
    _check_height(receipt)
    for leaf in (receipt.record, receipt.opened):
        if leaf is not None:
            _check_leaf(receipt, leaf)
    if receipt.entry is not None:  # I4
        tree, entry = transaction.tree(receipt.record.transaction), receipt.entry
        leaf = merkle.leaf_hash(entry.data)
        if not merkle.includes(tree.root, tree.size, entry.index, leaf, entry.path):
            raise CheckFailed("the entry does not lie in its batch or roll-up")
    if receipt.opened is not None:  # I5
        if receipt.opened.transaction.operation != transaction.MOTION_OPEN:
            raise CheckFailed("what is said to have opened the motion opens none")
        if receipt.opened.log_index >= receipt.record.log_index:
            raise CheckFailed("the motion was opened behind its approval")


def _check_height(receipt: Receipt):
    """I1"""
    last, previous = receipt.cover.last, receipt.previous
    if last.parent != previous.hash or previous.height + 1 != last.height:
        raise CheckFailed("previous is not the header before the record's")
    if previous.chain != last.chain or previous.origin != last.origin:
        raise CheckFailed("previous is of another chain")
    if not previous.log_size <= receipt.record.log_index < last.log_size:
        raise CheckFailed("the record does not lie in its block")


def _check_leaf(receipt: Receipt, leaf: Leaf):
    """I2, I3"""
    top, signed = receipt.cover.top, leaf.transaction
    value = merkle.leaf_hash(b"\x01" + signed.data)
    if not merkle.includes(top.log_root, top.log_size, leaf.log_index, value, leaf.path):
        raise CheckFailed(f"the path of leaf {leaf.log_index} does not lead to the log root")
    if signed.chain != top.chain:
        raise CheckFailed("a transaction is for another chain")
    if not signed.is_signed():
        raise CheckFailed("the signature of a transaction does not verify")
