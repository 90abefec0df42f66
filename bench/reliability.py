#!/usr/bin/env python3
"""What clients see of endpoints that fail: Ferroway beside HAProxy, set up to the same ends (bench/peers/*-reliability*).

Each scenario runs with fresh processes: a gateway with one worker before endpoints (bench/faulty_backend.py), and
clients that ask at a steady pace over connections that they keep. After a second something fails, and later comes
back. The gateways take turns, so that what else happens on the machine hits both. Counted are requests that were not
answered with a whole 200 within 5 s, and how long the answers took; `out` is the time until the gateway itself says
that the endpoint is out, `back` the time from its recovery until it answers a client again. Both are the worst of all
rounds. Endpoints and clients are Python: a latency below some milliseconds is theirs.

Prints a table for docs/RELIABILITY.md; writes everything to bench/results/reliability-<time>.json.
"""

import argparse
import asyncio
import datetime
import json
import os
import pathlib
import socket
import sys
import time
import urllib.request

import servers
from faulty import Client, Endpoint

POLL = 0.02         # between questions to the gateway, who is out


# ---- the gateways, and who they say is out -----------------------------------------------------

class Ferroway:
    def __init__(self, endpoints):
        self.admin = servers.free_port()
        marks = {"@ADMIN@": self.admin,
                 "@ENDPOINTS@": ", ".join(f"http://127.0.0.1:{each.port}" for each in endpoints)}
        self.server = servers.gateway("ferroway-reliability", 0, None, marks)

    def out(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/v1/upstreams", timeout=5) as reply:
            shown = json.load(reply)["upstreams"][0]["endpoints"]
        return {index for index, each in enumerate(shown) if each["state"] != "available"}


class Haproxy:
    def __init__(self, endpoints):
        lines = "\n".join(f"  server s{index} 127.0.0.1:{each.port}" for index, each in enumerate(endpoints))
        self.server = servers.gateway("haproxy-reliability", 0, None, {"@SERVERS@": lines})

    def out(self):
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(5)
            asking.connect(str(pathlib.Path(self.server.folder.name) / "haproxy.sock"))
            asking.sendall(b"show stat service 4 -1\n")
            said = b""
            while piece := asking.recv(65536):
                said += piece
        rows = [line.split(",") for line in said.decode().splitlines() if line.startswith("service,s")]
        return {int(row[1][1:]) for row in rows if not row[17].startswith("UP")}


GATEWAYS = {"ferroway": Ferroway, "haproxy": Haproxy}
servers.PEERS["ferroway-reliability"] = ("ferroway-reliability.yaml", servers.PEERS["ferroway"][1])
servers.PEERS["haproxy-reliability"] = ("haproxy-reliability.cfg", servers.PEERS["haproxy"][1])


# ---- what fails --------------------------------------------------------------------------------

class Stage:
    """One run of a scenario: what is there, and when what happened."""

    def __init__(self, gateway, endpoints):
        self.gateway, self.endpoints = gateway, endpoints
        self.failed_at, self.out_at, self.back_at = {}, {}, {}     # by endpoint
        self.running = True

    async def watch(self):
        """Notes when the gateway first says that an endpoint is out after it has failed."""
        loop = asyncio.get_running_loop()
        while self.running:
            for index in await loop.run_in_executor(None, self.gateway.out):
                if index in self.failed_at:
                    self.out_at.setdefault(index, time.monotonic())
            await asyncio.sleep(POLL)

    def fails(self, index, how):
        self.failed_at.setdefault(index, time.monotonic())
        how()

    async def recovers(self, index, how):
        await asyncio.get_running_loop().run_in_executor(None, how)
        self.back_at[index] = time.monotonic()


def by_mode(mode):
    async def scenario(stage):
        bad = stage.endpoints[1]
        stage.fails(1, lambda: bad.say(mode))
        await asyncio.sleep(4)
        await stage.recovers(1, lambda: bad.say("ok"))
        await asyncio.sleep(4)
    return scenario


async def killed(stage):
    stage.fails(1, stage.endpoints[1].kill)
    await asyncio.sleep(4)
    await stage.recovers(1, stage.endpoints[1].start)
    await asyncio.sleep(4)


async def hung(stage):
    stage.fails(1, stage.endpoints[1].hang)
    await asyncio.sleep(4)
    await stage.recovers(1, stage.endpoints[1].go_on)
    await asyncio.sleep(4)


async def flapping(stage):
    for _ in range(4):
        stage.fails(1, lambda: stage.endpoints[1].say("refuse"))
        await asyncio.sleep(1)
        await stage.recovers(1, lambda: stage.endpoints[1].say("ok"))
        await asyncio.sleep(1)
    await asyncio.sleep(2)


async def all_dead(stage):
    for index, each in enumerate(stage.endpoints):
        stage.fails(index, lambda each=each: each.say("refuse"))
    await asyncio.sleep(4)
    for index, each in enumerate(stage.endpoints):
        await stage.recovers(index, lambda each=each: each.say("ok"))
    await asyncio.sleep(4)


async def rolling(stage):
    for index, each in enumerate(stage.endpoints):
        stage.fails(index, each.kill)
        await asyncio.sleep(1)
        await stage.recovers(index, each.start)
        await asyncio.sleep(2)


# Each by its name: how many endpoints, and what happens.
SCENARIOS = {
    "killed": (4, killed), "refuses": (4, by_mode("refuse")), "flapping": (4, flapping), "hung": (4, hung),
    "resets mid-body": (4, by_mode("reset")), "slow head": (4, by_mode("slow")), "slow body": (4, by_mode("drip")),
    "answers 500": (4, by_mode("500")), "all dead": (3, all_dead), "rolling restart": (3, rolling),
}


async def play(gateway, endpoints, scenario, given):
    stage, answers = Stage(gateway, endpoints), []
    clients = [Client(gateway.server.port, given.pace, answers) for _ in range(given.connections)]
    running = [asyncio.create_task(each.run(stage)) for each in clients] + [asyncio.create_task(stage.watch())]
    await asyncio.sleep(1)
    await scenario(stage)
    stage.running = False
    await asyncio.gather(*running)
    return figures(stage, answers)


def figures(stage, answers):
    took = sorted(each[1] for each in answers)
    failed = [each for each in answers if each[2] != 200]
    kinds = {}
    for each in failed:
        kinds[str(each[2])] = kinds.get(str(each[2]), 0) + 1
    known = max(stage.out_at.values(), default=None)       # when the last of those that failed was out
    recovered = min(stage.back_at.values())
    refused_late = [each[1] for each in answers if each[2] == 503 and known is not None and known < each[0] < recovered]
    return {"requests": len(answers), "failed": len(failed), "as": kinds,
            "p99": took[len(took) * 99 // 100] * 1000, "worst": took[-1] * 1000,
            "out": out(stage), "back": back(stage, answers), "503 worst": max(refused_late, default=0) * 1000}


def out(stage):
    """How long it took until each that failed was said to be out; the slowest of them."""
    if set(stage.failed_at) - set(stage.out_at):
        return None
    return max(stage.out_at[index] - since for index, since in stage.failed_at.items())


def back(stage, answers):
    """How long it took until each that recovered answered again; the slowest of them."""
    slowest = 0.0
    for index, since in stage.back_at.items():
        first = min((began + took for began, took, status, by in answers
                     if status == 200 and by == f"e{index}" and began + took > since), default=None)
        if first is None:
            return None
        slowest = max(slowest, first - since)
    return slowest


def run(name, gateway_name, given):
    count, scenario = SCENARIOS[name]
    endpoints = [Endpoint(f"e{index}") for index in range(count)]
    try:
        gateway = GATEWAYS[gateway_name](endpoints)
        with gateway.server:
            deadline = time.monotonic() + 10
            while gateway.out() and time.monotonic() < deadline:
                time.sleep(0.05)
            return asyncio.run(play(gateway, endpoints, scenario, given))
    finally:
        for each in endpoints:
            each.kill()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--pace", type=float, default=0.04, help="seconds from request to request (default 0.04)")
    parser.add_argument("--gateways", metavar="NAMES", default=",".join(GATEWAYS), help="which, by commas")
    parser.add_argument("--scenarios", metavar="NAMES", default=",".join(SCENARIOS), help="which, by commas")
    given = parser.parse_args()
    given.gateways, given.scenarios = given.gateways.split(","), given.scenarios.split(",")
    for wanted, known in ((given.gateways, GATEWAYS), (given.scenarios, SCENARIOS)):
        if unknown := set(wanted) - set(known):
            parser.error(f"there is no {', '.join(unknown)}: there are {', '.join(known)}")
    return given


def summarise(rounds):
    """Sums of what is counted, the worst of what is timed; None where it never came about in some round."""
    def longest(what):
        of = [one[what] for one in rounds]
        return None if None in of else max(of)
    kinds = {}
    for one in rounds:
        for kind, count in one["as"].items():
            kinds[kind] = kinds.get(kind, 0) + count
    return {"requests": sum(one["requests"] for one in rounds), "failed": sum(one["failed"] for one in rounds),
            "as": kinds, **{what: longest(what) for what in ("p99", "worst", "out", "back", "503 worst")}}


def main():
    given = parse_arguments()
    measured = {name: {gateway: [] for gateway in given.gateways} for name in given.scenarios}
    for number in range(given.rounds):
        for name in given.scenarios:
            order = given.gateways if number % 2 == 0 else given.gateways[::-1]
            for gateway in order:
                print(f"\rround {number + 1} of {given.rounds}: {name}, {gateway:20}", end="", file=sys.stderr)
                measured[name][gateway].append(run(name, gateway, given))
    print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    table = {name: {gateway: summarise(rounds) for gateway, rounds in of.items()} for name, of in measured.items()}
    show(table)
    now = datetime.datetime.now(datetime.timezone.utc)
    results = servers.HERE / "results"
    results.mkdir(exist_ok=True)
    file = results / f"reliability-{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps({"at": now.isoformat(), "cpus": os.cpu_count(), "arguments": vars(given),
                                "table": table, "rounds": measured}, indent=1) + "\n")
    print(f"written to {file.relative_to(servers.HERE.parent)}")


def show(table):
    print("| scenario | gateway | requests | failed | p99 | worst | out | back |\n|---|---|---|---|---|---|---|---|")
    for name, of in table.items():
        for gateway, row in of.items():
            kinds = ", ".join(f"{count} {kind}" for kind, count in row["as"].items())
            timed = [f"{row[what]:.0f} ms" for what in ("p99", "worst")]
            timed += ["never" if row[what] is None else f"{row[what]:.2f} s" for what in ("out", "back")]
            share = f"{row['failed']} ({100 * row['failed'] / row['requests']:.2f} %{': ' + kinds if kinds else ''})"
            print(f"| {name} | {gateway} | {row['requests']} | {share} | " + " | ".join(timed) + " |")
    if "all dead" in table:
        print("503 while all are known to be dead, at worst: " +
              ", ".join(f"{gateway} {row['503 worst']:.1f} ms" for gateway, row in table["all dead"].items()))


if __name__ == "__main__":
    main()
