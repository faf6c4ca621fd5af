#!/usr/bin/env python3
"""Counts what a record costs, and holds it against tests/bench/counts.json.

    counts.py             counts and compares; exits 1 where a count left its bounds
    counts.py --update    writes what was counted as the new figures

Seconds depend on the machine and its other work, counts on the code alone. bench_counts runs under callgrind
(release build): for each part of a record's way the instructions outside libsecp256k1 and libcrypto,
signature checks, hashes, allocations and system calls. These may grow by 3 %; one that shrank by more than
10 % wants --update, so that what was won is held. Then four validators order one record after the other, and
tell what each cost them; as threads meet differently each time, these may grow by a quarter.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import local

FIGURES = pathlib.Path(__file__).with_name("counts.json")
PROGRAM = local.BUILD / "tests/bench/bench_counts"
SLACK = {"instructions": 150}  # of a record; 0.02 of all else
LONE = "a lone record, at each of four validators"
NETWORK = {
    "signature checks": "signature_checks_per_record",
    "durable writes": "syncs_per_block",
    "reads and writes": "calls_per_record",
    "waits of threads": "waits_per_record",
    "bytes written": "bytes_written_per_record",
    "bytes to and from peers": "peer_bytes_per_record",
}
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


def count_parts():
    """{part: {what: figure for a record}} of bench_counts, which runs alone"""
    if not PROGRAM.exists():
        sys.exit(f"counts: no {PROGRAM}: make PROFILE=release all benches")
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


def median_of(trial, what):
    """Of the validators; a record is a block here, since the only writer waits for each."""
    return statistics.median(validator[what] for validator in trial["validators"])


def count_network():
    """{what: figure for a record} of four validators, where one client waits for each record."""
    with local.Network("counts") as network:
        report = network.load("--window", 1, "--warmup", 1, "--seconds", 3, "--no-yardsticks",
                              "--find", 1, "--quiet", one_node=True)
    trial = report["points"][0]["trials"][0]
    return {name: round(median_of(trial, key), 2) for name, key in NETWORK.items()}


def judge(part, what, figure, known):
    grown, shrunk = (1.25, 0.70) if part == LONE else (1.03, 0.90)
    slack = SLACK.get(what, 0.02)
    if figure > known * grown + slack:
        return "more"
    if figure < known * shrunk - slack:
        return "less: counts.py --update"
    return ""


def show(part, known, counted):
    """Prints one part; how many of its counts are within their bounds, and how many are not."""
    print(part)
    failed = 0
    for what in sorted(set(known) | set(counted)):
        figure, before = counted.get(what), known.get(what)
        word = "not in both" if None in (figure, before) else judge(part, what, figure, before)
        failed += bool(word)
        print(f"  {what:26} {figure:>12} {f'FAILED, was {before}: {word}' if word else ''}")
    return len(set(known) | set(counted)) - failed, failed


def main():
    counted = count_parts()
    counted[LONE] = count_network()
    if sys.argv[1:] == ["--update"]:
        FIGURES.write_text(json.dumps(counted, indent=1) + "\n")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    known = json.loads(FIGURES.read_text())
    sums = [show(part, known.get(part, {}), counted.get(part, {})) for part in {**known, **counted}]
    passed, failed = (sum(numbers) for numbers in zip(*sums))
    print(f"counts: {passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
