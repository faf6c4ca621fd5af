#!/usr/bin/env python3
"""Exports that can be checked: real awards imported and exported again, a programme of the ledger's own with
its whole life, each format read by somebody else's code, and everything that can be wrong with a file
named with its place."""
import csv
import decimal
import hashlib
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import urllib.request

import between
import cluster

import jsonschema
try:
    import referencing.jsonschema
except ImportError:  # of jsonschema before 4.18
    referencing = None

IMPORTED, OWN, ARMED, EMPTY = "GB-ABCT", "CN-BJ-I3", "ARMED", "EMPTY"
ACADEMY = "CN-USCI-12110108EXAMPLER4K"
SHARED = pathlib.Path(os.environ.get("STELE_SHARED", cluster.ROOT.parent / "shared"))
DATA = (SHARED / "data" if (SHARED / "data").exists() else SHARED) / "grants"
AWARDS = DATA / "360giving-awards/abct-783-awards.json"
SCHEMA = DATA / "360giving"
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
FULL_DATES = ("awardDate", "startDate", "endDate", "transactionDate", "modified")
TITLES = ['=HYPERLINK("http://x","y")', "+1", "-1+2", "@sum(1)", "'quoted'", 'a,"b"', "资助 £ 𝄞",
          "plain = not a formula"]


def missing_data():
    if AWARDS.exists() and SCHEMA.exists():
        return None
    assert os.environ.get("CI") != "true", f"{DATA} is not there"
    return f"{DATA} is not there"


def decimals(value):
    return decimal.Decimal(value)


def read(path):
    return json.loads(path.read_bytes(), parse_float=decimals, parse_int=decimals)


def trust(net):
    return ["--trust", net.dir / "net.genesis"]


def export(net, kind, programme, name, **options):
    path = net.work / name
    net.tool("export", kind, programme, path, *trust(net), **options).ok()
    return path


def check(net, path, *words, **options):
    return net.tool("export", "check", path, *trust(net), *words, **options)


def copy(net, path, name):
    """An export and its proof under another name, to be spoiled."""
    other = net.work / name
    if other.is_dir():
        shutil.rmtree(other)
    if path.is_dir():
        shutil.copytree(path, other)
    else:
        shutil.copy(path, other)
        shutil.copy(f"{path}.proof.json", f"{other}.proof.json")
    return other


def rows_of_csv(path):
    """Tables of a folder: name -> rows, the mark before formulas taken off again."""
    tables = {}
    for file in sorted(path.glob("*.csv")):
        raw = file.read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n"), f"{file}: a line does not end with CR LF"
        rows = list(csv.reader(raw.decode("utf-8").splitlines(keepends=True), strict=True))
        tables[file.stem] = [dict(zip(rows[0], (c[1:] if c.startswith("'") else c for c in row),
                                      strict=True)) for row in rows[1:]]
    return tables


def rows_of_ndjson(path):
    tables = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == line
        tables.setdefault(row.pop("table"), []).append(row)
    return tables


def text_of(value):
    return {True: "true", False: "false"}.get(value, value)


def same_rows(of_csv, of_ndjson):
    for table, rows in of_csv.items():
        others = of_ndjson.get(table, [])
        assert len(rows) == len(others), table
        for row, other in zip(rows, others):
            assert {k: v for k, v in row.items() if v} == {k: text_of(v) for k, v in other.items()}
    assert set(of_ndjson) <= set(of_csv)


def money_agrees(row):
    for name, minor in row.items():
        if name.endswith("_minor"):
            assert decimals(row[name.removesuffix("_minor")]) * 100 == decimals(minor), row
            assert re.fullmatch(r"\d+\.\d\d", row[name.removesuffix("_minor")]), row


# ---- what is exported -----------------------------------------------------------------------------


def create(net, programme, currency="CNY", awards=1000):
    net.tool("programme", "create", programme, "--funder", net.org["funder"], "--agency",
             net.org["agency"], "--currency", currency, "--budget", "100,000,000.00", "--max-awards",
             awards, "--start", "2013-01-01", "--end", "2030-12-31", "--title-en",
             f"Programme {programme}", "--title-zh", "项目", key="funder").ok()


