#!/usr/bin/env python3
"""Makes the frozen vectors in this folder, with the standard library alone.

    tests/vectors/generate.py            writes the files
    tests/vectors/generate.py --check    compares them with what stands here, and fails on a difference

A change of a vector is a change of the format: it breaks every chain that exists.
"""
import base64
import json
import os
import sys

import bad
import grants
import records
from reference import Key, leaf_hash, merkle_root, sha256, usci

FOLDER = os.path.dirname(os.path.abspath(__file__))
ORGS = [usci("12110000", "EXAMPLE" + d) for d in "1234"] + [usci("91110000", "EXAMPLE5")]


def lines(*texts):
    return "".join(t + "\n" for t in texts)


# ---- set, genesis ------------------------------------------------------------------------------------

CONSENSUS = [Key(f"consensus {i}") for i in range(4)]
NODE = [Key(f"node {i}") for i in range(4)]
GOVERN = [Key(f"govern {i}") for i in range(5)]
GRANT = [Key(f"grant {i}") for i in range(5)]

VALIDATORS = sorted(((f"v{i}", ORGS[i], CONSENSUS[i], NODE[i]) for i in range(4)),
                    key=lambda v: v[2].public)
SET_TEXT = lines("stele/v1 set", *(f"{v} {org} {c.public.hex()} {n.public.hex()}"
                                   for v, org, c, n in VALIDATORS))
SET_HASH = sha256(SET_TEXT.encode())

TIMERS = [("delta-us", 50000), ("fetch-us", 50000), ("build-us", 100000), ("validate-us", 100000),
          ("disk-us", 50000), ("idle-us", 10000000), ("skip-us", 30000000), ("skew-ms", 500),
          ("late-ms", 20000)]
LIMITS = [("window-ms", 180000), ("quota-window-ms", 60000), ("quota-transactions", 100000),
          ("quota-bytes", 100000000), ("quota-entries", 1000000)]
POLICY = ["org.register funder,agency,validator 2 validator", "key.add funder,agency,validator 2 validator",
          "policy.set validator 3 validator", "programme.create funder 0 -", "award.grant agency 1 funder",
          "award.accept applicant 0 -", "award.import agency 0 -",
          "disbursement.record funder,agency 0 -", "content.anchor applicant,anchorer 0 -",
          "content.batch applicant,anchorer 0 -", "content.supersede applicant,anchorer 0 -",
          "content.withdraw applicant,anchorer 0 -",
          "note.attach funder,agency,applicant,reviewer,auditor,anchorer 0 -"]
ROLES = ["funder,validator", "agency,validator", "auditor,validator", "anchorer,validator", "applicant"]


def org_lines(i):
    keys = sorted([(GOVERN[i].public.hex(), "govern"), (GRANT[i].public.hex(), "grant,content")])
    return [f"organisation {ORGS[i]}", f"name-zh 示例机构{i + 1}", f"name-en Example Institute {i + 1}",
            f"roles {ROLES[i]}", *(f"key {k} {p}" for k, p in keys)]


def genesis():
    out = ["stele/v1 genesis", "name example.stele/demo", "suite secp256k1-sha256", "time 1763800000000",
           "epoch-length 1000"]
    out += [f"timer {n} {v}" for n, v in TIMERS] + [f"limit {n} {v}" for n, v in LIMITS]
    out += [f"policy {p}" for p in POLICY]
    for i in sorted(range(5), key=lambda i: ORGS[i]):
        out += org_lines(i)
    return lines(*out) + SET_TEXT


GENESIS = genesis()
CHAIN = sha256(GENESIS.encode())
ORIGIN = "example.stele/demo/" + CHAIN.hex()[:16]
FOUND_TEXT = lines("stele/v1 found", f"chain {CHAIN.hex()}")
SEALED = GENESIS + "\n" + lines(*(f"founder {ORGS[i]} {GOVERN[i].public.hex()} "
                                  f"{GOVERN[i].sign(FOUND_TEXT.encode()).hex()}"
                                  for i in sorted(range(4), key=lambda i: ORGS[i])))


