"""Good transactions, one or more for every operation, and state values of every type."""
import grants as families
from reference import Packed, leaf_hash, merkle_root, message as m, sha256, varint

NAMES = m((1, "示例"), (2, "Example"))
PERIOD = m((1, "2026-01-01"), (2, "2027-12-31"))
DOMAIN = b"stele/v1 transaction\n"
HASH = sha256(b"content")


def key_text(chain, org, purposes):
    return f"stele/v1 key\nchain {chain.hex()}\norganisation {org}\npurposes {purposes}\n"


def body(chain, key, number, operation, nonce=1, valid_until=1763800090000):
    head = [(1, chain), (2, key.public), (3, valid_until)]
    return m(*head, *([(4, nonce)] if nonce else []), (number, operation))


def envelope(encoded, signature, attachment=b""):
    return m((1, encoded), (2, signature), *([(3, attachment)] if attachment else []))


def transaction(name, operation, chain, key, number, content, attachment=b"", **more):
    encoded = body(chain, key, number, content, **more)
    signed = sha256(DOMAIN + encoded)
    raw = envelope(encoded, key.sign_digest(signed), attachment)
    leaf = b"\1" + envelope(encoded, key.sign_digest(signed))
    return {"name": name, "operation": operation, "number": number, "secret": key.secret.hex(),
            "raw": raw.hex(), "id": signed.hex(), "leaf": leaf.hex(), "leaf_hash": leaf_hash(leaf).hex()}


def org_key(chain, org, key, names, purposes):
    return m((1, key.public), (2, Packed(purposes)), (3, key.sign(key_text(chain, org, names).encode())))


def programme(orgs):
    area = lambda code, zh, en: m((1, code), (2, m((1, zh), (2, en))))
    return m((1, "CN-BJ-I3"), (2, orgs[0]), (3, orgs[1]), (4, m((1, "第三代互联网"), (2, "Internet 3.0"))),
             (5, "CNY"), (6, 6000000000), (7, 12), (8, PERIOD),
             (9, [area("3d-content", "三维数字内容创作", "3D digital content creation"),
                  area("gen-ai", "生成式人工智能", "Generative AI"),
                  area("industry", "产业应用系统与装备", "Industrial application systems and equipment")]),
             (10, m((1, "CN-USCI"), (2, "11"))), (11, "Example call, section 2"),
             (12, [m((1, sha256(b"terms")), (2, 1234), (3, "application/pdf"), (4, "terms"))]))


def grant(orgs):
    milestone = lambda n, due, amount: m((1, n), (2, due), (3, amount), (4, sha256(b"criteria %d" % n)))
    return m((1, "CN-BJ-I3"), (2, "gen-ai"), (5, [m((1, orgs[4]), (2, 10000))]), (6, 500000000), (7, PERIOD),
             (8, sha256(b"terms")), (9, [milestone(1, "2026-06-30", 200000000), milestone(2, "2027-06-30", 300000000)]),
             (10, m((2, "Example project"))))


def imported():
    return m((1, "GB-TRUST"), (2, "360G-example/1 a"), (3, "Café für alle"), (4, "GB-CHC-1234567"),
             (5, "Example Trust"), (6, 1632500), (7, "2019-02-28"), (8, sha256(b"row")))


def disbursement(orgs):
    return m((1, "CN-BJ-I3"), (2, 1), (4, 250000), (5, orgs[0]), (6, orgs[4]), (7, "2026-03-01"),
             (8, sha256(b"reference")))


def anchor():
    return m((1, HASH), (2, 2**63 - 1), (3, "image/png"), (4, "标题"), (5, "https://example.org/a.png"),
             (6, "CC-BY-4.0"), (7, m((1, "urn:c2pa:1"), (2, sha256(b"manifest")))), (8, 11),
             (9, m((1, "1"), (2, "producer"), (3, "id-1"), (4, "r1"), (5, "propagator"), (6, "id-2"), (7, "r2"))),
             (10, [m((1, "alg"), (2, b"\0\xff"))]), (11, "ISCC:KACT4EBWK27737D2"),
             (12, m((1, "generator"), (2, "1.0"), (3, "model"))),
             (13, [m((1, sha256(b"p1")), (3, 1)), m((1, sha256(b"p2")), (2, 1), (3, 4))]),
             (14, m((1, "CN-BJ-I3"), (2, 1), (3, 2))), (15, sha256(b"salt")))


