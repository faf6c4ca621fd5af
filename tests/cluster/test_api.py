#!/usr/bin/env python3
"""The HTTP API of running nodes against docs/api.md and docs/openapi.yaml: every route, error and
limit, and the ways in which HTTP is abused.

    test_api.py [--steled build/debug/steled]     starts four nodes of the test vectors' genesis
    test_api.py --api HOST:PORT --metrics HOST:PORT    reads only, from a network that runs
"""
import argparse
import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import socket
import sys
import threading
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path[:0] = [HERE, os.path.join(ROOT, "clients/python")]
import anchor_example as recipe  # noqa: E402
from vector_net import VectorNet  # noqa: E402

HEADERS = ("Stele-Network", "Stele-Height", "Request-Id")
ORG = [f"CN-USCI-12110000EXAMPLE{x}" for x in ("11Q", "2XG", "38G", "46B")] \
    + ["CN-USCI-91110000EXAMPLE541"]
FUNDER, AGENCY, APPLICANT = ORG[0], ORG[1], ORG[4]


class World:
    """Where the nodes are, and their network when it was started here."""
    api = metrics = net = None


def ask(method, path, body=None, headers=None, where=None):
    connection = http.client.HTTPConnection(*(where or World.api), timeout=40)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    for name in HEADERS:
        assert answer.getheader(name), f"{method} {path}: no {name}"
    kind = answer.getheader("Content-Type") or ""
    return answer, json.loads(content) if "json" in kind and content else content


def get(path, status=200):
    answer, content = ask("GET", path)
    assert answer.status == status, f"{path}: {answer.status} {content}"
    return content


def problem(method, path, status, code, body=None, headers=None, **members):
    answer, content = ask(method, path, body, headers)
    assert answer.status == status, f"{method} {path[:80]}: {answer.status} {content}"
    assert answer.getheader("Content-Type") == "application/problem+json"
    assert content["code"] == code and content["type"] == "urn:stele:error:" + code, content
    assert content["status"] == status and content["title"] and "remedy" in content, content
    assert isinstance(content["retryable"], bool)
    for name, value in members.items():
        assert content.get(name) == value, f"{name}: {content}"
    return content


def raw(text, where=None, seconds=20):
    """All that comes back for these bytes until the other side closes."""
    with socket.create_connection(where or World.api, seconds) as s:
        s.sendall(text if isinstance(text, bytes) else text.encode())
        out = b""
        while True:
            try:
                piece = s.recv(65536)
            except ConnectionResetError:
                return out
            if not piece:
                return out
            out += piece


def statuses(out):
    return [int(x) for x in re.findall(rb"HTTP/1\.1 (\d{3}) ", out)]


# ---- transactions ------------------------------------------------------------------------------------

def make(key_name, operation, message, valid_s=90, chain=None):
    key = World.net.key(key_name)
    signer = bytes.fromhex(World.net.keys[key_name]["public"])
    body = recipe.transaction_body(chain or bytes.fromhex(get("/v1/network")["chain"]), signer,
                                   operation, message, int((time.time() + valid_s) * 1000))
    return recipe.data(1, body) + recipe.data(2, recipe.sign(key, body))


def anchor(content=None):
    return recipe.content_anchor(content or secrets.token_bytes(20), "text/plain", "a title")


def post(transaction, prefer="wait=30", path="/v1/transactions"):
    headers = {"Content-Type": "application/protobuf"}
    if prefer:
        headers["Prefer"] = prefer
    return ask("POST", path, transaction, headers)


def accepted(transaction):
    answer, content = post(transaction)
    assert answer.status == 201 and content["state"] == "accepted", content
    recipe.check_receipt(content["receipt"], transaction, World.net.genesis)
    return content


def text(field, value):
    return recipe.data(field, value.encode())


def period(field, start, end):
    return recipe.data(field, text(1, start) + text(2, end))


def programme(name):
    return (text(1, name) + text(2, FUNDER) + text(3, AGENCY) + recipe.data(4, text(2, "Title"))
            + text(5, "CNY") + recipe.number(6, 1_000_000) + recipe.number(7, 3)
            + period(8, "2027-01-01", "2028-12-31") + recipe.data(9, text(1, "A")))


def grant(name, amount):
    return (text(1, name) + text(2, "A")
            + recipe.data(5, text(1, APPLICANT) + recipe.number(2, 10000))
            + recipe.number(6, amount) + period(7, "2027-02-01", "2028-01-31")
            + recipe.data(8, hashlib.sha256(b"terms").digest())
            + recipe.data(10, text(2, "An award")))


# ---- reading -----------------------------------------------------------------------------------------

READS = ["network", "validators", "status", "peers", "policy", "blocks", "blocks/0", "leaves/0",
         "organisations", f"organisations/{FUNDER}", "programmes", "motions", "evidence",
         "proofs/evidence", "notes?target=org/" + FUNDER, f"organisations/{FUNDER}/rollups",
         f"organisations/{FUNDER}/delegations"]


def test_every_plain_read_answers_json():
    for name in READS:
        content = get("/v1/" + name)
        assert isinstance(content, dict), name


def test_network_names_itself():
    network = get("/v1/network")
    assert network["origin"].endswith(network["chain"][:16])
    assert network["suite"] == "secp256k1-sha256" and len(network["fingerprint"].split("-")) == 8
    answer, _ = ask("GET", "/v1/network")
    assert answer.getheader("Stele-Network") == network["origin"]


def test_genesis_is_the_sealed_file():
    genesis = get("/v1/genesis").decode()
    document = genesis[:genesis.index("\nfounder ") + 1].removesuffix("\n\n")
    assert document.startswith("stele/v1 genesis\n") and "\nfounder " in genesis
    if World.net:
        assert genesis == World.net.genesis


def test_validators_hash_is_that_of_the_text():
    validators = get("/v1/validators")
    assert hashlib.sha256(validators["text"].encode()).hexdigest() == validators["set_hash"]
    assert [v["index"] for v in validators["items"]] == list(range(len(validators["items"])))


def test_header_hashes_to_the_block():
    newest = get("/v1/blocks?limit=1")["items"][0]
    header = get(f"/v1/blocks/{newest['height']}/header")
    assert hashlib.sha256(header).hexdigest() == newest["block"]


def test_keys_of_an_organisation_are_found():
    organisation = get(f"/v1/organisations/{get('/v1/organisations')['items'][0]['id']}")
    for key in organisation["keys"]:
        assert get("/v1/keys/" + key["key"])["organisation"] == organisation["id"]


# ---- errors ------------------------------------------------------------------------------------------

def test_unknown_addresses_are_404():
    for path in ("/", "/v1", "/v1/", "/v1/nothing", "/v2/network", "/v1/network/", "/v1//network",
                 "/v1/blocks/0/header/x", "/metrics", "/v1/a/b/c/d/e/f/g/h/i"):
        problem("GET", path, 404, "E5103")


