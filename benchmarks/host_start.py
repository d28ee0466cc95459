"""How long a start takes: import dhsdk, Host(), dhsdk --help. Best of ten new processes, after one to warm the disk."""

import json
import subprocess
import sys
import time
from pathlib import Path

RUNS = 10
SCRIPT = Path(sys.executable).with_name("dhsdk.exe" if sys.platform == "win32" else "dhsdk")


def best_ms(command: list[str]) -> float:
    """Milliseconds of the fastest of RUNS whole processes."""
    subprocess.run(command, check=True, capture_output=True)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    def python(code: str) -> list[str]:
        return [sys.executable, "-c", code]

    empty = best_ms(python("pass"))
    found = subprocess.run(
        python(
            "import dhsdk, json; f = dhsdk.Host().found; print(json.dumps([len(f.plugins), len(f.generators), len(f.formats)]))"
        ),
        check=True,
        capture_output=True,
        text=True,
    )
    plugins, generators, formats = json.loads(found.stdout)
    rows = {
        "host.import_ms": best_ms(python("import dhsdk")) - empty,
        "host.host_ms": best_ms(python("import dhsdk; dhsdk.Host()")) - empty,
        "host.help_ms": best_ms([str(SCRIPT), "--help"]),
    }
    peers = {
        "import click": best_ms(python("import click")) - empty,
        "import pydantic": best_ms(python("import pydantic; pydantic.BaseModel")) - empty,
        "import numpy": best_ms(python("import numpy")) - empty,
    }
    print(f"empty interpreter  {empty:7.1f} ms   best of {RUNS}; {plugins} plugins, {generators} generators, {formats} suffixes")
    for name, value in (rows | peers).items():
        print(f"{name:18} {value:7.1f} ms")
    peer = ", ".join(f"{name} {value:.0f} ms" for name, value in peers.items())
    note = f"best of {RUNS} processes; empty interpreter {empty:.0f} ms; {plugins} plugins"
    print(json.dumps({"claims": [{"id": i, "value": round(v, 1), "peer": peer, "note": note} for i, v in rows.items()]}))


if __name__ == "__main__":
    main()
