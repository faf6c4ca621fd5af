"""Random histories: blocks of transactions, each made against the model's state of the moment."""
import random

from context import BY_FIELD
from curve import key_of
from encoding import Message, encode
from evidence import Accuser
from genesis import CAST, CROWD, NEWCOMERS, VALIDATOR, Genesis, key_name
from pieces import Unsuitable
from plays import PLAYS
from records import WEIGHTS, Records
from rules_call import DECLINED, SELECTED
from spoil import seal, spoiled
from state import leaf_hash, merkle_root

HELD = 64  # old transactions that may be sent again
PROGRAMMES_WANTED = 3
PLAY_EVERY = 40  # histories
ALL_KEYS = {}


def key_by_public(public):
    if not ALL_KEYS:
        owners = [(org, 12) for org in [member[0] for member in CAST] + NEWCOMERS]
        for org, count in owners + [(member[0], 3) for member in CROWD]:
            for k in range(count):
                key = key_of(key_name(org, k))
                ALL_KEYS[key.public] = key
    return ALL_KEYS.get(public)


class Block:
    def __init__(self, time, parcels, reopens=False, evidence=()):
        self.time, self.parcels, self.reopens, self.evidence = time, parcels, reopens, evidence

    def lines(self):
        if self.reopens:
            yield "reopen"
        yield f"block {self.time}"
        for text in self.evidence:
            yield f"evidence {text.hex()}"
        for ahead, raws in self.parcels:
            yield f"parcel {ahead}"
            for raw in raws:
                yield f"tx {raw.hex()}"
        yield "end"


def kind_of(seed):
    """Of few histories the name of a play: seeds end in a number."""
    number = seed.rpartition("/")[2]
    return {7: "large", 13: "crowd"}.get(int(number) % PLAY_EVERY if number.isdigit() else 0, "random")


def genesis_of(seed):
    return Genesis(random.Random(f"{seed} genesis"), kind_of(seed))


