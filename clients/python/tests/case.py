"""What the tests of verdicts share: a receipt is spoiled in one place, and one finding must say so."""
import contextlib
import io
import os
import tempfile
import unittest

from stele_verify import FileFact, command, parse_trust, verify

from . import lab
from .scene import scene

CODES = {"content": 7012, "inclusion": 7013, "finality": 7014, "status": 7017}
FILE = FileFact(lab.sha256(b"the content"), 11)


class VerdictCase(unittest.TestCase):
    @property
    def scene(self):
        return scene()

    @property
    def chain(self):
        return scene().chain

    def genesis(self):
        return parse_trust(self.chain.genesis.encode())

    def line(self, receipt, trust=None, file=None) -> str:
        data = receipt if isinstance(receipt, bytes) else lab.render(receipt)
        return verify(data, trust, file).line()

    def found(self, receipt, trust=None, file=None) -> dict:
        """{finding: "result code"}, with former and state."""
        words = self.line(receipt, trust, file).split(" ")
        if words[0] == "form":
            return {"form": words[1]}
        found = {words[k]: f"{words[k + 1]} {words[k + 2]}" for k in range(0, 15, 3)}
        return {**found, "former": words[16], "state": words[18]}

    def assert_form(self, receipt, code: int = 7010):
        self.assertEqual(self.line(receipt), f"form {code}")

    def assert_fails(self, receipt, finding: str, trust=None, file=None, others=()):
        """That finding fails with its code; the `others` too; and no other one fails."""
        found = self.found(receipt, trust or self.genesis(), file)
        self.assertNotIn("form", found)
        for name, code in CODES.items():
            if name == finding or name in others:
                self.assertEqual(found[name], f"fail {code}", name)
            else:
                self.assertFalse(found[name].startswith("fail"), f"{name} {found[name]}")

    def assert_good(self, receipt, trust=None, file=None):
        found = self.found(receipt, trust or self.genesis(), file)
        for name in ("inclusion", "finality", "signer"):
            self.assertEqual(found.get(name), "pass 0", name)
        self.assertFalse(found["status"].startswith("fail"))
        self.assertFalse(found["content"].startswith("fail"))
        return found


class CommandCase(VerdictCase):
    """The command in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name: str, data: bytes) -> str:
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def run_command(self, *words) -> tuple:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = command.main(list(words))
            except SystemExit as end:
                code = end.code
        return code, out.getvalue(), err.getvalue()
