#!/usr/bin/env python3
"""The corpus against verify.sh, which stock tools run: `stele receipt unpack`, and its script in an
empty environment.

    unpacked.py STELE [--every N]

Of the bad receipts each N-th is tried (1: all), of the good ones all.  A receipt whose verdict is a
fault of form is left out: the script reads files, not the text.  Exit 1 where the script's verdict is
another one."""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/receipts/v1")


def wanted(verdict):
    """The script's exit code."""
    if " fail " in verdict:
        return 3
    return 5 if "signer open" in verdict else 0


def run(stele, row):
    """None, or what is wrong."""
    with tempfile.TemporaryDirectory() as place:
        unpacked = os.path.join(place, "unpacked")
        receipt = os.path.join(FOLDER, row["receipt"])
        done = subprocess.run([stele, "receipt", "unpack", receipt, unpacked], env={"HOME": place},
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"cannot be unpacked: {done.stderr.strip()}"
        trust = [os.path.join(FOLDER, row["trust"])] if row["trust"] else []
        done = subprocess.run(["sh", os.path.join(unpacked, "verify.sh"), *trust],
                              env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    if done.returncode == wanted(row["verdict"]) and not done.stderr:
        return None
    return f"exit {done.returncode} for {row['verdict']}: {done.stdout.splitlines()[-1:]} {done.stderr}"


def rows(every):
    with open(os.path.join(FOLDER, "corpus.json"), encoding="ascii") as stored:
        every_row = [row for row in json.load(stored) if not row["verdict"].startswith("form")
                     and not (row["file"] and "content fail" in row["verdict"])]
    good = [row for row in every_row if row["receipt"].startswith("good/")]
    bad = [row for row in every_row if not row["receipt"].startswith("good/")]
    return good + bad[::every]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("stele")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    chosen = rows(args.every)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda row: run(args.stele, row), chosen))
    wrong = [(row, what) for row, what in zip(chosen, found) if what]
    for row, what in wrong:
        print(f"{row['name']}: {what}")
    print(f"{len(chosen)} receipts, {len(wrong)} judged otherwise by stock tools")
    return 1 if wrong or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
