#!/usr/bin/env python3
"""Draws what the benchmarks measured, with gnuplot, as SVG files beside their reports.

Usage: tests/bench/plots.py [FOLDER]      reads report.json and growth.json there, as far as they are
"""
import json
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
STYLE = """
set terminal svg size 860,480 background '#ffffff' font 'DejaVu Sans,13' enhanced dynamic
set output '{path}'
set title '{title}' font ',15'
set border 3 lc '#888888'
set tics nomirror textcolor '#333333'
set grid lc '#dddddd' lw 1
set key top left reverse Left samplen 2 spacing 1.2
set style line 1 lc '#1b6ca8' lw 2 pt 7 ps 0.6
set style line 2 lc '#d1495b' lw 2 pt 5 ps 0.6
set style line 3 lc '#3d9970' lw 2 pt 9 ps 0.8
set style line 4 lc '#8e6c8a' lw 2 pt 13 ps 0.8
set style line 9 lc '#888888' lw 1 dt 2
"""


def block(name, rows):
    lines = "\n".join(" ".join(f"{value:g}" if isinstance(value, (int, float)) else f'"{value}"'
                               for value in row) for row in rows)
    return f"${name} << EOD\n{lines}\nEOD\n"


def draw(path, title, body):
    script = STYLE.format(path=path, title=title) + body
    done = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"gnuplot: {done.stderr}\n{script}")


def spread(point, figure):
    found = point["summary"].get(figure, {"median": 0, "min": 0, "max": 0})
    return [found["median"], found["min"], found["max"]]


def rate_and_latency(report, path):
    """One point for each offered rate, with the spread of its repetitions."""
    points = sorted(report["curve"]["points"] + report["half"]["points"] + report["single"]["points"],
                    key=lambda p: p["summary"]["offered_per_s"]["median"])
    rows = [spread(p, "final_per_s")[:1] + spread(p, "p50_ms") + spread(p, "p99_ms")
            for p in points]
    highest = report["single"]["search"]["highest_per_s"]
    draw(path, "Latency against rate, signed single records, four validators",
         block("d", rows) + f"""
set xlabel 'records final, 1/s'
set ylabel 'due to final, ms'
set logscale y
set xrange [0:*]
set yrange [1:*]
set arrow from {highest}, graph 0 to {highest}, graph 1 nohead ls 9
set label 'highest sustained' at {highest}, graph 0.04 right offset -1,0 textcolor '#666666'
plot $d using 1:2:3:4 with yerrorbars ls 1 notitle, $d using 1:2 with linespoints ls 1 title 'p50', \\
     $d using 1:5:6:7 with yerrorbars ls 2 notitle, $d using 1:5 with linespoints ls 2 title 'p99'
""")


def cost_and_validators(report, path):
    rows = []
    for entry in report["validators"]:
        point = entry["report"]["points"][0]
        rows.append([entry["validators"]] + spread(point, "cpu_us_per_record") +
                    [spread(point, figure)[0] for figure in
                     ("p50_ms", "peer_bytes_per_record", "signature_checks_per_record")])
    rate = report["validators"][0]["rate"]
    draw(path, f"Cost against the number of validators, {rate:g} records a second, all on this machine",
         block("d", rows) + """
set multiplot layout 2,1 margins 0.11,0.89,0.13,0.91 spacing 0.05
set format x ''
set xrange [0:*]
set yrange [0:*]
set y2range [0:*]
set xtics 1
set y2tics nomirror textcolor '#333333'
set ylabel 'CPU, us'
set y2label 'ms'
plot $d using 1:2 with linespoints ls 1 title 'CPU of a record at one validator', \
     $d using 1:5 with linespoints ls 2 axes x1y2 title 'p50 (right)'
unset title
set format x '%g'
set xlabel 'validators'
set ylabel 'kB'
set y2label 'checks'
plot $d using 1:($6/1000) with linespoints ls 3 title 'to and from peers, a record', \
     $d using 1:7 with linespoints ls 4 axes x1y2 title 'signature checks a record (right)'
unset multiplot
""")


