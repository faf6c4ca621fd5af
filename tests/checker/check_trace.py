#!/usr/bin/env python3
"""Judges the record of a simulated run by the voting rules.

Usage: tests/checker/check_trace.py FILE...     records of: sim --seed N --messages FILE (tests/sim/record.h)

Standard library and the text of docs/protocol.md alone: nothing here is shared with the node or with
the judges of the simulator.  Prints for each file what was judged, or the rule that was broken and in
which line; the last line is "checker: N passed, N failed".
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rules import Broken, Rules  # noqa: E402


def unhex(word):
    return b"" if word == "-" else bytes.fromhex(word)


class Replay:
    def __init__(self):
        self.chain = self.set = self.rules = None
        self.members = {}
        self.payloads = {}
        self.write = None

    def line(self, word):
        """One line of the record."""
        what = word[0]
        if what == "chain":
            self.chain = unhex(word[1])
        elif what == "set":
            self.set = unhex(word[1])
        elif what == "member":
            index = None if word[2] == "observer" else int(word[2])
            self.members[int(word[1])] = (index, unhex(word[3]), word[4] == "correct")
        elif what == "bytes":
            self.payloads[word[1]] = unhex(word[2])
        else:
            if self.rules is None:
                self.rules = Rules(self.chain, self.set, self.members)
            node = self.rules.nodes.get(int(word[1 if what == "held" else 2]))
            if node is not None:
                self.happened(what, node, word)

    def happened(self, what, node, word):
        rules = self.rules
        if what not in ("kept", "held") or word[1:3] != self.write:
            for other in rules.nodes.values():
                rules.end_write(other)
        self.write = word[1:3]
        node.is_loading = node.is_loading and what == "held"
        if what == "sent" and word[5] in self.payloads:
            rules.sent(node, int(word[4]), self.payloads[word[5]])
        elif what == "got" and word[5] in self.payloads:
            rules.delivered(node, int(word[4]), self.payloads[word[5]])
        elif what == "kept":
            rules.keep(node, unhex(word[3]), unhex(word[4]))
        elif what == "held":
            rules.load(node, unhex(word[2]), unhex(word[3]))
        elif what == "final":
            rules.committed(node, int(word[3]), unhex(word[4]))
        elif what == "start":
            rules.start(node)
            node.is_up = True
        elif what == "crash":
            node.is_up = False


def judge(path):
    replay = Replay()
    number = 0
    try:
        with open(path, encoding="ascii") as lines:
            for number, line in enumerate(lines, 1):
                replay.line(line.split())
        if replay.rules is None:
            raise Broken("the record is empty")
        replay.rules.end()
    except Broken as broken:
        print("%s:%d: BROKEN: %s" % (path, number, broken))
        return False
    done = replay.rules.judged
    print("%s: %d lines, %d votes, %d certificates, %d commits"
          % (path, number, done["votes"], done["certificates"], done["finals"]))
    is_alone = len(replay.members) == 1  # it has nobody to send a vote to
    return (done["votes"] > 0 or is_alone) and done["certificates"] > 0 and done["finals"] > 0


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    results = [judge(path) for path in sys.argv[1:]]
    print("checker: %d passed, %d failed" % (results.count(True), results.count(False)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
