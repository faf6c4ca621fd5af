#!/usr/bin/env python3
"""The three questions of an auditor, put to real nodes: do all show one ledger, do random records hold
end to end, and does a bank's file fit what was paid.  A node that lies is played by a server that
passes on what a real node says, changed on the way.  (Forks need a quorum's keys: unit tests.)"""
import base64
import contextlib
import hashlib
import http.server
import json
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request

import cluster

PROGRAMME = "CN-BJ-I3"
HEADING = "reference,amount,currency,value_date,payee,direction\n"


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextlib.contextmanager
def liar(upstream, change):
    """A node in front of another one: change(path, status, body) gives what it says."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = change(self.path, *fetch(upstream + self.path))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def spoiled(body):
    """The answer with one bit of its certificate's last signature flipped."""
    proof = json.loads(body)
    certificate = bytearray(base64.b64decode(proof["finalization"]))
    header = proof["headers"][0].encode()
    certificate[certificate.index(header) - 3] ^= 1  # before it stands its length
    proof["finalization"] = base64.b64encode(bytes(certificate)).decode()
    return json.dumps(proof).encode()


def watch_words(net, *words, nodes=None, state="seen.json"):
    asked = [word for url in nodes or net.nodes for word in ("--node", url)]
    return ["audit", "watch", *asked, "--state", net.work / state, "--trust",
            net.dir / "net.genesis", *words]


def watch(net, *words, **options):
    return net.tool(*watch_words(net, "--once", "--json", *words, **options))


def states(answer):
    return [node["state"] for node in answer.json["nodes"]]


def anchor(net, name):
    net.tool("anchor", net.file(name), key="anchorer-1").ok()
    cluster.wait_until(20, net.is_level)


# ---- watch ---------------------------------------------------------------------------------


def fact_level_nodes_are_level_and_what_was_seen_is_kept(net):
    anchor(net, "one")
    answer = watch(net).ok()
    assert states(answer) == ["level"] * 4, answer.out
    text = (net.work / "seen.json").read_text()
    kept = json.loads(text)
    assert json.dumps(kept, sort_keys=True, separators=(",", ":")) + "\n" == text
    assert kept["waiting"] == [] and kept["alarms"] == [], kept
    anchor(net, "two")
    later = watch(net).ok()
    assert later.json["newest"]["log_size"] == answer.json["newest"]["log_size"] + 1
    assert (net.work / "seen.json").read_text() != text


def fact_a_node_that_is_down_or_strange_is_told_of_and_no_alarm(net):
    net.kill(4)
    assert states(watch(net).ends(11, "E8060")) == ["level"] * 3 + ["down"]
    net.start(4)
    net.wait_ready()
    with liar(net.nodes[0], lambda path, status, body: (200, b"{}")) as url:
        assert states(watch(net, nodes=[net.nodes[1], url]).ends(11)) == ["level", "strange"]


def fact_a_node_that_lags_is_shown_to_be_of_the_same_ledger(net):
    _, old = fetch(net.nodes[0] + "/v1/proofs/consistency?from=1")
    anchor(net, "three")

    def repeat(path, status, body):
        if path == "/v1/proofs/consistency?from=1":
            return 200, old
        if path.startswith("/v1/proofs/consistency"):
            return 404, b'{"code":"E5205","status":404}'
        return status, body

    with liar(net.nodes[0], repeat) as url:
        answer = watch(net, "--lag", "0", nodes=[net.nodes[1], url], state="lag.json").ends(11)
        assert states(answer) == ["level", "lags"], answer.out
        assert answer.json["nodes"][1]["behind"] >= 1 and answer.json["waiting"] == 0, answer.out
        (net.work / "lag.json").unlink()
        answer = watch(net, nodes=[url], state="lag.json").ok()
        watch(net, nodes=[url, net.nodes[1]], state="lag.json").ok()


