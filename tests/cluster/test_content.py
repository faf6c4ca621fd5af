#!/usr/bin/env python3
"""Contents by the tool alone: sealed and opened, rolled up, propagated, under another's code."""
import base64
import hashlib
import http.server
import json
import subprocess
import threading
import urllib.request

import cluster

A, B = "anchorer-1", "anchorer-2"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def looked_up(net, path):
    return net.tool("lookup", path, "--json").ok().json


def vault(net, key=A):
    return net.dir / f"keys/{key}.vault.json"


def entry_of(net, path):
    entries = json.loads(vault(net).read_text())["entries"]
    return next(e for e in entries if e.get("sha256") == sha256(path))


def code_of(net, name, rest="00001"):
    return "0011" + net.org[name].removeprefix("CN-USCI-") + rest


# ---- sealed contents ------------------------------------------------------------------------------

def fact_sealed_content_is_unknown_and_its_salt_is_kept(net):
    path = net.file("draft.txt")
    item = net.tool("anchor", "seal", path, "--json", key=A).ok().json["items"][0]
    assert item["state"] == "sealed", item
    net.tool("lookup", path).ends(4)
    assert vault(net).stat().st_mode & 0o777 == 0o600
    entry = entry_of(net, path)
    assert entry["commitment"] == item["commitment"] and len(entry["salt"]) == 64
    text = (f"stele/v1 content.commit\nchain {entry['chain']}\norganisation {net.org[A]}\n"
            f"content {sha256(path)}\nsalt {entry['salt']}\n")
    assert hashlib.sha256(text.encode()).hexdigest() == item["commitment"]
    said = net.get(1, f"/v1/commitments/{net.org[A]}/{item['commitment']}")
    assert said["state"] == "sealed" and said["log_index"] == item["log_index"], said


def fact_a_second_seal_sends_the_same_commitment(net):
    path = net.work / "draft.txt"
    item = net.tool("anchor", "seal", path, "--json", key=A).ok().json["items"][0]
    assert item["state"] == "sealed before", item
    assert item["commitment"] == entry_of(net, path)["commitment"]


def fact_a_batch_opens_nothing(net):
    net.tool("anchor", "--batch", net.work / "draft.txt", key=A).ends(2, "was sealed")


def fact_an_opened_commitment_precedes_a_claim_that_was_recorded_before(net):
    path = net.work / "draft.txt"
    other = net.file("other/draft.txt", "draft.txt")
    net.tool("anchor", other, key=B).ok()
    found = looked_up(net, path)
    assert found["first_claim"] == 1 and len(found["claims"]) == 1, found
    item = net.tool("anchor", path, "--json", key=A).ok().json["items"][0]
    assert item["opened"] == entry_of(net, path)["commitment"], item
    found = looked_up(net, path)
    assert [c["organisation"] for c in found["claims"]] == [net.org[B], net.org[A]]
    first, second = found["claims"]
    assert first["rank"] == first["log_index"] > second["rank"] == found["first_rank"], found
    assert found["first_claim"] == 2 and second["log_index"] == item["log_index"]
    net.tool("lookup", path).ok().ends(0, "claim 2 is the first", "may precede it", "as of height")
    net.tool("verify", path).ok()
    listed = net.tool("anchor", "sealed", "--json", key=A).ok().json["items"]
    assert [i["state"] for i in listed] == ["opened"], listed


def fact_it_can_be_left_sealed(net):
    path = net.file("kept.txt")
    net.tool("anchor", "seal", path, key=A).ok()
    net.tool("anchor", path, "--no-open", "--no-receipt", key=A).ok()
    claim = looked_up(net, path)["claims"][0]
    assert claim["rank"] == claim["log_index"], claim
    net.tool("anchor", path, "--no-receipt", key=A).ok()
    assert looked_up(net, path)["first_claim"] == 2


class Deaf(http.server.BaseHTTPRequestHandler):
    """A node that answers what is asked and loses what is sent."""
    node, vault, seen = None, None, []

    def do_GET(self):
        with urllib.request.urlopen(self.node + self.path, timeout=5) as answer:
            body = answer.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kept = json.loads(Deaf.vault.read_text())["entries"]
        Deaf.seen.append([e["commitment"] for e in kept if bytes.fromhex(e["commitment"]) in body])
        self.close_connection = True

    def log_message(self, *_):
        pass


