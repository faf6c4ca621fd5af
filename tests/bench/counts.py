#!/usr/bin/env python3
"""Counts what a record costs, and holds it against tests/bench/counts.json.

    counts.py             counts and compares; exits 1 where a count left its bounds
    counts.py --update    writes what was counted as the new figures

Seconds depend on the machine and its other work, counts on the code alone. bench_counts runs under callgrind
(release build): for each part of a record's way the instructions outside libsecp256k1 and libcrypto,
signature checks, hashes, allocations and system calls. A count may grow by 3 %; one that shrank by more than
10 % wants --update, so that what was won is held.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FIGURES = os.path.join(HERE, "counts.json")
PROGRAM = os.path.join(ROOT, "build/release/tests/bench/bench_counts")
GROWN, SHRUNK = 1.03, 0.90
SLACK = {"instructions": 150}  # of a record; 0.02 of all else

CALLS = {
    "signature checks": {"secp256k1_ecdsa_verify"},
    "hashes": {"sha256", "sha256_parts", "sha256_finish"},
    "allocations": {"malloc", "calloc", "realloc"},
    "system calls": {"read", "write", "pread", "pread64", "pwrite", "pwrite64", "pwritev", "writev",
                     "fdatasync", "fsync", "msync", "mmap", "munmap", "ftruncate", "ftruncate64"},
    "durable writes": {"fdatasync", "fsync"},
}
NAMED = re.compile(r"(c?(?:fn|ob))=\((\d+)\)(?: (.*))?$")


def read_dump(path):
    """The part's name, its instructions outside those two, and calls of each function by name."""
    names = {"fn": {}, "ob": {}}
    calls, instructions, part = {}, 0, None
    is_foreign, called, is_inclusive = False, None, False
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("desc: Trigger: Client Request: "):
                part = line.split(": ", 2)[2].split(": ")[-1]
            match = NAMED.match(line)
            if match:
                kind, number, name = match.groups()
                table = names[kind[-2:]]
                if name is not None:
                    table[number] = name
                if kind == "ob":
                    is_foreign = "libsecp256k1" in table[number] or "libcrypto" in table[number]
                elif kind == "cfn":
                    called = table[number].split("@")[0].split("'")[0].removeprefix("__libc_")
                    called = called.removeprefix("__")
            elif line.startswith("calls="):
                count = int(line[6:].split()[0])
                calls[called] = calls.get(called, 0) + count
                is_inclusive = True  # the next line is the cost of what was called
            elif line and (line[0].isdigit() or line[0] in "+-*"):
                fields = line.split()
                if not is_inclusive and not is_foreign and len(fields) == 2:
                    instructions += int(fields[1])
                is_inclusive = False
    return part, instructions, calls


def count():
    """{part: {what: figure for a record}}"""
    if not os.path.exists(PROGRAM):
        sys.exit(f"counts: no {os.path.relpath(PROGRAM, ROOT)}: make PROFILE=release benches")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--instr-atstart=no",
             f"--callgrind-out-file={folder}/out", PROGRAM],
            capture_output=True, text=True, check=False)
        if run.returncode != 0:
            sys.exit(f"counts: {PROGRAM} ended with {run.returncode}:\n{run.stderr[-2000:]}")
        records = int(re.search(r"^(\d+) records$", run.stdout, re.M).group(1))
        counted = {}
        for name in sorted(os.listdir(folder)):
            part, instructions, calls = read_dump(os.path.join(folder, name))
            if part is None:
                continue
            figures = {"instructions": round(instructions / records)}
            for what, functions in CALLS.items():
                figures[what] = round(sum(calls.get(f, 0) for f in functions) / records, 3)
            counted[part] = figures
    return counted


def judge(what, figure, known):
    slack = SLACK.get(what, 0.02)
    if figure > known * GROWN + slack:
        return "more"
    if figure < known * SHRUNK - slack:
        return "less: counts.py --update"
    return ""


def main():
    counted = count()
    if sys.argv[1:] == ["--update"]:
        with open(FIGURES, "w", encoding="utf-8") as out:
            json.dump(counted, out, indent=1)
            out.write("\n")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    with open(FIGURES, encoding="utf-8") as known:
        known = json.load(known)
    passed = failed = 0
    whats = ["instructions", *CALLS]
    print(f"{'a record':10}" + "".join(f"{what:>18}" for what in whats))
    for part in sorted(set(known) | set(counted)):
        cells, words = [], []
        for what in whats:
            figure = counted.get(part, {}).get(what)
            before = known.get(part, {}).get(what)
            cells.append(f"{figure if figure is not None else '-':>18}")
            word = "not in both" if None in (figure, before) else judge(what, figure, before)
            if word:
                words.append(f"{what} {before} -> {figure}, {word}")
            passed += not word
            failed += bool(word)
        print(f"{part:10}" + "".join(cells) + "".join(f"\n{'':10}  FAILED {word}" for word in words))
    print(f"counts: {passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
