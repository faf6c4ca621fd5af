"""Is each fact of a proof what it promises?  docs/receipt.md section 8."""
from dataclasses import dataclass, field
from typing import Optional

from . import awards, merkle, statetree, walk
from .awards import Programme
from .fault import CheckFailed, FormError
from .proof import ConsistencyFact, InclusionFact, ListFact, Proof, RejectedFact, StateFact

NOT_AS_PROMISED, NO_PATH = 7006, 7007

_ORG_TYPE, _NAME_TYPE, _CLAIM_TYPE, _COUNT_TYPE, _EVIDENCE_TYPE = 0x02, 0x04, 0x20, 0x01, 0x30


@dataclass(frozen=True)
class Part:
    """A piece of a list that holds: its members first … last of count."""
    fact: ListFact
    header: bytes  # hash of the one under which it holds
    count: int
    programme: Optional[Programme] = None
    totals: dict = field(default_factory=dict)  # of each award, by its number

    def is_whole(self) -> bool:
        return self.fact.first == 1 and self.fact.last == self.count


@dataclass(frozen=True)
class _List:
    """Where a list lies in the state, and how many it holds is read from where."""
    head: str
    head_type: int
    count_field: int
    member: str  # followed by the number
    member_type: int
    has_empty_head: bool  # an empty list has its head all the same


def _list(fact: ListFact) -> _List:
    if fact.kind == "awards":
        return _List(f"programme/{fact.of}", awards.PROGRAMME_TYPE, 2,
                     f"award/{fact.of}/", awards.AWARD_TYPE, True)
    if fact.kind == "org-awards":
        return _List(f"org/{fact.of}", _ORG_TYPE, 6, f"org-award/{fact.of}/", _NAME_TYPE, True)
    if fact.kind == "claims":
        return _List(f"content/{fact.of}", _CLAIM_TYPE, 9, f"claim/{fact.of}/", _CLAIM_TYPE, False)
    return _List("count/evidence", _COUNT_TYPE, 1, "evidence/", _EVIDENCE_TYPE, False)


def check(said: Proof) -> tuple:
    """(words for each fact, parts of lists).  CheckFailed with 7006 or 7007."""
    return _Facts(said).check()


def consistent_roots(said: Proof) -> list:
    """(size, root) of each older log that a fact proves to be a prefix."""
    last = said.cover.last
    return [(fact.size, fact.root) for fact in said.facts if isinstance(fact, ConsistencyFact)
            and merkle.extends(fact.root, fact.size, last.log_root, last.log_size, fact.path)]