class History:
    def __init__(self, seed, model):
        self.rng = random.Random(f"{seed} history")
        self.model = model
        self.orgs = {org: purposes for org, _, purposes in CAST}
        self.records = Records(self.rng, model, self.orgs)
        self.accuser = Accuser(random.Random(f"{seed} evidence"), model,
                               [org for org, roles, _ in CAST if VALIDATOR in roles])
        self.sent, self.times = [], []
        play = PLAYS.get(kind_of(seed))
        self.scenes, self.is_playing = play(self.records) if play else iter(()), bool(play)
        self.fields = list(WEIGHTS)
        self.weights = [WEIGHTS[field] for field in self.fields]

    def deadlines(self):
        """Of calls and objections, ahead."""
        for spot in self.records.spots():
            terms = spot.terms
            yield from (terms.opens, terms.deadline, terms.reveal_until, terms.review_until)
            for proposal in self.records.proposals(spot, SELECTED, DECLINED):
                yield proposal.decided_time + terms.objection_ms

    def next_time(self):
        """A little later mostly; often beside the next deadline, so that whole lives happen."""
        model, rng = self.model, self.rng
        model.next_time = model.time + 1
        is_busy = any(self.records.is_busy(spot) for spot in self.records.spots())
        pick = rng.random()
        if pick < (0.04 if is_busy else 0.3):
            ahead = [t for t in self.deadlines() if t > model.time + 1]
            if ahead:
                return min(ahead) + rng.choice([-1, 0, 1])
        later = [t for t in self.times if model.time < t <= model.time + 30 * 86400000]
        if 0.3 < pick < 0.306 and later:
            return min(later) + rng.choice([-1, 0, 1])
        if pick < 0.996:
            steps = [-5, 0, 1, 2, 10, 100, 300, 600] if is_busy else [1, 100, 500, 1000, 1000, 3000]
            return model.time + rng.choice(steps)
        return model.time + rng.choice([30000, 60000, 600000, 600001, 86400000])

    def any_key(self, actor, field, carried, is_random):
        """Of the actor, mostly one with a purpose that the operation takes."""
        keys = self.records.keys_of(actor)
        wanted = set(BY_FIELD[field].purposes)
        if carried:
            wanted |= set(BY_FIELD[carried].carried_purposes)
        height = self.model.height + 1
        able = [key for key in keys if wanted & set(key.purposes) and key.from_height <= height
                and (not key.revoked_height or height < key.revoked_height)]
        rng = self.rng
        if not is_random:
            return key_by_public(able[0].key)
        if not able and rng.random() < 0.7:
            raise Unsuitable
        pool = able if able and rng.random() < 0.97 else keys
        if not pool or rng.random() < 0.01:
            return key_of(key_name(rng.choice(NEWCOMERS), rng.randrange(12)))
        key = key_by_public(rng.choice(pool).key)
        return key or key_of("somebody else")

    def valid_until(self, is_random):
        limits = self.records.value("policy/limits", "LimitsValue").limits
        now, window = max(self.model.next_time, self.model.time + 1), limits.window_ms
        if self.rng.random() < 0.05 and is_random:
            return self.rng.choice([now, now - 1, now + window, now + window + 1, 0, 2**63 - 1, 2**63,
                                    2**64 - 1, now + 1000])
        return now + window // 2

    def record(self):
        """(field, record, actor, the signer's public key or None)"""
        field = self.rng.choices(self.fields, self.weights)[0]
        if self.records.count("programme") < PROGRAMMES_WANTED and self.rng.random() < 0.2:
            field = "programme_create"
        operation, actor, *public = getattr(self.records, field)()
        if self.records.approvals(BY_FIELD[field].number) > 0 and self.rng.random() < 0.95:
            operation, actor = self.records.motion_of(BY_FIELD[field], operation, actor)
            return "motion_open", operation, actor, None
        return field, operation, actor, public[0] if public else None

    def transaction(self):
        if self.sent and self.rng.random() < 0.04:
            return self.rng.choice(self.sent)
        while True:
            try:
                return self.sealed(*self.record())
            except Unsuitable:
                continue

    def sealed(self, field, operation, actor, public, is_random=True):
        rng, attachment = self.rng, b""
        if field == "content_batch":
            operation, entries = operation
            attachment = encode(Message("BatchEntries", entries=entries))
            operation.count = len(entries)
            operation.root = merkle_root([leaf_hash(encode(entry)) for entry in entries])
        carried = operation.operation.member()[0] if field == "motion_open" else None
        key = public and key_by_public(public) or self.any_key(actor, field, carried, is_random)
        body = Message("TransactionBody", chain=self.model.chain, signer=key.public,
                       valid_until=self.valid_until(is_random), nonce=rng.choice([0, rng.randrange(2**64)]),
                       **{field: operation})
        self.note_times(body, carried and operation.expires)
        if rng.random() < 0.05 and is_random:
            return spoiled(rng, body, key, attachment)
        data = encode(body)
        raw = seal(data, key, attachment)
        self.sent = self.sent[-HELD:] + [raw]
        if rng.random() < 0.01:
            self.sent.append(seal(data, key, attachment, extra=b"again"))
        return raw

    def note_times(self, body, expires):
        self.times = self.times[-32:] + [body.valid_until] + ([expires] if expires else [])
        self.times.append(self.model.time + 600000)

    def parcels(self):
        rng, ahead = self.rng, self.rng.choice([0, 1, 2048, 4096])
        return [(ahead, [self.transaction() for _ in range(rng.choice([1, 1, 2, 3, 6, 12]))])
                for _ in range(rng.choice([0, 1, 1, 1, 1, 2, 3]))]

    def scene(self, time, records):
        """A block of a play."""
        self.model.next_time = time or self.model.time + 1
        raws = []
        for field, operation, actor, public in records:
            if field == "motion_open":
                carried, name = operation
                operation = self.records.motion_of(BY_FIELD[name], carried, actor, days=1)[0]
            raws.append(self.sealed(field, operation, actor, public, is_random=False))
        return Block(self.model.next_time, [(0, raws)] if raws else [])

    def block(self):
        scene = next(self.scenes, None)
        if scene:
            return self.scene(*scene)
        self.is_playing = False
        self.model.next_time = self.next_time()
        return Block(self.model.next_time, self.parcels(), reopens=self.rng.random() < 0.01,
                     evidence=self.accuser.offers())


