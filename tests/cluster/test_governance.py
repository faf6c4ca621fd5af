#!/usr/bin/env python3
"""Organisations and keys that end, and the agreement on validators and versions, by the tool alone."""
import cluster

PURPOSES = "govern,grant,content"


def approve(net, key):
    listed = net.tool("motion", "list", "--json").ok().json["items"]
    return net.tool("motion", "approve", max(m["number"] for m in listed), key=key)


def anchors(net, name, key):
    return net.tool("anchor", net.file(name), key=key)


def keys(net, org):
    return {k["key"]: k for k in net.tool("org", "show", org, "--json").ok().json["keys"]}


def public(net, key):
    return net.tool("key", "show", key, "--json").ok().json["public_key"]


def new_key(net, name):
    net.tool("key", "new", name).ok()
    return public(net, name)


# ---- organisations -----------------------------------------------------------------------------


def fact_a_suspended_organisation_signs_nothing_until_it_is_reinstated(net):
    lab = net.org["institute-1"]
    net.tool("org", "status", lab, "--set", "away", key="validator-1").ends(2, "suspended")
    answer = net.tool("org", "status", lab, "--set", "suspended", "--reason",
                      net.file("unpaid.txt"), "--json", key="validator-1").ok().json
    assert answer["motion_open"] is True, answer
    anchors(net, "before", "institute-1").ok()
    approve(net, "validator-2").ok()
    shown = net.tool("org", "show", lab, "--json").ok().json
    assert shown["status"] == "suspended" and shown["status_log_index"] > 0, shown
    anchors(net, "while", "institute-1").ends(6, "E3008")
    net.tool("org", "status", lab, "--set", "active", key="validator-1").ok()
    approve(net, "validator-2").ok()
    anchors(net, "while", "institute-1").ok()


def fact_a_reason_is_a_file_or_its_hash(net):
    suspend = ("org", "status", net.org["institute-1"], "--set", "suspended", "--dry-run", "--reason")
    net.tool(*suspend, "laptop lost", key="validator-1").ends(10, "write the words to one and keep it")
    net.tool(*suspend, net.file("minutes.txt"), key="validator-1").ok()
    net.tool(*suspend, "ab" * 32, key="validator-1").ok()


# ---- keys --------------------------------------------------------------------------------------


def fact_a_key_is_replaced_by_itself_without_approval(net):
    lab, old = net.org["institute-2"], public(net, "institute-2")
    new = new_key(net, "second")
    net.tool("key", "rotate", "second", "--dry-run", key="institute-2").ok()
    answer = net.tool("key", "rotate", "second", "--json", key="institute-2").ok().json
    assert answer["state"] == "accepted" and answer["old_key"] == old and answer["key"] == new, answer
    known = keys(net, lab)
    assert known[old]["replaced_by"] == new and known[old]["state"] == "revoked", known
    assert known[new]["purposes"] == PURPOSES.split(",") and known[new]["state"] == "in_force", known
    anchors(net, "by-the-old", "institute-2").ends(6, "E3006")
    anchors(net, "by-the-new", "second").ok()
    net.tool("key", "rotate", "second", key="institute-2").ends(6, "E3006")


def fact_a_lost_key_is_replaced_by_a_motion_with_a_proof(net):
    lab, old = net.org["institute-3"], public(net, "institute-3")
    new = new_key(net, "third")
    wrong, right = net.work / "wrong.proof", net.work / "right.proof"
    net.tool("key", "proof", "third", "--org", lab, "--purposes", "grant", "--out", wrong).ok()
    net.tool("key", "rotate", wrong, "--old", old, key="validator-1").ends(7, "E4032")
    net.tool("key", "proof", "third", "--org", lab, "--purposes", PURPOSES, "--out", right).ok()
    answer = net.tool("key", "rotate", right, "--old", old, "--json", key="validator-1").ok().json
    assert answer["motion_open"] is True, answer
    approve(net, "validator-3").ok()
    assert keys(net, lab)[old]["replaced_by"] == new
    anchors(net, "by-the-third", "third").ok()


def fact_the_last_key_that_governs_does_not_end_by_mistake(net):
    mine = public(net, "institute-4")
    net.tool("key", "revoke", mine, key="institute-4").ends(2, "--last")
    net.tool("key", "revoke", "institute-4", "--from-height", 10**9, "--last", key="institute-4").ok()
    net.tool("key", "revoke", mine, "--from-height", 10**9, "--last", key="institute-4").ends(7, "E4046")
    anchors(net, "still", "institute-4").ok()
    net.tool("key", "revoke", mine, "--last", "--reason", net.file("lost.txt"), key="institute-4").ok()
    anchors(net, "no-more", "institute-4").ends(6, "E3006")