def fact_real_awards_are_imported(net):
    if missing_data():
        return missing_data()
    create(net, IMPORTED, "GBP")
    net.tool("award", "import", AWARDS, "--programme", IMPORTED, *trust(net), key="agency").ok()


def fact_titles_that_are_formulas_are_imported(net):
    create(net, ARMED, "GBP")
    create(net, EMPTY)
    grants = [{"id": f"360G-X-{i}", "title": title, "awardDate": "2024-02-29", "currency": "GBP",
               "amountAwarded": i + 0.25, "recipientOrganization": [{"id": "=1+1", "name": title}]}
              for i, title in enumerate(TITLES, 1)]
    net.tool("award", "import", net.file("armed.json", json.dumps({"grants": grants})), "--programme",
             ARMED, *trust(net), key="agency").ok()


def fact_an_import_asks_again_where_a_node_lags(net):
    programme, of_before = "LAGS", []
    create(net, programme, "GBP")
    path = f"/v1/proofs/awards/{programme}"
    grants = [{"id": "360G-L-1", "title": "late", "awardDate": "2024-02-29", "currency": "GBP",
               "amountAwarded": 5, "recipientOrganization": [{"id": "X-1", "name": "X"}]}]
    with urllib.request.urlopen(net.nodes[0] + path, timeout=30) as answer:
        empty = answer.read()

    def change(asked, _body, _status, data):
        if not asked.startswith(path) or len(of_before) == 2:
            return data
        of_before.append(asked)
        return empty

    with between.Between(net.nodes[0], change) as late:
        told = net.tool("award", "import", net.file("late.json", json.dumps({"grants": grants})),
                        "--programme", programme, *trust(net), "--node", late.url, key="agency").ok()
    assert len(of_before) == 2 and "1 of these 1 rows are in" in told.out, told.out


def now_ms():
    return time.time_ns() // 1_000_000


def until(net, ms):
    """A block of a later time: header times count, not clocks."""
    cluster.wait_until(30, lambda: now_ms() > ms)
    for i in itertools.count():
        net.tool("anchor", net.file(f"tick-{ms}-{i}"), key="anchorer-1").ok()
        if net.get(1, "/v1/network")["time"] > ms:
            return


def approve(net, key):
    """The newest motion, where policy asks for one."""
    newest = net.tool("motion", "list", "--json").ok().json["items"][:1]
    if newest and newest[0]["state"] == "open":
        net.tool("motion", "approve", newest[0]["number"], key=key).ok()


def decided_call(net):
    net.tool("key", "new", "reviewer", "--passphrase-file", net.dir / "keys/passphrase").ok()
    net.tool("org", "register", ACADEMY, "--name-en", "Academy",
             "--role", "reviewer", "--org-key", "reviewer", "--purposes", "govern,review",
             key="validator-1").ok()
    approve(net, "validator-2")
    deadline = now_ms() + 5000
    net.tool("call", "publish", OWN, "2026-1", "--title-en", "First", "--deadline", deadline,
             "--reveal-until", deadline + 3000, "--review-until", deadline + 7000, "--objection", "1ms",
             "--award-min", "1.00", "--award-max", "1,000,000.00", "--budget", "1,000,000.00",
             "--max-awards", 2, "--quorum", 1, "--criterion", "merit:10000:10", "--threshold", "50%",
             "--document", f"{net.file('call.txt')}:call", key="agency").ok()
    for k in (1, 2):
        net.tool("proposal", "commit", OWN, "2026-1", "--title-en", f"Idea {k}", "--area", "3d",
                 "--requested", "5,000.00", key=f"institute-{k}").ok()
    net.tool("panel", "appoint", OWN, "2026-1", "reviewer", key="agency").ok()
    until(net, deadline)
    for k in (1, 2):
        net.tool("proposal", "reveal", OWN, "2026-1", k, key=f"institute-{k}").ok()
    until(net, deadline + 3000)
    for k in (1, 2):
        net.tool("review", "commit", OWN, "2026-1", k, "--score", f"merit={10 - k}", key="reviewer").ok()
    until(net, deadline + 7000)
    for k in (1, 2):
        net.tool("review", "reveal", OWN, "2026-1", k, key="reviewer").ok()
    net.tool("decision", "publish", OWN, "2026-1", "--select", "1:4,500.00", "--decline", 2,
             "--minutes", net.file("minutes"), key="agency").ok()
    approve(net, "funder")
    until(net, now_ms() + 10)


