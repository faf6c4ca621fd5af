"""Programmes: G, GA and GC of docs/ledger.md section 7, and what calls and awards ask of one."""
from context import AGENCY, FUNDER, INT64_MAX, VALUE_MAX, require
from encoding import BY_NAME, Message, encode
from words import CURRENCIES, SCHEMES, is_day, split_id


def is_amount(value):
    return 0 < value <= INT64_MAX


def is_period(period):
    return is_day(period.start) and is_day(period.end) and period.end >= period.start


def are_distinct(items):
    return len(set(items)) == len(items)


def largest(value, **last):
    """It, with every number of its own as large as it can become."""
    numbers = {name: INT64_MAX for name, field in BY_NAME[value.kind].items() if field.kind == "uint64"}
    return Message(value.kind, **{**value.fields, **numbers, **last})


def check_size(value, rule, **last):
    require(1 + len(encode(largest(value, **last))) <= VALUE_MAX, 4033, rule)


def check_totals(m, rule):
    require(is_amount(m.budget) and m.max_awards > 0, 4100, rule)


def scheme_and_prefix(eligibility):
    return (eligibility.scheme, eligibility.division_prefix) if eligibility else ("", "")


def is_known_eligibility(eligibility):
    """G-09"""
    scheme, prefix = scheme_and_prefix(eligibility)
    return not scheme or (scheme in SCHEMES and (not prefix or scheme == "CN-USCI"))


def is_eligible(org, eligibility):
    """A-07 without the organisation's status."""
    scheme, code = split_id(org)
    wanted, prefix = scheme_and_prefix(eligibility)
    return (not wanted or scheme == wanted) and (not prefix or (
        scheme == "CN-USCI" and code[2:8].startswith(prefix)))


def programme_create(ctx, m):
    require(not ctx.has("programme/" + m.id), 4022, "G-01")
    for org, role in ((m.funder, FUNDER), (m.agency, AGENCY)):
        ctx.org(org, "G-02")
        require(ctx.has_role(org, role), 4001, "G-03")
    require(ctx.actor == m.funder, 4101, "G-04")
    require(CURRENCIES[m.currency], 4035, "G-05")
    check_totals(m, "G-06")
    require(is_period(m.period), 4034, "G-07")
    require(are_distinct([area.code for area in m.areas]), 4105, "G-08")
    require(is_known_eligibility(m.eligibility), 4031, "G-09")
    number = ctx.next_number("count/programme")
    value = ctx.stamp(Message("ProgrammeValue", programme=m, number=number))
    check_size(value, "G-10", closed=1)
    ctx.put("programme/" + m.id, value)
    ctx.put(f"programme-no/{number}", Message("NameValue", key="programme/" + m.id))


def find_programme(ctx, name, rule):
    return ctx.need("programme/" + name, "ProgrammeValue", 4011, rule)


def open_programme(ctx, name, rules):
    """The agency's, as A-01 to A-03."""
    programme = find_programme(ctx, name, rules[0])
    require(ctx.actor == programme.programme.agency, 4102, rules[1])
    require(not programme.closed, 4103, rules[2])
    return programme


def funders_programme(ctx, name, rules):
    programme = find_programme(ctx, name, rules[0])
    require(ctx.actor == programme.programme.funder, 4101, rules[1])
    require(not programme.closed, 4103, rules[2])
    return programme


def programme_amend(ctx, m):
    programme = funders_programme(ctx, m.programme, ("GA-01", "GA-02", "GA-03"))
    terms = programme.programme.copy()
    require(m.version == programme.version + 1, 4121, "GA-04")
    check_totals(m, "GA-05")
    require(m.budget >= max(programme.committed, programme.call_budgets)
            and m.max_awards >= programme.live_awards, 4122, "GA-06")
    require(is_period(m.period), 4034, "GA-07")
    old, new = [area.code for area in terms.areas], [area.code for area in m.areas]
    require(m.period.start <= terms.period.start and m.period.end >= terms.period.end
            and new[:len(old)] == old and (old or not new), 4123, "GA-08")
    require(are_distinct(new), 4105, "GA-09")
    for name in ("titles", "budget", "max_awards", "period", "areas", "legal_basis", "documents"):
        setattr(terms, name, getattr(m, name))
    programme.programme, programme.version, programme.changed_log_index = terms, m.version, ctx.log_index
    check_size(programme, "GA-10", closed=1)
    ctx.put("programme/" + m.programme, programme)


def programme_close(ctx, m):
    programme = funders_programme(ctx, m.programme, ("GC-01", "GC-02", "GC-03"))
    require(programme.open_awards == 0, 4124, "GC-04")
    programme.closed, programme.changed_log_index = 1, ctx.log_index
    ctx.put("programme/" + m.programme, programme)


RULES = {"programme_create": programme_create, "programme_amend": programme_amend,
         "programme_close": programme_close}