def card(i):
    consensus, node = CONSENSUS[i], NODE[i]
    text = lines("stele/v1 card", "network example.stele/demo", *org_lines(i),
                 f"validator v{i} {consensus.public.hex()} {node.public.hex()}")
    keys = sorted([GOVERN[i], GRANT[i]], key=lambda k: k.public) + [consensus, node]
    return text + lines(*(f"signature {k.public.hex()} {k.sign(text.encode()).hex()}" for k in keys))


# ---- header, body, votes, certificates ---------------------------------------------------------------

EMPTY_BODY = "stele/v1 body\n"
BODY = lines("stele/v1 body",
             *sorted(f"evidence {sha256(i).hex()} {sha256(b'text ' + i).hex()}" for i in (b"a", b"b")),
             f"parcel {sha256(b'p1').hex()} 0 3 700", f"parcel {sha256(b'p0').hex()} 3 8192 524288")


def header(**f):
    f = {"log_size": 5, "height": 3, "epoch": 0, "view": 4, "parent": sha256(b"parent").hex(),
         "parent_view": 2, "time": 1763800012345, "proposer": 2, "body": sha256(BODY.encode()).hex(),
         "state": sha256(b"state").hex(), "rejected": 0, "rejected_root": sha256(b"").hex(), "next": None,
         "log_root": sha256(b"log"), **f}
    text = lines(ORIGIN, str(f["log_size"]), base64.b64encode(f["log_root"]).decode(), "format stele/v1",
                 f"chain {CHAIN.hex()}", f"height {f['height']}", f"epoch {f['epoch']}",
                 f"view {f['view']}", f"parent {f['parent']}", f"parent-view {f['parent_view']}",
                 f"time {f['time']}", f"proposer {f['proposer']}", f"body {f['body']}",
                 f"state {f['state']}", f"rejected {f['rejected']} {f['rejected_root']}",
                 f"validators {SET_HASH.hex()}")
    text += f"next-validators {f['next']}\n" if f["next"] else ""
    f["log_root"] = f["log_root"].hex()
    return {**f, "text": text, "hash": sha256(text.encode()).hex()}


HEADERS = {
    "genesis": header(log_size=1, height=0, view=0, parent="00" * 32, parent_view=0, time=1763800000000,
                      proposer=0, body=sha256(EMPTY_BODY.encode()).hex(), state="11" * 32,
                      log_root=leaf_hash(b"\0" + GENESIS.encode())),
    "ordinary": header(),
    "epoch end": header(rejected=2, rejected_root=sha256(b"rejected").hex(), next=sha256(b"next").hex()),
}


def vote_text(kind, epoch, view, block):
    return lines(f"stele/v1 {kind}", f"chain {CHAIN.hex()}", f"epoch {epoch}", f"set {SET_HASH.hex()}",
                 f"view {view}") + ("" if kind == "nullify" else f"block {block.hex()}\n")


def vote(kind, epoch, view, block, signer):
    text = vote_text(kind, epoch, view, block)
    return {"kind": kind, "epoch": epoch, "view": view, "block": "" if kind == "nullify" else block.hex(),
            "signer": signer, "text": text, "digest": sha256(text.encode()).hex(),
            "signature": VALIDATORS[signer][2].sign(text.encode()).hex()}


def certificate(kind, head, signers, view=None):
    view = head["view"] if view is None else view
    block = bytes.fromhex(head["hash"])
    code = {"notarize": 1, "nullify": 2, "finalize": 3}[kind]
    out = bytes([code]) + head["epoch"].to_bytes(8, "big") + SET_HASH + view.to_bytes(8, "big")
    out += b"" if kind == "nullify" else block
    out += bytes([sum(1 << i for i in signers)])
    for i in signers:
        out += bytes.fromhex(vote(kind, head["epoch"], view, block, i)["signature"])
    if kind != "nullify":
        out += len(head["text"]).to_bytes(2, "big") + head["text"].encode()
    return out


