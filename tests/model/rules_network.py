"""Validators and upgrades: VS, VY and UP of docs/ledger.md section 7."""
from context import VALIDATOR, require
from curve import parse_point, sha256, verify
from encoding import Message

READY_HEIGHTS = 10000
FIRST_VERSION = 1


def set_text(members):
    lines = [f"{v.id} {v.org} {v.consensus_key.hex()} {v.node_key.hex()}\n" for v in members]
    return ("stele/v1 set\n" + "".join(lines)).encode()


def is_set(members):
    """docs/protocol.md section 3."""
    consensus = [v.consensus_key for v in members]
    nodes = [v.node_key for v in members]
    lists = (consensus, nodes, [v.id for v in members], [v.org for v in members])
    return (all(a < b for a, b in zip(consensus, consensus[1:]))
            and all(len(set(names)) == len(names) for names in lists)
            and not set(consensus) & set(nodes)
            and all(parse_point(key) for key in consensus + nodes))


def quorum(n):
    return n - (n - 1) // 3


def is_ready(ctx, set_hash, member):
    value = ctx.get(f"ready/{set_hash}/{member.org}", "ReadyValue")
    return (value is not None and value.ready.consensus_key == member.consensus_key
            and value.ready.node_key == member.node_key and value.height >= ctx.height - READY_HEIGHTS)


def validators_set(ctx, m):
    require(is_set(m.validators), 4050, "VS-01")
    for member in m.validators:
        require(ctx.has_role(member.org, VALIDATOR), 4051, "VS-02")
    digest = sha256(set_text(m.validators))
    ready = sum(is_ready(ctx, digest.hex(), member) for member in m.validators)
    require(ready >= quorum(len(m.validators)), 4052, "VS-03")
    ctx.put("set/pending", ctx.stamp(Message("PendingSetValue", count=len(m.validators), set_sha256=digest)))
    for i, member in enumerate(m.validators):
        ctx.put(f"set/pending/{i + 1}", Message("PendingMemberValue", validator=member))


def ready_text(chain, set_sha256):
    return f"stele/v1 ready\nchain {chain.hex()}\nset {set_sha256.hex()}\n".encode()


def validator_ready(ctx, m):
    digest = sha256(ready_text(ctx.chain, m.set_sha256))
    require(verify(m.consensus_key, digest, m.consensus_proof)
            and verify(m.node_key, digest, m.node_proof), 4053, "VY-01")
    ctx.put(f"ready/{m.set_sha256.hex()}/{ctx.actor}",
            Message("ReadyValue", ready=m, height=ctx.height, log_index=ctx.log_index))


def upgrade_plan(ctx, m):
    newest = ctx.get("upgrade/plan", "UpgradeValue")
    require(m.version == (newest.plan.version if newest else FIRST_VERSION) + 1, 4055, "UP-01")
    require(m.activation_height >= ctx.height + 2 * ctx.epoch_length, 4054, "UP-02")
    ctx.put("upgrade/plan", ctx.stamp(Message("UpgradeValue", plan=m)))


RULES = {"validators_set": validators_set, "validator_ready": validator_ready, "upgrade_plan": upgrade_plan}