def fact_a_head_that_nobody_signed_is_an_alarm_that_stands(net):
    def change(path, status, body):
        return (status, spoiled(body)) if path.startswith("/v1/proofs/") else (status, body)

    with liar(net.nodes[0], change) as url:
        answer = watch(net, nodes=[net.nodes[1], url], state="alarm.json").ends(12, "E9002")
    assert states(answer) == ["level", "alarm"], answer.out
    evidence = json.loads(open(answer.json["alarms"][0]["evidence"], encoding="utf-8").read())
    assert evidence["answer"]["facts"][0]["fact"] == "consistency", evidence
    watch(net, state="alarm.json").ends(12, "E9002", "earlier run")
    (net.work / "alarm.json").unlink()
    watch(net, state="alarm.json").ok()


def fact_state_of_another_network_or_spoiled_is_refused(net):
    path = net.work / "seen.json"
    text = path.read_text()
    for spoil, code in ((text.replace('"waiting":[]', '"waiting": []'), "E8005"),
                        (text[:-20], "E8005"),
                        (text.replace('"chain":"', '"chain":"0').replace('",', '",', 1), "E8005")):
        net.file("spoiled.json", spoil)
        watch(net, state="spoiled.json").ends(10, code)
    kept = json.loads(text)
    kept["chain"] = "00" * 32
    net.file("spoiled.json", json.dumps(kept, sort_keys=True, separators=(",", ":")) + "\n")
    watch(net, state="spoiled.json").ends(3, "E8032")


