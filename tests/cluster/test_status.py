#!/usr/bin/env python3
"""What has become of a record: receipts with their status, of claims, entries, items, motions and
keys, refreshed and judged by the tool and by the verifier in Python; proofs of several facts, of
parts and of older heights."""
import hashlib
import http.server
import json
import subprocess
import sys
import threading

import cluster
from test_motion import newest_motion, proof as key_proof, usci

PYTHON = cluster.ROOT / "clients/python"


def receipt_of(path):
    return path.with_name(path.name + ".stele.json")


def genesis(net):
    return net.dir / "net.genesis"


def state(net, receipt):
    """The state word, once both verifiers let everything pass."""
    net.tool("verify", receipt).ok()
    done = subprocess.run([sys.executable, "-m", "stele_verify", "--line", "--trust", genesis(net), receipt],
                          env={**net.env, "PYTHONPATH": str(PYTHON)}, capture_output=True, text=True,
                          check=False, timeout=60)
    words = done.stdout.split()
    for finding in ("inclusion", "finality", "signer", "status"):
        assert words[words.index(finding) + 1] == "pass", done.stdout + done.stderr
    return words[-1]


def refreshed(net, receipt):
    """The same as of now, by a refresh that changes nothing but the cover's end: the status."""
    before = json.loads(receipt.read_text())
    net.tool("receipt", "refresh", receipt).ok()
    after = json.loads(receipt.read_text())
    assert after["record"]["transaction"] == before["record"]["transaction"]
    return state(net, receipt)


def anchored(net, name, *more):
    path = net.file(name, f"content of {name}\n")
    net.tool("anchor", path, *more, key="anchorer-1").ok()
    return path


def id_of(net, log_index):
    found = net.get(1, f"/v1/leaves/{log_index}")
    listed = net.get(1, f"/v1/blocks/{found['height']}")["transactions"]
    return next(t["id"] for t in listed if t["log_index"] == log_index)


def fetched(net, log_index, name):
    path = net.work / name
    net.tool("receipt", "fetch", id_of(net, log_index), "-o", path).ok()
    return path


def without_status(path):
    receipt = json.loads(path.read_text())
    del receipt["status"]
    return json.dumps(receipt, sort_keys=True, separators=(",", ":")) + "\n"


def fact_claim_is_live_and_then_superseded_or_withdrawn(net):
    one, two, three = (anchored(net, f"claim-{k}.txt") for k in (1, 2, 3))
    assert [state(net, receipt_of(p)) for p in (one, two, three)] == ["live"] * 3
    net.tool("anchor", "supersede", one, "--by", two, key="anchorer-1").ok()
    net.tool("anchor", "withdraw", three, key="anchorer-1").ok()
    assert state(net, receipt_of(one)) == "live", "a receipt changed by itself"
    assert refreshed(net, receipt_of(one)) == "superseded"
    assert refreshed(net, receipt_of(two)) == "live"
    assert refreshed(net, receipt_of(three)) == "withdrawn"
    trust = ["--trust", net.dir / "net.genesis"]
    assert net.tool("verify", three, *trust, "--json").ok().json["ended"] == 1
    net.tool("verify", three, *trust, "--require-live").ends(3, "E7024")
    net.tool("verify", one, *trust, "--require-live").ends(3, "E7024")
    net.tool("verify", two, *trust, "--require-live").ok()
    silent = net.file("silent.json", without_status(receipt_of(three)))
    net.tool("verify", three, *trust, "--receipt", silent, "--require-live").ends(5, "E7025")
    net.tool("verify", three, *trust, "--receipt", silent).ok()
    status = json.loads(receipt_of(three).read_text())["status"]
    assert set(status) == {"consistency", "entries", "finalization", "set_changes", "tree"}, status


def fact_refresh_takes_the_file_as_well_as_the_receipt_and_many_of_them(net):
    paths = [anchored(net, f"many-{k}.txt") for k in range(3)]
    answer = net.tool("receipt", "refresh", *paths, "--json").ok().json
    assert [r["state"] for r in answer["receipts"]] == ["live"] * 3 and answer["failed"] == 0, answer
    broken = net.file("broken.txt.stele.json", "{}\n")
    answer = net.tool("receipt", "refresh", paths[0], broken, "--json")
    assert answer.code != 0 and answer.json["failed"] == 1, answer.out
    assert broken.read_text() == "{}\n"


