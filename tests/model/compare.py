"""Runs the ledger in C and the model side by side, block by block, and names the first difference."""
import os
import subprocess
import tempfile

from context import TYPES
from encoding import Malformed, decode
from history import genesis_of
from ledger_model import Ledger, Transaction


class Difference(Exception):
    pass


class Replay:
    """The program of replay.c; restarted when it died."""

    def __init__(self, program, mutant=None):
        self.environment = {**os.environ, "STELE_MUTANT": mutant} if mutant else None
        self.program, self.process, self.folder = program, None, None

    def start(self):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # nothing here must last
        self.folder = tempfile.TemporaryDirectory(prefix="stele-model-", dir=memory)
        self.process = subprocess.Popen([self.program, self.folder.name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=self.environment,
                                        stderr=subprocess.DEVNULL if self.environment else None)

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None
            self.folder.cleanup()

    def send(self, lines):
        try:
            self.process.stdin.write("".join(line + "\n" for line in lines))
            self.process.stdin.flush()
        except OSError:
            pass  # the answer tells

    def read(self):
        line = self.process.stdout.readline().split()
        if not line or line[0] == "error":
            self.process.wait()
            raise Difference(f"replay ended with code {self.process.returncode}: {' '.join(line)}")
        return line


class Pair:
    def __init__(self, replay, seed):
        self.replay = replay
        genesis = genesis_of(seed)
        self.model = Ledger(genesis)
        self.sequence = self.agreed = self.accepted = 0
        self.seen = {}  # (operation, outcome, error number, rule) -> how often
        if replay.process is None:
            replay.start()
        replay.send([f"genesis {genesis.text.hex()}"])
        self.compare_header(replay.read()[1])

    def run(self, block):
        """Executes it on both sides; Difference, after which the other side begins anew."""
        try:
            self.run_both(block)
        except Difference:
            self.replay.stop()
            raise

    def run_both(self, block):
        self.replay.send(block.lines())
        if block.reopens:
            self.replay.read()
        time = max(block.time, self.model.time + 1)
        parcels, texts = [], []
        for ahead, raws in block.parcels:
            txs = [tx for raw in raws if (tx := self.submit(raw, time))]
            if txs:
                self.sequence += 1
                parcels.append(txs)
                texts.append(self.model.parcel_text(txs, self.sequence,
                                                    self.model.height + 1 + ahead))
        outcomes = self.model.execute(block.time, parcels, texts, block.evidence)
        for _ in self.model.recorded:
            self.count("evidence", "recorded", 0, "")
        self.compare_decided([tx for parcel in parcels for tx in parcel], outcomes)
        self.agreed += sum(len(raws) for _, raws in block.parcels)

    def submit(self, raw, time):
        """The checks without state, then admission; None if malformed."""
        try:
            tx = Transaction(raw, self.model.chain)
            outcome, code, _ = self.model.apply(tx, self.model.height + 1, time)
            want, what = f"admitted {code} {outcome}", tx.field
        except Malformed as malformed:
            tx, want, what = None, f"malformed {malformed.code}", "?"
            self.count(what, "malformed", malformed.code, "")
        got = " ".join(self.replay.read()[1:])
        if got != want:
            raise Difference(f"{what}: the ledger says {got}, the model {want}\n"
                             f"{show(tx.body)[:2000] if tx else raw.hex()[:400]}")
        return tx

    def count(self, *what):
        self.seen[what] = self.seen.get(what, 0) + 1

    def compare_decided(self, txs, outcomes):
        wanted = []
        for tx, (outcome, code) in zip(txs, outcomes):
            self.count(tx.field, outcome, code, tx.rule or "")
            if outcome != "skipped":
                wanted.append((f"decided {outcome} {code} id {tx.id.hex()}", tx))
        while (line := self.replay.read())[0] == "decided":
            want, tx = wanted.pop(0) if wanted else ("nothing", None)
            if " ".join(line) != want:
                raise Difference(f"the ledger: {' '.join(line)}\nthe model: {want}\n{tx and show(tx.body)}")
        if wanted:
            raise Difference(f"the ledger says nothing, the model {wanted[0][0]}\n{show(wanted[0][1].body)}")
        self.compare_header(line[1])

    def compare_header(self, line):
        header = bytes.fromhex(line)
        if header != self.model.header:
            ours, theirs = self.model.header.decode().split("\n"), header.decode().split("\n")
            lines = [f"the ledger: {b}\nthe model:  {a}" for a, b in zip(ours, theirs) if a != b]
            raise Difference("\n".join(["headers differ"] + lines + self.values_that_differ()))

    def values_that_differ(self):
        out = []
        for key, data in self.model.state.items():
            self.replay.send([f"get {key}"])
            line = self.replay.read()[1]
            if line != data.hex():
                theirs = show_value(bytes.fromhex(line)) if line != "-" else "absent"
                out.append(f"{key}\n  the ledger: {theirs}\n  the model:  {show_value(data)}")
        return out


def show(message):
    """On one line."""
    parts = []
    for name, value in message.fields.items():
        if isinstance(value, list):
            text = "[" + ", ".join(show(v) if hasattr(v, "fields") else str(v) for v in value[:20]) + "]"
        elif hasattr(value, "fields"):
            text = show(value)
        else:
            text = value.hex() if isinstance(value, bytes) else repr(value)[:80]
        parts.append(f"{name}={text}")
    return f"{message.kind}({', '.join(parts)})"


def show_value(data):
    for kind, number in TYPES.items():
        if data[0] == number:
            return show(decode(kind, data[1:]))
    return data.hex()