def certificates():
    ordinary, end = HEADERS["ordinary"], HEADERS["epoch end"]
    good = certificate("finalize", ordinary, [0, 2, 3])
    cases = [("notarize", 0, certificate("notarize", ordinary, [0, 1, 2])),
             ("nullify", 0, certificate("nullify", ordinary, [1, 2, 3])),
             ("finalize", 0, good),
             ("finalize by all", 0, certificate("finalize", ordinary, [0, 1, 2, 3])),
             ("epoch end, again in a later view", 0, certificate("finalize", end, [0, 1, 2], view=9)),
             ("two signers", 7003, certificate("finalize", ordinary, [0, 2])),
             ("later view without an epoch's end", 7005, certificate("finalize", ordinary, [0, 1, 2], view=9)),
             ("earlier view", 7005, certificate("finalize", end, [0, 1, 2], view=1)),
             ("bit beyond the set", 7002, good[:81] + bytes([good[81] | 16]) + good[82:]),
             ("bit without a signature", 7002, good[:81] + bytes([15]) + good[82:]),
             ("one byte more", 7002, good + b"\n"), ("one byte less", 7002, good[:-1]),
             ("kind 4", 7002, b"\4" + good[1:]), ("kind 0", 7002, b"\0" + good[1:]),
             ("signature of another kind", 7004, b"\1" + good[1:]),
             ("another epoch", 7005, good[:8] + b"\1" + good[9:]),
             ("another block", 7005, good[:80] + bytes([good[80] ^ 1]) + good[81:]),
             ("changed signature", 7004, good[:100] + bytes([good[100] ^ 1]) + good[101:])]
    return [{"name": n, "error": e, "bytes": c.hex()} for n, e, c in cases]


# ---- parcels, evidence, session, key, rejected ---------------------------------------------------------

def parcel(transactions, author=1):
    payload = b"".join(len(t).to_bytes(4, "big") + t for t in transactions)
    text = lines("stele/v1 parcel", f"chain {CHAIN.hex()}", "epoch 0", f"author {author}", "sequence 7",
                 "expires 4099", f"count {len(transactions)}", f"bytes {len(payload)}",
                 f"payload {sha256(payload).hex()}")
    return {"text": text, "digest": sha256(text.encode()).hex(), "payload": payload.hex(),
            "signature": VALIDATORS[author][3].sign(text.encode()).hex(), "count": len(transactions)}


def evidence(kind, a, b, signer=2):
    head = lines("stele/v1 evidence", "epoch 0", f"signer {VALIDATORS[signer][2].public.hex()}", f"type {kind}")
    pair = sorted((vote(k, 0, 5, sha256(block), signer) for k, block in (a, b)), key=lambda v: v["text"])
    text = head + lines(f"set {SET_HASH.hex()}", "view 5",
                        *(f"vote {v['kind']} {v['block'] or '-'} {v['signature']}" for v in pair))
    return {"type": kind, "text": text, "id": sha256(head.encode()).hex(), "hash": sha256(text.encode()).hex(),
            "leaf": (b"\2" + text.encode()).hex(), "leaf_hash": leaf_hash(b"\2" + text.encode()).hex()}


def session(role):
    text = lines("stele/v1 session", f"chain {CHAIN.hex()}", f"role {role}", "epoch 12",
                 f"exporter {sha256(b'exporter').hex()}")
    return {"role": role, "epoch": 12, "exporter": sha256(b"exporter").hex(), "text": text,
            "key": NODE[0].public.hex(), "signature": NODE[0].sign(text.encode()).hex()}


def ready(key):
    """What a candidate's two keys sign: readiness for the set of the genesis."""
    text = f"stele/v1 ready\nchain {CHAIN.hex()}\nset {SET_HASH.hex()}\n"
    return {"set": SET_HASH.hex(), "text": text, "key": key.public.hex(), "signature": key.sign(text.encode()).hex()}


