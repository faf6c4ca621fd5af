#!/usr/bin/env python3
"""Receipts of anchors and of batch entries, judged by three programs that share no code:
stele in C, the example in Python, and verify.sh with openssl and coreutils."""
import base64
import json
import shutil
import subprocess
import sys

import between
import cluster
import load  # noqa: F401  puts the example client on the path
import anchor_example as example

BATCH = 37
STOCK = {"PATH": "/usr/bin:/bin"}


def receipt_of(path):
    return path.with_name(path.name + ".stele.json")


def genesis(net):
    return net.dir / "net.genesis"


def by_stock_tools(net, path, content=None, pinned=None):
    """verify.sh in an empty environment: its exit code and words."""
    folder = net.work / f"unpacked-{path.name}"
    shutil.rmtree(folder, ignore_errors=True)
    net.tool("receipt", "unpack", receipt_of(path), folder).ok()
    done = subprocess.run(["sh", folder / "verify.sh", pinned or genesis(net), content or path],
                          env=STOCK, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def by_python(net, path):
    """The example's own checks of the receipt, and of the entry where it is of a batch."""
    receipt = json.loads(receipt_of(path).read_text())
    transaction = base64.b64decode(receipt["record"]["transaction"])
    example.check_receipt(receipt, transaction, genesis(net).read_text())
    digest = example.sha256(path.read_bytes())
    if "entry" not in receipt:
        assert digest in transaction, "the record is of another content"
        return
    entry = receipt["entry"]
    leaf = base64.b64decode(entry["data"])
    root = example.merkle_root(leaf, entry["index"], BATCH,
                               [bytes.fromhex(node) for node in entry["path"]])
    assert root in transaction and leaf.startswith(b"\x0a\x20" + digest), "not that entry"


def holds(net, path):
    net.tool("verify", path).ok()
    by_python(net, path)
    code, said = by_stock_tools(net, path)
    assert code == 0, said


def fact_receipt_of_an_anchor_holds_in_all_three(net):
    path = net.file("one.txt", "one file\n")
    net.tool("anchor", path, "--title", "One", key="anchorer-1").ok()
    holds(net, path)


def fact_receipts_of_a_batch_hold_in_all_three(net):
    folder = net.work / "batch"
    for k in range(BATCH):
        net.file(f"batch/{k:02}.txt", f"entry {k}\n")
    net.tool("anchor", "-r", "--batch", folder, key="anchorer-2").ok()
    net.tool("verify", folder).ok()
    for k in (0, 1, 17, 35, 36):
        holds(net, folder / f"{k:02}.txt")


def swapping(receipt):
    """Every submission is answered with this receipt of an earlier one."""
    def change(_path, body, status, data):
        if body is None or status not in (200, 201):
            return data
        return json.dumps({**json.loads(data), "log_index": receipt["record"]["log_index"],
                           "receipt": receipt}).encode()
    return change


def fact_another_claimants_receipt_is_not_written_beside_a_file(net):
    first, second = net.file("hers/same.txt", "one content\n"), net.file("his/same.txt", "one content\n")
    net.tool("anchor", first, key="anchorer-1").ok()
    with between.Between(net.nodes[0], swapping(json.loads(receipt_of(first).read_text()))) as liar:
        told = net.tool("anchor", second, "--node", liar.url, key="anchorer-2")
    assert told.code != 0 and "E7013" in told.out + told.err, (told.code, told.out, told.err)
    assert not receipt_of(second).exists(), "her receipt lies beside his file"


def fact_flipped_bit_is_found_by_both_tools(net):
    for name in ("one.txt", "batch/17.txt"):
        path = net.work / name
        content = bytearray(path.read_bytes())
        content[0] ^= 1
        flipped = net.file("flipped/" + path.name, bytes(content))
        shutil.copy(receipt_of(path), receipt_of(flipped))
        net.tool("verify", flipped).ends(3, "content")
        code, said = by_stock_tools(net, path, content=flipped)
        assert code == 3 and "FAILED" in said, (code, said)


def canonical(receipt):
    return json.dumps(receipt, sort_keys=True, separators=(",", ":")) + "\n"


def damaged(receipt, name):
    """The receipt with one thing changed, and what was changed."""
    made = json.loads(json.dumps(receipt))
    if name == "path":
        path = made["record"]["path"]
        path[0] = ("0" if path[0][0] != "0" else "1") + path[0][1:]
    elif name == "index":
        made["record"]["log_index"] += 1
    elif name == "signature":
        certificate = bytearray(base64.b64decode(made["finalization"]))
        certificate[-1] ^= 1
        made["finalization"] = base64.b64encode(bytes(certificate)).decode()
    elif name == "time":
        lines = made["headers"][-1].split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith("time "))
        lines[at] = f"time {int(lines[at].split()[1]) - 60_000}"
        made["headers"][-1] = "\n".join(lines)
    elif name == "set":
        made["set"] = made["set"].replace("node-1", "node-9")
    return made


