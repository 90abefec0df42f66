#!/usr/bin/env python3
"""Ferroway beside HAProxy and nginx: the same work, one worker each, pinned to one core.

The gateway has core 0; the backend and the load share core 1. Each round measures every gateway in turn, in rotating
order, so that what else happens on the machine hits all alike; ratios are taken within a round, and the median over
the rounds is what counts. Absolute figures are this machine's, ratios travel better.

Prints a table; writes everything to bench/results/<time>.json.
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
import servers

HERE = pathlib.Path(__file__).resolve().parent


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3 short rounds: for a look, not for a claim")
    parser.add_argument("--rounds", type=int, help="default 5, with --quick 3")
    parser.add_argument("--seconds", type=int, help="of each load, default 4, with --quick 1")
    parser.add_argument("--gateways", default="ferroway,haproxy,nginx", help="which, by commas (default: all)")
    parser.add_argument("--idle", type=int, default=10000, metavar="N", help="idle connections (default 10000)")
    parser.add_argument("--gateway-core", default="0")
    parser.add_argument("--load-core", default="1", help="of the backend and the load")
    given = parser.parse_args()
    given.rounds = given.rounds or (3 if given.quick else 5)
    given.seconds = given.seconds or (1 if given.quick else 4)
    given.gateways = given.gateways.split(",")
    unknown = set(given.gateways) - set(servers.PEERS)
    if unknown:
        parser.error(f"no gateway {', '.join(unknown)}: there are {', '.join(servers.PEERS)}")
    return given


def measure_gateway(name, backend, rate, given):
    """Every figure of one gateway, from two fresh processes: memory first, then load."""
    figures, errors = {}, 0

    def take(outcome):
        nonlocal errors
        figures.update(outcome[0])
        errors += outcome[1]

    load_core, seconds = given.load_core, given.seconds
    with servers.gateway(name, backend.port, given.gateway_core) as gateway:
        take(measure.idle(gateway, str(servers.BUILD / "bench/bench_idle"), given.idle, load_core))
    with servers.gateway(name, backend.port, given.gateway_core) as gateway:
        measure.wrk(gateway.port, "/128", 64, 1, load_core)          # warm
        for connections in (64, 256):
            take(measure.load(gateway, connections, seconds, load_core))
        take(measure.open_loop(gateway, rate, 64, max(seconds, 2), load_core))
        take(measure.bodies(gateway, "/1m", "1 MiB", 16, seconds, load_core))
        take(measure.bodies(gateway, "/64m", "64 MiB", 4, seconds, load_core))
        take(measure.body_growth(gateway, load_core))
        take(measure.bodies(gateway, "/16k", "16 KiB", 64, seconds, load_core))
    return figures, errors


def choose_rate(backend, gateways, given):
    """Half of what the slowest of them can do, so that all keep up. A gateway that does not start is left out."""
    fastest, able = [], []
    for name in gateways:
        try:
            with servers.gateway(name, backend.port, given.gateway_core) as gateway:
                seen = measure.wrk(gateway.port, "/128", 64, 1, given.load_core)
                fastest.append(seen["requests"] * 1e6 / seen["microseconds"])
                able.append(name)
        except (RuntimeError, OSError) as why:
            print(f"{name} is left out: {why}", file=sys.stderr)
    if not able:
        raise SystemExit("bench: no gateway can be measured")
    return max(100, int(min(fastest) / 2) // 100 * 100), able


def run_rounds(given):
    rounds = []
    with servers.backend(given.load_core) as backend:
        rate, names = choose_rate(backend, given.gateways, given)
        for number in range(given.rounds):
            order = names[number % len(names):] + names[:number % len(names)]
            figures = {}
            for name in order:
                print(f"\rround {number + 1} of {given.rounds}: {name:10}", end="", file=sys.stderr, flush=True)
                figures[name], errors = measure_gateway(name, backend, rate, given)
                if errors:
                    print(f"\r{name}: {errors} errors in round {number + 1}", file=sys.stderr)
            rounds.append(figures)
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    return rounds, names


def summarise(rounds, names):
    """For each figure: its median for each gateway, and the median over rounds of its ratio to each peer."""
    table = {}
    for figure in rounds[0][names[0]]:
        row = {name: statistics.median(one[name][figure] for one in rounds) for name in names}
        if "ferroway" in names:
            for peer in names:
                if peer != "ferroway":
                    row[f"/{peer}"] = statistics.median(
                        one["ferroway"][figure] / max(one[peer][figure], 1e-9) for one in rounds)
        table[figure] = row
    return table


def print_table(table):
    columns = list(next(iter(table.values())))
    print(f"{'median':32}" + "".join(f"{column:>11}" for column in columns))
    for figure, row in table.items():
        cells = (f"{row[column]:>10.2f}x" if column.startswith("/") else f"{row[column]:>11,.1f}" for column in columns)
        print(f"{figure:32}" + "".join(cells))


def exchange_cost():
    """Heap allocations and coroutine frames of one proxied exchange, counted in the simulator."""
    program = servers.BUILD / "bench/bench_exchange_cost"
    if not program.exists():
        return None
    return json.loads(subprocess.run([program], capture_output=True, text=True, check=True).stdout)


def main():
    given = parse_arguments()
    servers.raise_descriptor_limit()
    os.sched_setaffinity(0, {int(given.load_core)})
    rounds, names = run_rounds(given)
    table = summarise(rounds, names)
    print_table(table)
    cost = exchange_cost()
    if cost:
        print("each exchange: " + ", ".join(f"{value:g} {name.replace('_', ' ')}" for name, value in cost.items()))
    now = datetime.datetime.now(datetime.timezone.utc)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    file = results / f"{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps({"at": now.isoformat(), "machine": platform.platform(), "cpus": os.cpu_count(),
                                "arguments": vars(given), "median": table, "rounds": rounds,
                                "exchange_cost": cost}, indent=1) + "\n")
    print(f"written to {file.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
