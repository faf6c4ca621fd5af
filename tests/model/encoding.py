"""A strict protobuf codec after docs/ledger.md section 1, on the messages of proto/*.proto.

A message holds what is present; the rest reads as its default.  decode() refuses whatever
the canonical rules refuse; check_bounds() holds a message against the table of section 7, read from
the text itself.
"""
import operator
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPTH = 8
WIRE = {"uint64": 0, "uint32": 0, "bool": 0, "string": 2, "bytes": 2}
DEFAULT = {"uint64": 0, "uint32": 0, "bool": 0, "string": "", "bytes": b""}


class Malformed(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Field:
    def __init__(self, number, name, kind, is_list, oneof):
        self.number, self.name, self.kind, self.is_list, self.oneof = number, name, kind, is_list, oneof
        self.is_message = self.is_number = self.values = self.wire = None

    def settle(self, enums):
        """Once all names are known."""
        self.values = enums.get(self.kind)
        self.is_number = self.kind in ("uint64", "uint32", "bool") or self.values is not None
        self.is_message = self.kind not in WIRE and self.values is None
        self.wire = 2 if not self.is_number or self.is_list else 0
        self.tag = varint(self.number << 3 | self.wire)
        self.default = None if self.is_message else DEFAULT.get(self.kind, 0)


SMALL = [bytes([value]) for value in range(128)]


def varint(value):
    if 0 <= value < 128:
        return SMALL[value]
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def parse_proto(text, messages, enums):
    block, oneof = None, None
    for line in text.split("\n"):
        line = line.split("//")[0].strip()
        if opening := re.match(r"(message|enum|oneof) (\w+) \{$", line):
            word, name = opening.groups()
            if word == "oneof":
                oneof = name
            else:
                block = (messages if word == "message" else enums).setdefault(name, {})
        elif line == "}":
            if oneof:
                oneof = None
            else:
                block = None
        elif value := re.match(r"(\w+) = (\d+);$", line):
            block[int(value[2])] = value[1]
        elif field := re.match(r"(repeated )?(\w+) (\w+) = (\d+);$", line):
            number = int(field[4])
            block[number] = Field(number, field[3], field[2], bool(field[1]), oneof)
        elif line and not re.match(r"(syntax|package|import) ", line):
            raise ValueError("not understood: " + line)


def load():
    messages, enums = {}, {}
    for name in ("tx", "state"):
        with open(os.path.join(ROOT, "proto", name + ".proto"), encoding="utf-8") as file:
            parse_proto(file.read(), messages, enums)
    for fields in messages.values():
        for field in fields.values():
            field.settle(enums)
    return messages, enums


MESSAGES, ENUMS = load()
BY_NAME = {kind: {f.name: f for _, f in sorted(fields.items())} for kind, fields in MESSAGES.items()}


WITH_ONEOF = {kind for kind, fields in BY_NAME.items() if any(f.oneof for f in fields.values())}


class Message:
    """What is present; reading what is absent gives its default.  Empty ones are false."""
    __slots__ = ("kind", "fields")

    def __init__(self, kind, **values):
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "fields", {})
        for name, value in values.items():
            setattr(self, name, value)

    def __getattr__(self, name):
        fields = self.fields
        if name in fields:
            return fields[name]
        field = BY_NAME[self.kind][name]
        return [] if field.is_list else field.default

    def __setattr__(self, name, value):
        field = BY_NAME[self.kind][name]
        if not field.oneof and (value is None or value == ([] if field.is_list else field.default)):
            self.fields.pop(name, None)
        else:
            self.fields[name] = value

    def __len__(self):
        return len(self.fields)

    def __bool__(self):
        return bool(self.fields)

    def copy(self):
        """Its fields can be set anew; what lies in them is shared."""
        other = Message(self.kind)
        other.fields.update(self.fields)
        return other

    def clone(self):
        """Down to its last part."""
        other = Message(self.kind)
        for name, value in self.fields.items():
            if isinstance(value, list):
                value = [part.clone() if isinstance(part, Message) else part for part in value]
            other.fields[name] = value.clone() if isinstance(value, Message) else value
        return other

    def __eq__(self, other):
        return isinstance(other, Message) and self.fields == other.fields

    def member(self):
        """Name and value of the oneof's member."""
        for name, field in BY_NAME[self.kind].items():
            if field.oneof and name in self.fields:
                return name, self.fields[name]
        return None, None


def encode_one(field, value):
    if field.is_message:
        data = encode(value)
    elif field.kind == "string":
        data = value.encode()
    elif field.kind == "bytes":
        data = value
    else:
        return field.tag + varint(value)
    return field.tag + varint(len(data)) + data


BY_NUMBER = operator.attrgetter("number")


def encode(message):
    out, fields, by_name = [], message.fields, BY_NAME[message.kind]
    for field in sorted([by_name[name] for name in fields], key=BY_NUMBER):
        value = fields[field.name]
        if not field.is_list:
            data = encode_one(field, value)
            if field.is_message and not field.oneof and len(value) == 0:
                continue
            out.append(data)
        elif field.is_number:
            data = b"".join(varint(v) for v in value)
            out.append(field.tag + varint(len(data)) + data)
        else:
            out.extend(encode_one(field, v) for v in value)
    return b"".join(out)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def varint(self):
        if self.at < len(self.data) and self.data[self.at] < 128:
            self.at += 1
            return self.data[self.at - 1]
        value = shift = 0
        while True:
            if self.at >= len(self.data) or shift > 63:
                raise Malformed(2002)
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        if value >= 1 << 64 or (byte == 0 and shift):
            raise Malformed(2002)
        return value

    def take(self, length):
        if length > len(self.data) - self.at:
            raise Malformed(2002)
        self.at += length
        return self.data[self.at - length:self.at]