def stages(report, path):
    """What a record costs a validator, by stage, as sampled."""
    found = [(name, us) for name, us in report["stages"]["us_per_record"].items() if us >= 0.05]
    found.sort(key=lambda item: item[1])
    rows = [[i, us, name] for i, (name, us) in enumerate(found)]
    total = sum(us for _, us in found)
    draw(path, f"CPU of a record at one validator, {total:.0f} us at "
         f"{report['stages']['rate']:.0f} records/s", block("d", rows) + """
set xlabel 'us'
set xrange [0:*]
set yrange [-0.7:*]
set key off
set grid noy
set lmargin 24
set style fill solid 0.85
plot $d using (0.5*$2):1:(0.5*$2):(0.35):ytic(3) with boxxyerror lc '#1b6ca8', \\
     $d using 2:1:(sprintf(' %.1f', $2)) with labels left offset 0.3,0 textcolor '#333333'
""")


def growth(report, path):
    fills = [[s["records"] / 1e6, s["final_per_s"], s["p50_ms"], s["p99_ms"]]
             for s in report["samples"]]
    probes = [[s["records"] / 1e6, s["restart_s"], s["anonymous_mib"]] for s in report["milestones"]]
    what = f"batches of {report['batch']}" if report["batch"] else "single records"
    draw(path, f"Rate against records in the ledger, {what}, four validators",
         block("d", fills) + block("m", probes) + """
set multiplot layout 2,1 margins 0.11,0.89,0.13,0.91 spacing 0.05
set format x ''
set xrange [0:*]
set ylabel 'records final, 1/s'
set y2label 'ms'
set y2tics nomirror textcolor '#333333'
set yrange [0:*]
set y2range [0:*]
set key bottom left
plot $d using 1:2 with linespoints ls 1 title 'rate', \\
     $d using 1:3 with lines ls 2 axes x1y2 title 'p50, ms (right)'
unset title
set format x '%g'
set xlabel 'millions of records in the ledger'
set ylabel 'restart, s'
set y2label 'anonymous memory, MiB'
plot $m using 1:2 with linespoints ls 3 title 'restart until ready, s', \\
     $m using 1:3 with linespoints ls 4 axes x1y2 title 'anonymous memory, MiB (right)'
unset multiplot
""")


def simulated(report, path):
    def rows(relay):
        return [[e["validators"], e["finality"]["p50_us"] / 1e3, e["finality"]["p99_us"] / 1e3,
                 e["view_node"]["bytes"] / 1e3, e["view_node"]["checks"],
                 (e["view_node"]["loop_us"] + e["view_node"]["jobs_us"]) / 1e3]
                for e in report["simulated"] if e["relay"] == relay]

    draw(path, "A lone writer and more and more validators, simulated with measured costs",
         block("d", rows("rule")) + block("w", rows("whole")) + """
set multiplot layout 2,1 margins 0.11,0.89,0.13,0.91 spacing 0.05
set format x ''
set xrange [0:*]
set yrange [0:*]
set y2range [0:*]
set y2tics nomirror textcolor '#333333'
set ylabel 'finality, ms'
set y2label 'CPU, ms'
plot $d using 1:2 with linespoints ls 1 title 'p50', $d using 1:3 with linespoints ls 2 title 'p99', \
     $d using 1:6 with linespoints ls 3 axes x1y2 title 'CPU of a node, a view (right)'
unset title
set format x '%g'
set xlabel 'validators'
set ylabel 'kB sent'
set y2label 'checks'
set yrange [1:*]
set logscale y
plot $d using 1:4 with linespoints ls 1 title 'sent by a node, a view', \
     $w using 1:4 with lines ls 9 title 'with certificates whole to all', \
     $d using 1:5 with linespoints ls 4 axes x1y2 title 'signature checks of a node, a view (right)'
unset multiplot
""")


def all_of(folder):
    """Every plot whose figures are there; their paths."""
    drawn = []
    if shutil.which("gnuplot") is None:
        print("plots: no gnuplot: scripts/bootstrap --dev installs it", file=sys.stderr)
        return drawn
    wanted = [("report.json", "single", rate_and_latency, "rate-latency.svg"),
              ("report.json", "validators", cost_and_validators, "cost-validators.svg"),
              ("report.json", "stages", stages, "cost-stages.svg"),
              ("validators.json", "simulated", simulated, "validators.svg"),
              ("growth.json", "milestones", growth, "rate-records.svg"),
              ("growth-batches.json", "milestones", growth, "rate-records-batches.svg")]
    for source, member, function, name in wanted:
        file = folder / source
        report = json.loads(file.read_text()) if file.exists() else {}
        if report.get(member):
            function(report, folder / name)
            drawn.append(folder / name)
    return drawn


if __name__ == "__main__":
    place = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "build/bench"
    for one in all_of(pathlib.Path(place)):
        print(one)
