#!/usr/bin/env python3
"""Trains an instrumented gateway for profile-guided optimisation: `./dev build --pgo` runs it.

A fixed load (bench/peers/training.lua), plain and with request_id and access_log, on each backend that works here:
about 20 seconds. What the processes have counted is merged into one profile.

  bench/train.py PROGRAM PROFILE
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import servers

SECONDS = 5                      # of each of the loads
CONNECTIONS = 64


def train(program, io, use, backend_port, folder):
    """One process of the gateway from start to end; it writes what it has counted when it ends."""
    servers.PEERS["trained"] = ("training.yaml", servers.ferroway(program, "--io", io)[1])
    os.environ["LLVM_PROFILE_FILE"] = f"{folder}/{io}-%p.profraw"
    with servers.gateway("trained", backend_port, None, {"@USE@": use}) as gateway:
        subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", servers.HERE / "peers/training.lua",
                        f"http://127.0.0.1:{gateway.port}"], check=True, stdout=subprocess.DEVNULL)
        return gateway.io()


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__.strip())
    program, profile = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="training-") as folder, servers.backend(None) as backend:
        for use in ("", "use: [request_id, access_log]"):
            if train(program, "auto", use, backend.port, folder) != "epoll":
                train(program, "epoll", use, backend.port, folder)
        counts = sorted(pathlib.Path(folder).glob("*.profraw"))
        subprocess.run(["llvm-profdata-19", "merge", "-o", profile, *counts], check=True)
    print(f"trained: {len(counts)} runs, {pathlib.Path(profile).stat().st_size // 1024} KiB of profile")


if __name__ == "__main__":
    main()
