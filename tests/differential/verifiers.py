"""The three verifiers as processes that read frames and write verdicts."""
import os
import subprocess
import threading

from material import ROOT


class Broken(Exception):
    """A verifier ended, or wrote no line."""


class Verifier:
    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _write(self, frames):
        try:
            self.process.stdin.write(frames)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the reader finds that no line comes

    def lines(self, inputs):
        """The line of each input, in order."""
        frames = b"".join(i.frame() for i in inputs)
        writer = threading.Thread(target=self._write, args=(frames,))
        writer.start()
        out = [self.process.stdout.readline() for _ in inputs]
        writer.join()
        if not all(line.endswith(b"\n") for line in out):
            missing = next(k for k, line in enumerate(out) if not line.endswith(b"\n"))
            raise Broken(self.name, missing)
        return [line[:-1].decode("ascii", "replace") for line in out]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.terminate()
        self.process.wait()


def commands(root=ROOT, profile="release"):
    """name -> command of the three, in the tree below root."""
    folder = os.path.join(root, "tests", "differential")
    return {"c": [os.path.join(root, "build", profile, "tests", "differential", "verdicts")],
            "python": ["python3", os.path.join(folder, "verdicts.py")],
            "javascript": ["node", os.path.join(folder, "verdicts.mjs")]}


def start(given):
    return [Verifier(name, command) for name, command in given.items()]


class Together:
    """All of them on the same inputs, at the same time."""

    def __init__(self, given):
        self.verifiers = start(given)

    def lines(self, inputs):
        """[(line of each verifier)] for each input."""
        answers = [None] * len(self.verifiers)

        def ask(k):
            try:
                answers[k] = self.verifiers[k].lines(inputs)
            except Broken as broken:
                answers[k] = broken

        threads = [threading.Thread(target=ask, args=(k,)) for k in range(len(self.verifiers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for answer in answers:
            if isinstance(answer, Broken):
                raise answer
        return list(zip(*answers))

    def close(self):
        for verifier in self.verifiers:
            verifier.close()
