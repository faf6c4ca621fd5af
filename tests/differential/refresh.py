#!/usr/bin/env python3
"""What `stele receipt refresh` takes from a node, which here is one that gives what it likes.

    refresh.py STELE

The old receipt and what the node gives are of the corpus.  Exit 1 where a receipt was replaced by one that
does not hold or that nobody vouches for, or where it was not replaced by one that does."""
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/receipts/v1")

# name, the old receipt, what the node gives, whom the reader trusts, exit code
CASES = (
    ("a newer status", "good/anchor.stele.json", "good/anchor-status.stele.json", "genesis-4", 0),
    ("another network", "good/anchor.stele.json", "good/anchor-status.stele.json", "genesis-7", 3),
    ("nothing is pinned", "good/anchor.stele.json", "good/anchor-status.stele.json", None, 5),
    ("a made-up past", "good/pin-0.stele.json", "bad/made-up-past.stele.json", "pin-1", 5),
    ("a made-up past, unpinned", "good/pin-0.stele.json", "bad/made-up-past.stele.json", None, 5),
    ("no status", "good/anchor-status.stele.json", "good/anchor.stele.json", "genesis-4", 3),
    ("another record", "good/anchor.stele.json", "good/batch.stele.json", "genesis-4", 3),
    ("the opening is left out", "good/motion-executed.stele.json", "-opened", "genesis-4", 3),
    ("no receipt", "good/anchor.stele.json", "trust/genesis-4.txt", "genesis-4", None),
)


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as stored:
        return stored.read()


def given(old, name):
    """What the node gives; -MEMBER: the old receipt without that."""
    if not name.startswith("-"):
        return read(name)
    receipt = json.loads(read(old))
    del receipt[name[1:]]
    return (json.dumps(receipt, separators=(",", ":"), sort_keys=True) + "\n").encode()


class Node(http.server.BaseHTTPRequestHandler):
    body = b""

    def do_GET(self):  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(Node.body)))
        self.end_headers()
        self.wfile.write(Node.body)

    def log_message(self, *words):  # pylint: disable=arguments-differ
        pass


def judge(stele, address, case):
    """None, or what is wrong."""
    _, old, name, trust, code = case
    Node.body = given(old, name)
    with tempfile.TemporaryDirectory() as place:
        receipt = os.path.join(place, "a.stele.json")
        shutil.copy(os.path.join(FOLDER, old), receipt)
        words = [stele, "receipt", "refresh", "--node", address, receipt]
        if trust:
            words += ["--trust", os.path.join(FOLDER, f"trust/{trust}.txt")]
        done = subprocess.run(words, capture_output=True, text=True, check=False,
                              env={"STELE_HOME": os.path.join(place, ".stele")})
        with open(receipt, "rb") as stored:
            now = stored.read()
        if os.listdir(place) != ["a.stele.json"]:
            return f"something is left beside the receipt: {os.listdir(place)}"
    if now != (Node.body if code == 0 else read(old)):
        return f"exit {done.returncode}, and the receipt is {'as it was' if code == 0 else 'another'}"
    if done.returncode != code and (code is not None or done.returncode == 0):
        return f"exit {done.returncode}: {done.stderr.strip()}"
    return None


def fetch_replaces_nothing(stele, address):
    """None, or what is wrong: a node that is asked for a receipt gives rubbish, where one lies already."""
    Node.body = b"rubbish"
    with tempfile.TemporaryDirectory() as place:
        receipt = os.path.join(place, "a.stele.json")
        shutil.copy(os.path.join(FOLDER, "good/anchor.stele.json"), receipt)
        words = [stele, "receipt", "fetch", "ab" * 32, "--node", address, "-o", receipt]
        done = subprocess.run(words, capture_output=True, check=False,
                              env={"STELE_HOME": os.path.join(place, ".stele")})
        with open(receipt, "rb") as stored:
            is_kept = stored.read() == read("good/anchor.stele.json")
    return None if is_kept and done.returncode != 0 else f"exit {done.returncode}, kept: {is_kept}"


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Node)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    found = [(case, judge(sys.argv[1], address, case)) for case in CASES]
    found.append((("a fetch",), fetch_replaces_nothing(sys.argv[1], address)))
    server.shutdown()
    wrong = [(case, what) for case, what in found if what]
    for case, what in wrong:
        print(f"refresh, {case[0]}: {what}")
    print(f"{len(found)} refreshed receipts, {len(wrong)} otherwise than they should")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
