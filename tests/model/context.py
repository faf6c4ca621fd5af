"""What rules read and write while one transaction is executed, and how they refuse."""
import re

from curve import sha256
from encoding import LEDGER_TEXT, Message, decode, encode

VALUE_MAX = 16384
INT64_MAX = 2**63 - 1
FUNDER, AGENCY, APPLICANT, REVIEWER, VALIDATOR = 1, 2, 3, 4, 7
PURPOSES = {"govern": 1, "grant": 2, "content": 3, "peer": 4, "review": 5}
ACTIVE = 0

# the table of section 5: the type byte of each message
TYPES = {name: int(number, 16) for number, name in
         re.findall(r"^\| 0x([0-9a-f]{2}) \| (\w+Value) \|", LEDGER_TEXT, re.M)}


class Refused(Exception):
    def __init__(self, code, rule):
        super().__init__(code)
        self.code, self.rule = code, rule


def require(condition, code, rule):
    """rule: its number in section 7; two where one table asks for another's, as in "PC-01 L-01"."""
    if not condition:
        raise Refused(code, rule)


class Operation:
    def __init__(self, number, name, purposes, motion):
        self.number = number
        self.name = name
        self.field = name.replace(".", "_")
        purposes, _, carried = purposes.partition("; by motion: ")
        self.purposes = [PURPOSES[p] for p in PURPOSES if p in purposes.split(", ")]
        self.carried_purposes = [PURPOSES[carried]] if carried else self.purposes
        self.or_what_it_carries = "a purpose of what it carries" in purposes
        self.by_motion = motion == "possible"


# the table of section 1
OPERATIONS = {int(row[0]): Operation(int(row[0]), *row[1:]) for row in
              re.findall(r"^\| (\d+) \| (\w+\.\w+) \| ([^|]+?) \| (no|possible) \|$", LEDGER_TEXT, re.M)}
BY_FIELD = {operation.field: operation for operation in OPERATIONS.values()}


_values = {}


def read(kind, data):
    """The value of these bytes; nobody changes it."""
    value = _values.get(data)
    if value is None:
        if len(_values) > 100000:
            _values.clear()
        value = _values[data] = decode(kind, data[1:])
    return value


class View:
    """The state with the writes of one transaction on top; nothing is kept unless asked."""

    def __init__(self, state):
        self.state, self.writes = state, {}

    def get(self, key, kind):
        """A copy whose fields may be set; what lies in them is shared and stays as it is."""
        data = self.writes.get(key) or self.state.get(key)
        if data is None:
            return None
        if data[0] != TYPES[kind]:
            raise ValueError(f"{key} is no {kind}")
        return read(kind, data).copy()

    def has(self, key):
        return key in self.writes or key in self.state

    def need(self, key, kind, code, rule):
        value = self.get(key, kind)
        require(value is not None, code, rule)
        return value

    def put(self, key, value):
        data = bytes([TYPES[value.kind]]) + encode(value)
        require(len(data) <= VALUE_MAX, 4033, "V-01")
        self.writes[key] = data

    def next_number(self, key):
        """Raises a count and gives it."""
        count = self.get(key, "CountValue") or Message("CountValue")
        count.count += 1
        self.put(key, count)
        return count.count


class Context(View):
    """One operation: who acts, when, and where its leaf would stand."""

    def __init__(self, state, chain, height, time, log_index):
        super().__init__(state)
        self.chain, self.height, self.time, self.log_index = chain, height, time, log_index
        self.actor = None    # id of an organisation
        self.key = None      # KeyValue of the signer
        self.motion = 0      # the motion that carries the operation
        self.entries = None  # of a batch

    def org(self, name, rule):
        return self.need("org/" + name, "OrgValue", 4010, rule)

    def has_role(self, name, role):
        """Active, with that role (or one of a list)."""
        org = self.get("org/" + name, "OrgValue")
        roles = role if isinstance(role, list) else [role]
        return org is not None and org.status == ACTIVE and any(r in org.roles for r in roles)

    def rule(self, operation):
        value = self.get(f"policy/{operation}", "PolicyValue")
        return value and (value.rule or Message("PolicyRule"))

    def orgs(self):
        for k in range(1, self.get("count/org", "CountValue").count + 1):
            yield self.get(self.get(f"org-no/{k}", "NameValue").key, "OrgValue")

    def stamp(self, value):
        """Where it comes from."""
        value.log_index, value.motion = self.log_index, self.motion
        return value


def key_path(public):
    return "key/" + sha256(public).hex()
