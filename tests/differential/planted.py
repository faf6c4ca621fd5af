"""Bugs that are planted, one line each, into a copy of one verifier: each must show as a difference.

A bug that nothing shows means that corpus and mutations do not look there.
"""
import os
import shutil
import subprocess
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

C = [
    ("text.c", "return from_a < from_b;", "return from_a <= from_b;", "a member may stand there twice"),
    ("walk.c", "if (byte == 0 && shift > 0)", "if (byte == 1 && shift > 63)",
     "varints need not be minimal"),
    ("cover.c", "above->time_ms > below->time_ms &&", "above->time_ms >= below->time_ms &&",
     "a header at its parent's time"),
    ("cover.c", "if (!block_is_above(above, &cover->changes[k].ended))", "if (above == NULL)",
     "set changes need not rise"),
    ("receipt.c", "before->log_size <= record->log_index && record->log_index", "record->log_index",
     "a record that stood there before its height"),
    ("status.c", "return number_follows(key, prefix, 2, &number);",
     "return number_follows(key, prefix, 1, &number);", "a claim of number 1 under a key of its own"),
    ("status.c", "if (!number_follows(entry->key, \"motion/\", 1, &number) ||",
     "if (!number_follows(entry->key, \"motion/\", 0, &number) ||", "motion 0"),
    ("signer.c", "return former + (top < from && top < newest);", "return former;",
     "the set that signed is no former one"),
    ("tree.c", "!cursor_is_done(&cursor))", "cursor.has_failed)", "bytes behind the tree"),
]

PLACES = {"python": ("clients/python", "clients/python/stele_verify"),
          "javascript": ("clients/javascript", "clients/javascript/src"),
          "c": ("base", "crypto", "proto", "proofs", "proofs")}


def copy(name, folder):
    """A copy of what the verifier consists of; where its sources stand there."""
    *parts, sources = PLACES[name]
    for part in parts + ["tests/differential"]:
        shutil.copytree(os.path.join(ROOT, part), os.path.join(folder, part), symlinks=True,
                        ignore=shutil.ignore_patterns("__pycache__", "test", "tests"))
    shutil.copy(os.path.join(ROOT, "Makefile"), folder)
    return os.path.join(folder, sources)


def build(name, folder):
    if name == "c":
        subprocess.run(["make", "-s", "-C", folder, "PROFILE=release", "verdicts"], check=True,
                       capture_output=True)


def plant(path, old, new):
    """Gives the text that stood there."""
    with open(path, encoding="utf-8") as source:
        text = source.read()
    if text.count(old) != 1:
        raise SystemExit(f"planted: {path} does not hold once: {old}")
    put(path, text.replace(old, new))
    return text


def put(path, text):
    with open(path, "w", encoding="utf-8") as source:
        source.write(text)


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
    for name, bugs in (("c", C), ("python", PYTHON), ("javascript", JAVASCRIPT)):
        if name in chosen:
            with tempfile.TemporaryDirectory() as folder:
                missed += each(name, chosen[name], bugs, folder, options)
    print(f"planted: {missed} bugs that nothing shows")
    return 1 if missed else 0


def each(name, command, bugs, folder, options):
    """How many of the bugs nothing shows."""
    sources, missed = copy(name, folder), 0
    sound = Verifier(name, command)
    for file, old, new, what in bugs:
        path = os.path.join(sources, file)
        text = plant(path, old, new)
        build(name, folder)
        where = shown(commands(folder)[name], sound, options)
        put(path, text)
        print(f"{name:10} {what:50} {where or 'NOWHERE'}", flush=True)
        missed += where is None
    sound.close()
    return missed