def batch(count):
    entries = [m((1, sha256(b"entry %d" % i)), *([(2, i)] if i else []), (3, "text/plain"), (4, 2)) for i in range(count)]
    attachment = m((1, entries))
    return m((1, count), (2, merkle_root(entries)), (3, "batch")), attachment


def member(org, i, keys):
    return m((1, f"v{i}"), (2, org), (3, keys[0].public), (4, keys[1].public))


def governance(chain, orgs, govern, grants, candidates):
    """(name, operation, number, record) of what motions can carry; candidates: their pairs of keys."""
    proof = govern[4].sign(key_text(chain, orgs[4], "grant,content").encode())
    pairs = sorted(zip(orgs, candidates), key=lambda pair: pair[1][0].public)
    return [("organisation suspended", "org.status", 21, m((1, orgs[4]), (2, 1), (3, sha256(b"why")))),
            ("organisation active again", "org.status", 21, m((1, orgs[4]))),
            ("key replaced", "key.rotate", 23, m((1, grants[4].public), (2, govern[4].public), (3, proof), (4, 200))),
            ("key revoked", "key.revoke", 24, m((1, grants[4].public), (2, 300), (3, sha256(b"why")))),
            ("set to come", "validators.set", 26, m((1, [member(org, i, keys) for i, (org, keys) in
                                                         enumerate(pairs)]))),
            ("plan", "upgrade.plan", 28, m((1, 2), (2, 100000), (3, sha256(b"notes"))))]


def readiness(chain, set_hash, keys):
    text = f"stele/v1 ready\nchain {chain.hex()}\nset {set_hash.hex()}\n".encode()
    return m((1, set_hash), (2, keys[0].public), (3, keys[1].public), (4, keys[0].sign(text)), (5, keys[1].sign(text)))


def more_transactions(chain, orgs, govern, grants, candidates, set_hash):
    """Those of every other operation, bare and, where that is possible, carried by a motion."""
    payer, reviewers = grants[0], grants[2:4]
    signers = {"grant": grants[4], "review": reviewers[0]}
    by_motion = (governance(chain, orgs, govern, grants, candidates) + families.carried(orgs, reviewers))
    t = lambda name, operation, key, number, content: transaction(name, operation, chain, key, number, content)
    out = [t(name, operation, govern[1] if number < 40 else payer, number, content)
           for name, operation, number, content in by_motion]
    out.append(t("ready", "validator.ready", govern[0], 27, readiness(chain, set_hash, candidates[0])))
    out += [t(name, operation, signers[purpose], number, content)
            for purpose, name, operation, number, content in families.bare(chain, orgs, reviewers)]
    return out + [t("motion, " + name, "motion.open", govern[1], 16, m((1, m((number, content))), (2, 1763900000000)))
                  for name, operation, number, content in by_motion]


