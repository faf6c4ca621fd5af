#!/usr/bin/env python3
"""Evidence on a network of real nodes: one node has found it, all record it once, the API and the
tool show it, and openssl alone checks what was signed.

The evidence is that of tests/vectors, whose genesis the network has; it is put into the journal of
a node that stands still, as if that node had found it."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import vector_net  # noqa: E402

ROOT = pathlib.Path(vector_net.ROOT).resolve()
BUILD = ROOT / "build/release"
PLANT = BUILD / "tests/cluster/plant_evidence"
STOCK = {"PATH": "/usr/bin:/bin"}
TEXTS = {e["type"]: e for e in vector_net.vectors("evidence.json")["evidence"]}
PLANTED = ("E1", "E3")


class World:
    net = work = None


def get(node, path):
    host, port = World.net.api[node]
    with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=20) as answer:
        return json.load(answer)


def metric(node, name):
    host, port = World.net.metrics[node]
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=20) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(name + " "):
                return int(line.split()[1])
    raise AssertionError(f"no metric {name}")


def tool(*words, code=0, is_pinned=True):
    trust = ["--trust", World.work / "net.genesis"] if is_pinned else []
    host, port = World.net.api[1]
    command = [BUILD / "stele", *words, "--node", f"http://{host}:{port}", *trust,
               "--home", World.work / "home"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout


def stock(script, folder):
    done = subprocess.run(["sh", "-c", script], cwd=folder, env=STOCK, capture_output=True, text=True,
                          check=False, timeout=60)
    return done.returncode, done.stdout


def plant(node):
    World.net.stop(node)
    for name in PLANTED:
        path = World.work / "text"
        path.write_text(TEXTS[name]["text"])
        subprocess.run([PLANT, os.path.join(World.net.home(node), "journal"), path], check=True)
    World.net.start(node)
    World.net.await_ready()


def await_true(what, holds, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except urllib.error.URLError:
            pass  # it is on its way up
        assert time.monotonic() < end, what + "\n" + World.net.log(0)[-2000:]
        time.sleep(0.2)


def await_recorded(node):
    await_true(f"node {node} records nothing",
               lambda: get(node, "/v1/evidence")["total"] == len(PLANTED))


def test_1_what_one_node_found_every_node_records_once():
    assert get(0, "/v1/evidence") == {"items": [], "total": 0, "as_of_height": get(
        0, "/v1/evidence")["as_of_height"], "next": None}
    plant(0)
    for node in range(4):
        await_recorded(node)
    lists = [get(node, "/v1/evidence")["items"] for node in range(4)]
    assert all(one == lists[0] for one in lists), lists
    assert {e["type"]: e["id"] for e in lists[0]} == {t: TEXTS[t]["id"] for t in PLANTED}
    assert [e["number"] for e in lists[0]] == [2, 1]
    assert {e["validator"] for e in lists[0]} == {2}
    await_true("the metrics do not say so", lambda: (
        metric(1, "stele_evidence_recorded_total"), metric(1, "stele_evidence_held")) == (2, 0))


def test_2_one_by_its_id_with_both_texts_and_its_proof():
    page = get(2, "/v1/evidence?limit=1")
    assert len(page["items"]) == 1 and page["total"] == 2
    rest = get(2, "/v1/evidence?limit=1&cursor=" + page["next"])
    assert [e["number"] for e in page["items"] + rest["items"]] == [2, 1]
    for name in PLANTED:
        one = get(2, "/v1/evidence/" + TEXTS[name]["id"])
        assert one["text"] == TEXTS[name]["text"]
        fact = one["proof"]["facts"][0]
        assert fact["fact"] == "inclusion" and fact["log_index"] == one["log_index"]
        block = get(2, f"/v1/blocks/{one['height']}")
        assert block["evidence"] >= 1
        assert f"evidence {one['id']} {TEXTS[name]['hash']}\n" in block["body"]
        for vote, line in zip(one["votes"], one["text"].splitlines()[-2:]):
            assert vote["text"].startswith(f"stele/v1 {vote['kind']}\nchain ")
            assert line.split() == ["vote", vote["kind"], vote.get("block", "-"), vote["signature"]]
    for path in ("/v1/evidence/" + "0" * 64, "/v1/evidence/" + TEXTS["E2"]["id"]):
        try:
            raise AssertionError(get(2, path))
        except urllib.error.HTTPError as error:
            assert error.code == 404 and json.load(error)["code"] == "E5205"


def test_3_show_prints_what_openssl_checks():
    assert TEXTS["E1"]["id"] in tool("evidence", "list")
    one = json.loads(tool("evidence", "show", TEXTS["E1"]["id"], "--json", code=5, is_pinned=False))
    assert one["signers_pinned"] is False
    for name in PLANTED:
        shown = tool("evidence", "show", TEXTS[name]["id"])
        one = json.loads(tool("evidence", "show", TEXTS[name]["id"], "--json"))
        assert one["type"] == name and one["signers_pinned"] is True
        assert all(vote["text"] in shown and vote["signature"] in shown for vote in one["votes"])
        script = shown.split("in an empty folder:\n")[1]
        folder = World.work / f"shown-{name}"
        folder.mkdir()
        code, said = stock(script, folder)
        assert code == 0 and said == f"Verified OK\nVerified OK\n{one['key']}\n", said
        code, said = stock(script.replace("view 5", "view 6"), folder)
        assert "Verified OK" not in said, said


def test_4_unpacked_it_is_checked_by_its_own_script():
    folder = World.work / "unpacked"
    tool("evidence", "unpack", TEXTS["E1"]["id"], folder)
    assert (folder / "evidence.txt").read_text() == TEXTS["E1"]["text"]
    code, said = stock("sh unpacked/verify.sh", World.work)
    assert code == 0 and said.count("Verified OK") == 2, said
    with open(folder / "vote-2.txt", "a", encoding="utf-8") as text:
        text.write("\n")
    code, said = stock("sh unpacked/verify.sh", World.work)
    assert code != 0 and said.count("Verified OK") == 1, said
    tool("evidence", "unpack", TEXTS["E1"]["id"], folder, code=10)
    tool("evidence", "show", "1", code=2)
    tool("evidence", "show", TEXTS["E4"]["id"], code=4)


def test_5_these_are_all_and_a_ledger_with_them_verifies():
    path = World.work / "evidence.json"
    tool("proof", "get", "evidence", "-o", path)
    assert json.loads(tool("proof", "check", path, "--json"))["count"] == 2
    proof = json.loads(path.read_text())
    del proof["entries"][2]
    path.write_text(json.dumps(proof, sort_keys=True, separators=(",", ":")) + "\n")
    tool("proof", "check", path, code=3)
    World.net.stop(3)
    tool("verify-ledger", World.net.home(3))


def test_6_a_wiped_node_has_them_again():
    home = World.net.home(3)
    subprocess.run(["rm", "-r", os.path.join(home, "chain")], check=True)
    World.net.start(3)
    await_recorded(3)
    assert get(3, "/v1/evidence")["items"] == get(1, "/v1/evidence")["items"]


def main():
    subprocess.run(["make", "-s", "-C", ROOT, "PROFILE=release", *(
        os.path.relpath(p, ROOT) for p in (PLANT, BUILD / "steled", BUILD / "stele"))], check=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as work, vector_net.VectorNet(BUILD / "steled") as World.net:
        World.work = pathlib.Path(work)
        (World.work / "net.genesis").write_text(World.net.genesis)
        for name, test in sorted((n, t) for n, t in globals().items() if n.startswith("test_")):
            try:
                test()
                passed += 1
            except Exception:  # noqa: BLE001: whatever went wrong, the other tests still tell something
                failed += 1
                print(f"{name}: {traceback.format_exc()}")
    print(f"evidence: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
