#!/usr/bin/env python3
"""The corpus' steps of a light client, by `stele trust update FILE`: which pin is kept, what is refused.

    light.py STELE

Each runs in a home of its own, without a network.  Then what `stele trust diff` says of two pins.  Exit 1
where a pin, an exit code or a relation is another one."""
import json
import os
import re
import subprocess
import sys
import tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/receipts/v1")
EXIT = {0: 0, 7018: 5, 7019: 12}  # others: 3


def read(path):
    with open(path, encoding="utf-8") as stored:
        return stored.read()


def genesis_of(chain):
    """The genesis files of the corpus: by the chain in the pin's origin."""
    folder = os.path.join(FOLDER, "trust")
    for name in sorted(os.listdir(folder)):
        if not name.startswith("genesis"):
            continue
        document = read(os.path.join(folder, name)).split("\n\n", 1)[0] + "\n"
        done = subprocess.run(["sha256sum"], input=document.encode(), capture_output=True, check=True)
        if done.stdout.decode().split()[0] == chain:
            return os.path.join(folder, name)
    return None


class Home:
    def __init__(self, stele, place, row):
        self.stele, self.place = stele, place
        chain = row["pin"].splitlines()[2].split()[1]
        genesis = genesis_of(chain)
        assert genesis, f"{row['name']}: no genesis of {chain}"
        done = self.run("trust", "pin", genesis)
        assert done.returncode == 0, done.stderr
        folder = os.path.join(place, ".stele/networks")
        kept = [name for name in os.listdir(folder) if name.endswith(".genesis")]
        self.pin = os.path.join(folder, kept[0].removesuffix(".genesis") + ".pin")
        with open(self.pin, "w", encoding="utf-8") as out:
            out.write(row["pin"])

    def run(self, *words):
        return subprocess.run(["unshare", "-rn", self.stele, *words], capture_output=True, text=True,
                              check=False, env={"STELE_HOME": os.path.join(self.place, ".stele")})


def judge(stele, row):
    """None, or what is wrong."""
    with tempfile.TemporaryDirectory() as place:
        home = Home(stele, place, row)
        done = home.run("trust", "update", os.path.join(FOLDER, row["proof"]))
        code = row["expect"]["code"]
        if code == 7015 and "E7016" in done.stderr:
            return None  # of a network that is not pinned at all
        if done.returncode != EXIT.get(code, 3):
            return f"exit {done.returncode} for {code}: {done.stderr}"
        if code and f"E{code}" not in done.stderr:
            return f"no E{code}: {done.stderr}"
        if read(home.pin) != row["expect"].get("pin", row["pin"]):
            return "another pin"
        evidence = [name for name in os.listdir(os.path.dirname(home.pin)) if name.endswith(".json")]
        if bool(evidence) != (code == 7019):
            return f"evidence: {evidence}"
    return None


def pins(row):
    """The pin of a step, with another head at its height, and that with other sets."""
    lines = row["pin"].splitlines(keepends=True)
    other_head = [*lines[:-1], re.sub(r"[0-9a-f]{64}", "ab" * 32, lines[-1], count=1)]
    other_sets = [re.sub(r"[0-9a-f]{64}", "cd" * 32, line) if line.startswith("set ") else line
                  for line in other_head]
    far = [re.sub("^set ", "set 10", line) for line in other_head]
    return row["pin"], "".join(other_head), "".join(other_sets), "".join(far)


def diffs(stele, row):
    """What is wrong with what is said of pairs of pins."""
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        home = Home(stele, place, row)
        paths = [os.path.join(place, str(k)) for k in range(4)]
        for path, text in zip(paths, pins(row)):
            with open(path, "w", encoding="ascii") as out:
                out.write(text)
        for other, relation, code in ((0, "the same", 0), (1, "two histories", 12),
                                      (2, "other validators for one epoch", 3), (3, "no epoch in common", 0)):
            done = home.run("trust", "diff", paths[0], paths[other], "--json")
            if done.returncode != code or json.loads(done.stdout)["relation"] != relation:
                wrong.append(f"{relation}: exit {done.returncode}: {done.stdout} {done.stderr}")
    return wrong


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with open(os.path.join(FOLDER, "light.json"), encoding="ascii") as stored:
        rows = json.load(stored)
    wrong = [(row["name"], what) for row in rows if (what := judge(os.path.abspath(sys.argv[1]), row))]
    wrong += [("diff", what) for what in diffs(os.path.abspath(sys.argv[1]), rows[0])]
    for name, what in wrong:
        print(f"{name}: {what}")
    print(f"{len(rows)} steps, {len(wrong)} judged otherwise")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
