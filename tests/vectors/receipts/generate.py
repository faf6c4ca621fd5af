#!/usr/bin/env python3
"""Makes the corpus of receipts and proofs in v1/, with the standard library and ../reference.py alone.

    tests/vectors/receipts/generate.py            writes the files
    tests/vectors/receipts/generate.py --check    compares them with what stands here, and fails on a difference

Written from docs/receipt.md, docs/ledger.md and docs/protocol.md; it uses no verifier's code, and what it expects of
a verifier was written by hand.  Its test networks do what real nodes cannot do yet (changes of the set).

    v1/corpus.json    [{"name", "what", "receipt": path, "trust": path or null,
                        "file": {"sha256", "size"} or null, "verdict": line, "base"?: name of a good case}]
    v1/good, v1/bad   the receipts; v1/trust: genesis files and pins
    v1/proofs.json    [{"name", "what", "proof": path, "trust": path or null, "verdict": line of section 8}]
    v1/light.json     [{"name", "what", "pin": text, "proof": path,
                        "expect": {"code": 0, "pin": the new text} or {"code": what refuses it}}]
"""
import json
import os
import sys

sys.dont_write_bytecode = True

import faults_cover  # noqa: E402
import faults_record  # noqa: E402
import faults_status  # noqa: E402
import faults_text  # noqa: E402
import faults_trust  # noqa: E402
import good  # noqa: E402
import light  # noqa: E402
import proofs  # noqa: E402
import reference  # noqa: E402
from keys import TestKey  # noqa: E402
from texts import canonical  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "v1")


def rendered(value):
    return (json.dumps(value, indent=1) + "\n").encode()


def assert_keys():
    """That the fast arithmetic of keys.py is that of reference.py."""
    fast, slow = TestKey("receipts applicant"), reference.Key("receipts applicant")
    assert fast.public == slow.public and fast.sign(b"a text") == slow.sign(b"a text")
    assert fast.sign_digest(bytes(32), True) == slow.sign_digest(bytes(32), True)


def corpus():
    """Path -> bytes.  Cases of one text share its file."""
    files, rows, names, places = {}, [], set(), {}
    bad = [case for faults in (faults_text, faults_cover, faults_record, faults_status, faults_trust)
           for case in faults.cases()]
    for folder, cases in (("good", good.cases()), ("bad", bad)):
        for case in cases:
            assert case.name not in names and (case.trust is None or case.trust in good.TRUST)
            names.add(case.name)
            if folder == "good":
                case.receipt.assert_sound()
            text = case.text()
            path = places.setdefault(text, f"{folder}/{case.name}.stele.json")
            files[path] = text
            rows.append(case.row(path))
    files["corpus.json"] = rendered(rows)
    files.update(proof_files())
    for name, text in good.TRUST.items():
        files[f"trust/{name}.txt"] = text.encode()
    return files


def proof_files():
    files, rows, steps = {}, [], []
    for case in proofs.cases():
        path = f"proofs/{case.name}.json"
        assert path not in files and (case.trust is None or case.trust in good.TRUST)
        files[path] = case.text()
        row = case.row(path, "proof")
        del row["file"]
        rows.append(row)
    for step in light.cases():
        path = f"light/{step.name}.json"
        assert path not in files
        files[path] = canonical(step.proof.build()).encode()
        steps.append(step.row(path))
    files["proofs.json"], files["light.json"] = rendered(rows), rendered(steps)
    return files


def check(files):
    """Names what differs; 1 where anything does."""
    found = {os.path.relpath(os.path.join(where, name), FOLDER)
             for where, _, names in os.walk(FOLDER) for name in names}
    wrong = sorted(found ^ set(files))
    for name in sorted(found & set(files)):
        with open(os.path.join(FOLDER, name), "rb") as stored:
            if stored.read() != files[name]:
                wrong.append(name)
    for name in wrong:
        print(f"receipts/v1/{name} differs from what generate.py makes", file=sys.stderr)
    return 1 if wrong else 0


def write(files):
    for where, _, names in os.walk(FOLDER):
        for name in names:
            os.remove(os.path.join(where, name))
    for name, text in files.items():
        path = os.path.join(FOLDER, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(text)
    return 0


def main():
    assert_keys()
    files = corpus()
    return check(files) if "--check" in sys.argv else write(files)


if __name__ == "__main__":
    sys.exit(main())
