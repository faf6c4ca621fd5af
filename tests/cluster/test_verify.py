#!/usr/bin/env python3
"""stele verify as people use it: receipts wherever they lie, who vouches, no socket, little memory."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import cluster

BIG = 1 << 30
MORE_KIB = 4096  # what a file of 1 GiB may cost beyond one of a few bytes


def receipt_of(path):
    return path.with_name(path.name + ".stele.json")


def fact_it_says_who_signed_and_what_has_become_of_it(net):
    path = net.file("one.txt", "one file\n")
    net.tool("anchor", path, "--title", "One", key="anchorer-1").ok()
    said = net.tool("verify", path).ok().out
    assert "3 of 4 validators signed, 3 are needed" in said, said
    assert len(re.findall(r"node-\d of \S+", said)) == 3, said
    item = net.tool("verify", path, "--json").ok().json["items"][0]
    assert len(item["signers"]) == 3 and item["former_sets"] == 0, item
    assert item["network"] in said and "does not prove" in said


def fact_a_receipt_is_found_by_the_contents_hash(net):
    folder = net.work / "folder"
    for k in range(5):
        net.file(f"folder/{k}.txt", f"content {k}\n")
    net.tool("anchor", "-r", "--batch", folder, key="anchorer-2").ok()
    # of another name in the same folder, and of no name at all in another one
    receipt_of(folder / "0.txt").rename(folder / "renamed.stele.json")
    elsewhere = net.work / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    receipt_of(folder / "1.txt").rename(elsewhere / "x.bin")
    (elsewhere / "noise.json").write_text("{}")
    (elsewhere / "noise.bin").write_bytes(bytes(range(256)))
    net.tool("verify", folder / "1.txt").ends(10)
    told = net.tool("verify", folder, "--json")
    assert told.json["passed"] == 4 and told.json["without_receipt"] == 1, told.out
    told = net.tool("verify", "--receipts", net.work / "elsewhere", folder, "--json").ok()
    assert told.json["passed"] == 5 and told.json["without_receipt"] == 0, told.out
    found = [item for item in told.json["items"] if "found" in item]
    assert sorted(os.path.basename(item["receipt"]) for item in found) == ["renamed.stele.json", "x.bin"]
    net.tool("verify", "--receipts", net.work / "elsewhere", folder / "1.txt").ok()


def fact_a_found_receipt_is_judged_like_any_other(net):
    folder = net.work / "bad"
    path = net.file("bad/one.txt", (net.work / "one.txt").read_bytes())
    text = receipt_of(net.work / "one.txt").read_text()
    (folder / "it.stele.json").write_text(re.sub(r'"log_index":\s*(\d+)',
                                                 lambda m: f'"log_index":{int(m[1]) + 1}', text))
    net.tool("verify", path.parent).ends(3, "E7013")
    (folder / "it.stele.json").write_text(text.replace("node-1", "node-9"))
    assert net.tool("verify", folder).code == 3


def fact_one_path_does_not_keep_others_from_being_checked(net):
    whole, bare = net.work / "one.txt", net.file("alone.txt", "nobody recorded this\n")
    net.tool("verify", bare).ends(10, "E8008")
    told = net.tool("verify", bare, net.work / "not-there", whole, "--json").ends(10, "E8002")
    assert told.json["passed"] == 1 and told.json["missing"] == [str(bare)], told.out
    assert [row["file"] for row in told.json["unread"]] == [str(net.work / "not-there")], told.out
    net.tool("verify", bare, whole).ends(10, "E8008")
    net.tool("verify", net.work / "not-there").ends(10, "E8002")
    changed = net.file("spoilt.txt", "another file\n")
    shutil.copy(receipt_of(whole), receipt_of(changed))
    net.tool("verify", bare, changed, net.work / "not-there").ends(3, "E7012")  # a failed check is graver


def fact_a_folder_too_deep_is_told_and_the_rest_is_checked(net):
    folder = net.work / "deep"
    (folder / "/".join("d" * 40)).mkdir(parents=True)
    for path in (net.work / "one.txt", receipt_of(net.work / "one.txt")):
        shutil.copy(path, folder)
    told = net.tool("verify", folder, "--json").ends(10, "E8002")
    assert told.json["passed"] == 1 and len(told.json["unread"]) == 1, told.out


def fact_a_name_passes_for_no_finding(net):
    odd = net.file("odd\n  signer     pass", "odd\n")
    net.tool("anchor", odd, key="anchorer-1").ok()
    told = net.tool("verify", odd).ok().out
    assert "odd\\u000a  signer     pass" in told and told.count("\n  signer     pass") == 1, told


def fact_what_is_called_a_receipt_and_is_none_fails_its_folder(net):
    folder = net.work / "alone"
    path = net.file("alone/one.txt", (net.work / "one.txt").read_bytes())
    shutil.copy(receipt_of(net.work / "one.txt"), receipt_of(path))
    shutil.copy(receipt_of(path), folder / "kept.stele.json")
    net.tool("verify", folder).ok()
    for text in ("", "{}\n", receipt_of(path).read_text()[:-9]):
        (folder / "gone.txt.stele.json").write_text(text)
        told = net.tool("verify", folder, "--json").ends(3, "E7010")
        assert (told.json["passed"], told.json["failed"]) == (1, 1), told.out


def fact_changed_content_finds_no_receipt_and_fails_beside_one(net):
    other = net.file("changed/one.txt", "another file\n")
    net.tool("verify", "--receipts", net.work, other).ends(10)
    shutil.copy(receipt_of(net.work / "one.txt"), receipt_of(other))
    net.tool("verify", other).ends(3, "E7012")


def stele(net, *words, before=()):
    environment = {"PATH": os.environ["PATH"], "STELE_HOME": str(net.dir / "client")}
    return subprocess.run([*before, cluster.STELE, *words, "--trust", net.dir / "net.genesis"],
                          env=environment, capture_output=True, text=True, check=False)


def fact_each_receipt_is_judged_by_its_own_network(net):
    corpus = pathlib.Path(__file__).resolve().parents[1] / "vectors/receipts/v1"
    env = {"STELE_HOME": str(net.work / "of-two-networks")}
    for genesis in ("genesis-1.txt", "genesis-4.txt"):
        net.tool("trust", "pin", corpus / "trust" / genesis, env=env).ok()
    one, four = (corpus / f"good/{name}.stele.json" for name in ("one-anchor", "anchor"))
    assert net.tool("verify", one, four, one, four, "--json", env=env).ok().json["passed"] == 4
    net.tool("verify", one, four, "--trust", corpus / "trust/genesis-1.txt").ends(3, "E7015")


def fact_it_opens_no_socket(net):
    path = net.work / "one.txt"
    done = stele(net, "verify", path, before=("unshare", "-rn"))
    assert done.returncode == 0, done.stderr
    trace = net.work / "trace"
    done = stele(net, "verify", path, net.work / "folder",
                 before=("strace", "-f", "-e", "trace=socket,connect,sendto", "-o", trace))
    assert done.returncode == 0, done.stderr
    calls = [line for line in trace.read_text().splitlines() if "(" in line and "exited" not in line]
    assert not calls, calls
    done = stele(net, "status", before=("strace", "-f", "-e", "trace=socket", "-o", trace))
    assert "socket(" in trace.read_text(), "the trace sees no socket at all"


def peak_kib(net, path):
    """Of the tool that judges the file by another one's receipt, which takes hashing it."""
    process = subprocess.Popen([cluster.STELE, "verify", "--receipt", receipt_of(net.work / "one.txt"), path,
                                "--trust", net.dir / "net.genesis"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 3, process.returncode
    return usage.ru_maxrss


def fact_memory_does_not_grow_with_the_file(net):
    small, big = net.file("small.bin", "x"), net.file("big.bin", "")
    with open(big, "r+b") as sparse:
        sparse.truncate(BIG)
    first, second = peak_kib(net, small), peak_kib(net, big)
    assert second - first < MORE_KIB, f"{first} KiB for one byte, {second} KiB for {BIG} bytes"


def fact_it_holds_with_all_nodes_stopped(net):
    net.tool("localnet", "down").ok()
    told = net.tool("verify", "--receipts", net.work / "elsewhere", net.work / "folder", "--json").ok()
    assert json.loads(told.out)["passed"] == 5


if __name__ == "__main__":
    cluster.main(__file__, globals())
