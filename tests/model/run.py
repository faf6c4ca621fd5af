#!/usr/bin/env python3
"""Compares the ledger with an independent model of it, over random histories.

Usage: tests/model/run.py [--operations N] [--seed S] [--seconds T]    from the repository's root
       tests/model/run.py --script FILE                  a history that an earlier run kept

Every block is executed by the model and, through build/release/tests/model/replay (make model
PROFILE=release), by the ledger; what they say of each transaction, its error number, and the whole
header with its roots must be equal.  A difference is shrunk to the fewest transactions, kept in a file
and shown with the command that replays it.  The last line is "model: N passed, N failed".
"""
import argparse
import ast
import multiprocessing
import os
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import coverage  # noqa: E402
from compare import Difference, Pair, Replay  # noqa: E402
from history import Block, History  # noqa: E402

HISTORY_OPERATIONS = 1500
LONG_RUN = 500000  # operations; by then every rule must have failed somewhere
SHRINK_SECONDS = 60
FAILURES = 3  # of a process, then it ends
MUTANT_HISTORIES = 30
MUTANT_SEED = "planted"  # always the same: of a seed drawn anew, 30 histories once missed the rarest of them
MUTANTS = ("budget_int32", "award_count_off_by_one", "approver_of_recipient", "payment_before_acceptance",
           "second_acceptance", "payment_while_suspended", "terminated_still_committed", "objection_ignored",
           "reveal_after_window", "review_by_a_member", "review_quorum_ignored", "void_but_still_selected",
           "evidence_of_anybody", "assessed_twice", "commitment_opened_again", "first_by_anchor",
           "ended_delegation_counts")
STANDARD = {"argparse", "ast", "base64", "functools", "hashlib", "multiprocessing", "operator", "os",
            "random", "re", "subprocess", "sys", "tempfile", "time"}


def imports_of_others():
    """What the model imports beyond the standard library's listed parts and its own files."""
    own = {name[:-3] for name in os.listdir(HERE) if name.endswith(".py")}
    for name in sorted(own):
        with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else \
                [node.module] if isinstance(node, ast.ImportFrom) else []
            for imported in names:
                if imported not in STANDARD | own:
                    yield f"{name}.py imports {imported}"


def play(replay, seed, blocks):
    """None, or the difference that these blocks show."""
    try:
        pair = Pair(replay, seed)
        for block in blocks:
            pair.run(block)
    except Difference as difference:
        return str(difference)
    return None


def without(blocks, doomed):
    """Blocks without the transactions and blocks whose places are in doomed."""
    out = []
    for b, block in enumerate(blocks):
        parcels = [(ahead, [raw for t, raw in enumerate(raws) if (b, p, t) not in doomed])
                   for p, (ahead, raws) in enumerate(block.parcels)]
        parcels = [parcel for parcel in parcels if parcel[1]]
        if parcels or (b,) not in doomed:
            out.append(Block(block.time, parcels, block.reopens, block.evidence))
    return out


def places_of(blocks):
    places = [(b, p, t) for b, block in enumerate(blocks) for p, (_, raws) in enumerate(block.parcels)
              for t in range(len(raws))] + [(b,) for b in range(len(blocks))]
    return sorted(places, reverse=True)  # the last first: they matter least to what is left


