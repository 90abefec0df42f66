#!/usr/bin/env python3
"""How many instructions one exchange costs the gateway in user space, counted by callgrind.

A real `ferroway run` with one worker serves one client that asks again when it is answered. Two such processes serve a
different number of requests: the difference is what the requests cost, and starting and ending drop out. Time does not
enter: a busy machine gives the same figures to a tenth of a percent, another processor those of its own instruction
set. What the kernel does is not counted.

With --check, a figure that is 3 % over its budget (instruction_budget.json) fails. Exits with 77 when nothing could be
measured, which ctest shows as skipped: io_uring where the system or valgrind does not let it work.
"""

import argparse
import collections
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import servers

HERE = pathlib.Path(__file__).resolve().parent
BUDGET = HERE / "instruction_budget.json"
TOLERANCE = 0.03
BACKENDS = ("epoll", "io_uring")
Kind = collections.namedtuple("Kind", "use fields")
PIPELINE = "use:\n" + (HERE / "peers/pipeline.yaml.in").read_text()
KINDS = {"get_128": Kind("", b""), "get_128_logged": Kind("use: [request_id, access_log]", b""),
         "get_128_pipeline": Kind(PIPELINE, b"Origin: https://app.example.com\r\n")}
FEW, MANY = 200, 2200                # requests; the first ones make buffers, frames and connections
PATIENCE_SECONDS = 60                # callgrind on a busy machine
TRIES = 3                            # before a figure counts as over its budget
REQUEST = b"GET /128 HTTP/1.1\r\nHost: bench.test\r\nUser-Agent: bench\r\nAccept: */*\r\n%s\r\n"
SKIPPED = 77


class Unmeasurable(Exception):
    """Why a backend cannot be measured here."""


def ask(port, fields, times):
    """That many requests on one connection, one after the other."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            client.sendall(REQUEST % fields)
            answer = b""
            while answer.partition(b"\r\n\r\n")[2][127:] == b"":
                received = client.recv(65536)
                if not received:
                    raise Unmeasurable("the gateway closed the connection")
                answer += received
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise Unmeasurable(f"the answer was {answer[:100]!r}")


def serve(io, kind, backend_port, times, folder, *words):
    """A gateway from start to end, with that many requests in between."""
    port = servers.free_port()
    file = folder / "ferroway.yaml"
    use = KINDS[kind].use.replace("@DIR@", str(folder))
    file.write_text(f"workers: 1\nlisten: 127.0.0.1:{port}\nadmin: off\n{use}\n"
                    f"routes:\n  - {{path: /, to: 'http://127.0.0.1:{backend_port}'}}\n")
    try:
        with servers.Server("ferroway", None, [*words, "run", "-c", str(file), "--io", io], port,
                            seconds=PATIENCE_SECONDS):
            ask(port, KINDS[kind].fields, times)
    except (RuntimeError, OSError) as why:
        raise Unmeasurable(str(why)) from why


def why_not(io, backend_port, why):
    """Tells a backend that does not work here from one that valgrind does not know."""
    with tempfile.TemporaryDirectory(prefix="instructions-") as name:
        try:
            serve(io, "get_128", backend_port, 1, pathlib.Path(name), str(servers.BINARY))
        except Unmeasurable as natively:
            return str(natively)
    return f"works here, but not under valgrind: {why}"


def count(io, kind, backend_port, times, folder):
    """What a whole process executes that serves so many requests: of each function, and in total."""
    # Debian's valgrind cannot read the debug information that clang 19 writes; it needs only the names.
    binary = folder / "ferroway"
    subprocess.run(["llvm-strip-19", "--strip-debug", "-o", binary, servers.BINARY], check=True)
    counts = folder / "counts"
    serve(io, kind, backend_port, times, folder,
          "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={counts}", str(binary))
    listed = subprocess.run(["callgrind_annotate", "--threshold=100", "--show-percs=no", counts],
                            capture_output=True, text=True).stdout
    total = re.search(r"^ *([\d,]+) +PROGRAM TOTALS", listed, re.M)
    if not total:
        raise Unmeasurable("callgrind has counted nothing")
    functions = collections.Counter()
    for cost, name in re.findall(r"^ *([\d,]+)  [^\s:]*:(.*)$", listed, re.M):
        functions[re.sub(r" \[[^][]*\]$", "", name)] += int(cost.replace(",", ""))
    return functions, int(total.group(1).replace(",", ""))


def measure(io, kind, backend_port):
    """Instructions for each exchange: by function, and in total."""
    with tempfile.TemporaryDirectory(prefix="instructions-") as name:
        few, few_total = count(io, kind, backend_port, FEW, pathlib.Path(name))
        many, many_total = count(io, kind, backend_port, MANY, pathlib.Path(name))
    exchanges = MANY - FEW
    return {each: (many[each] - few[each]) / exchanges for each in many}, (many_total - few_total) / exchanges


def compare(measured, budget):
    """Words on how a figure stands to its budget, and whether it is within."""
    if budget is None:
        return "no budget yet: --write makes this one", False
    words, ratio = f"budget {budget:,}, {(measured / budget - 1) * 100:+.1f} %", measured / budget
    if ratio < 1 - TOLERANCE:
        words += "; lower the budget: --write"
    return words, ratio <= 1 + TOLERANCE


def show_profile(functions):
    for name, cost in sorted(functions.items(), key=lambda one: -one[1])[:40]:
        print(f"{cost:10,.1f}  {name[:150]}")
    print()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when a budget is exceeded, or there is none")
    parser.add_argument("--write", action="store_true", help="make what is measured the budget")
    parser.add_argument("--profile", action="store_true",
                        help="print the 40 functions that cost an exchange most by their own instructions")
    parser.add_argument("--io", choices=BACKENDS, help="only this backend (default: all)")
    parser.add_argument("--kind", choices=KINDS, help="only this kind of exchange (default: all)")
    return parser.parse_args()


def run(given, budgets, backend_port):
    """Measures and shows what is wanted; the figures by backend and kind, and whether all are within their budgets."""
    figures, within = {}, True
    for io in [given.io] if given.io else BACKENDS:
        for kind in [given.kind] if given.kind else KINDS:
            try:
                for _ in range(TRIES if given.check else 1):
                    functions, total = measure(io, kind, backend_port)
                    words, fits = compare(total, budgets.get(io, {}).get(kind))
                    if fits:
                        break
            except Unmeasurable as why:
                within = within and io != "epoll"        # that one works everywhere
                print(f"{io:10}not measured: {why_not(io, backend_port, why)}", flush=True)
                break
            print(f"{io:10}{kind:16}{total:10,.0f} instructions an exchange ({words})", flush=True)
            if given.profile:
                show_profile(functions)
            figures.setdefault(io, {})[kind] = round(total)
            within = within and fits
    return figures, within


def main():
    given = parse_arguments()
    for needed in ("valgrind", "callgrind_annotate", "llvm-strip-19"):
        if not shutil.which(needed):
            print(f"not measured: there is no {needed} (`./dev test` installs it)")
            return SKIPPED
    budgets = json.loads(BUDGET.read_text()) if BUDGET.exists() else {}
    with servers.backend(None) as backend:
        figures, within = run(given, budgets, backend.port)
    if given.write:
        for io, kinds in figures.items():
            budgets[io] = budgets.get(io, {}) | kinds
        BUDGET.write_text(json.dumps(budgets, indent=2) + "\n")
    if given.check and not within:
        print("instructions: see above", file=sys.stderr)
        return 1
    return 0 if figures else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
