#!/usr/bin/env python3
"""What several institutions decide together: organisations, keys, policy, by the tool alone."""
import cluster

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def usci(number):
    """A valid identifier of an organisation in Beijing, GB 32100-2015."""
    part = "EXAMPLE" + CHARACTERS[number]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(w * int(c, 36) for w, c in zip(weights, part)) % 11
    part += {10: "X", 11: "0"}.get(check, str(check))
    code = "12110108" + part
    total = sum(CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return "CN-USCI-" + code + CHARACTERS[(31 - total % 31) % 31]


NEW = usci(25)
OTHER = usci(26)


def proof(net, key, org):
    if not (net.dir / f"keys/{key}.key").exists():
        net.tool("key", "new", key).ok()
    path = net.work / f"{key}.proof"
    net.tool("key", "proof", key, "--org", org, "--out", path).ok()
    return path


def newest_motion(net):
    listed = net.tool("motion", "list", "--json").ok().json["items"]
    return max(listed, key=lambda motion: motion["number"])


def fact_registration_waits_for_a_second_institution(net):
    path = proof(net, "newcomer", NEW)
    net.tool("org", "register", NEW, "--name-en", "Example Institute 14", "--role", "applicant",
             "--role", "anchorer", "--proof", path, key="validator-1").ok()
    motion = newest_motion(net)
    assert motion["state"] == "open" and motion["operation"] == "org.register", motion
    net.tool("org", "show", NEW).ends(4)
    net.tool("anchor", net.file("too-early"), key="newcomer").ends(6, "E3004")


def fact_opener_has_approved_by_opening_and_counts_once(net):
    number = newest_motion(net)["number"]
    shown = net.tool("motion", "show", number, "--json").ok().json
    approvals = [a["organisation"] for a in shown["approvals"]]
    assert approvals == [net.org["validator-1"]], approvals
    net.tool("motion", "approve", number, key="validator-1").ends(7, "E4025")


def fact_approval_of_who_may_not_is_refused(net):
    net.tool("motion", "approve", newest_motion(net)["number"], key="institute-1").ends(6, "E4041")


def fact_second_approval_executes_and_the_newcomer_signs(net):
    number = newest_motion(net)["number"]
    net.tool("motion", "approve", number, key="validator-2").ok()
    assert newest_motion(net)["state"] == "executed"
    assert net.tool("org", "show", NEW, "--json").ok().json["roles"] == ["applicant", "anchorer"]
    net.tool("anchor", net.file("by-the-newcomer"), key="newcomer").ok()
    net.tool("motion", "approve", number, key="validator-3").ends(7, "E4040")


def fact_motion_is_withdrawn_by_its_opener_alone(net):
    path = proof(net, "unwanted", OTHER)
    net.tool("org", "register", OTHER, "--name-en", "Example Institute 15", "--role", "applicant",
             "--proof", path, key="validator-1").ok()
    number = newest_motion(net)["number"]
    assert net.tool("motion", "withdraw", number, key="validator-2").code in (6, 7)
    net.tool("motion", "withdraw", number, key="validator-1").ok()
    assert newest_motion(net)["state"] == "withdrawn"
    net.tool("motion", "approve", number, key="validator-2").ends(7, "E4040")
    net.tool("org", "show", OTHER).ends(4)


def fact_second_key_is_added_by_motion_and_signs(net):
    path = proof(net, "newcomer-2", NEW)
    net.tool("anchor", net.file("second-key"), key="newcomer-2").ends(6, "E3004")
    net.tool("key", "add", NEW, path, key="validator-3").ok()
    net.tool("motion", "approve", newest_motion(net)["number"], key="validator-4").ok()
    net.tool("anchor", net.file("second-key"), key="newcomer-2").ok()


def fact_proof_for_another_organisation_registers_nothing(net):
    path = proof(net, "newcomer-3", NEW)
    answer = net.tool("key", "add", net.org["institute-1"], path, key="validator-1")
    assert answer.code != 0, answer.out


def fact_policy_is_changed_by_motion_and_holds_at_once(net):
    net.tool("policy", "set", "content.anchor", "--openers", "anchorer", "--approvals", 0,
             key="validator-1").ok()
    net.tool("anchor", net.file("before"), key="institute-1").ok()
    net.tool("motion", "approve", newest_motion(net)["number"], key="validator-4").ok()
    net.tool("anchor", net.file("after"), key="institute-1").ends(6)
    net.tool("anchor", net.file("after-2"), key="anchorer-1").ok()


def fact_rule_of_registration_itself_is_changed_by_its_rule(net):
    rule = ("--openers", "validator", "--approvals", 3, "--approvers", "validator")
    net.tool("policy", "set", "org.register", *rule, key="validator-2").ok()
    net.tool("motion", "approve", newest_motion(net)["number"], key="validator-3").ok()
    net.tool("org", "register", OTHER, "--name-en", "Example Institute 15", "--role", "applicant",
             "--proof", net.work / "unwanted.proof", key="validator-1").ok()
    number = newest_motion(net)["number"]
    net.tool("motion", "approve", number, key="validator-2").ok()
    net.tool("org", "show", OTHER).ends(4)
    net.tool("motion", "approve", number, key="validator-3").ok()
    net.tool("org", "show", OTHER).ok()


def fact_rule_that_could_never_be_met_is_refused(net):
    answer = net.tool("policy", "set", "org.register", "--openers", "validator", "--approvals", 9,
                      "--approvers", "validator", key="validator-1")
    if answer.code == 0:
        answer = net.tool("motion", "approve", newest_motion(net)["number"], key="validator-2")
    answer.ends(7, "E4036")


if __name__ == "__main__":
    cluster.main(__file__, globals())