def fact_second_claim_on_a_content_has_a_status_of_its_own(net):
    path = anchored(net, "twice.txt")
    first = receipt_of(path).read_bytes()
    receipt_of(path).unlink()
    net.tool("anchor", path, key="anchorer-2").ok()
    keys = [e["key"] for e in json.loads(receipt_of(path).read_text())["status"]["entries"]]
    assert any(k.startswith("claim/") and k.endswith("/2") for k in keys), keys
    net.tool("anchor", "withdraw", path, key="anchorer-1").ok()
    assert refreshed(net, receipt_of(path)) == "live"
    receipt_of(path).write_bytes(first)
    assert refreshed(net, receipt_of(path)) == "withdrawn"


def fact_entry_of_a_batch_gets_its_status_by_a_refresh(net):
    for k in range(5):
        net.file(f"batch/{k}.txt", f"entry {k}\n")
    folder = net.work / "batch"
    net.tool("anchor", "-r", "--batch", folder, key="anchorer-2").ok()
    receipt = receipt_of(folder / "3.txt")
    made = json.loads(receipt.read_text())
    assert "status" not in made and refreshed(net, receipt) == "live"
    assert json.loads(receipt.read_text())["entry"] == made["entry"]
    net.tool("anchor", "withdraw", folder / "3.txt", key="anchorer-2").ok()
    assert refreshed(net, receipt) == "withdrawn"
    assert refreshed(net, receipt_of(folder / "2.txt")) == "live"
    net.tool("verify", folder).ok()


def fact_item_of_a_roll_up_keeps_its_place_through_a_refresh(net):
    for k in range(4):
        net.file(f"rolled/{k}.txt", f"item {k}\n")
    folder = net.work / "rolled"
    net.tool("rollup", "-r", folder, "--list", net.work / "rolled.list", key="anchorer-1").ok()
    net.tool("rollup", "receipt", net.work / "rolled.list", folder / "2.txt", key="anchorer-1").ok()
    receipt = receipt_of(folder / "2.txt")
    assert state(net, receipt) == "recorded"
    before = json.loads(receipt.read_text())["entry"]
    assert refreshed(net, receipt) == "recorded"
    assert json.loads(receipt.read_text())["entry"] == before
    net.tool("verify", folder / "2.txt").ok()


class Liar(http.server.BaseHTTPRequestHandler):
    """A node that gives one answer, whatever it is asked."""
    answer = b""

    asked = 0

    def do_POST(self):  # noqa: N802
        self.rfile.read(int(self.headers["Content-Length"]))
        Liar.asked += 1
        if Liar.asked <= 20:  # a tool that would go on for ever ends all the same
            self.do_GET()

    def do_GET(self):  # noqa: N802: the library's name
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_):
        pass


def fact_node_that_answers_with_less_or_with_lies_changes_no_receipt(net):
    path, other = anchored(net, "lied-about.txt"), anchored(net, "another.txt")
    before = receipt_of(path).read_bytes()
    net.tool("anchor", "withdraw", path, key="anchorer-1").ok()
    assert refreshed(net, receipt_of(path)) == "withdrawn"
    newest = receipt_of(path).read_bytes()
    forged = json.loads(newest)
    forged["status"]["tree"] = json.loads(before)["status"]["tree"]
    forged["status"]["entries"] = json.loads(before)["status"]["entries"]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for answer, code in ((before, "E5102"), (receipt_of(other).read_bytes(), "E7013"),
                             (canonical(forged), "E7017"), (newest[:-1], "E5203"), (b"{}\n", "E7010")):
            Liar.answer = answer
            told = net.tool("receipt", "refresh", path, "--node", f"http://127.0.0.1:{server.server_port}")
            assert told.code != 0 and code in told.err, (code, told.code, told.err)
            assert receipt_of(path).read_bytes() == newest, f"{code}: the receipt was changed"
        Liar.answer = newest
        net.tool("receipt", "refresh", path, "--node", f"http://127.0.0.1:{server.server_port}").ok()
    finally:
        server.shutdown()
    assert state(net, receipt_of(path)) == "withdrawn"


def canonical(receipt):
    return (json.dumps(receipt, sort_keys=True, separators=(",", ":")) + "\n").encode()


