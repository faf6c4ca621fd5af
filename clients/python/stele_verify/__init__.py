"""Checks receipts and proofs of a Stele ledger, offline: docs/receipt.md, written from that page alone.

    from stele_verify import FileFact, parse_trust, verify
    verdict = verify(open("a.pdf.stele.json", "rb").read(), trust=parse_trust(pin), file=fact)
    verdict.line(), verdict.findings["signer"].words, verdict.former, verdict.state

It opens no socket and keeps nothing.
"""
from .content import FileFact
from .fault import FormError
from .judge import verify
from .judge_proof import verify_proof
from .trust import Trust
from .trust import parse as parse_trust
from .verdict import Finding, ProofVerdict, Verdict

__all__ = ["FileFact", "Finding", "FormError", "ProofVerdict", "Trust", "Verdict", "parse_trust", "verify",
           "verify_proof"]
