"""The good receipts: every kind of record, of cover and of status, each with nothing wrong.

The verdicts are written by hand from docs/receipt.md.  A receipt may be good and yet say little: without trust,
without a file, without status.
"""
from cases import Case, genesis_trust, line, pin_of
from reference import message
from scene import Scene
from keys import sha256

LETTER = b"Minutes of the panel, session 3\n"
TRUST = genesis_trust()


def cases():
    return records() + motions() + covers() + statuses() + pins()


def records():
    recorded = line(state="recorded")
    grant = message((1, "P-2026"), (2, 5000))
    return [
        Case("anchor", "a file anchored and finalized at once, without status", Scene(distance=0).anchor(LETTER),
             line(content="pass 0", status="open 0"), file=LETTER),
        Case("anchor-status", "an anchored file, its claim live under the top", Scene(status="top").anchor(LETTER),
             line(content="pass 0", state="live"), file=LETTER),
        Case("anchor-no-file", "the same without the file at hand: content is not checked",
             Scene(status="top").anchor(LETTER), line(state="live")),
        Case("anchor-no-trust", "nobody said whom to trust: the signer is not checked",
             Scene(status="top").anchor(LETTER),
             line(content="pass 0", signer="open 7016", state="live"), trust=None, file=LETTER),
        Case("anchor-no-size", "an anchor that states no size, of an empty file",
             Scene(status="top").anchor(b""), line(content="pass 0", state="live"), file=b""),
        Case("anchor-second-claim", "the second claim on a content", Scene(status="top").anchor(LETTER, claim=2),
             line(content="pass 0", state="live"), file=LETTER),
        Case("anchor-bare-body", "a body without valid_until and nonce",
             Scene(status="top").anchor(LETTER, valid_until=0, nonce=0), line(content="pass 0", state="live"),
             file=LETTER),
        Case("batch", "an entry of a batch", Scene(status="top").anchor_batch(LETTER),
             line(content="pass 0", state="live"), file=LETTER),
        Case("batch-of-one", "the only entry of a batch: an empty path",
             Scene(status="top").anchor_batch(LETTER, 0, 1), line(content="pass 0", state="live"), file=LETTER),
        Case("batch-last", "the last entry of seven, on the tree's short side",
             Scene().anchor_batch(LETTER, 6, 7), line(content="pass 0", status="open 0"), file=LETTER),
        Case("batch-whole", "a batch itself: no subject, no claim",
             without_entry(Scene(status="top").anchor_batch(LETTER)), recorded),
        Case("roll-up-item", "an item of a roll-up: in no index of the ledger, so recorded and no more",
             Scene(status="top").roll_up(LETTER), line(content="pass 0", state="recorded"), file=LETTER),
        Case("roll-up-no-size", "an item that says size 0: the file's size is not compared",
             Scene(status="top").roll_up(LETTER, 0), line(content="pass 0", state="recorded"), file=LETTER),
        Case("roll-up-size-unsaid", "an item that says size 0, and a subject that says the file's", size_of_file(),
             line(content="pass 0", state="recorded"), file=LETTER),
        Case("roll-up-whole", "a roll-up itself", Scene(status="top").roll_up(), recorded),
        Case("award", "an operation of which a verifier reads the number alone",
             Scene(status="top").put_record(60, grant), recorded),
        Case("empty-operation", "an operation that holds nothing",
             Scene(status="top").put_record(27, b""), recorded),
        Case("odd-operation", "bytes of an operation that is not walked",
             Scene(status="top").put_record(100, b"\xff\0\x07\x80"), recorded),
        Case("one-anchor", "the shortest receipt: one validator, no status", Scene(1, distance=0).anchor(LETTER),
             line(content="pass 0", status="open 0"), "genesis-1", LETTER),
        Case("one-validator", "a network of one validator", Scene(1, status="top").anchor(LETTER),
             line(content="pass 0", state="live"), "genesis-1", LETTER),
        Case("seven-validators", "a network of seven", Scene(7, status="newer").anchor(LETTER),
             line(content="pass 0", state="live"), "genesis-7", LETTER),
        Case("sixteen-validators", "a network of sixteen: two bytes of bitmap",
             all_signed(Scene(16, status="top").anchor(LETTER)), line(content="pass 0", state="live"),
             "genesis-16", LETTER),
    ]


