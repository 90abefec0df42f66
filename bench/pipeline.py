#!/usr/bin/env python3
"""What a pipeline costs: access_log to a file, request_id, cors, request_headers and rate_limit around a proxied
exchange, beside HAProxy and nginx that do the same (bench/peers/*-pipeline*).

Everything as in compare.py: one worker each on core 0, load and backend on core 1, a core that is full, rounds in
rotating order. Requests carry an Origin in both cases.

What the pipeline adds to Ferroway is small beside what two processes of the same program differ by. So it is measured in
one process with a listener for each, asked in turns (plain, pipeline, pipeline, plain): the difference within such a turn,
and the median of all turns with the two quartiles. What it adds to the others is the difference of two processes.
"""

import argparse
import datetime
import json
import os
import statistics
import sys
import textwrap

import measure
import servers

PROGRAM = str(servers.BUILD / "bench/bench_load")
FIELDS = ("Origin: https://app.example.com", "User-Agent: bench", "Accept: */*")
WITH = {"ferroway": ("ferroway-pipeline.yaml", servers.PEERS["ferroway"][1]),
        "ferroway-epoll": ("ferroway-pipeline.yaml", servers.PEERS["ferroway-epoll"][1]),
        "haproxy": ("haproxy-pipeline.cfg", servers.PEERS["haproxy"][1]),
        "nginx": ("nginx-pipeline.conf", servers.PEERS["nginx"][1])}
OURS = ("ferroway", "ferroway-epoll")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2, help="of each load (default 2)")
    parser.add_argument("--turns", type=int, default=3, help="of each of our processes in a round (default 3)")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--gateways", metavar="NAMES", default=",".join(WITH), help="which, by commas")
    parser.add_argument("--gateway-core", default="0")
    parser.add_argument("--load-core", default="1", help="of the backend and the load")
    given = parser.parse_args()
    given.gateways = given.gateways.split(",")
    if unknown := set(given.gateways) - set(WITH):
        parser.error(f"there is no {', '.join(unknown)}: there are {', '.join(WITH)}")
    return given


def cpu_per_request(gateway, backend_port, given, seconds):
    figures, errors = measure.load(gateway, PROGRAM, backend_port, given.connections, seconds, given.load_core, 128, "",
                                   FIELDS)
    if errors:
        raise SystemExit(f"{gateway.name}: {errors} errors")
    return figures["CPU us/request, "]


def differences(name, given):
    """What the pipeline adds to a request, of each turn of one fresh process of ours."""
    port, other = servers.free_port(), servers.free_port()
    more = {"@OTHER@": other, "@PIPELINE@": textwrap.indent((servers.HERE / "peers/pipeline.yaml.in").read_text(), "  ")}
    with servers.gateway(f"{name}-pair", port, given.gateway_core, more) as gateway:
        plain = gateway.port

        def one(at, seconds=1):
            gateway.port = at
            return cpu_per_request(gateway, port, given, seconds)
        one(plain), one(other)                   # these warm
        for _ in range(given.turns):
            first, second, third, last = one(plain), one(other), one(other), one(plain)
            yield (second + third - first - last) / 2


def cost(name, given):
    """CPU us for each request, of a fresh process."""
    port = servers.free_port()
    more = {"@PIPELINE@": (servers.HERE / "peers/pipeline.yaml.in").read_text()}
    with servers.gateway(name, port, given.gateway_core, more) as gateway:
        cpu_per_request(gateway, port, given, 1)             # this one warms
        return cpu_per_request(gateway, port, given, given.seconds)


def run_rounds(given):
    rounds = []
    for number in range(given.rounds):
        turn = number % len(given.gateways)
        figures = {}
        for name in given.gateways[turn:] + given.gateways[:turn]:
            print(f"\rround {number + 1} of {given.rounds}: {name:15}", end="", file=sys.stderr, flush=True)
            kinds = ("plain", "pipeline") if number % 2 == 0 else ("pipeline", "plain")
            figures[name] = {kind: cost(name if kind == "plain" else f"{name}-pipeline", given) for kind in kinds}
            figures[name]["adds"] = (list(differences(name, given)) if name in OURS else
                                     [figures[name]["pipeline"] - figures[name]["plain"]])
        rounds.append(figures)
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    return rounds


def summarise(rounds, names):
    table = {}
    for name in names:
        of = [one[name] for one in rounds]
        table[name] = {"plain": statistics.median(each["plain"] for each in of),
                       "pipeline": statistics.median(each["pipeline"] for each in of),
                       "adds": statistics.quantiles((one for each in of for one in each["adds"]), n=4)}
        for peer in [each for each in names if each not in OURS and name in OURS]:
            table[name][f"of {peer}'s"] = statistics.median(
                one[name]["pipeline"] / one[peer]["pipeline"] for one in rounds)
    return table


def main():
    given = parse_arguments()
    for name, peer in WITH.items():
        servers.PEERS[f"{name}-pipeline"] = peer
        servers.PEERS[f"{name}-pair"] = ("ferroway-pair.yaml", peer[1])
    servers.raise_descriptor_limit()
    os.sched_setaffinity(0, {int(given.load_core)})
    rounds = run_rounds(given)
    table = summarise(rounds, given.gateways)
    print(f"{'CPU us/request':16}{'plain':>10}{'pipeline':>10}{'adds':>10} (quartiles)")
    for name, row in table.items():
        ratios = "".join(f"   {value:.2f}x {what}" for what, value in row.items() if what.startswith("of "))
        low, middle, high = row["adds"]
        print(f"{name:16}{row['plain']:10.2f}{row['pipeline']:10.2f}{middle:10.2f} ({low:.2f} to {high:.2f}){ratios}")
    now = datetime.datetime.now(datetime.timezone.utc)
    results = servers.HERE / "results"
    results.mkdir(exist_ok=True)
    file = results / f"pipeline-{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps({"at": now.isoformat(), "arguments": vars(given), "table": table,
                                "rounds": rounds}, indent=1) + "\n")
    print(f"written to {file.relative_to(servers.HERE.parent)}")


if __name__ == "__main__":
    main()
