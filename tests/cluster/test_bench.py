#!/usr/bin/env python3
"""The bench on a scale that says nothing about speed: its totals are the ledger's, its histograms hold every
record, a search ends with a rate that was sustained, and two builds are compared."""
import hashlib
import json

import cluster


def load(net, *words):
    report = net.work / "report.json"
    net.tool("bench", "run", "--dir", net.dir, "--warmup", 0, "--no-yardsticks", "--out", report,
             *words).ok()
    return json.loads(report.read_text())


def log_size(net):
    return max(net.get(node, "/v1/network")["log_size"] for node in range(1, net.validators + 1))


def check_programs(net, network):
    """The report names the programs that run, by the hash of their bytes."""
    assert network["configuration"]["validators"] == net.validators
    digest = hashlib.sha256(cluster.STELED.read_bytes()).hexdigest()
    assert [p["sha256"] for p in network["programs"]] == [digest] * net.validators


def fact_totals_are_the_ledgers_and_histograms_hold_every_record(net):
    before = log_size(net)
    report = load(net, "--rate", 100, "--rate", 50, "--repeat", 2, "--seconds", 1)
    afterwards = report["afterwards"]
    assert afterwards["final"] == afterwards["log_grew"] == log_size(net) - before > 100, afterwards
    assert afterwards["found"] == afterwards["records"] == afterwards["final"], afterwards
    assert [len(point["trials"]) for point in report["points"]] == [2, 2]
    for point in report["points"]:
        figure = point["summary"]["final_per_s"]
        assert figure["min"] <= figure["median"] <= figure["max"]
        for trial in point["trials"]:
            counted = sum(count for _, count in trial["latency_ms"]["histogram"])
            assert counted == round(trial["final_per_s"] * trial["measured_s"]) > 0
            latency = trial["latency_ms"]
            assert latency["p50"] <= latency["p90"] <= latency["p99"] <= latency["p999"] <= latency["max"]
    check_programs(net, report["network"])


def fact_what_others_write_meanwhile_is_noticed(net):
    process, path = net.load("others.txt", connections=2)
    try:
        cluster.wait_until(10, lambda: cluster.acknowledged(path) > 0, "a record of somebody else")
        net.tool("bench", "run", "--dir", net.dir, "--warmup", 0, "--no-yardsticks", "--rate", 20,
                 "--seconds", 1).ends(3, "the log grew by more than was sent")
    finally:
        net.stop(process)


def fact_search_ends_with_a_rate_that_was_sustained(net):
    search = load(net, "--search", "--seconds", 1, "--window", 16, "--find", 50)["search"]
    assert search["highest_per_s"] > 0, search
    tried = [t for t in search["tries"] if t["not_sustained"] is None]
    assert not tried or search["highest_per_s"] <= max(t["offered_per_s"] for t in tried) * 1.01, search


def fact_builds_are_compared_in_turn(net):
    words = ("bench", "compare", cluster.BUILD, cluster.STELED, "--rate", 50, "--seconds", 1, "--warmup", 0,
             "--repeat", 1, "--validators", 1, "--port", cluster.free_ports(), "--below", net.work)
    result = net.tool(*words, "--json").ok().json
    assert len(result["a"]["trials"]) == len(result["b"]["trials"]) == 1
    assert result["a"]["sha256"] == result["b"]["sha256"] != ""
    # one run of each has no spread, so that nothing is claimed
    assert {f["verdict"] for f in result["figures"]} == {"within the spread"}, result["figures"]
    assert not list(net.work.glob("stele-compare-*")), "the networks are gone"
    net.tool("bench", "compare", net.work, cluster.BUILD).ends(10, "steled")


if __name__ == "__main__":
    cluster.main(__file__, globals())