def fact_it_runs_as_a_service_with_metrics_until_sigterm(net):
    figures = net.work / "audit.prom"
    words = watch_words(net, "--interval", "1", "--metrics", figures)
    process = subprocess.Popen([str(cluster.STELE), *map(str, words)], env=net.env, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    net.processes.append(process)

    def metrics():
        lines = figures.read_text().splitlines() if figures.exists() else []
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    cluster.wait_until(30, lambda: int(metrics().get("stele_audit_rounds_total", 0)) > 1)
    anchor(net, "four")
    cluster.wait_until(30, lambda: int(metrics()["stele_audit_height"]) == net.height(1))
    assert metrics()["stele_audit_alarm"] == "0"
    watch(net).ends(10, "E8007")  # two of them would forget what the other saw
    node = net.nodes[2].removeprefix("http://")
    assert metrics()[f'stele_audit_node_level{{node="{node}"}}'] == "1", metrics()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, (out, err)
    assert out.count("level") == 4, out


def fact_a_silent_node_does_not_hold_up_the_end(net):
    """Each of the four takes connections and never answers; the first round is under way."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    urls = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    process = subprocess.Popen([str(cluster.STELE), *map(str, watch_words(net, nodes=urls,
                                                                          state="silent.json"))],
                               env=net.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    net.processes.append(process)
    sockets[0].settimeout(20)
    taken, _ = sockets[0].accept()
    process.send_signal(signal.SIGTERM)
    try:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        sockets[2].settimeout(0.1)
        try:
            sockets[2].accept()
            raise AssertionError("a node was asked after the end")
        except TimeoutError:
            pass
    finally:
        for one in [taken, *sockets]:
            one.close()


def fact_without_a_pin_nobody_vouches(net):
    env = {"STELE_HOME": str(net.work / "nobody")}
    net.tool("audit", "watch", "--once", env=env).ends(5, "E7016")
    net.tool("audit", "sample", env=env).ends(5, "E7016")


# ---- sample --------------------------------------------------------------------------------


def fact_all_records_and_blocks_of_a_small_ledger_hold(net):
    trust = ("--trust", net.dir / "net.genesis")
    answer = net.tool("audit", "sample", *trust, "--count", 500, "--json").ok()
    checked = answer.json["checked"]
    assert checked["leaves"] == answer.json["log_size"], answer.out
    assert checked["receipts"] == checked["leaves"] - 1, answer.out  # all but genesis
    assert checked["blocks"] == answer.json["height"] + 1, answer.out
    assert {p["probability"] for p in answer.json["found_with"]} == {1.0}
    few = net.tool("audit", "sample", *trust, "--count", 2, "--seed", 7, "--json").ok()
    assert few.json["seed"] == "7" and few.json["checked"]["leaves"] == 2, few.out
    power = {p["fraction"]: p["probability"] for p in few.json["found_with"]}
    assert abs(power[0.1] - 0.19) < 1e-9, few.out


def fact_a_receipt_that_a_node_changed_is_named(net):
    def change(path, status, body):
        if path.endswith("/receipt"):
            receipt = json.loads(body)
            receipt["record"]["log_index"] += 1
            return status, json.dumps(receipt).encode()
        return status, body

    with liar(net.nodes[0], change) as url:
        answer = net.tool("audit", "sample", "--node", url, "--trust", net.dir / "net.genesis",
                          "--count", 500, "--json").ends(3, "E7013")
    wrong = [item for item in answer.json["items"] if item["what"] == "leaf"]
    assert len(wrong) == answer.json["log_size"] - 1, answer.out


# ---- reconcile -----------------------------------------------------------------------------


def pay(net, award, amount, reference, payee):
    net.tool("disbursement", "record", PROGRAMME, award, "--amount", amount, "--payer",
             net.org["funder"], "--payee", net.org[payee], "--date", "2026-03-01", "--reference",
             reference, key="funder").ok()


def reconcile(net, rows, *words, heading=HEADING):
    path = net.file("bank.csv", heading + rows)
    return net.tool("audit", "reconcile", PROGRAMME, "--bank", path, "--trust",
                    net.dir / "net.genesis", *words)


def row(net, reference, amount, payee, date="2026-03-01", direction="out", currency="CNY"):
    return f'{reference},"{amount}",{currency},{date},{net.org.get(payee, payee)},{direction}\r\n'


def fact_a_file_that_fits_matches(net):
    subprocess.run([cluster.ROOT / "scripts/example-programme", PROGRAMME], check=True, text=True,
                   env={**net.env, "STELE": str(cluster.STELE)}, capture_output=True,
                   cwd=cluster.ROOT)
    for k in (1, 2):
        net.tool("award", "grant", PROGRAMME, "--area", "genai", "--recipient",
                 net.org[f"institute-{k}"], "--amount", "5,000,000.00", "--start", "2026-01-01",
                 "--end", "2027-12-31", "--terms", net.file("terms"), "--title-en", f"Project {k}",
                 key="agency").ok()
        net.tool("award", "accept", PROGRAMME, k, key=f"institute-{k}").ok()
    reconcile(net, "").ok()
    pay(net, 1, "1,500,000.00", "B1", "institute-1")
    pay(net, 1, "500,000.00", "B2", "institute-1")
    pay(net, 2, "2,000,000.00", "B3", "institute-2")
    pay(net, 2, "1.00", "B4", "institute-2")
    net.tool("disbursement", "reverse", PROGRAMME, 2, 2, "--reason", net.file("bank-error"),
             key="funder").ok()
    net.tool("recovery", "demand", PROGRAMME, 1, "--amount", "400,000.00", "--due", "2027-03-31",
             "--reason", net.file("finding"), key="funder").ok()
    net.tool("recovery", "receive", PROGRAMME, 1, "--amount", "400,000.00", "--payer",
             net.org["institute-1"], "--date", "2027-03-20", "--reference", "R1", key="funder").ok()
    rows = (row(net, "B3", "2,000,000.00", "institute-2") + row(net, "B1", "1500000", "institute-1") +
            row(net, "B2", "500,000.00", "institute-1") +
            row(net, "R1", "400,000", "institute-1", "2027-03-20", "in"))
    answer = reconcile(net, rows, "--json").ok()
    counts = answer.json["counts"]
    assert counts["match"] == 4 and counts["reversed"] == 1 and sum(counts.values()) == 5, counts
    assert answer.json["sums"]["bank"] == answer.json["sums"]["ledger"] == [
        {"currency": "CNY", "payments": 3, "paid": "400000000", "returns": 1,
         "returned": "40000000"}], answer.out


def fact_what_is_missing_or_different_is_listed(net):
    rows = (row(net, "B1", "1,500,000.01", "institute-1") +
            row(net, "B3", "2,000,000.00", "institute-1", "2026-03-02") +
            row(net, "B3", "2,000,000.00", "institute-2") + row(net, "B4", "1.00", "institute-2") +
            row(net, "X", "7", "institute-2", currency="USD"))
    answer = reconcile(net, rows, "--json").ends(11, "E8060")
    found = {item["finding"]: item for item in answer.json["items"] if item["finding"] != "differs"}
    assert answer.json["counts"] == {"match": 0, "differs": 2, "only_bank": 1, "only_ledger": 2,
                                     "twice": 1, "reversed": 0, "reversed_paid": 1}, answer.out
    assert found["only_bank"]["bank"]["line"] == 6, answer.out
    assert found["twice"]["bank"]["line"] == 4, answer.out
    assert found["reversed_paid"]["ledger"]["number"] == 2, answer.out
    differs = {item["reference_sha256"]: item["differs"] for item in answer.json["items"]
               if item["finding"] == "differs"}
    assert differs[hashlib.sha256(b"B1").hexdigest()] == ["amount"], differs
    assert differs[hashlib.sha256(b"B3").hexdigest()] == ["value_date", "payee"], differs
    assert [s["currency"] for s in answer.json["sums"]["bank"]] == ["CNY", "USD"], answer.out
    text = reconcile(net, rows).ends(11)
    assert "line 6" in text.out and "differs value_date, payee" in text.out, text.out


def fact_a_faulty_file_is_refused_with_its_line(net):
    good = row(net, "B1", "1", "institute-1")
    reconcile(net, good + 'B2,"1\n').ends(10, "E8071", "line", "3")
    reconcile(net, good + "B2,1\n").ends(10, "E8071", "line", "3")
    reconcile(net, good, heading="reference,amount\n").ends(10, "E8072", "currency")
    reconcile(net, good + row(net, "B2", "-1", "institute-1")).ends(10, "E8073", "amount", "direction")
    reconcile(net, "a," * 70).ends(10, "E8070", "columns")


def fact_a_payment_that_a_node_changes_or_leaves_out_is_missed(net):
    def changed(path, status, body):
        if not path.startswith("/v1/proofs/state"):
            return status, body
        proof = json.loads(body)
        value = bytearray(base64.b64decode(proof["entries"][0]["value"]))
        value[-1] ^= 1
        proof["entries"][0]["value"] = base64.b64encode(bytes(value)).decode()
        return status, json.dumps(proof).encode()

    def cut(path, status, body):
        if not path.startswith("/v1/proofs/state"):
            return status, body
        proof = json.loads(body)
        proof["entries"].pop()
        return status, json.dumps(proof).encode()

    def silent(path, status, body):
        if not path.startswith("/v1/proofs/state"):
            return status, body
        proof = json.loads(body)
        proof["facts"].pop()
        return status, json.dumps(proof).encode()

    for change, code in ((changed, "E7007"), (cut, "E7007"), (silent, "E7006")):
        with liar(net.nodes[0], change) as url:
            reconcile(net, "", "--node", url).ends(3, code)


def fact_what_a_block_rejected_is_sampled_too(net):
    net.tool("award", "accept", PROGRAMME, 1, "--no-simulate", key="institute-1").ends(7)
    cluster.wait_until(20, net.is_level)
    answer = net.tool("audit", "sample", "--trust", net.dir / "net.genesis", "--count", 500,
                      "--json").ok()
    assert answer.json["checked"]["rejected"] >= 1, answer.out


cluster.main(__file__, globals())
