"""What one gateway costs: processor time, latency and memory, asked of the kernel and of wrk and h2load."""

import json
import pathlib
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def family(pid):
    """A process and its descendants."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [each for child in children for each in family(int(child))]


def cpu_seconds(pid):
    """Processor time that a process, its threads and its children have used (schedstat: in nanoseconds)."""
    total = 0
    for process in family(pid):
        for thread in pathlib.Path(f"/proc/{process}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_bytes(pid):
    """What the processes have to themselves, in user space."""
    total = 0
    for process in family(pid):
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                total += int(line.split()[1]) * 1024
    return total


def run_pinned(core, *words, seconds=120):
    return subprocess.run(["taskset", "-c", core, *words], capture_output=True, text=True, check=True, timeout=seconds)


def wrk(port, path, connections, seconds, core):
    """Closed loop: each connection asks again as soon as it is answered."""
    report = HERE / "peers/report.lua"
    done = run_pinned(core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(report),
                      f"http://127.0.0.1:{port}{path}")
    return json.loads(done.stderr.strip().splitlines()[-1])


def load(gateway, program, backend_port, connections, seconds, core, answer_bytes, name, fields=()):
    """Short answers: how many, how fast, and what each costs a gateway that has all it can do. `program` (load.cpp) is
    the clients and the backend."""
    before = cpu_seconds(gateway.pid)
    seen = json.loads(run_pinned(core, program, str(backend_port), str(gateway.port), str(connections), str(seconds),
                                 str(answer_bytes), *fields, seconds=seconds + 20).stdout)
    spent = cpu_seconds(gateway.pid) - before
    # The kernel closes what a ring held a moment after its process has ended. Asked sooner, a gateway that reuses such a
    # connection to the backend answers 502.
    time.sleep(0.3)
    return {f"CPU us/request, {name}": spent * 1e6 / seen["requests"],
            f"core in use, {name}": spent * 1e6 / seen["microseconds"],
            f"requests/s, {name}": seen["requests"] * 1e6 / seen["microseconds"],
            f"p50 us, {name}": seen["p50"], f"p99 us, {name}": seen["p99"]}, seen["errors"]


def bodies(gateway, path, size, connections, seconds, core):
    """What a GiB of answers of that size costs the gateway."""
    before = cpu_seconds(gateway.pid)
    seen = wrk(gateway.port, path, connections, seconds, core)
    spent = cpu_seconds(gateway.pid) - before
    return {f"CPU ms/GiB, {size} bodies": spent * 1e3 / (seen["bytes"] / 2**30)}, seen["errors"]


def open_loop(gateway, rate, connections, seconds, core):
    """Requests at a fixed rate, whatever the answers do: latency without the mercy of a closed loop."""
    with tempfile.NamedTemporaryFile() as log:
        run_pinned(core, "h2load", "--h1", f"-c{connections}", f"-D{seconds}", f"--rps={rate / connections:.2f}",
                   f"--log-file={log.name}", f"http://127.0.0.1:{gateway.port}/128")
        rows = [line.split(b"\t") for line in log if line.strip()]
    times = sorted(int(row[2]) for row in rows)
    errors = sum(row[1] != b"200" for row in rows)
    return {f"p50 us, {rate}/s": times[len(times) // 2],
            f"p99 us, {rate}/s": times[len(times) * 99 // 100]}, errors


def idle(gateway, program, connections, core):
    """User-space memory for each of many clients that are connected and silent."""
    wrk(gateway.port, "/128", 8, 1, core)          # whatever is made at the first request is there
    before = memory_bytes(gateway.pid)
    clients = subprocess.Popen(["taskset", "-c", core, program, str(gateway.port), str(connections)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        ready = clients.stdout.readline().split()
        held = int(ready[1]) if len(ready) == 2 else 0
        grown = memory_bytes(gateway.pid) - before
    finally:
        clients.stdin.close()
        clients.wait()
    return {f"bytes/idle connection, {connections}": grown / max(held, 1)}, connections - held


def body_growth(gateway, core):
    """How far one body of 1 GiB raises the gateway's memory at its peak, after warm-up."""
    url = f"http://127.0.0.1:{gateway.port}"
    fetch = ("curl", "-s", "-o", "/dev/null")
    run_pinned(core, *fetch, f"{url}/64m")
    for process in family(gateway.pid):
        pathlib.Path(f"/proc/{process}/clear_refs").write_text("5")      # VmHWM begins anew
    before = status_bytes(gateway.pid, "VmRSS")
    run_pinned(core, *fetch, f"{url}/1g")
    return {"KiB more at the peak of a 1 GiB body": (status_bytes(gateway.pid, "VmHWM") - before) / 1024}, 0


def status_bytes(pid, name):
    """The sum of a line of /proc/PID/status over the processes."""
    total = 0
    for process in family(pid):
        for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                total += int(line.split()[1]) * 1024
    return total