def shrink(replay, seed, blocks):
    """Fewer blocks and transactions that still differ."""
    deadline = time.monotonic() + SHRINK_SECONDS
    step = max(1, len(places_of(blocks)) // 2)
    while step >= 1:
        places, doomed = places_of(blocks), set()
        for i in range(0, len(places), step):
            if time.monotonic() > deadline:
                break
            if play(replay, seed, without(blocks, doomed | set(places[i:i + step]))):
                doomed |= set(places[i:i + step])
        blocks = without(blocks, doomed)
        step = 0 if time.monotonic() > deadline else step // 2
    return blocks


def keep(seed, blocks):
    path = os.path.join("build", f"model-{seed.replace('/', '-')}.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"seed {seed}\n")
        for block in blocks:
            file.write("".join(line + "\n" for line in block.lines()))
    return path


def read_script(path):
    blocks, reopens = [], False
    with open(path, encoding="ascii") as file:
        seed = file.readline().split()[1]
        for line in file:
            word, _, rest = line.strip().partition(" ")
            if word == "reopen":
                reopens = True
            elif word == "block":
                blocks.append(Block(int(rest), [], reopens, []))
                reopens = False
            elif word == "evidence":
                blocks[-1].evidence.append(bytes.fromhex(rest))
            elif word == "parcel":
                blocks[-1].parcels.append((int(rest), []))
            elif word == "tx":
                blocks[-1].parcels[-1][1].append(bytes.fromhex(rest))
    return seed, blocks


def play_random(replay, seed, operations, blocks):
    """A new history, its blocks appended; gives what came of it.  Difference."""
    pair = Pair(replay, seed)
    history = History(seed, pair.model)
    while pair.agreed < operations or history.is_playing:
        blocks.append(history.block())
        pair.run(blocks[-1])
    return pair


def one_history(replay, seed, operations):
    """(operations that agreed, what was seen, difference or None)"""
    blocks = []
    try:
        pair = play_random(replay, seed, operations, blocks)
    except Difference as difference:
        fewest = shrink(replay, seed, blocks)
        path = keep(seed, fewest)
        count = sum(len(raws) for block in fewest for _, raws in block.parcels)
        print(f"history {seed}: a difference after {len(blocks)} blocks\n{difference}\n"
              f"shrunk to {len(fewest)} blocks, {count} transactions: {play(replay, seed, fewest)}\n"
              f"replay it with: tests/model/run.py --script {path}", flush=True)
        return 0, {}, str(difference)
    return pair.agreed, pair.seen, None


def find_mutant(task):
    """Whether the comparison notices the planted bug."""
    program, name = task
    replay = Replay(program, mutant=name)
    for number in range(1, MUTANT_HISTORIES + 1):
        blocks = []
        try:
            play_random(replay, f"{MUTANT_SEED}/{number}", HISTORY_OPERATIONS, blocks)
        except Difference as difference:
            if str(difference).startswith("replay ended"):
                continue  # an assertion noticed it, the comparison did not
            line = " / ".join(str(difference).split("\n")[:3])
            print(f"{name}: history {number}, block {len(blocks)}: {line[:150]}", flush=True)
            return True
    replay.stop()
    print(f"{name}: not noticed in {MUTANT_HISTORIES} histories")
    return False


OUTCOMES = ("accepted", "rejected", "skipped", "malformed", "recorded")


def total(seen, **wanted):
    """How often, with this operation or outcome."""
    return sum(count for (field, outcome, _, _), count in seen.items()
               if wanted in ({"field": field}, {"outcome": outcome},
                             {"field": field, "outcome": outcome}))


def summary(seen, verbose):
    """Says which rules failed how often, and gives those that never did."""
    rules, missing = coverage.reached(seen) & coverage.wanted(), coverage.missing(seen)
    print("seen: " + ", ".join(f"{total(seen, outcome=outcome)} {outcome}" for outcome in OUTCOMES)
          + f"; {len({code for _, _, code, _ in seen} - {0})} error numbers, "
          f"{len(rules)} of {len(coverage.wanted())} rules with their errors")
    if verbose:
        for field in sorted({field for field, _, _, _ in seen}):
            counts = [total(seen, field=field, outcome=outcome) for outcome in OUTCOMES[:3]]
            print("  %-22s %7d accepted %7d rejected %7d skipped" % (field, *counts))
        for (field, outcome, code, rule), count in sorted(seen.items(), key=str):
            print("  %-22s %-10s %5d %-10s %7d" % (field, outcome, code, rule, count))
        print("  never: " + ", ".join(f"{rule} ({error})" for rule, error in missing))
    return missing


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--operations", type=int, default=5000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no history after so long")
    parser.add_argument("--jobs", type=int, default=1, help="so many processes, each with its histories")
    parser.add_argument("--program", default="build/release/tests/model/replay")
    parser.add_argument("--script", help="replay this file")
    parser.add_argument("--mutants", metavar="PROGRAM", help="a replay of the profile mutants: each planted "
                        "bug of the ledger must be noticed")
    parser.add_argument("--only", metavar="NAME", help="of the planted bugs this one")
    parser.add_argument("--verbose", action="store_true", help="count every outcome")
    return parser.parse_args()


def share(task):
    """Every so many-th history: (histories, failed, operations that agreed, what was seen)"""
    args, which, ends = task
    replay, number, failed, agreed, seen = Replay(args.program), 0, 0, 0, {}
    for start in range(which * HISTORY_OPERATIONS, args.operations, args.jobs * HISTORY_OPERATIONS):
        if failed == FAILURES or time.monotonic() > ends:
            break
        count, some, difference = one_history(replay, f"{args.seed}/{start // HISTORY_OPERATIONS + 1}",
                                              min(HISTORY_OPERATIONS, args.operations - start))
        number += 1
        agreed += count
        failed += difference is not None
        add(seen, some)
    replay.stop()
    return number, failed, agreed, seen


def add(seen, more):
    for what, count in more.items():
        seen[what] = seen.get(what, 0) + count


def compare(args):
    """Whole histories: (passed, failed)"""
    number = failed = agreed = 0
    seen, started = {}, time.monotonic()
    shares = [(args, which, started + args.seconds) for which in range(args.jobs)]
    with multiprocessing.Pool(args.jobs) as pool:
        for count, failures, operations, some in pool.imap_unordered(share, shares):
            number, failed, agreed = number + count, failed + failures, agreed + operations
            add(seen, some)
    missing = summary(seen, args.verbose)
    print(f"{number} histories of seed {args.seed}, {agreed} operations agreed, "
          f"{time.monotonic() - started:.0f} s")
    passed = number - failed
    if agreed >= LONG_RUN and missing:
        print("never seen: " + ", ".join(f"{rule} ({error})" for rule, error in missing))
        failed += 1
    return passed, failed


def main():
    args = arguments()
    if args.script:
        replay = Replay(args.program)
        difference = play(replay, *read_script(args.script))
        replay.stop()
        print(difference or "no difference")
        return 1 if difference else 0
    complaints = list(imports_of_others())
    print("".join(complaint + "\n" for complaint in complaints), end="")
    passed, failed = compare(args)
    hunted = [(args.mutants, name) for name in MUTANTS
              if args.mutants and args.only in (None, name)]
    with multiprocessing.Pool(args.jobs) as pool:
        found = pool.map(find_mutant, hunted, chunksize=1)
    passed += sum(found)
    failed += len(found) - sum(found) + len(complaints)
    print(f"model: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
