"""`python -m benchmarks [AREA ...]`: runs benchmarks/AREA_*.py, and writes RESULTS.md against the goals in claims.tsv.

What is not run keeps its last measured value (results.json). The exit code is 1 when a benchmark fails or a gate is missed.
"""

import csv
import json
import operator
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
HOLDS = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


def goals() -> list[dict[str, str]]:
    """The rows of claims.tsv: id, gate, is, goal, unit, meaning."""
    with (HERE / "claims.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def run(script: Path) -> list[dict]:
    """The claims of one benchmark: the JSON object of its last line. Raises when it fails or prints none."""
    print(f"\n== {script.name}", flush=True)
    process = subprocess.Popen([sys.executable, str(script)], cwd=HERE.parent, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in process.stdout:
        if line.strip():
            last = line
        print(line, end="", flush=True)
    if process.wait() != 0:
        raise RuntimeError(f"{script.name} failed with exit code {process.returncode}")
    claims = json.loads(last)["claims"]
    known = {row["id"] for row in goals()}
    unknown = [claim["id"] for claim in claims if claim["id"] not in known]
    if unknown:
        raise RuntimeError(f"{script.name} measures {unknown[0]!r}, which claims.tsv does not name")
    return claims


def verdict(row: dict[str, str], claim: dict | None) -> str:
    if claim is None or claim["value"] is None:
        return "not measured"
    return "met" if HOLDS[row["is"]](float(claim["value"]), float(row["goal"])) else "**not met**"


def machine() -> str:
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    cpu = names[0] if names else platform.processor() or platform.machine()
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines() if Path(path).is_file() else []


def page(claims: dict[str, dict]) -> str:
    """RESULTS.md."""
    rows = goals()
    said = [verdict(row, claims.get(row["id"])) for row in rows]
    lines = [
        "# Results",
        "",
        f"Written by `python -m benchmarks`. Machine: {machine()}.",
        "Goals are in [claims.tsv](claims.tsv); a gate must hold, the others are reported.",
        "",
        f"{said.count('met')} met, {said.count('**not met**')} not met, {said.count('not measured')} not measured.",
        "",
        "| claim | gate | value | goal | | peer | meaning | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, word in zip(rows, said, strict=True):
        claim = claims.get(row["id"]) or {}
        value = "" if claim.get("value") is None else f"{claim['value']:g} {row['unit']}"
        cells = [row["id"], row["gate"], value, f"{row['is']} {row['goal']} {row['unit']}", word]
        cells += [str(claim.get("peer") or ""), row["meaning"] or "", str(claim.get("note") or "")]
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main(areas: list[str]) -> int:
    scripts = [
        path for path in sorted(HERE.glob("[a-z]*_*.py")) if not areas or path.name.startswith(tuple(f"{a}_" for a in areas))
    ]
    if not scripts:
        print(f"no benchmark named {' or '.join(areas)}_*.py", file=sys.stderr)
        return 2
    store = HERE / "results.json"
    claims = json.loads(store.read_text("utf-8")) if store.is_file() else {}
    failed = []
    for script in scripts:
        claims = {name: claim for name, claim in claims.items() if claim["script"] != script.name}
        try:
            claims |= {claim["id"]: {**claim, "script": script.name} for claim in run(script)}
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            failed.append(f"{script.name}: {error}")
    store.write_text(json.dumps(dict(sorted(claims.items())), indent=1) + "\n", "utf-8")
    (HERE / "RESULTS.md").write_text(page(claims), "utf-8")
    missed = [row["id"] for row in goals() if row["gate"] and verdict(row, claims.get(row["id"])) == "**not met**"]
    for line in [*failed, *(f"gate missed: {one}" for one in missed)]:
        print(line, file=sys.stderr)
    return 1 if failed or missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