def fact_others_keys_end_by_motion(net):
    theirs = public(net, "outsider")
    answer = net.tool("key", "revoke", theirs, "--json", key="validator-1").ok().json
    assert answer["motion_open"] is True, answer
    approve(net, "validator-2").ok()
    assert keys(net, net.org["outsider"])[theirs]["state"] == "revoked"
    net.tool("key", "revoke", "ab" * 33, key="validator-1").ends(4)


# ---- validators --------------------------------------------------------------------------------


def home(net, number):
    """The home of the node of that validator."""
    return net.dir / f"node-{number}"


def fact_a_new_set_needs_a_quorum_that_is_ready(net):
    text = net.tool("validator", "list", "--text").ok().out.splitlines()
    assert text[0] == "stele/v1 set" and len(text) == 5, text
    others = [line for line in text[1:] if net.org["validator-4"] not in line]
    smaller = net.file("set.txt", "\n".join([text[0], *reversed(others)]) + "\n")
    net.tool("validator", "pending").ends(4)
    first = net.tool("validator", "set", smaller, key="validator-1").ok()
    assert "0 of 3 are ready, 3 must be" in first.err and "does not act on it" in first.err, first.err
    approve(net, "validator-2").ends(7, "E4052")
    net.tool("validator", "ready", smaller, "--node-home", home(net, 4), key="validator-4").ends(7, "E4051")
    net.tool("validator", "ready", smaller, "--node-home", home(net, 2), key="validator-1").ends(7, "E4053")
    for k in (1, 2, 3):
        net.tool("validator", "ready", smaller, "--node-home", home(net, k), key=f"validator-{k}").ok()
    approve(net, "validator-2").ok()
    pending = net.tool("validator", "pending", "--json").ok().json
    assert [m["ready"] for m in pending["items"]] == [True] * 3 and pending["motion"] > 0, pending
    assert pending["text"] == net.tool("validator", "pending", "--text").ok().out
    assert len(net.tool("validator", "list", "--json").ok().json["items"]) == 4


def fact_a_set_that_is_none_is_refused_with_its_line(net):
    text = net.tool("validator", "list", "--text").ok().out.splitlines()
    broken = net.file("broken.txt", "\n".join([*text[:2], text[2] + " more"]) + "\n")
    answer = net.tool("validator", "set", broken, "--json", key="validator-1").ends(10, "E8005")
    assert '"line": "3"' in answer.err or '"line":"3"' in answer.err, answer.err
    twice = net.file("twice.txt", "\n".join([*text, text[1]]) + "\n")
    net.tool("validator", "set", twice, key="validator-1").ends(7, "E4050")


# ---- versions ----------------------------------------------------------------------------------


def fact_an_upgrade_is_planned_two_epochs_ahead(net):
    net.tool("upgrade", "show").ends(4)
    net.tool("upgrade", "plan", 2, "--height", 900000, "--notes", net.file("notes.md"),
             key="validator-1").ok()
    approve(net, "validator-2").ok()
    plan = net.tool("upgrade", "show", "--json").ok().json
    assert plan["version"] == 2 and plan["activation_height"] == 900000 and plan["notes_sha256"], plan
    motions = len(net.tool("motion", "list", "--json").ok().json["items"])
    late, soon = (2, "--height", 900000), (3, "--height", 19999)
    net.tool("upgrade", "plan", *late, key="validator-1").ends(7, "E4055", "next version")
    net.tool("upgrade", "plan", *soon, key="validator-1").ends(7, "E4054", "earliest now")
    assert len(net.tool("motion", "list", "--json").ok().json["items"]) == motions


def fact_a_plan_that_another_overtook_is_refused(net):
    for _ in range(2):
        net.tool("upgrade", "plan", 3, "--height", 900000, key="validator-1").ok()
    approve(net, "validator-2").ok()
    listed = net.tool("motion", "list", "--state", "open", "--json").ok().json["items"]
    mine = [m["number"] for m in listed if m["operation"] == "upgrade.plan"]
    net.tool("motion", "approve", mine[0], key="validator-2").ends(7, "E4055")


if __name__ == "__main__":
    cluster.main(__file__, globals())