def transactions(chain, orgs, govern, grants):
    ref = m((1, HASH), (2, 1))
    keys = lambda org, key: org_key(chain, org, key, "grant,content", [2, 3])
    register = m((1, orgs[4]), (2, NAMES), (3, Packed([3, 6])), (4, [keys(orgs[4], grants[4])]))
    add = m((1, orgs[4]), (2, org_key(chain, orgs[4], govern[4], "govern", [1])), (3, 100))
    policy = m((1, [m((1, 60), (2, Packed([1, 2])), (3, 2), (4, 1)), m((1, 81), (2, Packed([6])))]),
               (2, m((1, 180000), (2, 60000), (3, 1000), (4, 1000000), (5, 100000))))
    small, attachment = batch(5)
    one, single = batch(1)
    org, payer, recipient = govern[1], grants[0], grants[4]
    t = lambda *a, **k: transaction(a[0], a[1], chain, a[2], *a[3:], **k)
    return [
        t("smallest", "award.accept", recipient, 61, m((1, "P"), (2, 1)), nonce=0),
        t("anchor, hash alone", "content.anchor", recipient, 81, m((1, HASH))),
        t("anchor, every field", "content.anchor", recipient, 81, anchor(), nonce=2**64 - 1),
        t("batch of five", "content.batch", recipient, 82, small, attachment),
        t("batch of one", "content.batch", recipient, 82, one, single),
        t("supersede", "content.supersede", recipient, 85, m((1, ref), (2, m((1, sha256(b"new")), (2, 2))), (3, sha256(b"why")))),
        t("withdraw", "content.withdraw", recipient, 86, m((1, ref), (2, sha256(b"why")))),
        t("register", "org.register", org, 20, register),
        t("key", "key.add", org, 22, add),
        t("policy", "policy.set", org, 25, policy),
        t("programme", "programme.create", payer, 40, programme(orgs)),
        t("award", "award.grant", payer, 60, grant(orgs)),
        t("import", "award.import", payer, 63, imported()),
        t("payment", "disbursement.record", payer, 66, disbursement(orgs)),
        t("motion, register", "motion.open", org, 16, m((1, m((20, register))), (2, 1763900000000))),
        t("motion, key", "motion.open", org, 16, m((1, m((22, add))), (2, 1763900000000))),
        t("motion, policy", "motion.open", org, 16, m((1, m((25, policy))), (2, 1763900000000))),
        t("motion, programme", "motion.open", org, 16, m((1, m((40, programme(orgs)))), (2, 1763900000000))),
        t("motion, award", "motion.open", org, 16, m((1, m((60, grant(orgs)))), (2, 1763900000000))),
        t("motion, import", "motion.open", org, 16, m((1, m((63, imported()))), (2, 1763900000000))),
        t("motion, payment", "motion.open", org, 16, m((1, m((66, disbursement(orgs)))), (2, 1763900000000))),
        t("approve", "motion.approve", org, 17, m((1, 3))),
        t("withdraw motion", "motion.withdraw", org, 18, m((1, 128))),
        t("note on a programme", "note.attach", org, 100, m((1, "CN-BJ-I3"), (5, HASH), (6, "minutes"))),
        t("note on an award", "note.attach", org, 100, m((2, m((1, "CN-BJ-I3"), (2, 1))), (5, HASH))),
        t("note on content", "note.attach", org, 100, m((3, ref), (5, HASH))),
        t("note on an organisation", "note.attach", org, 100, m((4, orgs[4]), (5, HASH))),
    ]


def more_values(chain, orgs, govern, grants, candidates, set_hash):
    ready = readiness(chain, set_hash, candidates[0])
    ended = m((1, grants[4].public), (2, orgs[4]), (3, Packed([2, 3, 5])), (4, 9), (5, 200), (6, 7), (7, 3),
              (8, govern[4].public), (9, 12))
    rows = [("set/pending", 0x0B, m((1, 4), (2, set_hash), (3, 43), (4, 2))),
            ("set/pending/1", 0x0C, m((1, member(orgs[0], 0, candidates[0])))),
            (f"ready/{set_hash.hex()}/{orgs[0]}", 0x0D, m((1, ready), (2, 8), (3, 44))),
            ("upgrade/plan", 0x0E, m((1, m((1, 2), (2, 100000), (3, sha256(b"notes")))), (2, 45), (3, 3))),
            (f"key/{sha256(grants[4].public).hex()}", 0x03, ended),
            (f"org/{orgs[3]}", 0x02, m((1, orgs[3]), (2, NAMES), (3, Packed([4, 6])), (4, 2), (5, 1), (8, 7), (10, 4),
                                       (11, 46))),
            ("programme/CN-BJ-I3", 0x10, m((1, programme(orgs)), (2, 12), (3, 11), (4, 6000000000), (5, 250000),
                                           (6, 90000), (7, 1), (8, 9), (10, 1), (11, 2), (12, 1), (13, 3000000000),
                                           (14, 10), (15, 47))),
            ("disbursement/CN-BJ-I3/1/1", 0x12, m((1, disbursement(orgs)), (2, 20), (4, 1), (5, 48), (6, 4)))]
    return [value_row(*row) for row in rows + families.values(chain, orgs, grants[2:4], grant(orgs))]