def test_what_is_not_recorded_is_404():
    for path in ("/v1/transactions/" + "0" * 64, "/v1/blocks/999999999", "/v1/blocks/x",
                 "/v1/blocks/01", "/v1/leaves/99999999", "/v1/organisations/nobody",
                 "/v1/organisations/%2e%2e%2f", "/v1/organisations/nobody/rollups",
                 f"/v1/organisations/{FUNDER}/rollups/1", "/v1/organisations/nobody/delegations",
                 f"/v1/commitments/{FUNDER}/" + "0" * 64,
                 f"/v1/hashes/sha256/{'0' * 64}/claims/1/propagations",
                 "/v1/programmes/none", "/v1/programmes/none/awards",
                 "/v1/motions/0", "/v1/motions/77777", "/v1/keys/02" + "0" * 64,
                 "/v1/proofs/rejected/0/0", "/v1/evidence/" + "0" * 64):
        problem("GET", path, 404, "E5205", retryable=False)


def test_other_methods_are_405():
    for method, path in (("POST", "/v1/network"), ("DELETE", "/v1/blocks"), ("PUT", "/v1/network"),
                         ("GET", "/v1/transactions"), ("PATCH", "/v1/transactions")):
        answer, _ = ask(method, path)
        assert answer.status == 405 and answer.getheader("Allow"), (method, path, answer.status)


def test_bad_parameters_are_400():
    for path in ("/v1/network?x=1", "/v1/blocks?limit=0", "/v1/blocks?limit=501",
                 "/v1/blocks?limit=x", "/v1/blocks?limit=1&limit=2", "/v1/blocks?cursor=zz",
                 "/v1/blocks?cursor=n1-9", "/v1/blocks?cursor=o1-1", "/v1/blocks?=1",
                 "/v1/blocks?limit=%zz", "/v1/motions?state=blue", "/v1/notes",
                 "/v1/notes?target=quota/x", "/v1/transactions/xyz", "/v1/hashes/sha256/AB",
                 "/v1/keys/zz", "/v1/evidence/zz", "/v1/evidence?state=x",
                 "/v1/blocks?limit*=1", "/v1/blocks?limit%20=1",
                 "/v1/blocks?" + "&".join(f"a{i}=1" for i in range(50))):
        problem("GET", path, 400, "E5105")


def test_bad_parameters_of_proofs_are_400():
    get_first_block()
    many = "&".join(f"key=org/{i}" for i in range(33))
    for path in ("/v1/proofs/state", "/v1/proofs/state?key=", "/v1/proofs/state?key=a//b",
                 "/v1/proofs/inclusion", "/v1/proofs/consistency?from=0", "/v1/proofs/state?" + many,
                 "/v1/proofs/claims/12", "/v1/proofs/evidence?from=0", "/v1/proofs/evidence?to=0",
                 "/v1/proofs/evidence?from=x", "/v1/proofs/awards/none?from=9007199254740992",
                 "/v1/proofs/state?key=org/x&at_height=-1", "/v1/proofs/state?at_height=1",
                 "/v1/proofs/inclusion?log_index=0&at_height=one", "/v1/proofs/evidence?key=a",
                 "/v1/transactions/" + "0" * 64 + "/receipt?status=oldest",
                 "/v1/transactions/" + "0" * 64 + "/receipt?entry=4096"):
        problem("GET", path, 400, "E5105")


JSON = {"Content-Type": "application/json"}


def prove(body, status=200):
    answer, content = ask("POST", "/v1/proofs", json.dumps(body), JSON)
    assert answer.status == status, content
    return content


def test_bodies_that_ask_for_no_proof_are_400():
    fact = {"fact": "evidence"}
    for body in ("", "[]", "{", "{}", '{"facts":[]}', '{"facts":{}}', '{"facts":[1]}', '{"facts":[{}]}',
                 '{"facts":[{"fact":"evidence"}],"facts":[]}',
                 {"facts": [fact], "at_height": -1}, {"facts": [fact], "at_height": "1"},
                 {"facts": [fact], "more": 1}, {"facts": [fact] * 257}, {"facts": [{"fact": "all"}]},
                 {"facts": [fact, {"fact": "state"}]}, {"facts": [{"fact": "state", "key": ""}]},
                 {"facts": [{"fact": "state", "key": "a", "from": 1}]},
                 {"facts": [{"fact": "evidence", "from": 0}]}, {"facts": [{"fact": "evidence", "to": 1.5}]},
                 {"facts": [{"fact": "awards", "programme": "a/b"}]},
                 {"facts": [{"fact": "claims", "sha256": "AB" * 32}]},
                 {"facts": [{"fact": "inclusion", "log_index": 1 << 53}]},
                 {"facts": [{"fact": "inclusion"}]}, {"facts": [{"fact": "rejected", "index": -1}]}):
        problem("POST", "/v1/proofs", 400, "E5105", body if isinstance(body, str) else json.dumps(body), JSON)
    problem("POST", "/v1/proofs", 415, "E5106", "{}", {"Content-Type": "text/plain"})
    problem("POST", "/v1/proofs", 400, "E5116", " " * 140_000, JSON)
    problem("GET", "/v1/proofs", 405, "E5104")


# ---- HTTP as such ------------------------------------------------------------------------------------

def test_options_and_head():
    answer, content = ask("OPTIONS", "/v1/transactions")
    assert answer.status == 204 and answer.getheader("Allow") == "POST, OPTIONS" and not content
    answer, _ = ask("OPTIONS", "/v1/network")
    assert answer.getheader("Allow") == "GET, HEAD, OPTIONS"
    head, nothing = ask("HEAD", "/v1/genesis")
    _, content = ask("GET", "/v1/genesis")
    assert head.status == 200 and not nothing
    assert int(head.getheader("Content-Length")) == len(content)


def test_etag_answers_304():
    for path, is_immutable in (("/v1/genesis", True), ("/v1/blocks/0/header", True),
                               ("/v1/validators", False)):
        answer, _ = ask("GET", path)
        etag = answer.getheader("ETag")
        assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
        assert ("immutable" in answer.getheader("Cache-Control")) == is_immutable
        for given in (etag, f'"x", {etag}', "W/" + etag, "*"):
            answer, content = ask("GET", path, headers={"If-None-Match": given})
            assert answer.status == 304 and not content, (path, given, answer.status)
        answer, _ = ask("GET", path, headers={"If-None-Match": '"other"'})
        assert answer.status == 200