def size_of_file():
    scene = Scene(status="top").roll_up(LETTER, 0)
    scene.subject["size"] = len(LETTER)
    return scene


def without_entry(scene):
    scene.batch, scene.subject = None, None
    scene.status_keys = scene.status_keys[:1]
    return scene


def all_signed(scene):
    def everybody(certificate):
        certificate.signers = list(range(len(certificate.signing_set.split("\n")) - 2))

    scene.tweaks["final"] = everybody
    return scene


def motions():
    return [
        Case("motion-executed", "a motion's opening and the approval that executed it",
             Scene(status="top").motion("approve", "executed"), line(state="executed")),
        Case("motion-executed-no-status", "opening and approval; that the one executed the other is not shown",
             Scene().motion("approve", "executed"), line(status="open 0")),
        Case("motion-at-once", "a motion that its opening executed",
             Scene(status="top").motion("open", "executed"), line(state="executed")),
        Case("motion-executed-since", "a motion.open whose motion was executed since",
             Scene(status="top").motion("open", "executed", executed_at=11), line(state="executed")),
        Case("motion-open", "a motion that is open", Scene(status="top").motion("open", "open"),
             line(state="open")),
        Case("motion-withdrawn", "the withdrawal of a motion",
             Scene(status="top").motion("withdraw", "withdrawn"), line(state="withdrawn")),
        Case("motion-approved", "an approval that executed nothing yet",
             Scene(status="top").motion("approve", "open", opened=False), line(state="open")),
        Case("motion-approved-alone", "an approval that executed, without the opening",
             Scene(status="top").motion("approve", "executed", opened=False), line(state="executed")),
    ]


def covers():
    live = line(content="pass 0", state="live")
    bare = line(content="pass 0", status="open 0")
    replaced = Scene(b=1, status="top", first_of_epoch=True).anchor(LETTER)
    return [
        Case("distance-3", "three heights without a finalization of their own",
             Scene(distance=3, status="top").anchor(LETTER), live, file=LETTER),
        Case("distance-40", "forty of them", Scene(distance=40).anchor(LETTER), bare, file=LETTER),
        Case("epoch-end", "the top ends its epoch, and was finalized in a later view",
             Scene(distance=2, status="top", top_ends=True).anchor(LETTER), live, file=LETTER),
        Case("epoch-end-itself", "the record stands in the block that ends its epoch",
             Scene(distance=0, top_ends=True).anchor(LETTER), bare, file=LETTER),
        Case("epoch-first", "the record stands in the first block of its epoch; genesis vouches for a former set",
             replaced, line(content="pass 0", state="live", former=1), file=LETTER),
        Case("changes-1", "one set change below the record", Scene(b=1, status="top").anchor(LETTER),
             line(content="pass 0", state="live", former=1), file=LETTER),
        Case("changes-2", "two set changes", Scene(b=2).anchor(LETTER),
             line(content="pass 0", status="open 0", former=2), file=LETTER),
        Case("changes-5", "five set changes", Scene(b=5, distance=0).anchor(LETTER),
             line(content="pass 0", status="open 0", former=5), file=LETTER),
        Case("changes-from-3", "two set changes from epoch 3 on, pinned at epochs 4 and 5",
             Scene(a=3, b=5).anchor(LETTER), line(content="pass 0", status="open 0"),
             "pin-4-5", LETTER),
        Case("one-to-four", "a network of one that became one of four",
             Scene(1, b=1, status="newer", later=1).anchor(LETTER),
             line(content="pass 0", state="live", former=2), "genesis-1", LETTER),
    ]


