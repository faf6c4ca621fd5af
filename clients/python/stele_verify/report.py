"""The verdict in words for people."""
from datetime import datetime, timezone

from .verdict import OPEN, PASS, ProofVerdict, Verdict

_LAST_MS = 253_402_300_799_999  # the end of the year 9999


def moment(ms: int) -> str:
    """A header's time, in UTC; as it stands where no calendar reaches."""
    if ms > _LAST_MS:
        return f"{ms} ms"
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def words(name: str, verdict: Verdict) -> str:
    lines = [f"{printable(name)}: {_headline(verdict)}"]
    facts = verdict.facts
    if facts:
        is_shown = all(verdict.findings[name].result == PASS for name in ("inclusion", "finality"))
        lines.append(f"  network    {facts['network']}")
        lines.append(f"  {'recorded' if is_shown else 'it says':<10} in block {facts['height']}, "
                     f"{moment(facts['time'])}, leaf {facts['log_index']}")
        lines.append(f"  signed by  {facts['signer']}")
    if "organisation" in facts:
        revoked = facts["key_revoked"]
        key = f"its key was revoked from block {revoked} on" if revoked else "its key is in force"
        lines.append(f"  of         {facts['organisation']}; {key}, as of block {facts['status_height']}, "
                     f"{moment(facts['status_time'])}")
    return "\n".join([*lines, *_findings(verdict)])


def proof_words(name: str, verdict: ProofVerdict) -> str:
    lines = [f"{printable(name)}: {_headline(verdict)}"]
    if verdict.facts:
        lines.append(f"  network    {verdict.facts['network']}")
        lines.append(f"  as of      block {verdict.facts['height']}, {moment(verdict.facts['time'])}")
    lines += [f"  fact       {fact}" for fact in verdict.words]
    return "\n".join([*lines, *_findings(verdict)])


def _findings(verdict: Verdict):
    for finding, found in (("form", verdict.form), *verdict.findings.items()):
        result = "not checked" if found.result == OPEN else found.result
        code = f" [{found.code}]" if found.code else ""
        yield f"  {finding:<10} {result:<12} {found.words}{code}"


def printable(name: str) -> str:
    """A file's name without anything that a terminal obeys."""
    return name if name.isprintable() else ascii(name)


def _headline(verdict: Verdict) -> str:
    code = verdict.exit_code()
    if code == 3:
        return "a check FAILED"
    if code == 5:
        return "nothing is wrong with it, and nobody vouches for its signers"
    return "holds" if verdict.state is None else f"holds, {verdict.state}"