def check_number(field, value):
    if field.kind == "uint32" and value >= 1 << 32:
        raise Malformed(2002)
    if field.kind == "bool" and value > 1:
        raise Malformed(2002)
    if field.values is not None and value not in field.values:
        raise Malformed(2002)
    return value


CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")


def decode_text(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(2002) from None
    if CONTROL.search(text):
        raise Malformed(2002)
    return text


def decode_field(field, reader, depth):
    if not field.wire:
        return check_number(field, reader.varint())
    data = reader.take(reader.varint())
    if field.is_number:
        values, inner = [], Reader(data)
        while inner.at < len(data):
            values.append(check_number(field, inner.varint()))
        if not values:
            raise Malformed(2002)
        return values
    if field.is_message:
        return decode(field.kind, data, depth + 1)
    return decode_text(data) if field.kind == "string" else data


def decode(kind, data, depth=1):
    if depth > DEPTH:
        raise Malformed(2002)
    fields, reader, last, oneofs = MESSAGES[kind], Reader(data), 0, {}
    message = Message(kind)
    while reader.at < len(data):
        tag = reader.varint()
        field = fields.get(tag >> 3)
        if field is None or tag & 7 != field.wire:
            raise Malformed(2002)
        repeats = field.is_list and not field.is_number
        if field.number < last or (field.number == last and not repeats):
            raise Malformed(2002)
        last = field.number
        value = decode_field(field, reader, depth)
        if field.oneof:
            if field.oneof in oneofs:
                raise Malformed(2002)
            oneofs[field.oneof] = True
        elif not field.is_list and not value:
            raise Malformed(2002)  # a default, or a message that holds nothing
        if repeats:
            message.fields.setdefault(field.name, []).append(value)
        else:
            message.fields[field.name] = value
    if kind in WITH_ONEOF and not oneofs:
        raise Malformed(2002)
    return message


# ---- bounds of fields, from the table in the text ---------------------------------------------------

def read_number(text):
    power = re.match(r"2\^(\d+) - 1$", text)
    return (1 << int(power[1])) - 1 if power else int(text)


def is_date(text):
    match = re.fullmatch(r"[0-9]{4}-([0-9]{2})-([0-9]{2})", text)
    return bool(match) and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 31


WORDS = {"segment": re.compile(r"[A-Za-z0-9._-]+").fullmatch, "date": is_date,
         "currency": re.compile(r"[A-Z]{3}").fullmatch}


def is_ascending(values):
    return all(a < b for a, b in zip([0] + values, values))


def check_of(part):
    """Of one item, one part of what the table says it holds; None: nothing to check."""
    if part in WORDS:
        return WORDS[part]
    if part in ("message", "enum", "bytes"):
        return None
    if match := re.fullmatch(r"number up to (.+)", part):
        most = read_number(match[1])
        return lambda value: value <= most
    match = re.fullmatch(r"(?:text of |bytes, )?(\d+)(?: to (\d+))?", part)
    if not match:
        raise ValueError("the table says: " + part)
    low, high = int(match[1]), int(match[2] or match[1])
    return lambda value: low <= len(value.encode() if isinstance(value, str) else value) <= high


def of_each(check):
    return lambda values: all(check(value) for value in values)


def checks_of(field, holds):
    """What must be true of a value that the table describes, such as "at most 5: enum, ascending"."""
    checks = []
    if match := re.match(r"at most (\d+): (.*)", holds):
        most, holds = int(match[1]), match[2]
        checks.append(lambda values: len(values) <= most)
    for part in holds.split(", "):
        if part == "ascending":
            checks.append(is_ascending)
        elif check := check_of(part):
            checks.append(of_each(check) if field.is_list else check)
    return checks


def load_bounds(text):
    """message -> [(field, checks of its value, whether it is needed)]"""
    table, rows = {}, re.findall(r"^\| (\w+) \| (\w+) \| ([^|]+?) \| (yes )?\|$", text, re.M)
    for message, name, holds, needed in rows:
        if message in BY_NAME and name in BY_NAME[message]:
            field = BY_NAME[message][name]
            table.setdefault(message, []).append((field, checks_of(field, holds), bool(needed)))
    return table


with open(os.path.join(ROOT, "docs", "ledger.md"), encoding="utf-8") as _file:
    LEDGER_TEXT = _file.read()
BOUNDS = load_bounds(LEDGER_TEXT)


def check_bounds(message, code=2003):
    fields = message.fields
    for field, checks, needed in BOUNDS.get(message.kind, ()):
        if field.name not in fields:
            if needed and not field.oneof:
                raise Malformed(code)
        elif not all(check(fields[field.name]) for check in checks):
            raise Malformed(code)
    for name, value in fields.items():
        if BY_NAME[message.kind][name].is_message:
            for part in value if isinstance(value, list) else [value]:
                check_bounds(part, code)
