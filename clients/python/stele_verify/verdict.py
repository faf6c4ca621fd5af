"""What a verifier found, for machines and for people.  docs/receipt.md section 5."""
from dataclasses import dataclass, field
from typing import Optional

PASS, FAIL, OPEN = "pass", "fail", "open"
FORM_CODE, VERSION_CODE = 7010, 7011
PROOF_NAMES = ("finality", "facts", "signer")
NAMES = ("content", "inclusion", "finality", "signer", "status")


@dataclass(frozen=True)
class Finding:
    result: str  # PASS, FAIL or OPEN: not checked
    code: int  # 0: none
    words: str


@dataclass(frozen=True)
class Verdict:
    form: Finding
    findings: dict = field(default_factory=dict)  # by the NAMES; empty where form failed
    former: int = 0
    state: Optional[str] = None  # None: no status that passed
    facts: dict = field(default_factory=dict)  # what a person may want to know beside

    def line(self) -> str:
        """The line for machines, without a line feed."""
        if self.form.result == FAIL:
            return f"form {self.form.code}"
        return f"{self._told(NAMES)} former {self.former} state {self.state or '-'}"

    def _told(self, names: tuple) -> str:
        return " ".join(f"{name} {self.findings[name].result} {self.findings[name].code}" for name in names)

    def exit_code(self) -> int:
        """0 all that was to be checked passed, 3 a check failed, 5 nothing vouches for the signers."""
        findings = [self.form, *self.findings.values()]
        if any(finding.result == FAIL for finding in findings):
            return 3
        return 0 if self.findings["signer"].result == PASS else 5

    def as_object(self) -> dict:
        """What --json prints."""
        told = {"form": self.form, **self.findings}
        findings = {name: {"result": f.result, "code": f.code, "words": f.words} for name, f in told.items()}
        return {"line": self.line(), "exit": self.exit_code(), "findings": findings,
                "former": self.former, "state": self.state, **self.facts}


@dataclass(frozen=True)
class ProofVerdict(Verdict):
    """Of a proof; docs/receipt.md section 8."""
    words: tuple = ()  # what each fact says, where all of them hold
    parts: tuple = ()  # pieces of lists, which join with those of other proofs

    def line(self) -> str:
        if self.form.result == FAIL:
            return f"form {self.form.code}"
        return f"{self._told(PROOF_NAMES)} former {self.former}"

    def as_object(self) -> dict:
        told = super().as_object()
        del told["state"]
        return {**told, "facts": list(self.words)}
