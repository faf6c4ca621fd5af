"""Where does a proof move a pin on to?  The light client of docs/receipt.md section 8."""
from . import facts, proof
from .fault import CheckFailed
from .judge_proof import verify_proof
from .trust import PIN_SETS_MAX, Head, Trust
from .verdict import PASS


def step(pin: Trust, proof_bytes: bytes) -> Trust:
    """The pin after the proof: its sets and later ones that the proof tells of; the head is its last header.

    `pin` has a head.  CheckFailed with the code of what is in the way; the pin then stays as it was."""
    verdict = verify_proof(proof_bytes, pin)
    for finding in (verdict.form, *(verdict.findings[name] for name in ("finality", "signer", "facts")
                                    if name in verdict.findings)):
        if finding.result != PASS:
            raise CheckFailed(finding.words, finding.code)
    said = proof.parse(proof_bytes)
    last = said.cover.last
    if (pin.head.log_size, pin.head.log_root) not in facts.consistent_roots(said):
        raise CheckFailed("the proof does not begin with the log that is pinned", facts.NOT_AS_PROMISED)
    if last.height < pin.head.height:
        raise CheckFailed("the proof is of an older block than the one pinned", facts.NOT_AS_PROMISED)
    if last.epoch < pin.newest_epoch:
        raise CheckFailed("the proof is of an epoch before the newest one pinned", facts.NOT_AS_PROMISED)
    first = said.cover.first_epoch  # the signer's finding shares an epoch with the pin: no gap
    sets = (*pin.sets, *(members.hash for members in said.cover.sets[pin.newest_epoch + 1 - first:]))
    dropped = max(0, len(sets) - PIN_SETS_MAX)
    return Trust(pin.chain, pin.origin, pin.first_epoch + dropped, sets[dropped:],
                 Head(last.height, last.hash, last.log_size, last.log_root))


def render(pin: Trust) -> bytes:
    """The text of a pin; it has a head."""
    listed = enumerate(pin.sets, pin.first_epoch)
    sets = "".join(f"set {epoch} {members.hex()}\n" for epoch, members in listed)
    head = pin.head
    return (f"stele/v1 pin\norigin {pin.origin}\nchain {pin.chain.hex()}\n{sets}"
            f"head {head.height} {head.hash.hex()} {head.log_size} {head.log_root.hex()}\n").encode("ascii")
