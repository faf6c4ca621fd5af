"""Which rules of docs/ledger.md section 7 a run has seen fail, each with its errors."""
import re

from encoding import LEDGER_TEXT

# What no history of this size can reach, and why.
BEYOND = {
    ("M-10", 4003): "a rule without approvals has no approvers, so M-06 fails first",
    ("A-22", 4108): "no more are selected (DP-10), and each selection makes one award",
    ("A-23", 4107): "no more is selected (DP-11), and A-21 and AA-11 hold each award to it",
    ("M-02", 4033): "the largest operation within its bounds has about 34,000 bytes",
    ("V-01", 4033): "no value made of fields within their bounds is too large, but for G-10 and CP-12",
}


def rows():
    """(rules, errors) of each row of the tables of rules."""
    for names, _, errors in re.findall(r"^\| ([A-Z]+-\d\d(?:, [A-Z]+-\d\d)*) \|(.*)\| ?([0-9, ]*) ?\|$",
                                       LEDGER_TEXT, re.M):
        yield names.split(", "), [int(error) for error in errors.split(", ") if error]


def wanted():
    """Every (rule, error) of the text; error 0: a rule that asks for another table."""
    pairs = {("V-01", 4033)}
    for rules, errors in rows():
        if len(rules) > 1 and len(rules) == len(errors):
            pairs |= set(zip(rules, errors))
        else:
            pairs |= {(rule, error) for rule in rules for error in errors or [0]}
    return pairs


def reached(seen):
    """The same of what was seen; a rule asked by another counts for both."""
    pairs = set()
    for _, _, code, rules in seen:
        names = rules.split()
        pairs |= {(rule, code) for rule in names} | {(rule, 0) for rule in names}
    return pairs


def missing(seen):
    return sorted(wanted() - reached(seen) - set(BEYOND))