def fact_the_salt_is_on_the_disk_before_anything_is_sent(net):
    path = net.file("cut-off.txt")
    Deaf.node, Deaf.vault = net.nodes[0], vault(net)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Deaf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    process = subprocess.Popen([cluster.STELE, "anchor", "seal", path, "--key", A, "--timeout", "60",
                                "--node", address], env=net.env, cwd=net.work,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    net.processes.append(process)
    cluster.wait_until(20, lambda: Deaf.seen, "something is sent")
    process.kill()
    process.wait()
    server.shutdown()
    commitment = entry_of(net, path)["commitment"]
    assert all(kept == [commitment] for kept in Deaf.seen), Deaf.seen
    item = net.tool("anchor", "seal", path, "--json", key=A).ok().json["items"][0]
    assert item["state"] == "sealed" and item["commitment"] == commitment, item
    net.tool("anchor", path, key=A).ok()
    assert looked_up(net, path)["claims"][0]["rank"] == item["log_index"]


# ---- roll-ups -----------------------------------------------------------------------------------------

def fact_roll_up_keeps_its_list_and_is_recorded_once(net):
    paths = [net.file(f"archive/{i}.wav", f"sound {i}") for i in range(5)]
    words = ("rollup", "-r", "archive", "--label", "sounds", "--list", "sounds.txt")
    said = net.tool(*words, "--json", key=A).ok().json
    assert said["count"] == 5 and said["state"] == "accepted", said
    lines = (net.work / "sounds.txt").read_text().splitlines()
    assert lines == ["stele/v1 rollup"] + [f"{sha256(p)} 7 archive/{p.name}" for p in paths]
    again = net.tool(*words, "--json", key=A).ok().json
    assert again["root"] == said["root"] and again["log_index"] == said["log_index"], again
    recorded = net.get(1, f"/v1/organisations/{net.org[A]}/rollups")["items"]
    assert [(r["count"], r["label"], r["root"]) for r in recorded] == [("5", "sounds", said["root"])]
    net.tool("rollup", "list", key=A).ok().ends(0, "sounds")
    net.file("sounds.txt", "something else\n")
    net.tool(*words, key=A).ends(10, "another list")
    net.file("sounds.txt", "\n".join(lines) + "\n")


def fact_receipt_of_an_item_needs_the_list_and_no_node_to_check(net):
    path = net.work / "archive/3.wav"
    net.tool("lookup", path).ends(4, "roll-up")
    net.tool("rollup", "receipt", "sounds.txt", path, key=A).ok()
    net.tool("verify", path, env={"STELE_NODE": "http://127.0.0.1:1"}).ok()
    receipt = json.loads((net.work / "archive/3.wav.stele.json").read_text())
    assert receipt["stele_receipt"] == 1 and receipt["entry"]["index"] == 3
    assert base64.b64decode(receipt["entry"]["data"])[2:34].hex() == sha256(path)
    net.tool("receipt", "unpack", "archive/3.wav.stele.json", "unpacked").ok()
    genesis = next(net.dir.glob("*.genesis"))
    done = subprocess.run(["sh", net.work / "unpacked/verify.sh", genesis, path], text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0 and "entry 3 of 5" in done.stdout, done.stdout + done.stderr
    net.file("archive/4.wav", "another sound")
    net.tool("rollup", "receipt", "sounds.txt", net.work / "archive/4.wav", key=A).ends(4)
    net.tool("rollup", "receipt", "sounds.txt", path, "--organisation", net.org[B], key=A).ends(4)


def fact_hashes_alone_are_rolled_up(net):
    path = net.file("alone.bin")
    net.file("hashes.txt", f"{sha256(path)}  alone.bin\n{'7' * 64}\n")
    net.tool("rollup", "--from", "hashes.txt", "--list", "kept.list", key=A).ok()
    net.tool("rollup", "receipt", "kept.list", key=A).ok()  # of what is here
    net.tool("verify", path).ok()
    net.tool("rollup", path, "--from", "hashes.txt", key=A).ends(2)


# ---- producer codes --------------------------------------------------------------------------------------

def labelled(net, name, key, producer):
    """Anchors a file whose label names that producer."""
    path = net.file(name)
    fields = net.file(name + ".json", json.dumps({"aigc": {"label": "1", "content_producer": producer}}))
    return net.tool("anchor", path, "--from", fields, "--no-receipt", key=key)


def fact_code_is_used_by_its_organisation_and_by_whom_it_lets(net):
    labelled(net, "own.png", A, code_of(net, A)).ok()
    labelled(net, "lent-1.png", B, code_of(net, A)).ends(7, "E4205")
    net.tool("propagate", net.work / "own.png", "--propagator", code_of(net, A), key=B) \
        .ends(7, "E4205", "which is of " + net.org[A], "issuer", net.org[B])
    labelled(net, "name.png", B, code_of(net, A)[:26]).ok()
    net.tool("delegate", net.org[B], key=A).ok()
    net.tool("delegate", net.org[B], key=A).ends(7, "E4211")
    labelled(net, "lent-2.png", B, code_of(net, A)).ok()
    net.tool("delegate", "list", key=A).ok().ends(0, net.org[B], "in_force")
    net.tool("delegate", "end", net.org[B], key=A).ok()
    labelled(net, "lent-3.png", B, code_of(net, A)).ends(7, "E4205")
    listed = net.get(1, f"/v1/organisations/{net.org[A]}/delegations")["items"]
    assert [(d["organisation"], d["state"]) for d in listed] == [(net.org[B], "ended")], listed


def fact_propagation_is_recorded_with_its_claim(net):
    path = net.work / "own.png"
    code = code_of(net, B, "20000")
    net.tool("propagate", path, "--propagator", code, "--id", "P-7", key=B).ok()
    net.tool("propagate", path, "--propagator", code_of(net, A), key=B).ends(7, "E4205")
    net.tool("propagate", net.work / "draft.txt", "--propagator", code, key=B).ends(2, "2 live claims")
    net.tool("propagate", f"{net.work / 'draft.txt'}:2", "--propagator", code, key=B).ok()
    assert looked_up(net, path)["claims"][0]["propagations"] == 1
    found = looked_up(net, net.work / "draft.txt")
    assert [c["propagations"] for c in found["claims"]] == [0, 1], found
    assert found["propagations_as_of_height"] > 0, found
    said = net.tool("propagate", "list", path, "--json").ok().json["items"]
    assert [(p["propagator"], p["propagate_id"], p["organisation"]) for p in said] \
        == [(code, "P-7", net.org[B])], said


if __name__ == "__main__":
    cluster.main(__file__, globals())