def statuses():
    digest = sha256(LETTER)
    superseded = Scene(status="newer").anchor(LETTER)
    superseded.put_claim(digest, len(LETTER), state="superseded", where=superseded.later_state)
    withdrawn = Scene(status="newer", later=1).anchor_batch(LETTER)
    withdrawn.put_claim(digest, len(LETTER), entry=3, state="withdrawn", where=withdrawn.later_state)
    revoked = Scene(status="newer", later=2).anchor(LETTER).put_key(revoked=131)
    executed = Scene(status="newer").motion("open", "open")
    executed.put_motion(12, executed.record_at, "executed", 17, where=executed.later_state)
    return [
        Case("superseded", "the claim was superseded, by a newer header", superseded,
             line(content="pass 0", state="superseded"), file=LETTER),
        Case("withdrawn", "the claim of a batch was withdrawn, one set change later", withdrawn,
             line(content="pass 0", state="withdrawn", former=1), file=LETTER),
        Case("key-revoked", "the signer's key was revoked later; two set changes", revoked,
             line(content="pass 0", state="live", former=2), file=LETTER),
        Case("refreshed-5", "status under a header five set changes later",
             Scene(status="newer", later=5).anchor(LETTER),
             line(content="pass 0", state="live", former=5), file=LETTER),
        Case("refreshed-3-7", "set changes on both sides of the top",
             Scene(b=3, status="newer", later=4).anchor(LETTER),
             line(content="pass 0", state="live", former=7), file=LETTER),
        Case("motion-executed-later", "the motion was executed by the time of the newer header", executed,
             line(state="executed")),
        Case("same-size", "a newer header without new leaves",
             Scene(status="newer", grows=False).anchor(LETTER), line(content="pass 0", state="live"), file=LETTER),
        Case("newer-is-top", "the newer header is the top itself",
             Scene(status="newer", newer_is_top=True).anchor(LETTER), line(content="pass 0", state="live"),
             file=LETTER),
        Case("top-is-change", "the top is the header that ended its epoch, in status once more",
             Scene(status="newer", later=1, top_ends=True).anchor(LETTER),
             line(content="pass 0", state="live", former=1), file=LETTER),
    ]


def pins():
    scene = Scene(status="newer", later=1).anchor(LETTER)
    scene.build()
    made = scene.made
    TRUST.update({
        "pin-4-5": pin_of(4, [4, 5]), "pin-0": pin_of(4, [0]), "pin-0-1": pin_of(4, [0, 1]),
        "pin-1": pin_of(4, [1]), "pin-0-7": pin_of(4, list(range(8))), "pin-7": pin_of(4, [7]),
        "pin-0-top": pin_of(4, [0], made["top"]), "pin-0-1-newer": pin_of(4, [0, 1], made["newer"]),
        "pin-0-1-change": pin_of(4, [0, 1], made["later_ends"][0]),
    })
    live = "live"
    return [
        Case("pin-0", "a pin of epoch 0: the set of the newer header is vouched for by it",
             scene, line(content="pass 0", state=live, former=1), "pin-0", LETTER),
        Case("pin-0-1", "a pin that knows both sets: that of the record's epoch is a former one",
             scene, line(content="pass 0", state=live, former=1), "pin-0-1", LETTER),
        Case("pin-1", "a pin of the newer epoch alone: it vouches for no set before it", scene,
             line(content="pass 0", signer="open 7018", state=live), "pin-1", LETTER),
        Case("pin-0-7", "a pin that is ahead: both sets are former ones",
             scene, line(content="pass 0", state=live, former=2), "pin-0-7", LETTER),
        Case("pin-head-top", "the pinned head is the receipt's top", scene,
             line(content="pass 0", state=live, former=1), "pin-0-top", LETTER),
        Case("pin-head-newer", "the pinned head is the newer header", scene,
             line(content="pass 0", state=live, former=1), "pin-0-1-newer", LETTER),
        Case("pin-head-change", "the pinned head is the header of the set change", scene,
             line(content="pass 0", state=live, former=1), "pin-0-1-change", LETTER),
        Case("pin-today", "a pin of the record's own epoch: no former set",
             Scene(status="top").anchor(LETTER), line(content="pass 0", state=live), "pin-0", LETTER),
    ]