def fact_changed_receipt_fails_whatever_was_changed(net):
    path = net.work / "one.txt"
    receipt = json.loads(receipt_of(path).read_text())
    for name in ("path", "index", "signature", "time", "set"):
        other = net.file(f"{name}/one.txt", path.read_bytes())
        receipt_of(other).write_text(canonical(damaged(receipt, name)))
        answer = net.tool("verify", other)
        assert answer.code == 3, f"{name}: {answer.code} {answer.out}{answer.err}"


def fact_exit_code_is_5_while_nobody_is_pinned_and_0_after(net):
    auditor = {"STELE_HOME": str(net.work / "auditor")}
    path = net.work / "one.txt"
    net.tool("verify", path, env=auditor).ends(5, "not checked")
    net.tool("trust", "show", env=auditor).ends(5)
    words = net.tool("genesis", "check", genesis(net), "--json").ok().json["fingerprint"]
    wrong = "-".join(reversed(words.split("-")))
    assert net.tool("trust", "pin", genesis(net), "--fingerprint", wrong, env=auditor).code != 0
    net.tool("verify", path, env=auditor).ends(5)
    net.tool("trust", "pin", genesis(net), "--fingerprint", words, env=auditor).ok()
    net.tool("verify", path, env=auditor).ok()


def fact_receipt_of_a_self_made_network_is_not_accepted(net):
    forged = cluster.Network(net.work / "forged", validators=1)
    try:
        path = net.file("forged.txt")
        forged.tool("anchor", path, key="anchorer-1").ok()
        forged.tool("verify", path).ok()
    finally:
        forged.close()
    net.tool("verify", path).ends(3, "E7015")
    code, said = by_stock_tools(net, path, pinned=genesis(net))
    assert code == 3 and "FAILED" in said, (code, said)


def fact_python_example_anchors_and_checks(net):
    path = net.file("python.txt", "from Python\n")
    done = subprocess.run([sys.executable, cluster.ROOT / "clients/python/anchor_example.py",
                           "--node", net.nodes[2], "--key", net.dir / "keys/anchorer-1.key",
                           "--passphrase-file", net.dir / "keys/passphrase",
                           "--genesis", genesis(net), path],
                          capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 and "anchored and verified" in done.stdout, done.stderr
    net.tool("receipt", "fetch", path).ok()
    holds(net, path)


def fact_unrecorded_content_is_proven_absent(net):
    net.tool("lookup", net.file("never.txt")).ends(4)
    net.tool("verify", net.file("without-receipt.txt")).ends(10)


def fact_everything_holds_with_all_nodes_stopped(net):
    net.tool("localnet", "down").ok()
    net.tool("verify", net.work / "batch").ok()
    net.tool("verify", net.work / "one.txt").ok()


if __name__ == "__main__":
    cluster.main(__file__, globals())
