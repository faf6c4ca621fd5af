"""A case of the corpus, and the line of verdict (docs/receipt.md section 5) that its author expects."""
from keys import sha256
from scene import NETWORKS
from texts import canonical, pin

FAR = {"height": 99999, "text": "a header nobody saw", "log_size": 5000, "log_root": sha256(b"far")}


def line(content="open 0", inclusion="pass 0", finality="pass 0", signer="pass 0", status="pass 0", former=0,
         state="-"):
    return (f"content {content} inclusion {inclusion} finality {finality} signer {signer} status {status} "
            f"former {former} state {state}")


FORM = "form 7010"
VERSION = "form 7011"


class Case:
    """receipt: a scene, or the bytes themselves; trust: a name below trust/ or None; file: the bytes of the file
    that is checked, or None; base: the good case that it was before its fault."""

    def __init__(self, name, what, receipt, verdict, trust="genesis-4", file=None, base=None):
        self.name, self.what, self.receipt, self.verdict = name, what, receipt, verdict
        self.trust, self.file, self.base = trust, file, base

    def text(self):
        return self.receipt if isinstance(self.receipt, bytes) else canonical(self.receipt.build()).encode()

    def row(self, path, kind="receipt"):
        file = self.file is not None and {"sha256": sha256(self.file).hex(), "size": len(self.file)}
        row = {"name": self.name, "what": self.what, kind: path,
               "trust": self.trust and f"trust/{self.trust}.txt", "file": file or None, "verdict": self.verdict}
        return {**row, "base": self.base} if self.base else row


def genesis_trust():
    return {f"genesis-{n}": network.sealed() for n, network in NETWORKS.items()}


def pin_of(n, epochs, head=FAR, sets=None):
    return pin(NETWORKS[n], epochs, head, sets)
