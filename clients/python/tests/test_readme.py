"""README.md, tried as it is written: installed into a new environment, each command on files so named."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from . import lab
from .scene import scene
from .test_proof import Proof, listed

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NO_REGISTRY = re.compile("No matching distribution|Could not find a version|NewConnectionError|timed out")


def blocks(kind: str) -> list:
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
        return re.findall(rf"```{kind}\n(.*?)```", file.read(), re.S)


class Readme(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.env = {**os.environ, "HOME": self.folder, "PYTHONDONTWRITEBYTECODE": "1", "PIP_RETRIES": "0",
                    "PIP_DEFAULT_TIMEOUT": "10", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        for name, data in self.files().items():
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(data)

    def files(self) -> dict:
        receipt = lab.render(scene().receipt("anchor", newer=9))
        Proof.setUpClass()
        chain, keys = Proof.chain, ["programme/P1", "award/P1/1", "award/P1/2", "award/P1/3", "award/P1/4"]
        # both chains have one genesis document, for one name and one set
        self.assertEqual(chain.genesis, scene().chain.genesis)
        first = Proof().proof([listed("awards", 1, 1, "P1")], keys[:2])
        rest = Proof().proof([listed("awards", 2, 3, "P1")], [keys[0], *keys[2:]])
        files = {"net.genesis": chain.genesis.encode(), "net.pin": lab.pin_text(scene().chain, 0, 3,
                                                                                9).encode(),
                 "newer.json": self.newer(scene().chain), "awards-1.json": lab.render(first),
                 "awards-2.json": lab.render(rest)}
        for name in ("report.pdf", "other.pdf"):
            files.update({name: b"the content", f"{name}.stele.json": receipt})
        return files

    def newer(self, chain) -> bytes:
        """A proof from block 9, which the pin has, to block 10."""
        size = chain.headers[9]["log_size"]
        path = [step.hex() for step in lab.tree_consistency(chain.leaves, size)]
        fact = {"fact": "consistency", "from": size, "root": lab.tree_root(chain.leaves[:size]).hex(),
                "path": path}
        return lab.render({"stele_proof": 1, "facts": [fact], **chain.cover(10, 10)})

    def run_line(self, line: str, **env):
        return subprocess.run(["bash", "-c", line], cwd=self.folder, env={**self.env, **env},
                              capture_output=True,
                              text=True, timeout=300)

    def test_each_command_that_checks_holds(self):
        program = f"{sys.executable} -B -m stele_verify"
        lines = [line for line in blocks("sh")[1].splitlines() if line]
        self.assertEqual(len(lines), 5)
        for line in lines:
            run = self.run_line(line.replace("stele-verify", program, 1), PYTHONPATH=FOLDER)
            self.assertEqual((run.returncode, run.stderr), (0, ""), line)

    def test_the_library_does_what_is_written(self):
        code = ("import hashlib\ndata = open('report.pdf', 'rb').read()\n"
                "sha256, size = hashlib.sha256(data).digest(), len(data)\n"
                + blocks("python")[0].replace("verify_proof(data,",
                                              "data = open('awards-1.json', 'rb').read()\nverify_proof(data,")
                + "assert (verdict.exit_code(), verdict.former, verdict.state) == (0, 3, 'superseded')\n"
                + "assert verify_proof(data, trust).words == ('awards P1: 1 to 1 of 3',)\n")
        run = self.run_line(f"{sys.executable} -W ignore -c \"$CODE\"", CODE=code, PYTHONPATH=FOLDER)
        self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_it_installs_into_a_new_environment(self):
        copy = os.path.join(self.folder, "copy")
        shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("tests", "__pycache__", "build",
                                                                    "*.egg-info"))
        for line in blocks("sh")[0].splitlines():
            run = self.run_line(line.replace("clients/python ", f"{copy} ").replace("python3", sys.executable,
                                                                                    1))
            if run.returncode and NO_REGISTRY.search(run.stderr):
                self.skipTest("pip reaches no registry of packages")
            self.assertEqual(run.returncode, 0, run.stderr)
        run = self.run_line("~/stele-verify/bin/stele-verify --line --trust net.genesis report.pdf")
        self.assertEqual((run.returncode, run.stdout[:14], run.stderr), (0, "content pass 0", ""))


if __name__ == "__main__":
    unittest.main()
