#!/usr/bin/env python3
"""A sealed proposal survives interruption: the tool is killed between writing its vault and sending, between
sending and hearing, and at moments nobody chose.  Run again, it hands the same proposal in once."""
import http.server
import json
import os
import stat
import subprocess
import threading
import time
import urllib.error
import urllib.request

import cluster

PROGRAMME = "CN-BJ-I3"
RANDOM_KILLS = 10


class Proxy:
    """Stands between the tool and a node; what happens at POST /v1/transactions is the test's to say."""

    def __init__(self, node):
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def pass_on(self, body=None):
                request = urllib.request.Request(node + self.path, data=body, method=self.command)
                for name in ("Content-Type", "Prefer", "Accept"):
                    if self.headers.get(name):
                        request.add_header(name, self.headers[name])
                try:
                    answer = urllib.request.urlopen(request, timeout=30)
                except urllib.error.HTTPError as error:
                    answer = error
                data = answer.read()
                return answer.status, answer.headers, data

            def answer(self, status, headers, data):
                self.send_response(status)
                for name in ("Content-Type", "Stele-Network", "Stele-Height", "Stele-Duplicate"):
                    if headers.get(name):
                        self.send_header(name, headers[name])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.answer(*self.pass_on())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/transactions" and proxy.at_post is not None:
                    proxy.at_post(lambda: self.pass_on(body))
                    self.close_connection = True
                    return
                self.answer(*self.pass_on(body))

        self.at_post = None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def now_ms():
    return time.time_ns() // 1_000_000


def publish(net, call, deadline_ms, reveal_ms):
    net.tool("call", "publish", PROGRAMME, call, "--title-en", call, "--deadline", deadline_ms,
             "--reveal-until", reveal_ms, "--review-until", reveal_ms + 60_000, "--objection", "1h",
             "--award-min", "1.00", "--award-max", "1,000,000.00", "--budget", "1,000,000.00",
             "--max-awards", 2, "--quorum", 1, "--criterion", "merit:10000:10", "--threshold", "50%",
             key="agency").ok()


def words(net, call, institute, *more):
    return ["proposal", "commit", PROGRAMME, call, "--title-en", f"Of {institute}", "--area", "3d",
            "--requested", "5,000.00", "--document", f"{net.file('plan.txt')}:plan", "--key", institute,
            *more]


def start(net, *command):
    process = subprocess.Popen([str(cluster.STELE), *map(str, command)], env=net.env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=net.work)
    net.processes.append(process)
    return process


def kill_at_post(net, command, is_forwarded):
    """The tool is killed when it sends; what its vault held just then."""
    proxy = Proxy(net.nodes[0])
    process = start(net, *command, "--node", proxy.url)
    seen = []

    def at_post(forward):
        seen.append(vault_path(net, command).read_text() if vault_path(net, command).exists() else None)
        if is_forwarded:
            forward()
        process.kill()

    proxy.at_post = at_post
    assert process.wait(30) == -9, "the tool ended by itself"
    proxy.server.shutdown()
    return seen[0]


def vault_path(net, command):
    key = command[command.index("--key") + 1]
    return net.dir / f"keys/{key}.vault.json"


def entries(net, institute):
    return json.loads((net.dir / f"keys/{institute}.vault.json").read_text())["entries"]


def proposals(net, call, institute):
    listed = net.tool("proposal", "list", PROGRAMME, call, "--json").ok().json["items"]
    return [p for p in listed if p["organisation"] == net.org[institute]]


def fact_programme_and_call_are_there(net):
    subprocess.run([cluster.ROOT / "scripts/example-programme"], check=True, stdout=subprocess.DEVNULL,
                   env={**net.env, "STELE": str(cluster.STELE)})
    publish(net, "slow", now_ms() + 600_000, now_ms() + 700_000)


