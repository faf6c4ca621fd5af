#!/usr/bin/env python3
"""The three verifiers of receipts on the same inputs: a difference is a bug of one, or of docs/receipt.md.

    tests/differential/run.py [--count N] [--seed S] [--first I] [--profile P]
    tests/differential/run.py --proofs ...         proofs instead, by those two that judge them
    tests/differential/run.py --planted        bugs planted into each of the three must show
    tests/differential/run.py --only I --seed S    one input: its verdicts, and where it is written

First the corpus, whose verdicts are known; then N inputs that are made from it by the seed.  Each difference
is saved, as small as it could be made, in build/differential.  Prints how many inputs reached each finding
and code; none of section 5 may stay unreached, of 50,000 inputs or more without help of the corpus.
"""
import argparse
import base64
import collections
import json
import os
import queue
import sys
import threading
import time

sys.dont_write_bytecode = True

import planted  # noqa: E402
from material import ROOT, corpus, proof_corpus  # noqa: E402
from minimise import smaller  # noqa: E402
from mutate import Mutator  # noqa: E402
from mutate_proofs import ProofMutator  # noqa: E402
from verifiers import Broken, Together, commands  # noqa: E402

BATCH = 400
WORDS = ("content", "inclusion", "finality", "facts", "signer", "status")
MUST_REACH = ["form 7010", "form 7011", "trust", "content pass 0", "content open 0", "content fail 7012",
              "inclusion pass 0", "inclusion fail 7013", "finality pass 0", "finality fail 7014",
              "signer pass 0", "signer open 0", "signer fail 7015", "signer open 7016",
              "signer open 7018", "signer fail 7019",
              "status pass 0", "status open 0", "status fail 7017", "state live", "state superseded",
              "state withdrawn", "state open", "state executed", "state recorded"]
MUST_REACH_OF_PROOFS = ["form 7010", "form 7011", "trust", "finality pass 0", "finality fail 7014",
                        "facts pass 0", "facts fail 7006", "facts fail 7007", "signer pass 0",
                        "signer open 0", "signer fail 7015", "signer open 7016", "signer open 7018",
                        "signer fail 7019"]


def parts(line):
    """The findings of a line, as the table counts them."""
    words = line.split(" ")
    if words[0] not in WORDS:
        return [line]
    found = [" ".join(words[k:k + 3]) for k in range(0, words.index("former"), 3)]
    return found + ["state " + words[-1]] if "state" in words and words[-1] != "-" else found


def save(given, lines, name):
    folder = os.path.join(ROOT, "build", "differential")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name + ".json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"lines": lines, "trust": given.trust.decode("latin-1"), "file": given.file.hex(),
                   "receipt": base64.b64encode(given.receipt).decode(),
                   "text": given.receipt.decode("latin-1")}, out, indent=1)
    return path


def check_corpus(together, names, rows):
    """How many lines are not the expected ones, and the findings; each wrong one is told."""
    wrong = 0
    counts = collections.Counter(part for row in rows for part in parts(row[2]))
    for (name, _, expected), lines in zip(rows, together.lines([row[1] for row in rows])):
        for verifier, line in zip(names, lines):
            if line != expected:
                wrong += 1
                print(f"corpus: {name}: {verifier} says\n    {line}\ninstead of\n    {expected}")
    print(f"corpus: {len(rows)} of them, {wrong} verdicts that are not the expected ones")
    return wrong, counts


def batches(mutator, first, count, out):
    """Ends with None, or with the number whose input could not be made."""
    number = first
    try:
        for start in range(first, first + count, BATCH):
            batch = []
            for number in range(start, min(start + BATCH, first + count)):
                batch.append((number, mutator.make(number)))
            out.put(batch)
        out.put(None)
    except Exception:
        out.put(number)
        raise


def fuzz(together, options):
    """(differences, Counter of findings)."""
    ready = queue.Queue(maxsize=3)
    mutator = mutator_of(options)
    threading.Thread(target=batches, args=(mutator, options.first, options.count, ready), daemon=True).start()
    counts, differences, done, start = collections.Counter(), 0, 0, time.time()
    while (batch := ready.get()) is not None:
        if isinstance(batch, int):
            raise SystemExit(f"input {batch} could not be made")
        for (number, given), lines in zip(batch, together.lines([i for _, i in batch])):
            counts.update(parts(lines[0]))
            if len(set(lines)) > 1:
                differences += 1
                tell(together, options.seed, number, given, lines, differences)
        done += len(batch)
        if options.verbose and done % (BATCH * 50) == 0:
            rate = done / (time.time() - start)
            print(f"{done} inputs, {rate:.0f} a second, {differences} differences", flush=True)
    return differences, counts


def tell(together, seed, number, given, lines, so_far):
    if so_far > 20:
        return
    small = smaller(together, given)
    path = save(small, together.lines([small])[0], f"{seed}-{number}")
    print(f"difference: --seed {seed} --only {number}, smaller in {os.path.relpath(path, ROOT)}")
    for verifier, line in zip(together.verifiers, lines):
        print(f"    {verifier.name:10} {line}")


def only(together, options):
    given = mutator_of(options).make(options.only)
    lines = together.lines([given])[0]
    for verifier, line in zip(together.verifiers, lines):
        print(f"{verifier.name:10} {line}")
    print(save(given, lines, f"{options.seed}-{options.only}"))
    return 1 if len(set(lines)) > 1 else 0


def table(counts, must_reach):
    for name, count in sorted(counts.items()):
        print(f"{count:10}  {name}")
    return [name for name in must_reach if not counts[name]]


def mutator_of(options):
    return (ProofMutator if options.proofs else Mutator)(options.seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--profile", default="release")
    parser.add_argument("--without", action="append", default=[], help="c, python or javascript")
    parser.add_argument("--proofs", action="store_true")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    chosen = {n: c for n, c in commands(profile=options.profile).items() if n not in options.without}
    if options.proofs:
        chosen = {n: command + ["--proofs"] for n, command in chosen.items() if n != "javascript"}
    if options.planted:
        return planted.run(chosen, options)
    together = Together(chosen)
    try:
        return only(together, options) if options.only is not None else whole(together, chosen, options)
    except Broken as broken:
        print(f"{broken.args[0]} ended at input {broken.args[1]} of a batch")
        return 1
    finally:
        together.close()


def whole(together, chosen, options):
    rows = proof_corpus() if options.proofs else corpus()
    wrong, of_corpus = check_corpus(together, list(chosen), rows)
    differences, counts = fuzz(together, options)
    unreached = table(counts if options.count >= 50000 else counts + of_corpus,
                      MUST_REACH_OF_PROOFS if options.proofs else MUST_REACH)
    print(f"differential: {options.count} inputs of seed {options.seed} from {options.first}, "
          f"{len(chosen)} verifiers, {differences} differences")
    if unreached:
        print("unreached: " + ", ".join(unreached))
        wrong += 1
    return 1 if wrong or differences else 0


if __name__ == "__main__":
    sys.exit(main())
