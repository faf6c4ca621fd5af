"""Bugs that are planted, one line each, into a copy of one verifier: each must show as a difference.

A bug that nothing shows means that corpus and mutations do not look there.
"""
import os
import shutil
import tempfile

from material import ROOT, corpus
from mutate import Mutator
from verifiers import Broken, Verifier, commands

BATCH = 500

PYTHON = [
    ("text.py", "if before is not None and name <= before:", "if before is not None and name < before:",
     "a member may stand there twice"),
    ("walk.py", "if (byte == 0 and shift) or value >= 2**64:", "if value >= 2**64:",
     "varints need not be minimal"),
    ("cover.py", "if older.next_validators is not None:", "if False:",
     "a header below the top may end its epoch"),
    ("cover.py", "or newer.time <= older.time:", "or newer.time < older.time:",
     "a header at its parent's time"),
    ("certificate.py", "if bitmap >> count:", "if bitmap >> count > 9:",
     "bits beyond the set are passed over"),
    ("inclusion.py", "if not previous.log_size <= receipt.record.log_index < last.log_size:",
     "if not receipt.record.log_index < last.log_size:", "a record that stood there before its height"),
    ("signer.py", "former = sum(epoch < max(known, told)", "former = sum(epoch < told",
     "a pin that is ahead makes no set a former one"),
    ("statetree.py", "if walk.at != len(tree):", "if walk.at > len(tree):", "bytes behind the tree"),
]

JAVASCRIPT = [
    ("text.js", "name <= last", "name < last", "a member may stand there twice"),
    ("walk.js", "if (field < last) throw new Fault('fields fall');", "", "fields may fall"),
    ("finality.js", "parent.epoch === child.epoch &&", "", "a header of another epoch in between"),
    ("certificate.js", "if (header.nextValidators) return header.view <= certificate.view;", "",
     "the end of an epoch may not be certified again"),
    ("status.js", "one.text === all[i - 1].text ||", "", "the top may not be a set change of the status"),
    ("signer.js", "newestTrusted < newestTold ?", "newestTrusted > newestTold ?", "which sets are relied on"),
    ("certificate.js", "certificate.signers.length < set.quorum",
     "certificate.signers.length + 1 < set.quorum", "one signature below the quorum"),
    ("merkle.js", "path.length === 0 && same(firstRoot, secondRoot)", "path.length === 0",
     "two logs of one size may have two roots"),
]

C = []


def _copy(name, folder):
    """A copy of what the verifier consists of, and the folder of its sources there."""
    os.makedirs(os.path.join(folder, "tests", "differential"))
    source = {"python": "clients/python", "javascript": "clients/javascript"}[name]
    shutil.copytree(os.path.join(ROOT, source), os.path.join(folder, source), symlinks=True,
                    ignore=shutil.ignore_patterns("__pycache__", "tests", "test"))
    for harness in ("verdicts.py", "verdicts.mjs"):
        place = os.path.join("tests", "differential")
        shutil.copy(os.path.join(ROOT, place, harness), os.path.join(folder, place))
    return os.path.join(folder, source, {"python": "stele_verify", "javascript": "src"}[name])


def plant(path, old, new):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    if text.count(old) != 1:
        raise SystemExit(f"planted: {path} does not hold once: {old}")
    with open(path, "w", encoding="utf-8") as source:
        source.write(text.replace(old, new))


def shown(command, sound, options):
    """Where the planted bug shows: in a receipt of the corpus, or in an input of the seed; None: nowhere."""
    spoiled = Verifier("spoiled", command)
    try:
        rows = corpus()
        for (name, _, expected), line in zip(rows, spoiled.lines([row[1] for row in rows])):
            if line != expected:
                return f"corpus, {name}"
        mutator = Mutator(options.seed)
        for first in range(0, options.count, BATCH):
            inputs = [mutator.make(i) for i in range(first, first + BATCH)]
            for k, (line, other) in enumerate(zip(spoiled.lines(inputs), sound.lines(inputs))):
                if line != other:
                    return f"input {first + k}"
        return None
    except Broken:
        return "it ended"
    finally:
        spoiled.close()


def run(chosen, options):
    missed = 0
    for name, bugs in (("python", PYTHON), ("javascript", JAVASCRIPT)):
        if name not in chosen:
            continue
        sound = Verifier(name, chosen[name])
        for file, old, new, what in bugs:
            with tempfile.TemporaryDirectory() as folder:
                plant(os.path.join(_copy(name, folder), file), old, new)
                where = shown(commands(folder)[name], sound, options)
            print(f"{name:10} {what:50} {where or 'NOWHERE'}", flush=True)
            missed += where is None
        sound.close()
    print(f"planted: {missed} bugs that nothing shows")
    return 1 if missed else 0

