"""The verdict on a proof: form, and then three findings.  docs/receipt.md section 8."""
from typing import Optional

from . import facts, proof
from .fault import CheckFailed, FormError
from .judge import judge_finality, judge_signer
from .proof import Proof
from .receipt import VersionError
from .trust import Trust
from .verdict import FAIL, FORM_CODE, PASS, VERSION_CODE, Finding, ProofVerdict


def verify_proof(proof_bytes: bytes, trust: Optional[Trust] = None) -> ProofVerdict:
    """The verdict on the bytes of a proof, whatever they are: it raises nothing."""
    try:
        said = proof.parse(proof_bytes)
    except VersionError as fault:
        return ProofVerdict(Finding(FAIL, VERSION_CODE, str(fault)))
    except FormError as fault:
        return ProofVerdict(Finding(FAIL, FORM_CODE, str(fault)))
    return _judge(said, trust)


def _judge(said: Proof, trust: Optional[Trust]) -> ProofVerdict:
    finality, ends = judge_finality(said.cover)
    roots = facts.consistent_roots(said)
    signer, signers = judge_signer(said.cover, ends, (), (), trust, roots)
    found, words, parts = _judge_facts(said)
    last = said.cover.last
    return ProofVerdict(
        Finding(PASS, 0, "it is a proof of version 1"),
        {"finality": finality, "facts": found, "signer": signer}, signers.former if signers else 0,
        facts={"network": last.origin, "height": last.height, "time": last.time}, words=words, parts=parts)


def _judge_facts(said: Proof) -> tuple:
    try:
        words, parts = facts.check(said)
    except CheckFailed as fault:
        return Finding(FAIL, fault.code, str(fault)), (), ()
    told = f"{len(words)} fact(s) hold under block {said.cover.last.height}"
    return Finding(PASS, 0, told), tuple(words), tuple(parts)
