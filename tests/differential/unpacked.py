#!/usr/bin/env python3
"""The corpus against verify.sh, which stock tools run: `stele receipt unpack`, and its script in an
empty environment.

    unpacked.py STELE [--every N]

Of the bad receipts each N-th is tried (1: all), of the good ones all.  A receipt whose verdict is a
fault of form is left out: the script reads files, not the text.  Then headers whose numbers are what a
shell would run: the tool does not unpack them, and the script does not run them.  Exit 1 where the
script's verdict is another one, or something ran."""
import argparse
import concurrent.futures
import json
import os
import shutil
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


def hostile_top(top, line, command):
    """The header text, with a command where that line has its number."""
    lines = top.split("\n")
    at = next((i for i, text in enumerate(lines) if text.startswith(line + " ")), 1)
    lines[at] = command if at == 1 else f"{line} {command}"
    return "\n".join(lines)


def run_hostile(stele, good, line):
    """What is wrong where that line of the newest header holds a command: is it unpacked, does it run?"""
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        ran, path, unpacked = (os.path.join(place, name) for name in ("ran", "hostile.json", "unpacked"))
        with open(good, encoding="ascii") as stored:
            receipt = json.load(stored)
        top = hostile_top(receipt["headers"][0], line, f"PATH[$(touch${{IFS}}{ran})]")
        receipt["headers"][0] = top
        with open(path, "w", encoding="ascii") as out:
            out.write(json.dumps(receipt, separators=(",", ":"), sort_keys=True) + "\n")
        unpack = [stele, "receipt", "unpack"]
        done = subprocess.run([*unpack, path, path + ".d"], capture_output=True, check=False)
        if done.returncode == 0:
            wrong.append(f"{line}: is unpacked")
        subprocess.run([*unpack, good, unpacked], capture_output=True, check=True)
        with open(os.path.join(unpacked, "header-0.txt"), "w", encoding="ascii") as out:
            out.write(top)
        for shell in filter(shutil.which, ("sh", "bash", "ksh", "zsh")):
            script = os.path.join(unpacked, "verify.sh")
            done = subprocess.run([shell, script], capture_output=True, check=False)
            if os.path.exists(ran) or done.returncode == 0:
                wrong.append(f"{line}: {shell} ran it, exit {done.returncode}")
    return wrong


def hostile(stele):
    good = os.path.join(FOLDER, "good/anchor-status.stele.json")
    return [what for line in ("log size", "height", "epoch", "view", "time")
            for what in run_hostile(stele, good, line)]


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
    ran = hostile(args.stele)
    for what in ran:
        print(f"hostile header: {what}")
    print(f"{len(chosen)} receipts, {len(wrong)} judged otherwise by stock tools")
    return 1 if wrong or ran or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
