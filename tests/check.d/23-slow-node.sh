#!/usr/bin/env bash
# One slow disk, line or processor does not slow the others: in the simulator, where work costs time by
# figures of the real code (scene measured), finality of records in whose views the slow node does not lead
# stays within a twentieth of what it is without one, the slowest in a hundred within a third, and no view is
# nullified.
# Runs beside others.
set -u
cd "$(dirname "$0")/../.." || exit 2
make -s -j"${JOBS:-2}" PROFILE=release WERROR=1 sim >/dev/null || exit 1
exec python3 - <<'END'
import json
import subprocess

SLOW = {"disk": "disk_slow_times=10", "line": "slow_line_us=100000", "processor": "slow_cpu_times=10"}
passed = failed = 0


def simulate(validators, *settings):
    words = ["build/release/sim", "--scene", "measured", "--heights", "60", "--nodes", str(validators)]
    for setting in ("is_timely=0", "slow_node=1", "disk_slow_node=1", *settings):
        words += ["--set", setting]
    done = subprocess.run(words, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    return json.loads(done.stdout.splitlines()[0])


def tell(is_good, what):
    global passed, failed
    passed, failed = passed + is_good, failed + (not is_good)
    if not is_good:
        print(what)


for validators in (4, 7, 16):
    base = simulate(validators, "has_slow=1")
    tell(simulate(validators, "has_slow=1") == base, f"{validators} validators: two runs, two results")
    for name, setting in SLOW.items():
        run = simulate(validators, "has_slow=1", setting)
        for figure, factor in (("p50_us", 1.05), ("p99_us", 1.33)):
            limit = base["finality"][figure] * factor
            tell(run["finality"][figure] <= limit, f"{validators} validators, one with a slow {name}: "
                 f"{figure} {run['finality'][figure]}, not at most {limit:.0f}")
        tell(run["nullified"] == 0, f"{validators} validators, slow {name}: {run['nullified']} nullified")
        tell(run["slow_led"]["p50_us"] > base["finality"]["p50_us"] * 1.2,
             f"{validators} validators: a slow {name} is not slow where it leads")
print(f"one slow node: {passed} passed, {failed} failed")
raise SystemExit(failed > 0)
END
