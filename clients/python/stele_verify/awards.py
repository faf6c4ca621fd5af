"""Does an award add up, and a programme with its awards?  docs/receipt.md section 8, "awards"."""
from dataclasses import dataclass

from . import walk
from .fault import CheckFailed, FormError

PROGRAMME_TYPE, AWARD_TYPE = 0x10, 0x11
SUM_LIMIT = 2**64

_MILESTONES = 9
_NUMBER = walk.number()
_PROGRAMME = {1: walk.message, 2: _NUMBER, 3: _NUMBER, 4: _NUMBER, 5: _NUMBER, 6: _NUMBER}
_TERMS = {6: _NUMBER, 7: _NUMBER}
_AWARD = {1: walk.message, 2: walk.message, 5: _NUMBER, 6: _NUMBER, 7: _NUMBER, 8: walk.number((1, 1)),
          14: _NUMBER, 15: _NUMBER}
_AMOUNT = {6: _NUMBER}


@dataclass(frozen=True)
class Totals:
    """Of one award, or of several together, or as a programme says them."""
    committed: int = 0
    paid: int = 0
    recovered: int = 0
    live: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.committed + other.committed, self.paid + other.paid,
                      self.recovered + other.recovered, self.live + other.live)

    def check(self):
        """CheckFailed: a sum is none of 64 bits."""
        if max(self.committed, self.paid, self.recovered) >= SUM_LIMIT:
            raise CheckFailed("the sum over awards is 2^64 or above")


@dataclass(frozen=True)
class Programme:
    awards: int
    totals: Totals
    budget: int
    awards_max: int

    def check(self, summed: Totals):
        """CheckFailed: its awards are not what it says, or more than it may have."""
        if summed != self.totals:
            raise CheckFailed("a programme's totals are not the sums over its awards")
        if summed.committed > self.budget or summed.live > self.awards_max:
            raise CheckFailed("a programme goes beyond its budget or its number of awards")


def programme(value: bytes) -> Programme:
    """Of the fields of its value.  FormError."""
    fields = walk.read(value, "a programme", _PROGRAMME, (1,))
    terms = walk.read(fields[1], "the terms of a programme", _TERMS)
    totals = Totals(fields.get(4, 0), fields.get(5, 0), fields.get(6, 0), fields.get(3, 0))
    return Programme(fields.get(2, 0), totals, terms.get(6, 0), terms.get(7, 0))


def award(value: bytes) -> Totals:
    """What it adds to its programme.  FormError; CheckFailed: it does not add up."""
    fields = walk.read(value, "an award", _AWARD)
    if (1 in fields) == (2 in fields):
        raise FormError("an award is not either granted or imported")
    terms = fields.get(1, fields.get(2))
    amount = walk.read(terms, "the terms of an award", _AMOUNT).get(6, 0)
    payable = fields.get(7, 0) if 1 in fields and _has_milestones(terms) else amount
    committed, paid = fields.get(5, 0), fields.get(6, 0)
    demanded, received = fields.get(14, 0), fields.get(15, 0)
    is_terminated = 8 in fields
    if not paid <= payable <= amount or not received <= demanded <= paid:
        raise CheckFailed("an award has paid, payable, demanded or received that do not fit")
    if committed != (paid if is_terminated else amount):
        raise CheckFailed("an award commits another amount than it should")
    return Totals(committed, paid, received, 0 if is_terminated else 1)


def _has_milestones(terms: bytes) -> bool:
    found = [value for number, value in walk.fields(terms) if number == _MILESTONES]
    if not all(walk.message(value) for value in found):
        raise FormError("the milestones of an award are no messages")
    return bool(found)
