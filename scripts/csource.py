"""C sources as scripts/floors and scripts/tidy see them: which files there are, and each file
split into code (comments and literals blanked, lines kept) and comments."""

import os
import re
import subprocess

SKIPPED_FOLDERS = {"build", ".git", "node_modules", "__pycache__"}


def files(root):
    """Paths below root that are or could be tracked, sorted."""
    if os.path.exists(os.path.join(root, ".git")):
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-coz", "--exclude-standard"],
            capture_output=True, check=True).stdout.decode()
        names = [name for name in listed.split("\0") if name]
        return sorted(n for n in set(names) if os.path.isfile(os.path.join(root, n)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""",
    re.S)


class Source:
    """One .c or .h file."""

    def __init__(self, root, path):
        self.path = path
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            self.text = file.read()
        self.code, self.comments = self._split()

    def _split(self):
        comments = []

        def blank(match):
            whole = match.group(0)
            start = self.text.count("\n", 0, match.start()) + 1
            if match.group("comment"):
                comments.append((start, whole))
                return re.sub(r"[^\n]", " ", whole)
            if self.text[:match.start()].rsplit("\n", 1)[-1].lstrip().startswith("#include"):
                return whole
            return whole[0] + " " * (len(whole) - 2) + whole[-1]

        return TOKEN.sub(blank, self.text), comments

    def includes(self):
        """(line, "name" or <name>) in order."""
        for number, line in enumerate(self.code.split("\n"), 1):
            match = re.match(r'\s*#\s*include\s*(["<][^">]+[">])', line)
            if match:
                yield number, match.group(1)

    def functions(self):
        """(name, first line, number of lines) of every function body."""
        code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                      self.code, flags=re.M)
        depth, start, head = 0, 0, 0
        for match in re.finditer(r"[{};]", code):
            mark, at = match.group(0), match.start()
            if mark == "{":
                if depth == 0:
                    start, before = at, code[head:at].rstrip()
                depth += 1
            elif mark == "}":
                depth -= 1
                if depth == 0:
                    if before.endswith(")"):
                        first = code.count("\n", 0, start) + 1
                        last = code.count("\n", 0, at) + 1
                        name = re.search(r"(\w+)\s*\(", before)
                        yield (name.group(1) if name else "?"), first, last - first + 1
                    head = at + 1
            elif depth == 0:
                head = at + 1


def sources(root):
    return [Source(root, path) for path in files(root) if path.endswith((".c", ".h"))]