def fact_motion_has_one_receipt_from_its_opening_to_its_execution(net):
    org = usci(27)
    net.tool("org", "register", org, "--name-en", "Example Institute 27", "--role", "anchorer", "--proof",
             key_proof(net, "status-new", org), key="validator-1").ok()
    motion = net.get(1, f"/v1/motions/{newest_motion(net)['number']}")
    opening = fetched(net, motion["log_index"], "opening.stele.json")
    assert state(net, opening) == "open" and "opened" not in json.loads(opening.read_text())
    net.tool("motion", "approve", motion["number"], key="validator-2").ok()
    motion = net.get(1, f"/v1/motions/{motion['number']}")
    assert motion["state"] == "executed", motion
    by_opening = fetched(net, motion["log_index"], "executed.stele.json")
    by_approval = fetched(net, motion["executed_log_index"], "approval.stele.json")
    assert by_opening.read_bytes() == by_approval.read_bytes()
    assert state(net, by_opening) == "executed"
    made = json.loads(by_opening.read_text())
    assert made["record"]["log_index"] == motion["executed_log_index"]
    assert made["opened"]["log_index"] == motion["log_index"]
    assert net.tool("verify", by_opening, "--json").ok().json["items"][0]["carried"] == "org.register"
    said = net.tool("receipt", "show", by_opening, "--json").ok().json
    assert said["carried"] == "org.register" and said["state"] == "executed", said
    assert f"leaf {motion['log_index']}: org.register" in net.tool("receipt", "show", by_opening).ok().out
    net.tool("receipt", "refresh", opening).ok()
    assert state(net, opening) == "executed"
    assert json.loads(opening.read_text())["record"] == made["record"]


def fact_withdrawn_motion_says_so(net):
    org = usci(28)
    net.tool("org", "register", org, "--name-en", "Example Institute 28", "--role", "anchorer", "--proof",
             key_proof(net, "status-unwanted", org), key="validator-1").ok()
    motion = newest_motion(net)
    opening = fetched(net, motion["log_index"], "unwanted.stele.json")
    net.tool("motion", "withdraw", motion["number"], key="validator-1").ok()
    assert state(net, opening) == "open" and refreshed(net, opening) == "withdrawn"


def fact_key_that_has_ended_since_is_told_by_the_status(net):
    for key, end in (("status-new", ("rotate", "status-newer")),
                     ("status-newer", ("revoke", "status-newer", "--last"))):
        path = net.file(f"by-{key}.txt")
        net.tool("anchor", path, key=key).ok()
        assert state(net, receipt_of(path)) == "live"
        assert "revoked" not in net.tool("receipt", "refresh", path).ok().out
        if end[0] == "rotate":
            net.tool("key", "new", "status-newer").ok()
        net.tool("key", *end, key=key).ok()
        answer = net.tool("receipt", "refresh", path).ok()
        assert "revoked" in answer.out, answer.out
        assert state(net, receipt_of(path)) == "live", "the claim outlives the key"


# ---- proofs ------------------------------------------------------------------------------------------

def got(net, name, *words):
    path = net.work / name
    net.tool("proof", "get", *words, "-o", path).ok()
    net.tool("proof", "check", path).ok()
    return path, json.loads(path.read_text())


def fact_one_proof_holds_facts_of_every_kind(net):
    hashed = "ab" * 32
    path, proof = got(net, "all.json", "state", "org/" + net.org["anchorer-1"], "org/nobody", "policy/limits",
                      "claims", hashed, "evidence", "inclusion", 0, "consistency", 1,
                      "org-awards", net.org["institute-1"])
    assert [f["fact"] for f in proof["facts"]] == ["state"] * 3 + ["claims", "evidence", "inclusion",
                                                                  "consistency", "org-awards"]
    assert {"key": "org/nobody"} in proof["entries"], "absence is not shown"
    said = net.tool("proof", "check", path).ok().out
    assert f"claims on {hashed}: none" in said and "8 facts" in said, said
    assert f"awards of {net.org['institute-1']}: " in said, said
    net.tool("proof", "get", "awards", "NOBODY").ends(4, "check the name")
    changed = path.read_text().replace('{"key":"org/nobody"}', '{"key":"org/nobodx"}')
    net.tool("proof", "check", net.file("changed.json", changed)).ends(3)


def fact_list_is_shown_in_parts_under_one_height(net):
    path = net.file("claimed.txt")
    for _ in range(5):
        net.tool("anchor", path, "--replace", key="anchorer-1").ok()
        receipt_of(path).unlink()
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    height = net.height(1)
    parts = []
    for k, (first, last) in enumerate(((1, 2), (3, 4), (5, 5))):
        name, proof = got(net, f"part-{k}.json", "claims", content, "--from", first, "--to", last,
                          "--at-height", height)
        parts.append(name)
        assert proof["facts"][0]["from"] == first and proof["facts"][0]["to"] == last
    net.tool("proof", "check", *parts).ok()
    net.tool("proof", "get", "claims", content, "--from", 6, "-o", net.work / "none.json").ends(2, "E5117")