def fact_vault_is_on_the_disk_before_anything_is_sent(net):
    command = words(net, "slow", "institute-1")
    text = kill_at_post(net, command, is_forwarded=False)
    vault = json.loads(text)
    entry = vault["entries"][0]
    assert text == json.dumps(vault, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n", text
    assert stat.S_IMODE(os.stat(vault_path(net, command)).st_mode) == 0o600
    assert entry["files"] == [str(net.work / "plan.txt")], entry
    assert len(entry["salt"]) == 64 and entry["transaction"], entry
    assert proposals(net, "slow", "institute-1") == []


def fact_run_again_it_sends_the_same_commitment_once(net):
    before = entries(net, "institute-1")
    net.tool(*words(net, "slow", "institute-1")).ok()
    listed = proposals(net, "slow", "institute-1")
    assert [p["commitment"] for p in listed] == [before[0]["commitment"]], listed
    assert entries(net, "institute-1") == before
    net.tool(*words(net, "slow", "institute-1")).ok().ends(0, "committed before")
    assert len(proposals(net, "slow", "institute-1")) == 1


def fact_killed_after_sending_it_is_found_in_the_ledger(net):
    command = words(net, "slow", "institute-2")
    kill_at_post(net, command, is_forwarded=True)
    cluster.wait_until(10, lambda: len(proposals(net, "slow", "institute-2")) == 1, "recorded")
    answer = net.tool(*command, "--json").ok().json
    assert answer["duplicate"] and answer["proposal"] == proposals(net, "slow", "institute-2")[0]["number"]
    assert len(proposals(net, "slow", "institute-2")) == 1 and len(entries(net, "institute-2")) == 1


def fact_signed_anew_with_the_same_salt_once_the_bytes_have_expired(net):
    command = words(net, "slow", "institute-3")
    kill_at_post(net, command, is_forwarded=False)
    path = vault_path(net, command)
    vault = json.loads(path.read_text())
    old = dict(vault["entries"][0])
    vault["entries"][0]["valid_until"] = 1
    path.write_text(json.dumps(vault))
    net.tool(*command).ok()
    new = entries(net, "institute-3")
    assert len(new) == 1 and new[0]["salt"] == old["salt"] and new[0]["transaction"] != old["transaction"]
    assert [p["commitment"] for p in proposals(net, "slow", "institute-3")] == [old["commitment"]]


def fact_killed_at_any_moment_it_is_one_proposal(net):
    command = words(net, "slow", "institute-4")
    began = time.monotonic()
    net.tool(*words(net, "slow", "institute-9")).ok()
    whole_s = time.monotonic() - began
    for k in range(RANDOM_KILLS):
        process = start(net, *command)
        time.sleep(whole_s * (k + 1) / RANDOM_KILLS)
        process.kill()
        process.wait(10)
    net.tool(*command).ok()
    assert len(proposals(net, "slow", "institute-4")) == 1
    assert len(entries(net, "institute-4")) == 1
    kept = proposals(net, "slow", "institute-4")[0]["commitment"]
    assert kept == entries(net, "institute-4")[0]["commitment"]


def fact_what_could_never_be_opened_is_not_sealed(net):
    untitled = [w for w in words(net, "slow", "institute-8") if w not in ("--title-en", "Of institute-8")]
    net.tool(*untitled).ends(7, "titles of ProposalContent")
    net.tool(*untitled, "--title-en", "x" * 400).ends(7, "en of Names")
    assert not vault_path(net, untitled).exists(), "what could never be opened was sealed"


def fact_another_proposal_is_another_entry_and_a_withdrawn_one_gets_a_new_salt(net):
    number = proposals(net, "slow", "institute-1")[0]["number"]
    net.tool(*words(net, "slow", "institute-1", "--title-zh", "另一个")).ends(7, "E4136")
    net.tool("proposal", "withdraw", PROGRAMME, "slow", number, key="institute-1").ok()
    net.tool(*words(net, "slow", "institute-1")).ok()
    states = [p["state"] for p in proposals(net, "slow", "institute-1")]
    assert states == ["withdrawn", "committed"], states
    commitments = {p["commitment"] for p in proposals(net, "slow", "institute-1")}
    assert len(commitments) == 2


def fact_what_the_reveal_would_refuse_is_not_sealed(net):
    applicant = f"{net.org['institute-6']}:5000"

    def refused(code, *more):
        command = ["proposal", "commit", PROGRAMME, "slow", "--title-en", "T", "--key", "institute-6"]
        given = {"--area": "3d", "--requested": "5,000.00"}
        given = [word for pair in given.items() for word in pair]  # the last value of an option counts
        net.tool(*command, *given, *more).ends(7, f"error[{code}]", "nothing is in the vault")

    refused("E4104", "--area", "metaverse")
    refused("E4139", "--requested", "1,000,000.01")
    refused("E4010", "--member", applicant, "--member", "CN-USCI-12110108EXAMPLER4K:5000")
    refused("E4105", "--member", applicant, "--member", applicant)
    refused("E4106", "--member", applicant, "--member", f"{net.org['outsider']}:5000")
    refused("E4106", "--member", applicant, "--member", f"{net.org['anchorer-1']}:5000")
    refused("E4138", "--member", net.org["institute-7"])
    refused("E4109", "--member", applicant, "--member", f"{net.org['institute-7']}:5001")
    assert proposals(net, "slow", "institute-6") == []
    net.tool(*words(net, "slow", "institute-6", "--member", applicant, "--member",
                    f"{net.org['institute-7']}:5000")).ok()


def fact_reveal_reads_the_vault_also_after_it_was_killed(net):
    deadline = now_ms() + 12_000
    publish(net, "quick", deadline, deadline + 120_000)
    net.tool(*words(net, "quick", "institute-5")).ok()
    time.sleep(max(0, deadline - now_ms()) / 1000 + 0.2)
    reveal = ["proposal", "reveal", PROGRAMME, "quick", "--key", "institute-5"]
    kill_at_post(net, reveal, is_forwarded=False)
    net.file("plan.txt", "another plan")
    answer = net.tool(*reveal).ok()
    assert "is no longer what was sealed" in answer.err, answer.err
    shown = proposals(net, "quick", "institute-5")[0]
    assert shown["state"] == "revealed" and shown["titles"] == {"en": "Of institute-5"}, shown


def fact_without_its_vault_nothing_opens(net):
    os.rename(net.dir / "keys/institute-5.vault.json", net.work / "kept.json")
    reveal = ["proposal", "reveal", PROGRAMME, "quick", 1]
    net.tool(*reveal, key="institute-5").ends(10, "--vault")
    net.tool(*reveal, "--vault", net.work / "kept.json", key="institute-5").ends(7, "E4135")


if __name__ == "__main__":
    cluster.main(__file__, globals(), validators=1)
