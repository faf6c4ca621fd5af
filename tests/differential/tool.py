#!/usr/bin/env python3
"""The corpus by the tool as people call it: `stele verify --json` and `stele proof check`, without a network.

    tool.py STELE

Findings, former sets, state and exit code are held against the verdicts.  Exit 1 where one differs."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/receipts/v1")
NAMES = ("content", "inclusion", "finality", "signer", "status")
RESULT = {"pass": "pass", "fail": "fail", "not checked": "open"}


def load(name):
    with open(os.path.join(FOLDER, name), encoding="ascii") as stored:
        return json.load(stored)


def call(stele, row, *words):
    trust = ["--trust", os.path.join(FOLDER, row["trust"])] if row["trust"] else []
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(["unshare", "-rn", stele, *words, *trust, "--json"], capture_output=True,
                              text=True, check=False, env={"STELE_HOME": home})


def line_of(item):
    """The verdict line that the item's findings make."""
    if "form" in item:
        return "form " + item["form"]["code"][1:]
    parts = []
    for name in NAMES:
        finding = item[name]
        parts.append(f"{name} {RESULT[finding['result']]} {finding.get('code', 'E0')[1:]}")
    return f"{' '.join(parts)} former {item['former_sets']} state {item.get('state', '-')}"


def exit_of(line):
    if line.startswith("form") or " fail " in line:
        return 3
    return 5 if "signer open" in line else 0


def receipt_differs(stele, row):
    done = call(stele, row, "verify", os.path.join(FOLDER, row["receipt"]))
    if not done.stdout:
        return done.stderr
    line = line_of(json.loads(done.stdout)["items"][0])
    if row["verdict"] == "form 7011" and '"stele_receipt":0' in open(
            os.path.join(FOLDER, row["receipt"]), encoding="ascii").read():
        return None  # to the tool it is one of version 0
    if line != row["verdict"].replace("content pass 0", "content open 0"):
        return line
    return None if done.returncode == exit_of(line) else f"exit {done.returncode}"


def proof_exit_of(verdict):
    """Without trust a proof that holds is undecided, as where no set is reached."""
    if verdict.startswith("form") or " fail " in verdict:
        return 3
    return 5 if "signer open" in verdict else 0


def proof_differs(stele, row):
    done = call(stele, row, "proof", "check", os.path.join(FOLDER, row["proof"]))
    wanted = proof_exit_of(row["verdict"])
    if wanted == 3 and "signer open 7018" in row["verdict"] and done.returncode == 5:
        return None  # the first that failed is told
    code = re.search(r"fail (\d+)|form (\d+)", row["verdict"])
    if done.returncode != wanted:
        return f"exit {done.returncode}: {done.stderr}"
    if code and f"E{code[1] or code[2]}" not in done.stderr:
        return done.stderr
    return None


def folder_differs(stele):
    """A folder with a good receipt, and a pipe and a folder where receipts of two other files would be."""
    row = next(row for row in load("corpus.json") if row["name"] == "anchor-status")
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(os.path.join(FOLDER, row["receipt"]), os.path.join(place, "c.stele.json"))
        with open(os.path.join(place, "d"), "w", encoding="ascii") as out:
            out.write("the receipt of this lies elsewhere")
        for name in ("a", "b", "c"):
            shutil.copy(os.path.join(place, "d"), os.path.join(place, name))
        os.mkfifo(os.path.join(place, "a.stele.json"))
        os.mkdir(os.path.join(place, "b.stele.json"))
        done = call(stele, row, "verify", place)
    told = json.loads(done.stdout or "{}")
    if done.returncode != 3 or (told.get("failed"), told.get("without_receipt")) != (3, 1):
        return f"exit {done.returncode}: {done.stdout} {done.stderr}"
    return None


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    stele, wrong, count = os.path.abspath(sys.argv[1]), 0, 0
    # only the fact of a file is at hand, not the file
    receipts = [row for row in load("corpus.json") if not (row["file"] and "content fail" in row["verdict"])]
    for rows, differs in ((receipts, receipt_differs), (load("proofs.json"), proof_differs)):
        for row in rows:
            count += 1
            what = differs(stele, row)
            if what:
                wrong += 1
                print(f"{row['name']}: {row['verdict']}\n  {what.strip()}")
    what = folder_differs(stele)
    if what:
        wrong += 1
        print(f"a folder: {what}")
    print(f"{count} texts, {wrong} judged otherwise by the tool")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