def value_row(key, kind, value):
    return {"key": key, "type": kind, "value": (bytes([kind]) + value).hex()}


def values(orgs, key):
    h = HASH.hex()
    rule = m((1, 60), (2, Packed([2])), (3, 1), (4, 1))
    rows = [
        ("count/motion", 0x01, m((1, 3))), ("count/org", 0x01, b""),
        (f"org/{orgs[4]}", 0x02, m((1, orgs[4]), (2, NAMES), (3, Packed([3])), (5, 1), (6, 2),
                                   (7, [m((1, 4), (2, 1763900000000)), b""]), (8, 7), (9, 1), (10, 5))),
        (f"key/{sha256(key.public).hex()}", 0x03, m((1, key.public), (2, orgs[4]), (3, Packed([2, 3])), (4, 9), (6, 7))),
        ("programme-no/1", 0x04, m((1, "programme/CN-BJ-I3"))),
        ("policy/60", 0x05, m((1, rule), (2, 8))),
        ("policy/limits", 0x06, m((1, m((1, 180000), (2, 60000), (3, 1), (4, 2), (5, 3))))),
        ("motion/1", 0x07, m((1, 1), (2, orgs[0]), (3, 60), (4, 1763900000000), (5, 1), (6, [m((1, orgs[0]), (2, 11))]),
                             (7, 1), (8, HASH), (9, 11), (10, 12))),
        ("motion/1/part/1", 0x08, m((1, b"\0" * 16000))),
        (f"quota/{orgs[4]}", 0x09, m((1, 29396666), (2, 10), (3, 2000), (4, 5))),
        (f"reference/CN-BJ-I3/{h}", 0x0A, m((1, 1))),
        ("programme/CN-BJ-I3", 0x10, m((1, programme(orgs)), (2, 12), (3, 12), (4, 6000000000), (5, 250000), (8, 9), (10, 1))),
        ("award/CN-BJ-I3/1", 0x11, m((1, grant(orgs)), (3, 2), (4, Packed([1])), (5, 500000000), (6, 250000), (9, 1), (10, 13), (11, 1), (12, 1))),
        ("award/GB-TRUST/783", 0x11, m((2, imported()), (3, 7), (5, 1632500), (10, 900), (12, 783))),
        ("disbursement/CN-BJ-I3/1/1", 0x12, m((1, disbursement(orgs)), (2, 20), (4, 1))),
        (f"content/{h}", 0x20, m((1, orgs[4]), (2, 21), (3, 10), (4, "image/png"), (9, 2), (10, 1), (11, 1763800012345))),
        (f"claim/{h}/2", 0x20, m((1, orgs[3]), (2, 30), (5, 1), (6, m((1, sha256(b"new")), (2, 1))), (7, 4096), (8, 31), (11, 1763800012346))),
        (f"note/org/{orgs[4]}/1", 0x21, m((1, m((4, orgs[4]), (5, HASH))), (2, orgs[1]), (3, 40), (4, 1763800012347))),
        ("count/evidence", 0x01, m((1, 2))), (f"evidence-id/{h}", 0x0A, m((1, 2))),
        ("evidence/1", 0x30, m((2, key.public), (3, 1), (4, 1), (5, HASH), (6, 41))),
        ("evidence/2", 0x30, m((1, 7), (2, key.public), (3, 4), (4, 2**32), (5, HASH), (6, 42), (7, 1763800012348))),
    ]
    return [value_row(*row) for row in rows]
