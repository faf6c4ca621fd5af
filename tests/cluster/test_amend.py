#!/usr/bin/env python3
"""Amendments by the tool: what is not named stays, versions count, and a dry run tells what then happens."""
import subprocess
import time

import cluster

PROGRAMME = "CN-BJ-I3"


def change_of(dry, what, of):
    return next((c["before"], c["after"]) for c in dry["effect"]["changes"]
                if c["object"] == of and c["what"] == what)


def fact_a_programme_is_amended_twice(net):
    subprocess.run([cluster.ROOT / "scripts/example-programme", PROGRAMME], check=True,
                   stdout=subprocess.DEVNULL, env=dict(net.env, STELE=str(cluster.STELE)))
    for version, budget in ((1, "66,000,000.00"), (2, "65,000,000.00")):
        net.tool("programme", "amend", PROGRAMME, "--budget", budget, "--reason",
                 net.file("decree.txt"), key="funder").ok()
        shown = net.tool("programme", "show", PROGRAMME, "--json").ok().json
        assert int(shown["version"]) == version, shown
    assert shown["budget"] == "6500000000" and int(shown["max_awards"]) == 12, shown


def fact_an_award_is_amended_before_its_acceptance(net):
    net.tool("award", "grant", PROGRAMME, "--area", "3d", "--recipient", net.org["institute-1"],
             "--amount", "1,000.00", "--start", "2026-01-01", "--end", "2027-12-31", "--terms",
             net.file("terms.txt"), key="agency").ok()
    amend = ("award", "amend", PROGRAMME, 1, "--amount", "2,000.00")
    before = net.height(1)
    dry = net.tool(*amend, "--dry-run", "--json", key="agency").ok().json
    assert change_of(dry, "committed", "programme") == ("100000", "200000"), dry
    assert net.height(1) == before, "a dry run made a block"
    net.tool(*amend, key="agency").ok()
    shown = net.tool("award", "show", PROGRAMME, 1, "--json").ok().json
    assert shown["amount"] == "200000" and int(shown["version"]) == 1, shown
    assert shown["period"] == {"start": "2026-01-01", "end": "2027-12-31"}, shown
    programme = net.tool("programme", "show", PROGRAMME, "--json").ok().json
    assert programme["committed"] == "200000", programme


def fact_an_amended_award_is_accepted_as_it_is_now(net):
    net.tool("award", "accept", PROGRAMME, 1, key="institute-1").ok()
    net.tool("award", "amend", PROGRAMME, 1, "--end", "2027-06-30", key="agency").ok()
    assert int(net.tool("award", "show", PROGRAMME, 1, "--json").ok().json["version"]) == 2


def fact_a_call_that_lacks_a_term_names_it(net):
    publish = ("call", "publish", PROGRAMME, "2026-1", "--title-en", "First")
    net.tool(*publish, key="agency").ends(2, "--deadline")
    net.tool(*publish, "--deadline", "2030-01-01T00:00:00Z", "--reveal-until", "2030-02-01T00:00:00Z",
             "--review-until", "2030-03-01T00:00:00Z", key="agency").ends(2, "--criterion")


def fact_a_dry_run_of_what_is_no_grant_quotes_the_node(net):
    suspend = ("org", "status", net.org["institute-2"], "--set", "suspended", "--dry-run")
    changes = net.tool(*suspend, "--json", key="validator-1").ok().json["effect"]["changes"]
    assert any(c["object"] == "org/" + net.org["institute-2"] and c["what"] == "status"
               for c in changes), changes
    net.tool(*suspend, key="validator-1").ok()


def fact_a_motion_expires_when_it_was_told_to(net):
    suspend = ("org", "status", net.org["institute-2"], "--set", "suspended")
    net.tool(*suspend, "--expires", "soon", key="validator-1").ends(2, "--expires")
    net.tool(*suspend, "--expires", "91d", key="validator-1").ends(7, "E4044")
    net.tool(*suspend, "--expires", "3s", key="validator-1").ok()
    number = net.tool("motion", "list", "--json").ok().json["items"][0]["number"]
    time.sleep(4)
    net.tool("motion", "approve", number, key="validator-2").ends(7, "E4040")


if __name__ == "__main__":
    cluster.main(__file__, globals())