class _Facts:
    def __init__(self, said: Proof):
        self.said, self.last = said, said.cover.last
        self.entries = {entry.key: entry for entry in said.entries}
        self.needed, self.parts = set(), []

    def check(self) -> tuple:
        if self.said.tree is not None:
            try:
                statetree.check(self.said.entries, self.said.tree, self.last.state)
            except CheckFailed as fault:
                raise CheckFailed(str(fault), NO_PATH) from None
        words = [self.judge(fact) for fact in self.said.facts]
        if len(self.needed) != len(self.entries):
            raise CheckFailed("an entry is there that no fact needs", NOT_AS_PROMISED)
        return words, self.parts

    def judge(self, fact) -> str:
        if isinstance(fact, StateFact):
            return self.state(fact)
        if isinstance(fact, ListFact):
            try:
                return self.list(fact)
            except (FormError, CheckFailed) as fault:
                raise CheckFailed(str(fault), NOT_AS_PROMISED) from None
        if isinstance(fact, InclusionFact):
            return self.inclusion(fact)
        if isinstance(fact, ConsistencyFact):
            return self.consistency(fact)
        return self.rejected(fact)

    def entry(self, key: str) -> statetree.Entry:
        if key not in self.entries:
            raise CheckFailed(f"the entry {key} is missing", NOT_AS_PROMISED)
        self.needed.add(key)
        return self.entries[key]

    def value(self, key: str, kind: int) -> bytes:
        """What stands behind the type of a value that is there."""
        value = self.entry(key).value
        if value is None or value[0] != kind:
            raise CheckFailed(f"{key} is absent, or of another type", NOT_AS_PROMISED)
        return value[1:]

    def state(self, fact: StateFact) -> str:
        value = self.entry(fact.key).value
        if value is None:
            return f"{fact.key} is absent"
        return f"{fact.key} is there, of type {value[0]:#04x}"

    def list(self, fact: ListFact) -> str:
        where = _list(fact)
        is_there = where.has_empty_head or self.entry(where.head).value is not None
        head = self.value(where.head, where.head_type) if is_there else b""
        count = walk.read(head, where.head, {where.count_field: walk.number()}).get(where.count_field, 0)
        if count == 0 and is_there and not where.has_empty_head:
            raise CheckFailed(f"{where.head} is there, and counts nothing")
        self.check_range(fact, count)
        totals = {number: self.member(fact, where, number) for number in range(fact.first, fact.last + 1)}
        if fact.last == count and is_there and self.entry(f"{where.member}{count + 1}").value is not None:
            raise CheckFailed(f"{where.member}{count + 1} is there, beyond the last")
        self.keep(fact, count, head, totals)
        return f"{_name(fact)}: {_range(fact, count)}"

    def check_range(self, fact: ListFact, count: int):
        is_empty = count == 0 and (fact.first, fact.last) == (1, 0)
        if not is_empty and not 1 <= fact.first <= fact.last <= count:
            raise CheckFailed(f"{fact.first} to {fact.last} is no range of a list of {count}")
        if fact.last - fact.first >= len(self.entries):
            raise CheckFailed("a list has more members than the proof has entries")

    def member(self, fact: ListFact, where: _List, number: int):
        key = where.head if fact.kind == "claims" and number == 1 else f"{where.member}{number}"
        value = self.value(key, where.member_type)
        if fact.kind == "awards":
            return awards.award(value)
        walk.read(value, key, {})
        return None

    def keep(self, fact: ListFact, count: int, head: bytes, totals: dict):
        if fact.kind != "awards":
            self.parts.append(Part(fact, self.last.hash, count))
            return
        programme = awards.programme(head)
        part = Part(fact, self.last.hash, count, programme, totals)
        summed = sum(totals.values(), awards.Totals())
        summed.check()
        if part.is_whole():
            programme.check(summed)
        self.parts.append(part)

    def inclusion(self, fact: InclusionFact) -> str:
        leaf = merkle.leaf_hash(fact.data)
        if not merkle.includes(self.last.log_root, self.last.log_size, fact.log_index, leaf, fact.path):
            raise CheckFailed(f"the path of leaf {fact.log_index} does not lead to the log root", NO_PATH)
        return f"leaf {fact.log_index} stands in the log"

    def consistency(self, fact: ConsistencyFact) -> str:
        if not merkle.extends(fact.root, fact.size, self.last.log_root, self.last.log_size, fact.path):
            raise CheckFailed(f"the log does not begin with that of {fact.size} leaves", NO_PATH)
        return f"the log of {self.last.log_size} leaves begins with that of {fact.size}"

    def rejected(self, fact: RejectedFact) -> str:
        leaf = merkle.leaf_hash(fact.entry)
        if fact.count != self.last.rejected or not merkle.includes(
                self.last.rejected_root, fact.count, fact.index, leaf, fact.path):
            raise CheckFailed("the path does not lead to the root over what was rejected", NO_PATH)
        return f"transaction {fact.entry[:32].hex()} was rejected with {fact.code}"


def _name(fact: ListFact) -> str:
    return f"{fact.kind} {fact.of}".rstrip()


def _range(fact: ListFact, count: int) -> str:
    if count == 0:
        return "there is none"
    whole = ", these are all" if (fact.first, fact.last) == (1, count) else ""
    return f"{fact.first} to {fact.last} of {count}{whole}"


def join(parts: list) -> list:
    """Of the parts of several proofs, for each list under one header: (words, is it complete?).

    CheckFailed with 7006: together they are no list, for a programme's totals are others."""
    lists = {}
    for part in parts:
        lists.setdefault((part.header, part.fact.kind, part.fact.of), []).append(part)
    return [_joined(pieces) for pieces in lists.values()]


def _joined(pieces: list) -> tuple:
    reached = 0
    fact, count = pieces[0].fact, pieces[0].count
    name = _name(fact)
    for part in sorted(pieces, key=lambda part: part.fact.first):
        if part.fact.first <= reached:
            return f"{name}: {len(pieces)} part(s), not complete: they overlap", False
        if part.fact.first > reached + 1:
            break
        reached = part.fact.last
    if reached < count:
        return f"{name}: {len(pieces)} part(s), not complete: {reached + 1} of {count} is missing", False
    totals = {number: total for part in pieces for number, total in part.totals.items()}
    summed = sum(totals.values(), awards.Totals())
    if pieces[0].programme is not None:
        try:
            pieces[0].programme.check(summed)
        except CheckFailed as fault:
            raise CheckFailed(f"{name}: {fault}", NOT_AS_PROMISED) from None
    said = (f"; committed {summed.committed}, paid {summed.paid}, recovered {summed.recovered}"
            if pieces[0].programme else "")
    return f"{name}: complete, {count} in {len(pieces)} part(s){said}", True
