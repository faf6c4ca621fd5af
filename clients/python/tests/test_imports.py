"""The verifier rests on the standard library and on cryptography, and opens no socket."""
import ast
import os
import subprocess
import sys
import unittest

import stele_verify

ALLOWED = {"argparse", "base64", "binascii", "dataclasses", "datetime", "functools", "hashlib", "json", "os",
           "re", "sys", "time", "typing", "cryptography"}


def imported(path: str):
    """Top names of what a file imports; '' for its own package."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "" if node.level else node.module.split(".")[0]


class Imports(unittest.TestCase):
    def test_only_plain_parts_of_the_standard_library_cryptography_and_itself(self):
        folder = os.path.dirname(stele_verify.__file__)
        names = sorted(name for name in os.listdir(folder) if name.endswith(".py"))
        self.assertGreater(len(names), 15)
        for name in names:
            with self.subTest(name):
                self.assertLessEqual(set(imported(os.path.join(folder, name))) - {""}, ALLOWED)

    def test_the_check_of_imports_sees_one_that_is_not_allowed(self):
        self.assertNotIn("socket", ALLOWED)
        self.assertIn("socket", {*imported(os.path.join(os.path.dirname(__file__), "sample_import.txt"))})

    def test_no_socket_is_opened_by_a_check(self):
        told = ("import sys\n"
                "def watch(event, arguments):\n"
                "    if event.startswith('socket.'):\n"
                "        sys.exit('a socket: ' + event)\n"
                "sys.addaudithook(watch)\n"
                "from stele_verify.command import main\n"
                "sys.exit(main(['--line', sys.argv[1]]))\n")
        root = os.path.dirname(os.path.dirname(stele_verify.__file__))
        sample = os.path.join(os.path.dirname(__file__), "sample_receipt.txt")
        run = subprocess.run([sys.executable, "-c", told, sample], cwd=root, capture_output=True, text=True)
        self.assertEqual((run.stdout, run.returncode), ("form 7011\n", 3), run.stderr)


if __name__ == "__main__":
    unittest.main()