def test_pipelined_requests_are_answered_in_order():
    count = 300
    out = raw("".join(f"GET /v1/nothing{i} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" for i in range(count))
              + "GET /v1/network HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert statuses(out) == [404] * count + [200]
    assert out.count(b"Connection: close") == 1


def test_request_in_single_bytes():
    with socket.create_connection(World.api, 10) as s:
        for byte in b"GET /v1/network HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
            s.sendall(bytes([byte]))
        assert s.recv(65536).startswith(b"HTTP/1.1 200")


def test_http_1_0_closes():
    out = raw("GET /v1/network HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert statuses(out) == [200] and b"Connection: close" in out


def test_malformed_http_is_refused_and_closed():
    host = "Host: 127.0.0.1\r\n"
    for request in (
            "GET /v1/network HTTP/1.1\r\n\r\n",                                    # no Host
            f"GET /v1/network HTTP/1.1\r\n{host}{host}\r\n",                       # two
            f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
            f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: 3\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: +3\r\n\r\nabc",
            f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n",
            f"POST /v1/transactions HTTP/1.1\r\n{host}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
            f"POST /v1/transactions HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            "GET /v1/network HTTP/1.1\nHost: 127.0.0.1\n\n",                       # bare line feeds
            f"GET /v1/network HTTP/1.1\r\n{host}A: b\n\r\n",
            f"GET /v1/network HTTP/1.1\r\n{host}A : b\r\n\r\n",                    # blank before colon
            f"GET /v1/network HTTP/1.1\r\n{host}A: b\x00c\r\n\r\n",
            f"GET /v1/net\x01work HTTP/1.1\r\n{host}\r\n",
            f"GET /v1/network HTTP/2.0\r\n{host}\r\n", f"GET /v1/network\r\n{host}\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            f"get /v1/network HTTP/1.1\r\n{host}\r\n"):
        out = raw(request)
        assert statuses(out) == [400], (request, out[:300])
        assert b"Connection: close" in out and b'"E5110"' in out, (request, out[:300])


def test_host_must_be_served():
    for host, status in (("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421),
                         ("127.0.0.1:x", 421), ("127.0.0.1:1@evil.example", 421), ("[::1]x", 421),
                         ("127.0.0.1:1", 200), ("localhost", 200), ("LOCALHOST:80", 200)):
        out = raw(f"GET /v1/network HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert statuses(out) == [status], (host, out[:200])
    if World.net:
        out = raw("GET /v1/network HTTP/1.1\r\nHost: stele.example\r\nConnection: close\r\n\r\n")
        assert statuses(out) == [200]


def test_sizes_are_bounded():
    host = "Host: 127.0.0.1\r\n"
    for request, status in (
            (f"GET /{'a' * 4200} HTTP/1.1\r\n{host}\r\n", 414),
            (f"GET /{'a' * 4000} HTTP/1.1\r\n{host}Connection: close\r\n\r\n", 404),
            (f"GET / HTTP/1.1\r\n{host}A: {'a' * 17000}\r\n\r\n", 431),
            (f"GET / HTTP/1.1\r\n{host}" + "A: b\r\n" * 5000 + "\r\n", 431),
            (f"GET / HTTP/1.1\r\n{host}Prefer: {'a' * 600}\r\n\r\n", 431),
            (f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: 1048577\r\n\r\n", 413),
            (f"POST /v1/transactions HTTP/1.1\r\n{host}Content-Length: 99999999999999999999999\r\n\r\n",
             400),
            (f"POST /v1/transactions HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n"
             + ("10000\r\n" + "x" * 65536 + "\r\n") * 17, 413),
            (f"POST /v1/transactions HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n"
             + "1\r\nx\r\n" * 5000, 431),
            (f"POST /v1/transactions HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n"
             "ffffffffffffffff\r\nx", 413)):
        out = raw(request)
        assert statuses(out) == [status], (request[:60], out[:300])
        assert (b'"submitted":false' in out) == (request[:4] == "POST" and b"E5110" not in out), out[:400]


def test_chunked_body_and_continue():
    out = raw("POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
              "Content-Type: application/protobuf\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n")
    assert statuses(out) == [400] and b'"E2002"' in out, out
    with socket.create_connection(World.api, 10) as s:
        s.sendall(b"POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n"
                  b"Content-Type: application/protobuf\r\nExpect: 100-continue\r\n"
                  b"Connection: close\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        s.sendall(b"ab")
        assert statuses(s.recv(65536)) == [400]


def test_slow_header_is_cut():
    started = time.monotonic()
    out = raw("GET /v1/network HTTP/1.1\r\nHost: 127.0", seconds=30)
    assert statuses(out) == [408] and time.monotonic() - started < 20, out


def test_many_connections():
    held = [socket.create_connection(World.api, 10) for _ in range(500)]
    for s in held:
        s.sendall(b"GET /v1/network HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    for s in held:
        assert s.recv(65536).startswith(b"HTTP/1.1 200")
        s.close()


def test_reader_that_goes_away_harms_nobody():
    for _ in range(50):
        s = socket.create_connection(World.api, 10)
        s.sendall(b"GET /v1/genesis HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        s.close()
    get("/v1/network")


# ---- writing -----------------------------------------------------------------------------------------

def test_submit_waits_and_is_idempotent():
    transaction = make("grant 4", 81, anchor())
    first = accepted(transaction)
    again, content = post(transaction, None)
    assert again.status == 200 and again.getheader("Stele-Duplicate") == "true", content
    assert content["state"] == "accepted" and content["log_index"] == first["log_index"]
    recipe.check_receipt(content["receipt"], transaction, World.net.genesis)


def test_submit_without_wait_is_pending_then_known():
    transaction = make("grant 4", 81, anchor())
    answer, content = post(transaction, None)
    assert answer.status == 202 and content["state"] == "pending", content
    path, end = "/v1/transactions/" + content["id"], time.monotonic() + 20
    while (state := get(path))["state"] == "pending":
        assert time.monotonic() < end
    assert state["state"] == "accepted" and state["operation"] == "content.anchor"
    assert state["organisation"] == APPLICANT and state["body"]["title"] == "a title"
    assert get(path + "/raw") == transaction
    receipt = get(path + "/receipt")
    recipe.check_receipt(receipt, transaction, World.net.genesis)
    check_members(receipt, *described_members()["Receipt"], "a receipt")
    newest = get(path + "/receipt?status=newest")
    assert {**receipt, "status": None} == {**newest, "status": None}
    problem("GET", path + "/receipt?entry=0", 404, "E5205")
    leaf = get(f"/v1/leaves/{state['log_index']}")
    assert base64.b64decode(leaf["data"]) == b"\x01" + transaction
    block = get(f"/v1/blocks/{state['height']}")
    assert content["id"] in [t["id"] for t in block["transactions"]]


def test_malformed_transactions_are_400():
    good = make("grant 4", 81, anchor())
    forged = good[:-1] + bytes([good[-1] ^ 1])
    for body, status, code in ((b"", 400, "E2003"), (b"abc", 400, "E2002"), (good + b"\x00", 400, "E2002"),
                               (forged, 400, "E2007"), (b"x" * 500_000, 413, "E2001"),
                               (make("grant 4", 81, anchor(), chain=b"1" * 32), 400, "E2004")):
        problem("POST", "/v1/transactions", status, code, body,
                {"Content-Type": "application/protobuf"}, submitted=False)


def test_media_type_is_415():
    for kind in ({}, {"Content-Type": "application/json"}, {"Content-Type": "application/protobuf, x"}):
        problem("POST", "/v1/transactions", 415, "E5106", b"{}", kind, submitted=False)


def test_refusals_by_rule_are_422():
    kind = {"Content-Type": "application/protobuf"}
    problem("POST", "/v1/transactions", 422, "E3002", make("grant 4", 81, anchor(), -5), kind,
            submitted=False)
    problem("POST", "/v1/transactions", 422, "E3003", make("grant 4", 81, anchor(), 9999), kind,
            submitted=False)
    refused = problem("POST", "/v1/transactions", 422, "E4001", make("grant 0", 81, anchor()), kind,
                      submitted=False)
    assert refused["valid_until"] > time.time() * 1000 and len(refused["id"]) == 64


def test_simulate_submits_nothing():
    transaction = make("grant 4", 81, anchor())
    answer, content = post(transaction, None, "/v1/transactions/simulate")
    assert answer.status == 200 and content["outcome"] == "accepted", content
    get("/v1/transactions/" + content["id"], 404)
    _, content = post(make("grant 0", 81, anchor()), None, "/v1/transactions/simulate")
    assert content["outcome"] == "rejected" and content["error"] == "E4001", content
    _, content = post(make("grant 4", 81, anchor(), -5), None, "/v1/transactions/simulate")
    assert content["outcome"] == "skipped" and content["error"] == "E3002", content


def test_rejected_in_a_block_is_final_and_proven():
    transaction = make("grant 4", 61, text(1, "P-none") + recipe.number(2, 1))
    answer, content = post(transaction, "simulate=no, wait=30")
    assert answer.status == 201 and content["state"] == "rejected", content
    assert content["error"] == "E4011" and "receipt" not in content
    path = "/v1/transactions/" + content["id"]
    state = get(path)
    assert state["state"] == "rejected" and state["error"] == "E4011"
    assert get(path + "/raw") == transaction
    refused = problem("GET", path + "/receipt", 409, "E4011")
    listed = get(f"/v1/blocks/{content['height']}/rejected")
    entry = next(x for x in listed["items"] if x["id"] == content["id"])
    assert entry["error"] == "E4011" and base64.b64decode(entry["transaction"]) == transaction
    proof = get(f"/v1/proofs/rejected/{content['height']}/{entry['entry']}")
    assert proof["facts"][0]["id"] == content["id"] == refused["proof"]["facts"][0]["id"]
    assert proof["facts"][0]["code"] == 4011
    again, content = post(transaction, None)
    assert again.status == 200 and content["state"] == "rejected", content


def test_pipelined_writes_are_answered_in_order():
    transactions = [make("grant 4", 81, anchor()) for _ in range(20)]
    out = raw(b"".join(b"POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=20\r\n"
                       b"Content-Type: application/protobuf\r\nContent-Length: %d\r\n\r\n%s"
                       % (len(t), t) for t in transactions)
              + b"GET /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", seconds=60)
    assert statuses(out) == [201] * 20 + [404], statuses(out)
    ids = re.findall(rb'{"id":"([0-9a-f]{64})"', out)
    assert [i.decode() for i in ids] == [tx_id(t) for t in transactions]


def tx_id(transaction):
    length, shift, at = 0, 0, 1
    while True:
        length |= (transaction[at] & 0x7f) << shift
        shift, at = shift + 7, at + 1
        if transaction[at - 1] < 0x80:
            break
    return hashlib.sha256(b"stele/v1 transaction\n" + transaction[at:at + length]).hexdigest()


def test_concurrent_writers():
    results = []

    def write():
        for _ in range(10):
            results.append(post(make("grant 4", 81, anchor()))[0].status)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [201] * 80, results


def test_client_that_leaves_while_waiting_harms_nobody():
    transaction = make("grant 4", 81, anchor())
    s = socket.create_connection(World.api, 10)
    s.sendall(b"POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=20\r\n"
              b"Content-Type: application/protobuf\r\nContent-Length: %d\r\n\r\n%s"
              % (len(transaction), transaction))
    s.close()
    answer, content = post(transaction)
    assert content["state"] == "accepted", content


# ---- records -----------------------------------------------------------------------------------------

def get_first_block():
    """Proofs need a finalization, so a network that never decided has none."""
    if World.net and get("/v1/network")["height"] == 0:
        accepted(make("grant 4", 81, anchor()))


def test_hash_is_proven_present_or_absent():
    get_first_block()
    absent = get("/v1/hashes/sha256/" + "ab" * 32)
    assert absent["recorded"] is False and absent["claims"] == []
    assert "value" not in absent["proof"]["entries"][0]
    if not World.net:
        return
    content = secrets.token_bytes(9)
    for name in ("grant 4", "grant 3"):
        accepted(make(name, 81, anchor(content)))
    found = get("/v1/hashes/sha256/" + hashlib.sha256(content).hexdigest())
    assert found["recorded"] and [c["claim"] for c in found["claims"]] == [1, 2], found
    assert found["claims"][0]["organisation"] == APPLICANT and found["claims"][1]["state"] == "live"
    assert found["total"] == 2 and len(found["proof"]["entries"]) == 3


def open_grant(name, amount):
    opened = accepted(make("grant 1", 16, recipe.data(1, recipe.data(60, grant(name, amount)))
                           + recipe.number(2, int(time.time() * 1000) + 3_600_000)))
    return next(m for m in get("/v1/motions")["items"] if m["log_index"] == opened["log_index"])


def test_programme_from_budget_to_payment():
    name = "P-" + secrets.token_hex(4)
    accepted(make("grant 0", 40, programme(name)))
    shown = get("/v1/programmes/" + name)
    assert (shown["budget"], shown["committed"], shown["paid"], shown["awards"]) \
        == ("1000000", "0", "0", 0), shown
    motion = open_grant(name, 400_000)
    one = get(f"/v1/motions/{motion['number']}")
    assert one["state"] == "open" and one["operation"] == "award.grant", one
    assert one["body"]["amount"] == "400000" and FUNDER in one["may_approve"], one
    assert motion["number"] in [m["number"] for m in get("/v1/motions?state=open")["items"]]
    accepted(make("grant 0", 17, recipe.number(1, motion["number"])))
    assert get(f"/v1/motions/{motion['number']}")["state"] == "executed"
    too_much = open_grant(name, 700_000)
    refused = problem("POST", "/v1/transactions", 422, "E4107",
                      make("grant 0", 17, recipe.number(1, too_much["number"])),
                      {"Content-Type": "application/protobuf"}, submitted=False)
    assert refused["facts"] == {"programme": name + "   committed CNY 4,000.00 of 10,000.00",
                                "asked": "CNY 7,000.00, which is CNY 1,000.00 too much"}, refused
    award = get(f"/v1/programmes/{name}/awards/1")
    assert award["state"] == "granted" and award["recipients"][0]["accepted"] is False, award
    accepted(make("grant 4", 61, text(1, name) + recipe.number(2, 1)))
    assert get(f"/v1/programmes/{name}/awards?state=active")["items"][0]["number"] == 1
    assert get(f"/v1/programmes/{name}/awards?state=closed")["items"] == []
    accepted(make("grant 0", 66, text(1, name) + recipe.number(2, 1) + recipe.number(4, 150_000)
                  + text(5, FUNDER) + text(6, APPLICANT) + text(7, "2027-03-01")
                  + recipe.data(8, secrets.token_bytes(32))))
    paid = get(f"/v1/programmes/{name}/awards/1/disbursements")["items"]
    assert [(p["number"], p["amount"], p["currency"]) for p in paid] == [(1, "150000", "CNY")], paid
    award = get(f"/v1/programmes/{name}/awards/1")  # without milestones all of it is payable
    assert (award["paid"], award["payable"]) == ("150000", award["amount"]), award
    shown = get("/v1/programmes/" + name)
    assert (shown["committed"], shown["paid"]) == ("400000", "150000"), shown
    accepted(make("grant 4", 100, text(1, name)
                  + recipe.data(5, hashlib.sha256(b"note").digest()) + text(6, "report")))
    notes = get(f"/v1/notes?target=programme/{name}")
    assert notes["total"] == 1 and notes["items"][0]["organisation"] == APPLICANT, notes
    proof = get("/v1/proofs/awards/" + name)
    assert proof["facts"] == [{"fact": "awards", "from": 1, "programme": name, "to": 1}], proof
    assert {i["key"]: "value" in i for i in proof["entries"]} \
        == {f"programme/{name}": True, f"award/{name}/1": True, f"award/{name}/2": False}
    problem("GET", f"/v1/proofs/awards/{name}?from=2", 400, "E5117")
    problem("GET", f"/v1/proofs/awards/{name}?to=2", 400, "E5117")
    assert get("/v1/organisations/" + APPLICANT)["awards_total"] >= 1
    assert get("/v1/proofs/org-awards/" + APPLICANT)["facts"][0]["fact"] == "org-awards"


# ---- grants, histories and simulation ------------------------------------------------------------------

APPLICANT_ROLE, AGENCY_ROLE, FUNDER_ROLE = 3, 2, 1
OPENED = {43: AGENCY_ROLE, 46: APPLICANT_ROLE, 47: APPLICANT_ROLE, 62: AGENCY_ROLE,
          64: APPLICANT_ROLE, 65: AGENCY_ROLE, 67: FUNDER_ROLE, 68: AGENCY_ROLE, 69: AGENCY_ROLE,
          70: AGENCY_ROLE, 73: FUNDER_ROLE, 74: FUNDER_ROLE, 84: APPLICANT_ROLE}


def motion_of(key_name, operation, message):
    """The number of a new motion."""
    opened = accepted(make(key_name, 16, recipe.data(1, recipe.data(operation, message))
                           + recipe.number(2, int(time.time() * 1000) + 3_600_000)))
    return next(m for m in get("/v1/motions")["items"] if m["log_index"] == opened["log_index"])["number"]


def open_operations():
    """The frozen genesis has no rule for these; the validators give them one."""
    if any(rule["name"] == "call.publish" for rule in get("/v1/policy")["rules"]):
        return
    rules = b"".join(recipe.data(1, recipe.number(1, o) + recipe.data(2, bytes([role])))
                     for o, role in sorted(OPENED.items()))
    number = motion_of("govern 0", 25, rules)
    for name in ("govern 1", "govern 2"):
        accepted(make(name, 17, recipe.number(1, number)))
    assert get(f"/v1/motions/{number}")["state"] == "executed"


def history(path):
    page, items = get(path + "/history?limit=2"), []
    items += page["items"]
    while page["next"]:
        later = get(f"{path}/history?limit=2&cursor={page['next']}")
        assert (later["total"], later["as_of_height"]) == (page["total"], page["as_of_height"]), later
        page = later
        items += page["items"]
    assert len(items) == page["total"], page
    indices = [i["log_index"] for i in items]
    assert indices == sorted(set(indices)), indices
    for item in items:
        check_members(item, {"log_index", "height", "time", "transaction", "operation", "organisation",
                             "motion", "executed"}, {"log_index", "height", "time", "operation"}, path)
    return [i.get("executed", i["operation"]) for i in items]


def simulated(key_name, operation, message):
    answer, content = post(make(key_name, operation, message), None, "/v1/transactions/simulate")
    assert answer.status == 200 and content["outcome"] == "accepted", content
    check_members(content, *described_members()["Simulation"], "a simulation")
    changes = {c["key"]: c for c in content["effect"]["changes"]}
    assert len(changes) == content["effect"]["total"] and list(changes) == sorted(changes), content
    assert not any(k.startswith("quota/") for k in changes), content
    return changes


def call_terms(now_ms):
    hour = 3_600_000
    return (recipe.data(1, text(2, "A call")) + recipe.number(2, now_ms - hour)
            + recipe.number(3, now_ms + hour) + recipe.number(4, now_ms + 2 * hour)
            + recipe.number(5, now_ms + 3 * hour) + recipe.number(7, 1000) + recipe.number(8, 300_000)
            + recipe.number(9, 300_000) + recipe.number(10, 2) + recipe.number(11, 1) + text(13, "A")
            + recipe.data(14, recipe.number(1, 1) + recipe.number(2, 1) + recipe.data(
                3, text(1, "merit") + recipe.number(2, 10_000) + recipe.number(3, 10))))


def test_programme_from_its_call_to_a_proposal():
    open_operations()
    name, described = "C-" + secrets.token_hex(4), described_members()
    accepted(make("grant 0", 40, programme(name)))
    publish = text(1, name) + text(2, "K") + recipe.data(3, call_terms(int(time.time() * 1000)))
    changes = simulated("grant 1", 43, publish)
    assert changes[f"call/{name}/K"]["is_new"] and changes[f"call/{name}/K"]["type"] == "call", changes
    assert changes[f"programme/{name}"]["after"]["call_budgets"] == "300000", changes
    assert "budget" not in str(changes[f"programme/{name}"]["before"]), changes
    path = f"/v1/programmes/{name}/calls"
    assert get(path)["items"] == []
    accepted(make("grant 1", 43, publish))
    shown = get(path + "/K")
    check_members(shown, *described["Call"], "a call")
    assert shown["state"] == "open" and shown["is_open"] and shown["windows"]["proposals"]["is_open"], shown
    assert [c["call"] for c in get(path + "?state=open&area=A")["items"]] == ["K"]
    assert get(path + "?state=cancelled")["items"] == []
    problem("GET", path + "?state=published", 400, "E5105")
    commit = text(1, name) + text(2, "K") + recipe.data(3, secrets.token_bytes(32))
    changes = simulated("grant 4", 46, commit)
    assert changes[f"proposal/{name}/K/1"]["after"]["org"] == APPLICANT, changes
    accepted(make("grant 4", 46, commit))
    proposal = get(path + "/K/proposals/1")
    check_members(proposal, *described["Proposal"], "a proposal")
    assert proposal["state"] == "committed" and proposal["organisation"] == APPLICANT, proposal
    assert get(f"{path}/K/proposals?organisation={APPLICANT}&state=committed")["total"] == 1
    assert get(f"{path}/K/proposals?organisation={FUNDER}")["items"] == []
    party = get(f"{path}/K/parties/{APPLICANT}")
    check_members(party, *described["Party"], "a party")
    assert party["proposals"] == 1, party
    accepted(make("grant 4", 47, text(1, name) + text(2, "K") + recipe.number(3, 1)))
    assert get(path + "/K/proposals/1")["state"] == "withdrawn"
    assert history(path + "/K") == ["call.publish", "proposal.commit"], history(path + "/K")
    assert history(path + "/K/proposals/1") == ["proposal.commit", "proposal.withdraw"]
    assert history("/v1/programmes/" + name) == ["programme.create", "call.publish"]
    for empty in ("/K/panel", "/K/objections", "/K/proposals/1/reviews"):
        assert get(path + empty)["items"] == [], empty
    for absent in ("/L", "/K/proposals/2", "/K/objections/1", "/L/history", "/K/parties/nobody"):
        problem("GET", path + absent, 404, "E5205")


def milestone(number, amount):
    return recipe.data(9, recipe.number(1, number) + recipe.number(3, amount))


def test_programme_from_milestones_to_a_recovery():
    open_operations()
    name, described = "M-" + secrets.token_hex(4), described_members()
    accepted(make("grant 0", 40, programme(name)))
    whole = grant(name, 400_000)
    title = whole.index(recipe.data(10, text(2, "An award")))
    motion = motion_of("grant 1", 60, whole[:title] + milestone(1, 150_000) + milestone(2, 250_000)
                       + whole[title:])
    changes = simulated("grant 0", 17, recipe.number(1, motion))
    assert changes[f"award/{name}/1"]["is_new"] and changes[f"motion/{motion}"]["after"], changes
    assert changes[f"programme/{name}"]["after"]["committed"] == "400000", changes
    accepted(make("grant 0", 17, recipe.number(1, motion)))
    award, path = text(1, name) + recipe.number(2, 1), f"/v1/programmes/{name}/awards/1"
    accepted(make("grant 4", 61, award))
    content = secrets.token_bytes(9)
    accepted(make("grant 4", 81, anchor(content)))
    digest = hashlib.sha256(content).digest()
    accepted(make("grant 4", 64, award + recipe.number(3, 1)
                  + recipe.data(4, recipe.data(1, digest) + recipe.number(2, 1))))
    claimed = get(path + "/milestones/1")
    check_members(claimed, *described["Milestone"], "a milestone")
    assert claimed["state"] == "claimed" and claimed["evidence"][0]["sha256"] == digest.hex(), claimed
    accepted(make("grant 1", 65, award + recipe.number(3, 1) + recipe.number(4, 1)
                  + recipe.number(5, 150_000) + recipe.number(7, 1)))
    assert get(path + "/milestones?state=met")["items"][0]["payable"] == "150000"
    assert [m["state"] for m in get(path + "/milestones")["items"]] == ["met", "planned"]
    for amount in (100_000, 50_000):
        accepted(make("grant 0", 66, award + recipe.number(3, 1) + recipe.number(4, amount)
                      + text(5, FUNDER) + text(6, APPLICANT) + text(7, "2027-03-01")
                      + recipe.data(8, secrets.token_bytes(32))))
    accepted(make("grant 0", 67, award + recipe.number(3, 2)))
    payment = get(path + "/disbursements/2")
    check_members(payment, *described["Disbursement"], "a payment")
    assert payment["state"] == "reversed" and payment["reversed_log_index"] > payment["log_index"], payment
    assert [p["number"] for p in get(path + "/disbursements?state=standing")["items"]] == [1]
    accepted(make("grant 1", 68, award))
    assert get(f"/v1/programmes/{name}/awards?state=suspended")["items"][0]["number"] == 1
    accepted(make("grant 1", 69, award))
    accepted(make("grant 1", 70, award + recipe.number(3, 20_000)))
    accepted(make("grant 0", 73, award + recipe.number(3, 20_000)))
    accepted(make("grant 0", 74, award + recipe.number(3, 5_000) + text(4, APPLICANT)
                  + text(5, "2028-01-01") + recipe.data(6, secrets.token_bytes(32))))
    recovery = get(path + "/recoveries/2")
    check_members(recovery, *described["Recovery"], "a recovery")
    assert recovery["kind"] == "receipt" and recovery["amount"] == "5000", recovery
    assert get(path + "/recoveries?kind=demand")["items"][0]["number"] == 1
    shown = get(path)
    check_members(shown, *described["Award"], "an award")
    assert (shown["state"], shown["paid"], shown["unspent"], shown["outstanding"]) \
        == ("terminated", "100000", "20000", "15000"), shown
    assert [m["state"] for m in get(path + "/milestones")["items"]] == ["met", "ended"]
    assert history(path) == [
        "award.grant", "award.accept", "milestone.claim", "milestone.assess", "disbursement.record",
        "disbursement.record", "disbursement.reverse", "award.suspend", "award.resume", "award.terminate",
        "recovery.demand", "recovery.receive"], history(path)
    one = get(path + "/history")["items"][0]
    assert (one["operation"], one["executed"], one["motion"], one["organisation"]) \
        == ("motion.approve", "award.grant", motion, FUNDER), one
    assert history(f"/v1/motions/{motion}") == ["motion.open", "award.grant"]
    own = get(f"/v1/organisations/{APPLICANT}/awards?programme={name}")["items"]
    assert [(a["number"], a["state"]) for a in own] == [(1, "terminated")], own
    accepted(make("grant 4", 84, recipe.data(1, recipe.data(1, digest) + recipe.number(2, 1))
                  + text(2, "somebody")))
    accepted(make("grant 4", 86, recipe.data(1, recipe.data(1, digest) + recipe.number(2, 1))))
    assert history(f"/v1/hashes/sha256/{digest.hex()}/claims/1") \
        == ["content.anchor", "content.propagate", "content.withdraw"]


def test_histories_begin_with_the_genesis():
    first = get("/v1/organisations")["items"][0]["id"]
    assert history("/v1/organisations/" + first)[0] == "genesis"
    keys = get(f"/v1/organisations/{first}/keys")
    assert keys["total"] >= 1 and keys["items"][0]["state"] == "in_force", keys
    assert history("/v1/keys/" + keys["items"][0]["key"])[0] == "genesis"
    problem("GET", "/v1/organisations/nobody/history", 404, "E5205")
    problem("GET", "/v1/motions/1000000/history", 404, "E5205")
    problem("GET", f"/v1/organisations/{first}/history?state=x", 400, "E5105")
    problem("GET", f"/v1/organisations/{first}/history?cursor=o1-1", 400, "E5105")
    problem("GET", f"/v1/organisations/{first}/history?cursor=o1-1-1000000000", 400, "E5105")


def test_filters_are_exact_words():
    for path in ("/v1/organisations?state=activ", "/v1/organisations?role=king", "/v1/programmes?state=",
                 "/v1/motions?state=closed", "/v1/motions?state=open&state=open", "/v1/programmes?area=A",
                 "/v1/motions?operation=award.grant%20award.amend"):
        problem("GET", path, 400, "E5105")
    assert get("/v1/organisations?role=validator&state=active")["items"]
    assert get("/v1/organisations?state=delisted")["items"] == []
    assert get("/v1/motions?operation=note.attach")["items"] == []


def test_simulate_shows_the_facts_of_a_refusal():
    name = "S-" + secrets.token_hex(4)
    accepted(make("grant 0", 40, programme(name)))
    motion = motion_of("grant 1", 60, grant(name, 2_000_000))
    answer, content = post(make("grant 0", 17, recipe.number(1, motion)), None,
                           "/v1/transactions/simulate")
    assert answer.status == 200 and content["outcome"] == "rejected" and content["error"] == "E4107", content
    assert "too much" in content["facts"]["asked"] and "effect" not in content, content


def test_simulate_shows_what_a_motion_carries():
    name = "S-" + secrets.token_hex(4)
    accepted(make("grant 0", 40, programme(name)))
    for amount, outcome in ((2_000_000, "rejected"), (700_000, "accepted")):
        opening = (recipe.data(1, recipe.data(60, grant(name, amount)))
                   + recipe.number(2, int(time.time() * 1000) + 3_600_000))
        answer, content = post(make("grant 1", 16, opening), None, "/v1/transactions/simulate")
        assert answer.status == 200 and content["outcome"] == "accepted", content
        assert not any(c["key"].startswith("award/") for c in content["effect"]["changes"]), content
        carried = content["carried"]
        assert carried["outcome"] == outcome, carried
    changes = {c["key"]: c for c in carried["effect"]["changes"]}
    assert changes[f"award/{name}/1"]["is_new"], changes
    assert changes[f"programme/{name}"]["after"]["committed"] == "700000", changes
    assert get("/v1/programmes/" + name)["committed"] == "0"


def test_proofs_answer():
    get_first_block()
    size = get("/v1/network")["log_size"]
    state = get("/v1/proofs/state?key=org/" + FUNDER + "&key=org/nobody")
    assert {i["key"]: "value" in i for i in state["entries"]} == {"org/" + FUNDER: True, "org/nobody": False}
    assert state["stele_proof"] == 1 and {f["fact"] for f in state["facts"]} == {"state"}
    assert get("/v1/proofs/inclusion?log_index=0")["facts"][0]["log_index"] == 0
    assert get("/v1/proofs/consistency?from=1")["facts"][0]["from"] == 1
    problem("GET", f"/v1/proofs/inclusion?log_index={size + 1000}", 404, "E5205")
    problem("GET", f"/v1/proofs/consistency?from={size + 1000}", 404, "E5205")
    problem("GET", "/v1/proofs/awards/none", 404, "E5205")
    problem("GET", "/v1/proofs/org-awards/none", 404, "E5205")


def last_height(proof):
    return next(int(line[7:]) for line in proof["headers"][-1].split("\n") if line.startswith("height "))


def test_proofs_stand_under_the_height_that_is_asked_for():
    get_first_block()
    height = get("/v1/network")["height"]
    for at in range(max(0, height - 3), height + 1):
        proof = get(f"/v1/proofs/state?key=org/{FUNDER}&at_height={at}")
        assert last_height(proof) == at and len(proof["entries"]) == 1
        assert last_height(get(f"/v1/proofs/inclusion?log_index=0&at_height={at}")) == at
        assert last_height(prove({"facts": [{"fact": "evidence"}], "at_height": at})) == at
    for path in ("state?key=org/x", "evidence?from=1", "inclusion?log_index=0", "consistency?from=1"):
        problem("GET", f"/v1/proofs/{path}&at_height={height + 1000}", 404, "E5114")


def test_several_facts_stand_in_one_proof():
    get_first_block()
    wanted = [{"fact": "state", "key": "org/" + FUNDER}, {"fact": "org-awards", "organisation": FUNDER},
              {"fact": "claims", "sha256": "0c" * 32}, {"fact": "evidence"},
              {"fact": "inclusion", "log_index": 0}, {"fact": "consistency", "from": 1}]
    proof = prove({"facts": wanted})
    assert [f["fact"] for f in proof["facts"]] == [f["fact"] for f in wanted]
    for key in ("content/" + "0c" * 32, "count/evidence"):
        assert {"key": key} in proof["entries"], key
    keys = [hashlib.sha256(e["key"].encode()).hexdigest() for e in proof["entries"]]
    assert keys == sorted(set(keys)), "the entries do not ascend"
    proof = prove({"facts": [{"fact": "state", "key": f"org/{i}"} for i in range(256)]})
    assert len(proof["entries"]) == 256 and len(base64.b64decode(proof["tree"])) < 256 * 40 * 32
    proof = prove({"facts": [{"fact": "inclusion", "log_index": 0}]})
    assert "entries" not in proof and "tree" not in proof
    assert prove({"facts": [wanted[0], {"fact": "awards", "programme": "none"}]}, 404)["code"] == "E5205"


def test_receipts_and_proofs_are_canonical():
    get_first_block()
    for path in ("/v1/proofs/evidence", "/v1/proofs/inclusion?log_index=0",
                 "/v1/proofs/state?key=org/" + FUNDER):
        connection = http.client.HTTPConnection(*World.api, timeout=40)
        connection.request("GET", path)
        check_canonical(connection.getresponse().read())
        connection.close()


def check_canonical(text):
    assert text == (json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")) + "\n").encode()


def test_pages_neither_repeat_nor_omit():
    get_first_block()
    for path in ("/v1/blocks", "/v1/organisations"):
        whole = get(path + "?limit=500")
        page, items = get(path + "?limit=2"), []
        assert len(page["items"]) == 2 and page["as_of_height"] >= whole["as_of_height"]
        items += page["items"]
        while page["next"]:
            page = get(f"{path}?limit=2&cursor={page['next']}")
            items += page["items"]
        if whole["next"] is None:
            assert items == whole["items"], path


def test_another_node_tells_the_same():
    if not World.net:
        return
    transaction = make("grant 4", 81, anchor())
    height = accepted(transaction)["height"]
    end = time.monotonic() + 10
    while ask("GET", "/v1/network", where=World.net.api[2])[1]["height"] < height:
        assert time.monotonic() < end
    _, content = ask("GET", "/v1/transactions/" + tx_id(transaction), where=World.net.api[2])
    assert content["state"] == "accepted" and content["height"] == height


# ---- the other listener, the description -----------------------------------------------------------------

def test_metrics_are_prometheus_text():
    answer, content = ask("GET", "/metrics", where=World.metrics)
    assert answer.status == 200 and answer.getheader("Content-Type").startswith("text/plain")
    helped, typed, seen = set(), {}, set()
    for line in content.decode().splitlines():
        if line.startswith("# HELP "):
            helped.add(line.split()[2])
        elif line.startswith("# TYPE "):
            typed[line.split()[2]] = line.split()[3]
        else:
            match = re.fullmatch(r'(stele_[a-z_]+)(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.]+', line)
            assert match, line
            name = match.group(1)
            whole = re.sub(r"_(bucket|sum|count)$", "", name)
            if typed.get(whole) == "histogram":
                name = whole
            assert name in helped and name in typed, line
            assert (typed[name] == "counter") == name.endswith("_total"), line
            assert match.group(0).split()[0] not in seen, line
            seen.add(match.group(0).split()[0])
    assert "stele_height" in typed and "stele_process_resident_memory_bytes" in typed


def test_live_and_ready():
    assert ask("GET", "/livez", where=World.metrics)[0].status == 200
    answer, content = ask("GET", "/readyz?verbose", where=World.metrics)
    assert answer.status == 200 and b"[+]" in content, content
    assert ask("GET", "/v1/network", where=World.metrics)[0].status == 404


def served_paths():
    """The paths of the table of routes; some begin with a name that stands for a path."""
    names, paths = {}, set()

    def whole(name, rest):
        return names.get(name, "") + rest

    with open(os.path.join(ROOT, "node/api/routes.c"), encoding="utf-8") as table:
        for line in table:
            if named := re.match(r'#define (\w+) (\w*) ?"(/[^"]*)"$', line):
                names[named[1]] = whole(named[2], named[3])
            if route := re.match(r'\t\{METHOD_\w+, (\w*) ?(?:"(/[^"]*)")?,', line):
                paths.add(whole(route[1], route[2] or ""))
    return paths


def test_description_names_every_route():
    with open(os.path.join(ROOT, "docs/openapi.yaml"), encoding="utf-8") as page:
        described = {re.sub(r"\{[a-z_]+\}", "{}", p) for p in re.findall(r"^  (/\S+):$", page.read(), re.M)}
    served = served_paths()
    assert described == served, described ^ served


def described_members():
    """Of each schema in docs/openapi.yaml: its members, and those it always has."""
    with open(os.path.join(ROOT, "docs/openapi.yaml"), encoding="utf-8") as page:
        schemas = page.read().split("\n  schemas:\n")[1]
    out = {}
    for part in re.split(r"^    (?=\w+:\n)", schemas, flags=re.M)[1:]:
        required = re.search(r"required: \[(.*)\]", part)
        out[part.split(":")[0]] = (set(re.findall(r"^        (\w+):", part, re.M)),
                                   set(required.group(1).split(", ")) if required else set())
    return out


def test_the_answers_have_the_described_members():
    get_first_block()
    described = described_members()
    first = get("/v1/organisations")["items"][0]["id"]
    for path, schema in (
            ("/v1/network", "Network"), ("/v1/validators", "Validators"), ("/v1/status", "Status"),
            ("/v1/peers", "Peers"), ("/v1/policy", "Policy"), ("/v1/blocks", "Page"),
            ("/v1/blocks/0", "Block"), ("/v1/leaves/0", "Leaf"), ("/v1/motions", "Page"),
            ("/v1/evidence", "Page"),
            ("/v1/validators/ready/" + get("/v1/validators")["set_hash"], "Page"),
            ("/v1/hashes/sha256/" + "cd" * 32, "HashAnswer"), ("/v1/organisations/" + first, "Organisation"),
            ("/v1/keys/" + get("/v1/organisations/" + first)["keys"][0]["key"], "Key"),
            ("/v1/programmes", "Page"), ("/v1/notes?target=org/" + first, "Page")):
        check_members(get(path), *described[schema], path)
    for item in get("/v1/programmes")["items"][:1]:
        check_members(item, *described["Programme"], "a programme")
        for award in get(f"/v1/programmes/{item['id']}/awards")["items"]:
            check_members(award, *described["Award"], "an award")
    for item in get("/v1/motions")["items"][:1]:
        check_members(get(f"/v1/motions/{item['number']}"), *described["Motion"], "a motion")
    for item in get("/v1/blocks?limit=1")["items"]:
        for one in get(f"/v1/blocks/{item['height']}")["transactions"]:
            check_members(get("/v1/transactions/" + one["id"]), *described["Transaction"], "a transaction")
    check_members(ask("GET", "/v1/x")[1], *described["Problem"], "a problem")


def check_members(content, members, required, what):
    assert set(content) <= members, (what, set(content) - members)
    assert required <= set(content), (what, required - set(content))


def without_a_quorum():
    """Last of all: two of four nodes are stopped, so nothing is decided any more."""
    for i in (2, 3):
        World.net.stop(i)
    transaction, started = make("grant 4", 81, anchor()), time.monotonic()
    answer, content = post(transaction, "wait=1")
    assert answer.status == 202 and content["state"] == "pending", content
    assert 0.9 < time.monotonic() - started < 5
    assert get("/v1/transactions/" + content["id"])["state"] == "pending"
    again, content = post(transaction, None)
    assert again.status == 200 and again.getheader("Stele-Duplicate") == "true", content
    assert content["state"] == "pending"
    answer, _ = ask("GET", "/v1/transactions/" + content["id"] + "/receipt")
    assert answer.status == 202


def client_that_waits_is_answered_as_the_node_ends():
    answers, transaction = [], make("grant 4", 81, anchor())
    waiting = threading.Thread(target=lambda: answers.append(post(transaction)[0].status))
    waiting.start()
    time.sleep(0.5)
    assert World.net.stop(0) == 0
    waiting.join()
    assert answers == [202], answers


# ---- running -------------------------------------------------------------------------------------------

WRITES = ("submit", "transactions", "refusal", "simulate", "rejected", "write", "media_type",
          "programme_from", "waiting")


def run(chosen):
    passed = failed = 0
    for name, test in sorted((n, t) for n, t in globals().items() if n.startswith("test_")):
        if not World.net and any(w in name for w in WRITES):
            continue
        if chosen and not any(c in name for c in chosen):
            continue
        try:
            test()
            passed += 1
        except Exception:  # noqa: BLE001: whatever went wrong, the other tests still tell something
            failed += 1
            print(f"{name}: {traceback.format_exc()}")
    print(f"api: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def address(value):
    host, port = value.rsplit(":", 1)
    return host, int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steled", default=os.path.join(ROOT, "build/debug/steled"))
    parser.add_argument("--api", type=address, help="HOST:PORT of a node that runs")
    parser.add_argument("--metrics", type=address)
    parser.add_argument("tests", nargs="*", help="words: only tests whose name holds one")
    options = parser.parse_args()
    if options.api:
        World.api, World.metrics = options.api, options.metrics
        return run(options.tests)
    with VectorNet(options.steled) as World.net:
        World.api, World.metrics = World.net.api[0], World.net.metrics[0]
        code = run(options.tests)
        if not options.tests:
            without_a_quorum()
            client_that_waits_is_answered_as_the_node_ends()
        for i in list(World.net.running):
            if World.net.stop(i) != 0:
                print(f"node {i} did not end well:\n{World.net.log(i)[-3000:]}")
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
