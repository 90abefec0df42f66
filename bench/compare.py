#!/usr/bin/env python3
"""Ferroway beside HAProxy, nginx and a bare byte relay: the same work, one worker each, pinned to one core.

The gateway has core 0; the backend and the load share core 1. CPU per request is that of a gateway that has all it
can do: its load (bench/load.cpp) is both ends in one process and costs no more than the cheapest of them. Each round measures every gateway in turn, in rotating
order, so that what else happens on the machine hits all alike; ratios are taken within a round, and the median over
the rounds is what counts. Absolute figures are this machine's, ratios travel better.

The relay (bench/relay.cpp) carries bytes on Ferroway's own runtime and knows no HTTP: no gateway on that runtime can
cost less. It has a backend connection for each client's, so an idle client of it is not compared. `ferroway` and
`relay` serve on io_uring where it works, the others with that name on epoll.

Prints tables; writes everything to bench/results/<time>.json, which bench/plot.py draws.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import measure
import plot
import servers

HERE = pathlib.Path(__file__).resolve().parent


# Which peers of whom a ratio is wanted; None: all the others.
RATIOS = {"ferroway": None, "ferroway-epoll": ("haproxy", "nginx", "relay-epoll")}

FIGURES = ("idle", "load", "rate", "bodies", "growth")

# Connections, bytes of each answer, and what that is called.
LOADS = ((64, 128, "64 connections"), (256, 128, "256 connections"), (64, 16384, "16 KiB answers"))


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3 short rounds: for a look, not for a claim")
    parser.add_argument("--rounds", type=int, help="default 5, with --quick 3")
    parser.add_argument("--seconds", type=int, help="of each load, default 4, with --quick 1")
    parser.add_argument("--gateways", metavar="NAMES", help=f"which, by commas (default: {','.join(servers.PEERS)})")
    parser.add_argument("--figures", default=",".join(FIGURES), metavar="NAMES", help="which, by commas (default: all)")
    parser.add_argument("--binary", metavar="FILE", help="the Ferroway that is measured (default: the environment's "
                        "FERROWAY, or build/release/src/ferroway)")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=FILE",
                        help="another Ferroway's binary, measured beside the others under that name")
    parser.add_argument("--plot", metavar="FILE", help="draw CPU per request into this SVG file")
    parser.add_argument("--idle", type=int, default=10000, metavar="N", help="idle connections (default 10000)")
    parser.add_argument("--gateway-core", default="0")
    parser.add_argument("--load-core", default="1", help="of the backend and the load")
    given = parser.parse_args()
    given.rounds = given.rounds or (3 if given.quick else 5)
    given.seconds = given.seconds or (1 if given.quick else 4)
    if given.binary:
        servers.measure_binary(given.binary)
    for name, _, binary in (each.partition("=") for each in given.also):
        servers.PEERS[name] = servers.ferroway(binary)
    given.gateways = given.gateways.split(",") if given.gateways else list(servers.PEERS)
    given.figures = given.figures.split(",")
    for wanted, known in ((given.gateways, servers.PEERS), (given.figures, FIGURES)):
        unknown = set(wanted) - set(known)
        if unknown:
            parser.error(f"there is no {', '.join(unknown)}: there are {', '.join(known)}")
    return given


def measure_gateway(name, backend, rate, given):
    """Every figure of one gateway, from fresh processes: memory first, then load, then latency and bodies."""
    figures, errors = {}, 0

    def take(outcome):
        nonlocal errors
        figures.update(outcome[0])
        errors += outcome[1]

    load_core, seconds, wanted = given.load_core, given.seconds, given.figures
    if "idle" in wanted and not name.startswith("relay"):
        with servers.gateway(name, backend.port, given.gateway_core) as gateway:
            take(measure.idle(gateway, str(servers.BUILD / "bench/bench_idle"), given.idle, load_core))
    if "load" in wanted:
        program, port = str(servers.BUILD / "bench/bench_load"), servers.free_port()
        with servers.gateway(name, port, given.gateway_core) as gateway:
            measure.load(gateway, program, port, 64, 1, load_core, 128, "")  # warm
            for connections, answer_bytes, what in LOADS:
                take(measure.load(gateway, program, port, connections, seconds, load_core, answer_bytes, what))
    with servers.gateway(name, backend.port, given.gateway_core) as gateway:
        measure.wrk(gateway.port, "/128", 64, 1, load_core)          # warm
        if "rate" in wanted:
            take(measure.open_loop(gateway, rate, 64, max(seconds, 2), load_core))
        if "bodies" in wanted:
            take(measure.bodies(gateway, "/1m", "1 MiB", 16, seconds, load_core))
            take(measure.bodies(gateway, "/64m", "64 MiB", 4, seconds, load_core))
        if "growth" in wanted:
            take(measure.body_growth(gateway, load_core))
    return figures, errors


def choose_rate(backend, gateways, given):
    """A third of what the slowest of them can do, so that all keep up, and the core of the load as well, which needs
    more for each request than they do; and who can be measured, with the backend of its loop. A gateway that does not
    start is left out."""
    fastest, able = [], {}
    for name in gateways:
        try:
            with servers.gateway(name, backend.port, given.gateway_core) as gateway:
                seen = measure.wrk(gateway.port, "/128", 64, 1, given.load_core)
                fastest.append(seen["requests"] * 1e6 / seen["microseconds"])
                able[name] = gateway.io()
        except (RuntimeError, OSError) as why:
            print(f"{name} is left out: {why}", file=sys.stderr)
    if not able:
        raise SystemExit("bench: no gateway can be measured")
    return max(100, int(min(fastest) / 3) // 100 * 100), able


def run_rounds(given):
    rounds = []
    with servers.backend(given.load_core) as backend:
        rate, loops = choose_rate(backend, given.gateways, given)
        names = list(loops)
        for number in range(given.rounds):
            order = names[number % len(names):] + names[:number % len(names)]
            figures = {}
            for name in order:
                print(f"\rround {number + 1} of {given.rounds}: {name:15}", end="", file=sys.stderr, flush=True)
                figures[name], errors = measure_gateway(name, backend, rate, given)
                if errors:
                    print(f"\r{name}: {errors} errors in round {number + 1}", file=sys.stderr)
            rounds.append(figures)
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    return rounds, loops


def summarise(rounds, names):
    """For each figure its median for each gateway, and the median over rounds of its ratio to each peer's. What was
    not measured of a gateway is not there, nor a ratio to nothing."""
    medians, ratios = {}, {}
    for figure in dict.fromkeys(figure for name in reversed(names) for figure in rounds[0][name]):
        of = [{name: one[name][figure] for name in names if figure in one[name]} for one in rounds]
        medians[figure] = {name: statistics.median(one[name] for one in of) for name in of[0]}
        for name in set(RATIOS) & set(of[0]):
            peers = [peer for peer in of[0] if peer != name and peer in (RATIOS[name] or names)]
            ratios.setdefault(name, {})[figure] = {
                peer: statistics.median(one[name] / one[peer] for one in of) for peer in peers
                if all(one[peer] for one in of)}
    return medians, ratios


def print_table(title, table, names, unit=""):
    columns = [name for name in names if any(name in row for row in table.values())]
    decimals = 2 if unit else 1
    print(f"{title:36}" + "".join(f"{column:>16}" for column in columns))
    for figure, row in table.items():
        cells = (f"{row[column]:,.{decimals}f}{unit}" if column in row else "-" for column in columns)
        print(f"{figure:36}" + "".join(f"{cell:>16}" for cell in cells))
    print()


def exchange_cost():
    """Heap allocations and coroutine frames of one proxied exchange, on each backend that works here."""
    program = servers.BUILD / "bench/bench_exchange_cost"
    if not program.exists():
        return None
    return json.loads(subprocess.run([program], capture_output=True, text=True, check=True).stdout)


def main():
    given = parse_arguments()
    servers.raise_descriptor_limit()
    os.sched_setaffinity(0, {int(given.load_core)})
    rounds, loops = run_rounds(given)
    medians, ratios = summarise(rounds, list(loops))
    print(", ".join(f"{name} serves on {loop}" for name, loop in loops.items() if loop) + "\n")
    print_table("median", medians, list(loops))
    for name in RATIOS:
        if any(ratios.get(name, {}).values()):
            print_table(f"{name} divided by", ratios[name], list(loops), "x")
    cost = exchange_cost()
    for loop, counts in (cost or {}).items():
        heap, frames = ([count for name, count in counts.items() if name.startswith(kind)]
                        for kind in ("heap", "coroutine"))
        print(f"each exchange on {loop}: {max(heap):g} heap allocations, {min(frames):g} to {max(frames):g} frames")
    now = datetime.datetime.now(datetime.timezone.utc)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    file = results / f"{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps({"at": now.isoformat(), "machine": platform.platform(), "cpus": os.cpu_count(),
                                "arguments": vars(given), "loops": loops, "median": medians, "ratio": ratios,
                                "rounds": rounds, "exchange_cost": cost}, indent=1) + "\n")
    print(f"written to {file.relative_to(HERE.parent)}")
    if given.plot:
        pathlib.Path(given.plot).write_text(plot.draw(rounds, loops))


if __name__ == "__main__":
    main()
