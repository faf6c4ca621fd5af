#!/usr/bin/env python3
"""Runs seeds of the simulator and judges their records; with planted bugs, looks whether the judging notices.

Usage: tests/checker/run.py [--seeds A..B] [--heights H] [--jobs J] [--mutants]    from the repository's root
Needs build/release/sim, and with --mutants build/mutants/sim.  The last line is
"checker: N passed, N failed".
"""
import argparse
import contextlib
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
import types

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from check_trace import judge  # noqa: E402
from rules import Broken, Rules  # noqa: E402
from words import NOTARIZE  # noqa: E402

MUTANTS = {  # and the scene that brings it out
    "finalize_after_nullify": None, "notarize_without_skip_certs": "skipper", "vote_before_durable": None,
    "quorum_2f": None, "own_vote_not_persisted": None, "signer_counted_twice": None}
MUTANT_SEEDS = 60


def record(sim, seed, heights, mutant="", scene=None):
    """(is good, what was said) of one seed."""
    environment = dict(os.environ, STELE_MUTANT=mutant) if mutant else os.environ
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "seed-%d" % seed)
        command = [sim, "--seed", str(seed), "--heights", str(heights), "--quiet", "--messages", path]
        command += ["--scene", scene] if scene else []
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600,
                             check=False)
        with contextlib.redirect_stdout(said):
            is_good = os.path.exists(path) and judge(path)
    if not mutant and run.returncode != 0:
        return False, said.getvalue() + run.stdout
    return is_good, said.getvalue().replace(place + "/", "")


def plain(task):
    seed, heights = task
    return (seed,) + record("build/release/sim", seed, heights)


def hunt(mutant):
    """The first objection to a planted bug."""
    for seed in range(1, MUTANT_SEEDS + 1):
        is_good, said = record("build/mutants/sim", seed, 40, mutant, MUTANTS[mutant])
        if not is_good and "BROKEN" in said:
            return mutant, said.strip()
    return mutant, None


def counted():
    """(what a certificate of node 0 is made of, whether that is judged as it should be)"""
    view, block, certificate = 1, b"block", b"certificate"
    found = types.SimpleNamespace(kind=NOTARIZE, view=view, block=block, signers={0: b"", 1: b"", 2: b""})
    for what, heard, own, is_right in (
            ("the own vote, durable, and what was heard", {1, 2}, block, True),
            ("the own vote, not yet durable", {1, 2}, None, False),
            ("the own vote, durable for another block", {1, 2}, b"other", False),
            ("the own vote of before, given back", {0, 1, 2}, None, True),
            ("a vote that was never heard", {1}, block, False)):
        rules = Rules(b"chain", b"set", {n: (n, b"secret", True) for n in range(4)})
        node = rules.nodes[0]
        node.heard[NOTARIZE, view, block] = heard
        if own is not None:
            node.own[view, NOTARIZE] = own
        try:
            rules.check_heard(node, certificate, found)
            yield what, is_right
        except Broken:
            yield what, not is_right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1..20")
    parser.add_argument("--heights", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--mutants", action="store_true")
    options = parser.parse_args()
    first, last = (int(n) for n in options.seeds.split(".."))
    passed = failed = 0
    for what, is_good in counted():
        passed, failed = passed + is_good, failed + (not is_good)
        if not is_good:
            print("a certificate out of %s is judged wrong" % what)
    with multiprocessing.Pool(options.jobs) as pool:
        tasks = [(seed, options.heights) for seed in range(first, last + 1)]
        for seed, is_good, said in pool.imap_unordered(plain, tasks):
            passed, failed = passed + is_good, failed + (not is_good)
            if not is_good:
                print("seed %d: %s" % (seed, said.strip()))
                print("  again: build/release/sim --seed %d --heights %d --messages FILE && "
                      "tests/checker/check_trace.py FILE" % (seed, options.heights))
        print("records of %d seeds judged" % len(tasks))
        for mutant, said in pool.imap_unordered(hunt, MUTANTS if options.mutants else ()):
            passed, failed = passed + (said is not None), failed + (said is None)
            print("%-28s %s" % (mutant, said or "SURVIVED %d seeds" % MUTANT_SEEDS))
    print("checker: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