def fact_a_programme_lives(net):
    subprocess.run([cluster.ROOT / "scripts/example-programme", OWN], check=True,
                   stdout=subprocess.DEVNULL, env=dict(net.env, STELE=str(cluster.STELE)))
    terms = net.file("terms.txt")
    net.tool("award", "grant", OWN, "--area", "3d", "--recipient", net.org["institute-1"], "--amount",
             "1,000.00", "--start", "2026-01-01", "--end", "2027-12-31", "--terms", terms, "--title-en",
             "First", "--title-zh", "第一", key="agency").ok()
    net.tool("award", "amend", OWN, 1, "--amount", "2,000.00", key="agency").ok()
    net.tool("award", "accept", OWN, 1, key="institute-1").ok()
    net.tool("policy", "set", "award.amend", "--openers", "agency", "--approvals", 1, "--approvers", "funder",
             key="validator-1").ok()
    approve(net, "validator-2")
    net.tool("award", "amend", OWN, 1, "--end", "2027-06-30", "--reason", terms, key="agency").ok()
    approve(net, "funder")
    for amount, reference in (("700.00", "B1"), ("300.50", "B2"), ("1.00", "B3")):
        net.tool("disbursement", "record", OWN, 1, "--amount", amount, "--payer", net.org["funder"],
                 "--payee", net.org["institute-1"], "--date", "2026-03-01", "--reference", reference,
                 key="funder").ok()
    net.tool("disbursement", "reverse", OWN, 1, 3, "--reason", terms, key="funder").ok()
    net.tool("recovery", "demand", OWN, 1, "--amount", "100.00", "--due", "2027-03-31", "--reason", terms,
             key="funder").ok()
    net.tool("recovery", "receive", OWN, 1, "--amount", "40.25", "--payer", net.org["institute-1"],
             "--date", "2027-03-20", "--reference", "R1", key="funder").ok()
    net.tool("award", "grant", OWN, "--area", "genai", "--recipient", net.org["institute-2"], "--amount",
             "3,000.00", "--start", "2026-01-01", "--end", "2027-12-31", "--terms", terms, "--milestone",
             f"2026-12-31:1,000.00:{terms}", "--milestone", f"2027-12-31:2,000.00:{terms}", key="agency").ok()
    net.tool("award", "accept", OWN, 2, key="institute-2").ok()
    net.tool("award", "suspend", OWN, 2, "--reason", terms, key="agency").ok()


def fact_a_call_is_decided(net):
    decided_call(net)
    net.tool("award", "grant", OWN, "--call", "2026-1", "--proposal", 1, "--start", "2026-01-01", "--end",
             "2027-12-31", "--terms", net.file("terms.txt"), key="agency").ok()
    cluster.wait_until(20, net.is_level)


# ---- read by others -----------------------------------------------------------------------------------


def validator():
    grant, package = (json.loads((SCHEMA / f"360-giving-{name}schema.json").read_text())
                      for name in ("", "package-"))
    # the package names the grant's schema by the address of a neighbouring version
    package["properties"]["grants"]["items"] = {"$ref": grant["$id"]}
    if referencing is None:
        resolver = jsonschema.RefResolver.from_schema(package, store={grant["$id"]: grant})
        return jsonschema.Draft202012Validator(package, resolver=resolver)
    make = referencing.Resource.from_contents
    registry = referencing.Registry().with_resource(
        grant["$id"], make(grant, default_specification=referencing.jsonschema.DRAFT202012))
    return jsonschema.Draft202012Validator(package, registry=registry)