def fact_what_a_node_proves_unasked_is_not_written(net):
    content = hashlib.sha256((net.work / "claimed.txt").read_bytes()).hexdigest()
    folder = net.work / "unasked"
    folder.mkdir()
    part, keys, log = (got(net, f"unasked-{name}.json", *words)[0].read_bytes() for name, words in (
        ("two", ("claims", content, "--from", 1, "--to", 2)), ("keys", ("state", "org/nobody")),
        ("log", ("inclusion", 0))))
    changed = part.replace(b'"to":2', b'"to":3')
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for answer, words, code, written in (
                (part, ("claims", content), "E5203", ["a.json"]),  # and the same again for ever
                (part, ("claims", content, "--from", 2), "E5203", []),
                (part, ("claims", content, "--to", 1), "E5203", []),
                (part, ("claims", "ab" * 32), "E5203", []),
                (part, ("evidence",), "E5203", []),
                (part, ("claims", content, "--to", 2, "--at-height", 1), "E5203", []),
                (part, ("claims", content, "evidence"), "E5203", []),
                (keys, ("state", "org/nobodx"), "E5203", []),
                (keys, ("state", "org/nobody", "org/nobodx"), "E5203", []),
                (log, ("inclusion", 1), "E5203", []),
                (log, ("consistency", 1), "E5203", []),
                (changed, ("claims", content), "E7006", [])):
            Liar.answer, Liar.asked = answer, 0
            told = net.tool("proof", "get", *words, "-o", folder / "a.json", "--node",
                            f"http://127.0.0.1:{server.server_port}")
            assert told.code != 0 and code in told.err, (words, told.code, told.err)
            names = sorted(path.name for path in folder.iterdir())
            assert names == written and Liar.asked <= 2, (words, names, Liar.asked)
            for path in folder.iterdir():
                path.unlink()
    finally:
        server.shutdown()


def fact_older_state_is_shown_under_its_own_height(net):
    path = net.file("later.txt")
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    before = net.height(1)
    net.tool("anchor", path, key="anchorer-1").ok()
    _, proof = got(net, "before.json", "claims", content, "--at-height", before)
    assert proof["facts"][0]["to"] == 0 and f"\nheight {before}\n" in proof["headers"][-1]
    _, proof = got(net, "after.json", "claims", content)
    assert proof["facts"][0]["to"] == 1
    net.tool("proof", "get", "evidence", "--at-height", net.height(1) + 5000).ends(4, "E5114")


def fact_state_of_long_ago_is_refused_by_name_and_the_status_is_of_now(net):
    path = anchored(net, "long-ago.txt")
    before = net.height(1)
    process, _ = net.load("long-ago.acks", connections=8)
    try:
        cluster.wait_until(240, lambda: net.height(1) > before + 1030, "1,030 heights")
    finally:
        net.stop(process)
    words = ("proof", "get", "state", "org/" + net.org["anchorer-1"], "--at-height")
    net.tool(*words, before, "-o", net.work / "old.json").ends(5, "E5111")
    net.tool(*words, net.height(1) - 1000, "-o", net.work / "recent.json").ok()
    net.tool("proof", "get", "inclusion", 0, "--at-height", before, "-o", net.work / "log.json").ok()
    net.tool("proof", "check", net.work / "log.json").ok()
    receipt_of(path).unlink()
    net.tool("receipt", "fetch", path).ok()
    status = json.loads(receipt_of(path).read_text())["status"]
    assert "finalization" in status and state(net, receipt_of(path)) == "live"


def fact_receipt_that_cannot_be_refreshed_stays_as_it_was(net):
    path = anchored(net, "stays.txt")
    before = receipt_of(path).read_bytes()
    net.tool("localnet", "down").ok()
    for log in net.dir.glob("node-*.log"):
        assert "stopped_at_once" not in log.read_text(), f"{log.name}: told to end twice, left work undone"
    assert net.tool("receipt", "refresh", path).code != 0
    assert receipt_of(path).read_bytes() == before
    net.tool("verify", path).ok()


def fact_local_network_is_founded_with_the_delay_asked_for(net):
    found = ["localnet", "up", "--validators", 1, "--port", cluster.free_ports()]
    long, none = net.work / "long", net.work / "none"
    net.tool(*found, "--dir", long, "--delta-ms", 170).ok()
    net.tool("localnet", "down", "--dir", long).ok()
    assert "\ntimer delta-us 170000\n" in (long / "net.genesis").read_text()
    assert "\ntimer delta-us 50000\n" in (net.dir / "net.genesis").read_text()
    for wrong in ("0", "60001", "-1", "x", ""):
        net.tool(*found, "--dir", none, "--delta-ms", wrong).ends(2)
    assert not none.exists(), "a network was made"


if __name__ == "__main__":
    cluster.main(__file__, globals())
