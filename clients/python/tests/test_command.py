"""The command stele-verify: what it reads, prints and exits with."""
import io
import json
import unittest

from stele_verify import files

from . import lab
from .case import CommandCase


class Command(CommandCase):
    def setUp(self):
        super().setUp()
        self.trust = self.write("net.genesis", self.chain.genesis.encode() + b"\n")
        self.file = self.write("a.txt", b"the content")
        self.receipt = self.write("a.txt.stele.json", lab.render(self.scene.receipt("anchor", newer=9)))

    def test_a_file_with_its_receipt_beside(self):
        for words in ((self.file,), (self.receipt,), (self.file, "--receipt", self.receipt)):
            code, out, err = self.run_command("--trust", self.trust, "--line", *words)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(out,
                             "content pass 0 inclusion pass 0 finality pass 0 signer pass 0 status pass 0 "
                                  "former 3 state superseded\n")

    def test_a_receipt_alone(self):
        alone = self.write("some.json", lab.render(self.scene.receipt("anchor")))
        for path in (alone, self.write("b.stele.json", lab.render(self.scene.receipt("anchor")))):
            code, out, _ = self.run_command("--line", "--trust", self.trust, path)
            self.assertEqual((code, out.split(" inc")[0]), (0, "content open 0"))

    def test_exit_codes(self):
        self.assertEqual(self.run_command(self.file)[0], 5)
        changed = self.write("c.txt", b"another content")
        self.write("c.txt.stele.json", lab.render(self.scene.receipt("anchor")))
        self.assertEqual(self.run_command("--trust", self.trust, changed)[0], 3)
        unknown = self.write("d.json", lab.render(self.scene.receipt("withdraw")))
        self.assertEqual(self.run_command("--trust", self.trust, unknown)[0], 5)
        broken = self.write("e.stele.json", b"{}")
        self.assertEqual(self.run_command("--trust", self.trust, broken)[0], 3)
        for words in ((self.file + "x",), (self.trust,), (self.folder,), ("--trust", self.file, self.file),
                      ("--trust", self.file + "x", self.file), (self.file, "--receipt", self.folder),
                      ("a\0b",)):
            code, _, err = self.run_command(*words)
            self.assertEqual(code, 10, words)
            self.assertTrue(err.startswith("stele-verify: "))
        for words in ((), ("--json", "--line", self.file), ("--receipt", self.receipt, self.file, self.file),
                      ("--x",)):
            self.assertEqual(self.run_command(*words)[0], 2)

    def test_of_several_files_the_gravest_counts_and_all_are_judged(self):
        broken = self.write("e.stele.json", b"{}")
        code, out, err = self.run_command("--line", broken, self.file + "x", self.file)
        self.assertEqual((code, len(out.splitlines()), len(err.splitlines())), (3, 2, 1))
        self.assertEqual(self.run_command(self.file + "x", self.file)[0], 10)
        self.assertEqual(self.run_command("--trust", self.trust, self.file, self.receipt)[0], 0)

    def test_json_has_one_object_on_a_line(self):
        code, out, _ = self.run_command("--json", "--trust", self.trust, self.file, self.receipt)
        lines = out.splitlines()
        self.assertEqual((code, len(lines)), (0, 2))
        told = json.loads(lines[0])
        self.assertEqual((told["file"], told["exit"], told["former"], told["state"]),
                         (self.file, 0, 3, "superseded"))
        self.assertEqual(told["findings"]["content"], {
            "code": 0, "result": "pass", "words": "the file is the one recorded"})
        self.assertEqual(told["line"], self.run_command("--line", "--trust", self.trust,
                                                        self.file)[1].strip())
        broken = json.loads(self.run_command("--json", self.write("e.stele.json", b"{}"))[1])
        self.assertEqual((broken["line"], broken["exit"], list(broken["findings"])),
                         ("form 7010", 3, ["form"]))

    def test_words_name_each_finding_and_never_fold_them(self):
        _, out, _ = self.run_command(self.file)
        for word in ("content    pass", "inclusion  pass", "finality   pass", "signer     not checked",
                     "status     pass",
                     "[7016]", "nobody vouches"):
            self.assertIn(word, out)
        self.assertIn("recorded   in block 1, 2023-11-14 22:13:21 UTC, leaf 1", out)
        _, out, _ = self.run_command("--trust", self.trust, self.file)
        self.assertIn("3 former set(s)", out)
        spoiled = {**self.scene.receipt("anchor"), "finalization": lab.b64(bytes(200))}
        _, out, _ = self.run_command(self.write("s.json", lab.render(spoiled)))
        self.assertIn("it says    in block 1", out)
        self.assertNotIn("recorded   in", out)

    def test_times_that_no_calendar_has_are_told_as_they_are(self):
        last = {**self.chain.headers[1], "time": 2**63 - 1}
        receipt = self.scene.receipt("anchor")
        receipt["headers"] = [lab.header_text(last)]
        receipt["finalization"] = lab.b64(lab.certificate(receipt["headers"][0], self.chain.sets[0], 0, 2))
        path = self.write("t.json", lab.render(receipt))
        code, out, _ = self.run_command("--trust", self.trust, path)
        self.assertEqual(code, 0)
        self.assertIn(f"{2**63 - 1} ms", out)

    def test_a_name_can_not_command_the_terminal(self):
        path = self.write("a\x1b[2J.json", b"{}")
        self.assertNotIn("\x1b", "".join(self.run_command(path)[1:]))
        self.assertNotIn("\x1b", "".join(self.run_command(path + "x")[1:]))

    def test_a_receipt_too_long_is_not_read_whole(self):
        path = self.write("long.json", b"{" + b" " * (5 << 20))
        self.assertEqual(self.run_command("--line", path)[:2], (3, "form 7010\n"))

    def test_large_files_are_hashed_in_pieces_and_told_of(self):
        path = self.write("large", bytes(5 << 20))
        shown = io.StringIO()
        quiet, files.QUIET_SECONDS = files.QUIET_SECONDS, 0.0
        redraw, files.REDRAW_SECONDS = files.REDRAW_SECONDS, 0.0
        try:
            fact = files.fact(path, shown)
        finally:
            files.QUIET_SECONDS, files.REDRAW_SECONDS = quiet, redraw
        self.assertEqual((fact.sha256, fact.size), (lab.sha256(bytes(5 << 20)), 5 << 20))
        self.assertIn("hashing 'large' 60 %", shown.getvalue())
        self.assertTrue(shown.getvalue().endswith("\r\x1b[K"))
        self.assertEqual(files.fact(path, None), fact)


if __name__ == "__main__":
    unittest.main()