def dates_in(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in FULL_DATES:
                yield inner
            yield from dates_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from dates_in(inner)


def is_valid_package(path):
    package = read(path)
    errors = list(validator().iter_errors(json.loads(path.read_bytes())))
    assert not errors, f"{len(errors)} errors, the first: {errors[0]}"
    for date in dates_in(package):
        assert RFC3339.match(date), date
    return package["grants"]


def published_rows():
    """Each row of the package as it was published: what it says, and the hash of its bytes."""
    text = AWARDS.read_text(encoding="utf-8")
    at = text.index("[", text.index('"grants"')) + 1
    decoder = json.JSONDecoder(parse_float=decimals, parse_int=decimals)
    while True:
        at += re.compile(r"[\s,]*").match(text, at).end() - at
        if text[at] == "]":
            return
        row, end = decoder.raw_decode(text, at)
        yield row, hashlib.sha256(text[at:end].encode()).hexdigest()
        at = end


def fact_a_package_has_no_error_and_every_stored_field_as_published(net):
    if missing_data():
        return missing_data()
    grants = is_valid_package(export(net, "360giving", IMPORTED, "awards.json"))
    by_id = {grant["id"]: grant for grant in grants}
    published = list(published_rows())
    assert len(published) == len(grants) == len(by_id) == 783
    for row, digest in published:
        grant, recipient = by_id[row["id"]], row["recipientOrganization"][0]
        for field in ("title", "currency", "amountAwarded", "awardDate"):
            assert grant[field] == row[field], (grant, row)
        assert grant["recipientOrganization"] == [{k: recipient[k] for k in ("id", "name")}]
        assert grant["stele"]["document_sha256"] == digest
    check(net, net.work / "awards.json").ok()
    assert not (net.work / "awards.json.proof.json.2").exists()
    net.tool("proof", "check", net.work / "awards.json.proof.json", *trust(net)).ok()


def fact_tables_say_the_same_as_the_package_and_the_lines(net):
    if missing_data():
        return missing_data()
    of_csv = rows_of_csv(export(net, "csv", IMPORTED, "tables"))
    same_rows(of_csv, rows_of_ndjson(export(net, "ndjson", IMPORTED, "awards.ndjson")))
    by_id = {row["publisher_id"]: row for row in of_csv["awards"]}
    assert len(of_csv["awards"]) == len(by_id) == 783
    for row, digest in published_rows():
        award = by_id[row["id"]]
        assert decimals(award["amount"]) == row["amountAwarded"] and award["currency"] == "GBP"
        assert (award["title"], award["recipient_id"], award["recipient_name"]) == (
            row["title"], row["recipientOrganization"][0]["id"], row["recipientOrganization"][0]["name"])
        assert award["date"] + "T00:00:00+00:00" == row["awardDate"]
        assert award["document_sha256"] == digest and award["state"] == "imported"
    for row in of_csv["awards"] + of_csv["programme"]:
        money_agrees(row)
    check(net, net.work / "tables").ok()
    check(net, net.work / "awards.ndjson").ok()


def fact_a_formula_is_disarmed_and_comes_back_as_it_was(net):
    tables = export(net, "csv", ARMED, "armed")
    raw = next(csv.reader([line for line in (tables / "awards.csv").read_text().splitlines()
                           if "HYPERLINK" in line]))
    assert raw[6] == "'" + TITLES[0] and raw[7] == "'=1+1", raw
    for line in (tables / "awards.csv").read_text().splitlines():
        for cell in next(csv.reader([line])):
            assert cell[:1] not in "=+-@" or cell == "", line
    of_csv = rows_of_csv(tables)
    assert sorted(row["title"] for row in of_csv["awards"]) == sorted(TITLES)
    same_rows(of_csv, rows_of_ndjson(export(net, "ndjson", ARMED, "armed.ndjson")))
    if not missing_data():
        grants = is_valid_package(export(net, "360giving", ARMED, "armed-package.json"))
        assert sorted(grant["title"] for grant in grants) == sorted(TITLES)


def fact_a_life_is_exported_whole(net):
    of_csv = rows_of_csv(export(net, "csv", OWN, "life"))
    same_rows(of_csv, rows_of_ndjson(export(net, "ndjson", OWN, "life.ndjson")))
    check(net, net.work / "life").ok()
    check(net, net.work / "life.ndjson").ok()
    for row in itertools.chain(*of_csv.values()):
        money_agrees(row)
    awards = of_csv["awards"]
    columns = ("state", "amount", "paid", "demanded", "received", "version")
    assert [tuple(award[c] for c in columns) for award in awards] == [
        ("active", "2000.00", "1000.50", "100.00", "40.25", "2"),
        ("suspended", "3000.00", "0.00", "0.00", "0.00", "0"),
        ("granted", "4500.00", "0.00", "0.00", "0.00", "0")], awards
    assert (awards[2]["call"], awards[2]["proposal"]) == ("2026-1", "1")
    assert [(p["amount"], p["state"]) for p in of_csv["payments"]] == [
        ("700.00", "standing"), ("300.50", "standing"), ("1.00", "reversed")]
    assert of_csv["payments"][0]["reference_sha256"] == hashlib.sha256(b"B1").hexdigest()
    assert [(r["kind"], r["amount"]) for r in of_csv["recoveries"]] == [("demand", "100.00"),
                                                                       ("receipt", "40.25")]
    assert [(a["version"], a["amount"], a["end"], bool(a["motion"])) for a in of_csv["amendments"]] == [
        ("1", "2000.00", "2027-12-31", False), ("2", "2000.00", "2027-06-30", True)]
    assert [(m["milestone"], m["amount"]) for m in of_csv["milestones"]] == [("1", "1000.00"),
                                                                            ("2", "2000.00")]
    assert [(d["state"], d["amount"], d["award"]) for d in of_csv["decisions"]] == [
        ("selected", "4500.00", "3"), ("declined", "0.00", "")], of_csv["decisions"]
    assert {o["organisation"] for o in of_csv["organisations"]} == {
        net.org[k] for k in ("funder", "agency", "institute-1", "institute-2")}
    assert [row["call"] for row in of_csv["calls"]] == ["2026-1"] and len(of_csv["documents"]) == 1


def fact_a_life_is_a_valid_package_too(net):
    if missing_data():
        return missing_data()
    grants = is_valid_package(export(net, "360giving", OWN, "life.json"))
    check(net, net.work / "life.json").ok()
    first = grants[0]
    assert sum(t["value"] for t in first["disbursementTransaction"]) == decimals("1000.50")
    assert [g["fromOpenCall"] for g in grants] == ["No", "No", "Yes"]
    decided = rows_of_csv(net.work / "life")["decisions"][0]["decided"]
    assert grants[2]["awardDate"] == decided


def fact_the_time_zone_and_the_language_change_nothing(net):
    for kind in ("360giving", "ndjson"):
        for attempt in range(5):
            there = export(net, kind, OWN, f"utc-{attempt}.{kind}")
            here = export(net, kind, OWN, f"shanghai-{attempt}.{kind}",
                          env={"TZ": "Asia/Shanghai", "LC_ALL": "tr_TR.UTF-8"})
            if there.read_bytes() == here.read_bytes():
                break
        else:
            raise AssertionError("five exports, and no two alike")
        check(net, there, env={"TZ": "Asia/Shanghai"}).ok()


# ---- evidence ---------------------------------------------------------------------------------------------


def stock(folder, command):
    done = subprocess.run(["sh", "-euc", command], cwd=folder, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout.split()[0]


def fact_evidence_is_checked_with_stock_tools(net):
    pack = export(net, "evidence", OWN, "evidence")
    check(net, pack).ok()
    stock(pack, "sha256sum --strict -c SHA256SUMS")
    listed = {line.split("  ", 1)[1] for line in (pack / "SHA256SUMS").read_text().splitlines()}
    assert listed == {str(p.relative_to(pack)) for p in pack.rglob("*")
                      if p.is_file()} - {"SHA256SUMS"}
    heading = rows_of_ndjson(pack / "ledger.ndjson")["export"][0]
    assert stock(pack, "sha256sum genesis.txt") == heading["chain"]
    assert stock(pack, "head -n 1 proof.json | jq -j '.headers[-1]' | sha256sum") == heading["block"]
    paid = stock(pack, """jq -r 'select(.table == "payments" and .state == "standing") | .amount_minor'"""
                       " ledger.ndjson")
    assert paid == "70000"
    for row in rows_of_ndjson(pack / "ledger.ndjson")["payments"]:
        unpacked = net.work / f"unpacked-{row['log_index']}"
        net.tool("receipt", "unpack", pack / f"receipts/{row['log_index']}.stele.json", unpacked).ok()
        stock(pack, f"sh {unpacked}/verify.sh {net.dir}/net.genesis")


def fact_evidence_of_every_imported_award_is_there(net):
    if missing_data():
        return missing_data()
    pack = export(net, "evidence", IMPORTED, "evidence-783")
    assert len(list((pack / "receipts").iterdir())) == len(list((pack / "records").iterdir())) >= 784
    check(net, pack).ok()
    parts = [pack / "proof.json"] + [pack / f"proof.json.{k}" for k in range(2, 6)]
    assert sorted(parts) == sorted(pack.glob("proof.json*"))  # the awards, and 256 facts each
    for part in parts:
        net.tool("proof", "check", part, *trust(net)).ok()
    for spoil in (lambda p: os.remove(p / "proof.json.5"), lambda p: os.remove(p / "proof.json.2"),
                  lambda p: shutil.copy(net.work / "life.proof", p / "proof.json.5")):
        other = copy(net, pack, "parts")
        shutil.copy(net.work / "life.json.proof.json", net.work / "life.proof")
        spoil(other)
        check(net, other).ends(3, "E8081")


# ---- what is wrong is named --------------------------------------------------------------------------


def fact_a_changed_value_is_named_with_line_field_and_both_values(net):
    path = export(net, "360giving", ARMED, "spoil.json")
    text = path.read_text()
    was = f'"amountAwarded":{json.loads(text)["grants"][3]["amountAwarded"]:.2f}'
    assert text.count(was) == 1
    path.write_text(text.replace(was, '"amountAwarded":9999.25'))
    check(net, path).ends(3, "E8080", "a value was changed", "line    5", "row     award 4",
                          "field   amountAwarded", "proved  " + was.split(":")[1], "found   9999.25")
    lines = export(net, "ndjson", ARMED, "spoil.ndjson")
    lines.write_text(lines.read_text().replace('"title":"plain = not', '"title":"plain = no', 1))
    check(net, lines).ends(3, "E8080", "field   title", '"plain = not a formula"', '"plain = no a formula"')
    tables = copy(net, net.work / "armed", "armed-2")
    awards = tables / "awards.csv"
    awards.write_bytes(awards.read_bytes().replace(b"6.25,625", b"6.26,625"))
    check(net, tables).ends(3, "E8080", "awards.csv", "amount", "6.25", "6.26")


def in_lines(net, path, name, change):
    other = copy(net, path, name)
    lines = other.read_bytes().split(b"\n")
    other.write_bytes(b"\n".join(change(lines)))
    return check(net, other)


def fact_a_line_that_is_left_out_added_doubled_or_moved_is_named(net):
    export(net, "360giving", ARMED, "eight.json")
    for name in ("eight.json", "armed.ndjson"):
        path = net.work / name
        left_out = "award 4" if name == "eight.json" else "award 3"
        in_lines(net, path, "a-" + name, lambda l: l[:4] + l[5:]).ends(3, "E8080", "left out", left_out)
        in_lines(net, path, "b-" + name, lambda l: l[:4] + [l[4].replace(b"GBP", b"CNY")] + l[4:]).ends(
            3, "E8080", "a line was added")
        in_lines(net, path, "c-" + name, lambda l: l[:4] + [l[3]] + l[4:]).ends(3, "E8080", "twice")
        in_lines(net, path, "d-" + name, lambda l: l[:4] + [l[5], l[4]] + l[6:]).ends(3, "E8080", "order")
        in_lines(net, path, "e-" + name, lambda l: l[:5]).ends(3, "E8080")
        in_lines(net, path, "f-" + name, lambda l: l + [b"more"]).ends(3, "E8080", "added")


def fact_files_that_are_none_end_with_a_word(net):
    good = net.work / "eight.json"
    for name, content in (("empty", b""), ("garbage", bytes(range(256)) * 99), ("one", b"{"),
                          ("cut", good.read_bytes()[:-9]), ("zeros", bytes(1 << 20))):
        other = copy(net, good, f"none-{name}.json")
        other.write_bytes(content)
        check(net, other).ends(3, "E8080")
    with open(copy(net, good, "huge.json"), "r+b") as huge:
        huge.truncate(1 << 35)
    check(net, net.work / "huge.json").ends(3, "E8080")
    check(net, net.work / "not-there").ends(10, "E8002")
    os.remove(f"{copy(net, good, 'alone.json')}.proof.json")
    check(net, net.work / "alone.json").ends(10, "E8002", "--proof")
    check(net, net.work / "alone.json", "--proof", f"{good}.proof.json").ok()


def fact_a_proof_that_is_none_or_another_is_refused(net):
    good = net.work / "eight.json"
    proof = (net.work / "eight.json.proof.json").read_bytes()
    other = copy(net, good, "proof.json")
    beside = net.work / "proof.json.proof.json"
    for content in (b"", b"{}", b"[]", b"\xff" * 99, proof[:len(proof) // 2], b"{" * 100000, b"\n" * 99,
                    b"[" * 100000, b" " + proof, proof + b"\n"):
        beside.write_bytes(content)
        answer = check(net, other)
        assert answer.code == 3, (content[:20], answer.code, answer.err)
    at = proof.index(b'"value":"') + 20
    beside.write_bytes(proof[:at] + (b"A" if proof[at:at + 1] != b"A" else b"B") + proof[at + 1:])
    assert check(net, other).code == 3
    shutil.copy(f"{net.work / 'life.json'}.proof.json", beside)
    check(net, other).ends(3, "E8080", OWN)
    beside.write_bytes(proof)
    check(net, other).ok()
    shutil.copy(f"{net.work / 'life.json'}.proof.json", f"{beside}.2")
    check(net, other).ends(3, "E8081")
    os.remove(f"{beside}.2")
    with open(beside, "r+b") as huge:
        huge.truncate(1 << 35)
    check(net, other).ends(3, "E7010")


def fact_another_network_does_not_vouch(net):
    genesis = (net.dir / "net.genesis").read_text()
    elsewhere = cluster.Network(net.work / "elsewhere", validators=1, name="elsewhere.example")
    try:
        net.tool("export", "check", net.work / "eight.json", "--trust", elsewhere.dir / "net.genesis").ends(3)
    finally:
        elsewhere.close()
    assert genesis
    net.tool("export", "check", net.work / "eight.json", env={"STELE_HOME": str(net.work / "nobody")}).ends(
        5, "E7016", "NOT CHECKED")


def fact_a_spoilt_folder_is_named(net):
    pack = net.work / "evidence"
    receipts = sorted((pack / "receipts").iterdir())
    leaf = receipts[0].name.replace(".stele.json", ".leaf")
    for name, spoil in {
            "extra": lambda p: (p / "more.txt").write_text("x"),
            "extra-record": lambda p: (p / "records/99999.leaf").write_text("x"),
            "leaf": lambda p: (p / "records" / leaf).write_bytes(b"x"),
            "sums": lambda p: (p / "SHA256SUMS").write_text("x"),
            "readme": lambda p: (p / "README.txt").write_text("trust me"),
            "swapped": lambda p: shutil.copy(receipts[0], p / "receipts" / receipts[1].name),
            "receipt": lambda p: (p / "receipts" / receipts[2].name).write_text("{}")}.items():
        other = copy(net, pack, "spoilt")
        spoil(other)
        if name not in ("sums", "extra", "extra-record"):  # whoever changes a file mends its sum
            listed = [line.split("  ", 1)[1] for line in (other / "SHA256SUMS").read_text().splitlines()]
            (other / "SHA256SUMS").write_text("".join(
                f"{hashlib.sha256((other / n).read_bytes()).hexdigest()}  {n}\n" for n in listed))
        answer = check(net, other)
        assert answer.code == 3, (name, answer.code, answer.out, answer.err)
    other = copy(net, pack, "spoilt")
    os.remove(other / "receipts" / receipts[0].name)
    check(net, other).ends(10, "E8002")
    tables = copy(net, net.work / "life", "spoilt-tables")
    os.remove(tables / "payments.csv")
    check(net, tables).ends(10, "E8002", "payments.csv")


def fact_nothing_is_overwritten_and_nothing_empty_is_made(net):
    good = net.work / "eight.json"
    before = good.read_bytes()
    net.tool("export", "360giving", ARMED, good, *trust(net)).ends(10, "E8004")
    assert good.read_bytes() == before
    net.tool("export", "360giving", EMPTY, net.work / "empty.json", *trust(net)).ends(4, "E8082")
    net.tool("export", "360giving", "NO-SUCH", net.work / "none.json", *trust(net)).ends(4)
    assert not (net.work / "empty.json").exists() and not (net.work / "none.json").exists()
    check(net, export(net, "ndjson", EMPTY, "empty.ndjson")).ok()


def fact_an_older_export_still_holds_and_says_as_of_when(net):
    old = export(net, "ndjson", OWN, "old.ndjson")
    net.tool("award", "resume", OWN, 2, "--reason", net.file("terms.txt"), key="agency").ok()
    height = rows_of_ndjson(old)["export"][0]["height"]
    answer = check(net, old).ok()
    assert f"height {height}," in answer.out and "nothing later is in it" in answer.out, answer.out
    assert str(check(net, old, "--json").ok().json["height"]) == height
    mixed = copy(net, old, "mixed.ndjson")
    shutil.copy(f"{export(net, 'ndjson', OWN, 'new.ndjson')}.proof.json", f"{mixed}.proof.json.2")
    check(net, mixed).ends(3, "E8081")


def fact_a_check_opens_no_socket(net):
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode != 0:
        return "network namespaces cannot be made here"
    for name in ("eight.json", "life", "life.ndjson", "evidence"):
        done = subprocess.run([*alone, cluster.STELE, "export", "check", net.work / name, *trust(net)],
                              env=net.env, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def fact_the_pinned_head_is_told_of_and_another_history_is_seen(net):
    old, heading = net.work / "old.ndjson", rows_of_ndjson(net.work / "old.ndjson")["export"][0]
    net.tool("trust", "update").ok()
    pin = next((pathlib.Path(net.env["STELE_HOME"]) / "networks").glob("*.pin"))
    *sets, head = pin.read_text().splitlines()
    newest = int(head.split()[1])
    behind = newest - int(heading["height"])
    net.tool("export", "check", old).ok().ends(0, f"height {newest}: {behind} blocks later")
    assert net.tool("export", "check", old, "--json").ok().json["pinned_height"] == newest
    other = net.file("other.pin", "\n".join(
        [*sets, f"head {heading['height']} {'11' * 32} {head.split(' ', 3)[3]}", ""]))
    net.tool("export", "check", old, "--trust", other).ends(3, "E7019")
    other = net.file("other.pin", "\n".join([*sets, " ".join(head.split()[:1] + [
        heading["height"], heading["block"]] + head.split()[3:]), ""]))
    net.tool("export", "check", old, "--trust", other).ok()


def fact_the_document_tells_what_can_be_typed(net):
    part = (cluster.ROOT / "docs/cli.md").read_text().split("\n## Exports\n")[1]
    script = re.search(r"^```\n(.*?)^```", part, re.M | re.S).group(1)
    folder = net.work / "typed"
    folder.mkdir()
    done = subprocess.run(["bash", "-euc", f"stele() {{ {cluster.STELE} \"$@\"; }}\n{script}"], cwd=folder,
                          env=net.env, text=True, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0 and done.stdout.count("byte for byte what was proved") == 4, (
        done.stdout + done.stderr)
    assert done.stdout.endswith("700.00\n300.50\n"), done.stdout


if __name__ == "__main__":
    cluster.main(__file__, globals())
