#!/usr/bin/env python3
"""Sign state: a home put back from a copy does not vote until the others were asked; a crash of
all is no loss; where more than f have lost theirs, or there is one validator only, the node refuses."""
import shutil
import urllib.error
import urllib.request

import cluster

HOLD_S = 4  # the network is seen to stand for so long


def home(net, node):
    return net.dir / f"node-{node}"


def sign_file(net, node):
    return net.dir / f"node-{node}.sign-state/reserved"


def stop(net, node):
    net.tool("localnet", "kill", node, "--signal", "TERM").ok()
    cluster.wait_until(10, lambda: net.pid(node) is None, f"node {node} ends")


def state(net, node):
    return net.status(node).get("sign_state")


def move_on(net, name):
    net.tool("anchor", net.file(name), "--title", name, key="anchorer-1").ok()


def signs_again(net, node, name):
    """The chain goes on, past the node's floor."""
    number = iter(range(1000))

    def is_signing():
        if state(net, node) == "signing":
            return True
        move_on(net, f"{name}-{next(number)}")
        return False

    cluster.wait_until(40, is_signing, f"node {node} signs again")


def readyz(net, node):
    url = f"http://127.0.0.1:{net.port + 39 + node}/readyz?verbose"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def fact_clean_stop_writes_the_newest_own_vote_to_both(net):
    net.wait_ready()
    move_on(net, "first")
    view = net.status(4)["view"]
    reserved = dict(line.split(" ", 1) for line in sign_file(net, 4).read_text().splitlines())
    assert int(reserved["view"]) > view, (reserved, view)
    stop(net, 4)
    exact = dict(line.split(" ", 1) for line in sign_file(net, 4).read_text().splitlines())
    assert int(exact["stamp"]) > int(reserved["stamp"]), (reserved, exact)
    assert view - 1 <= int(exact["view"]) < int(reserved["view"]), (view, exact)


def fact_home_put_back_from_a_copy_refuses_to_vote_and_has_it_back_from_the_others(net):
    copy = net.work / "copy"
    shutil.copytree(home(net, 4), copy)
    net.start(4)
    net.wait_ready()
    for number in range(3):
        move_on(net, f"after-the-copy-{number}")
    assert state(net, 4) == "signing", net.status(4)
    stop(net, 4)
    shutil.rmtree(home(net, 4))
    shutil.copytree(copy, home(net, 4))
    net.start(4)
    cluster.wait_until(10, lambda: "it was rolled back" in net.log(4), "it is noticed")
    assert "SIGN_STATE_LOST" in net.log(4)
    signs_again(net, 4, "past-the-floor")
    cluster.wait_until(20, net.is_level, "the same height at all")
    stop(net, 4)
    net.start(4)
    net.wait_ready()
    assert state(net, 4) == "signing", "lost by a restart"


def fact_crash_of_all_with_intact_journals_is_no_loss(net):
    before = net.height(1)
    lost = [net.log(k).count("SIGN_STATE_LOST") for k in range(1, 5)]
    net.kill("all")
    net.start("all")
    net.wait_ready()
    assert all(state(net, k) == "signing" for k in range(1, 5))
    move_on(net, "after-the-crash")
    assert net.height(1) > before
    assert lost == [net.log(k).count("SIGN_STATE_LOST") for k in range(1, 5)]


def fact_more_than_f_that_lost_theirs_refuse_by_name_and_the_network_stands(net):
    for node in (3, 4):
        net.kill(node)
        shutil.copytree(home(net, node) / "journal", net.work / f"journal-{node}")
        shutil.rmtree(home(net, node) / "journal")
    for node in (3, 4):
        net.start(node)
    for node in (3, 4):
        cluster.wait_until(20, lambda n=node: state(net, n) == "refused", f"node {node} refuses")
        cluster.wait_until(5, lambda n=node: "SIGN_STATE_REFUSED" in net.log(n), "and says so")
        code, text = readyz(net, node)
        assert code == 503 and "[-] sign state not lost" in text, text
        shown = net.tool("status", "--node", net.nodes[node - 1]).ok().out
        assert "refused" in shown, shown
    heights = [net.height(k) for k in range(1, 5)]
    answer = net.tool("anchor", net.file("stands"), "--title", "stands", "--timeout", HOLD_S,
                      key="anchorer-1")
    assert answer.code != 0, answer.out
    assert heights == [net.height(k) for k in range(1, 5)], "the network goes on without a quorum"


def fact_one_intact_journal_put_back_lets_the_network_go_on(net):
    net.kill(3)
    shutil.rmtree(home(net, 3) / "journal")
    shutil.copytree(net.work / "journal-3", home(net, 3) / "journal")
    net.start(3)
    cluster.wait_until(20, lambda: state(net, 3) == "signing", "node 3 signs")
    signs_again(net, 4, "after-the-refusal")
    cluster.wait_until(20, net.is_level, "the same height at all")


def fact_sign_file_of_another_key_is_refused_by_name(net):
    stop(net, 2)
    kept = sign_file(net, 2).read_bytes()
    shutil.copy(sign_file(net, 1), sign_file(net, 2))
    code, log = net.steled(home(net, 2))
    assert code == 10 and "SIGN_FILE_FOREIGN" in log and str(sign_file(net, 2)) in log, (code, log)
    sign_file(net, 2).write_bytes(kept)
    net.start(2)
    net.wait_ready()
    assert state(net, 2) == "signing", net.status(2)


def fact_one_validator_alone_refuses(net):
    (net.work / "alone").mkdir()
    alone = cluster.Network(net.work / "alone/net", validators=1)
    try:
        alone.wait_ready()
        alone.kill(1)
        shutil.rmtree(home(alone, 1) / "journal")
        alone.start(1)
        cluster.wait_until(10, lambda: state(alone, 1) == "refused", "it refuses")
    finally:
        alone.close()


if __name__ == "__main__":
    cluster.main(__file__, globals())
