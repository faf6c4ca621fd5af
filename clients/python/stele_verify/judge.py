"""The verdict on a receipt: form, and then five findings.  docs/receipt.md section 5."""
from typing import Optional

from . import content, cover, inclusion, receipt, signer, status
from .content import FileFact
from .cover import Cover
from .fault import CheckFailed, FormError
from .receipt import Receipt, VersionError
from .trust import Trust
from .verdict import FAIL, FORM_CODE, OPEN, PASS, VERSION_CODE, Finding, Verdict

CONTENT_CODE, INCLUSION_CODE, FINALITY_CODE, STATUS_CODE = 7012, 7013, 7014, 7017


def verify(receipt_bytes: bytes, trust: Optional[Trust] = None,
           file: Optional[FileFact] = None) -> Verdict:
    """The verdict on the bytes of a receipt, whatever they are: it raises nothing."""
    try:
        said = receipt.parse(receipt_bytes)
    except VersionError as fault:
        return Verdict(Finding(FAIL, VERSION_CODE, str(fault)))
    except FormError as fault:
        return Verdict(Finding(FAIL, FORM_CODE, str(fault)))
    return _Judge(said, trust, file).verdict()


class _Judge:
    """One receipt, and what was found so far."""

    def __init__(self, said: Receipt, trust: Optional[Trust], file: Optional[FileFact]):
        self.receipt, self.trust, self.file = said, trust, file
        self.ends = None  # headers of the set changes, once finality passed
        self.standing = None  # of the status, once it passed
        self.signers = None

    def verdict(self) -> Verdict:
        found = {"content": self.content(), "inclusion": self.inclusion(), "finality": self.finality()}
        standing = self.status()
        found["signer"], found["status"] = self.signer(), standing
        return Verdict(Finding(PASS, 0, "it is a receipt of version 1"), found,
                       self.signers.former if self.signers else 0,
                       self.standing.word if self.standing else None, self.facts())

    def content(self) -> Finding:
        try:
            if content.check(self.receipt, self.file):
                return Finding(PASS, 0, "the file is the one recorded")
        except CheckFailed as fault:
            return Finding(FAIL, CONTENT_CODE, str(fault))
        return Finding(OPEN, 0, "no file was compared")

    def inclusion(self) -> Finding:
        try:
            inclusion.check(self.receipt)
        except CheckFailed as fault:
            return Finding(FAIL, INCLUSION_CODE, str(fault))
        record, last = self.receipt.record, self.receipt.cover.last
        return Finding(PASS, 0, f"leaf {record.log_index} of the log, in block {last.height}")

    def finality(self) -> Finding:
        found, self.ends = judge_finality(self.receipt.cover)
        return found

    def status(self) -> Finding:
        if self.receipt.status is None or self.ends is None:
            return Finding(OPEN, 0, "no status can be told from it")
        try:
            self.standing = status.check(self.receipt)
        except CheckFailed as fault:
            return Finding(FAIL, STATUS_CODE, str(fault))
        return Finding(PASS, 0, f"{self.standing.word}, as of block {self.standing.header.height}")

    def signer(self) -> Finding:
        newer = self.standing.headers if self.standing else ()
        changes = self.receipt.status.changes if self.standing else ()
        found, self.signers = judge_signer(self.receipt.cover, self.ends, newer, changes, self.trust)
        return found

    def facts(self) -> dict:
        record, last = self.receipt.record, self.receipt.cover.last
        facts = {"network": last.origin, "height": last.height, "time": last.time,
                 "log_index": record.log_index, "operation": record.transaction.operation,
                 "signer": record.transaction.signer.hex()}
        if self.receipt.subject:
            facts["sha256"] = self.receipt.subject.sha256.hex()
        if self.standing:
            facts.update(status_height=self.standing.header.height, status_time=self.standing.header.time,
                         organisation=self.standing.organisation, key_revoked=self.standing.revoked)
        return facts


def judge_signer(said: Cover, ends, newer, changes, trust: Optional[Trust], roots=()) -> tuple:
    """The finding and, where it passed, the signers.  `ends`: headers of the set changes, None where finality
    failed; `newer`, `changes`, `roots`: what else of it was shown to hold."""
    if trust is None:
        words = "no trust was given, so nobody vouches for its validators"
        return Finding(OPEN, signer.NO_TRUST, words), None
    if ends is None:
        return Finding(OPEN, 0, "without finality nobody signed it"), None
    try:
        signers = signer.check(said, (*said.headers, *ends, *newer), changes, trust, roots)
    except CheckFailed as fault:
        return Finding(FAIL, fault.code, str(fault)), None
    except signer.NotKnown as unknown:
        return Finding(OPEN, signer.NO_COMMON_EPOCH, str(unknown)), None
    return Finding(PASS, 0, _signer_words(said, signers)), signers


def judge_finality(said: Cover) -> tuple:
    """The finding and, where it passed, the headers of the set changes."""
    try:
        ends = cover.check(said)
    except CheckFailed as fault:
        return Finding(FAIL, FINALITY_CODE, str(fault)), None
    members, top = said.sets[-1], said.top
    return Finding(PASS, 0, f"block {top.height} was finalized by the set of epoch {top.epoch}, "
                            f"{members.quorum} of {len(members.members)} at least"), ends


def _signer_words(said: Cover, signers) -> str:
    if not signers.former:
        return f"{said.top.origin} vouches for it, by the newest set that is known"
    return (f"{said.top.origin} vouches for it; it relies on {signers.former} former set(s) of "
            "validators, and with that on every one of their keys since")