def rejected():
    entries = [(sha256(b"tx 1"), 4107, 0, 0), (sha256(b"tx 2"), 4001, 0, 17), (sha256(b"tx 3"), 4208, 255, 8191)]
    rows = [{"id": i.hex(), "error": e, "parcel": p, "position": k,
             "bytes": (i + e.to_bytes(2, "big") + p.to_bytes(4, "big") + k.to_bytes(4, "big")).hex()}
            for i, e, p, k in entries]
    return {"entries": rows, "root": merkle_root([bytes.fromhex(r["bytes"]) for r in rows]).hex(),
            "empty": merkle_root([]).hex()}


def files():
    candidates = list(zip(CONSENSUS, NODE))
    world = (CHAIN, ORGS, GOVERN, GRANT, candidates, SET_HASH)
    good = records.transactions(CHAIN, ORGS, GOVERN, GRANT) + records.more_transactions(*world)
    key = records.key_text(CHAIN, ORGS[4], "grant,content")
    sample = [bytes.fromhex(t["raw"]) for t in good[:3]]
    return {
        "keys.json": {"note": "TEST KEYS: worthless, never use them",
                      "keys": [{"name": k.name, "secret": k.secret.hex(), "public": k.public.hex()}
                               for k in CONSENSUS + NODE + GOVERN + GRANT]},
        "genesis.json": {"document": GENESIS, "chain": CHAIN.hex(), "origin": ORIGIN, "set": SET_TEXT,
                         "set_hash": SET_HASH.hex(), "found": FOUND_TEXT, "sealed": SEALED,
                         "cards": [card(i) for i in range(4)]},
        "headers.json": {"headers": [{"name": n, **h} for n, h in HEADERS.items()]},
        "bodies.json": {"bodies": [{"text": t, "hash": sha256(t.encode()).hex()} for t in (EMPTY_BODY, BODY)]},
        "votes.json": {"votes": [vote(k, e, v, sha256(b"block"), s) for k, e, v, s in
                                 [("notarize", 0, 1, 0), ("nullify", 3, 77, 1), ("finalize", 0, 2**63 - 1, 3)]]},
        "certificates.json": {"certificates": certificates()},
        "parcels.json": {"parcels": [parcel(sample), parcel(sample[:1], 0)]},
        "evidence.json": {"evidence": [evidence("E1", ("notarize", b"x"), ("notarize", b"y")),
                                       evidence("E2", ("finalize", b"x"), ("finalize", b"y")),
                                       evidence("E3", ("nullify", b""), ("finalize", b"y")),
                                       evidence("E4", ("notarize", b"x"), ("finalize", b"y"))]},
        "sessions.json": {"sessions": [session("client"), session("server")],
                          "keys": [{"organisation": ORGS[4], "purposes": "grant,content", "text": key,
                                    "key": GRANT[4].public.hex(), "signature": GRANT[4].sign(key.encode()).hex()}],
                          "ready": [ready(CONSENSUS[0]), ready(NODE[0])]},
        "rejected.json": rejected(),
        "transactions.json": {"chain": CHAIN.hex(), "transactions": good},
        "bad-transactions.json": {"chain": CHAIN.hex(), "transactions": bad.transactions(CHAIN, GRANT[4])},
        "commitments.json": {"chain": CHAIN.hex(),
                             "commitments": grants.commitments(CHAIN, ORGS, GRANT[2])},
        "values.json": {"values": records.values(ORGS, GRANT[4]) + records.more_values(*world)},
    }


def main():
    failed = False
    for name, content in files().items():
        path = os.path.join(FOLDER, name)
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        if "--check" not in sys.argv:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            continue
        with open(path, encoding="utf-8") as old:
            if old.read() != text:
                print(f"{name} differs from what generate.py makes", file=sys.stderr)
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
