"""Starts and stops what is measured: one worker each, pinned to its core, on a free port of the loopback."""

import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build/release"
BINARY = os.environ.get("FERROWAY", BUILD / "src/ferroway")          # what is measured


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def raise_descriptor_limit(wanted=65536):
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    except (ValueError, PermissionError):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server:
    """A process that listens; stopped by its process id when the `with` ends. On one core, or on any (None)."""

    def __init__(self, name, core, words, port, folder=None, seconds=10):
        self.name, self.port, self.folder, self.seconds = name, port, folder, seconds
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["taskset", "-c", core, *words] if core else words, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        self.pid = self.process.pid

    def __enter__(self):
        try:
            self.wait_until_it_listens()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def wait_until_it_listens(self):
        deadline = time.monotonic() + self.seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        self.log.seek(0)
        raise RuntimeError(f"{self.name} does not listen: {self.log.read().decode(errors='replace').strip()[-500:]}")

    def io(self):
        """What Ferroway's runtime has said that it serves on: "epoll", "io_uring"; None of another program."""
        self.log.seek(0)
        said = re.search(r"\bio=(\w+)", self.log.read().decode(errors="replace"))
        return said and said.group(1)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if self.name != "nginx" else signal.SIGINT)
            try:
                self.process.wait(timeout=self.seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            self.folder.cleanup()


def backend(core):
    port = free_port()
    return Server("backend", core, [str(BUILD / "bench/bench_backend"), str(port)], port)


def ferroway(binary, *more):
    return "ferroway.yaml", lambda file, port, backend_port: [str(binary), "run", "-c", file, *more]


def relay(io):
    """Bytes carried on the gateway's own runtime: what any gateway costs at least."""
    return None, lambda file, port, backend_port: [str(BUILD / "bench/bench_relay"), "--io", io, str(port),
                                                   str(backend_port)]


# Each by its template (none: it needs no file) and the words that start it. Without a suffix: on io_uring where it
# works, as Ferroway chooses by itself.
PEERS = {
    "relay": relay("auto"),
    "relay-epoll": relay("epoll"),
    "ferroway": None,
    "ferroway-epoll": None,
    "haproxy": ("haproxy.cfg", lambda file, port, backend_port: ["haproxy", "-db", "-f", file]),
    "nginx": ("nginx.conf", lambda file, port, backend_port: ["nginx", "-c", file]),
}


def measure_binary(binary):
    """The Ferroway that `ferroway` and `ferroway-epoll` stand for."""
    PEERS["ferroway"] = ferroway(binary)
    PEERS["ferroway-epoll"] = ferroway(binary, "--io", "epoll")


measure_binary(BINARY)


def gateway(name, backend_port, core, more={}):
    """A fresh process of that gateway in front of the backend; `more` is what else its template asks for."""
    template, words = PEERS[name]
    folder = tempfile.TemporaryDirectory(prefix=f"bench-{name}-")
    port = free_port()
    file = pathlib.Path(folder.name) / (template or "none")
    if template:
        text = (HERE / "peers" / f"{template}.in").read_text()
        for mark, value in {**more, "@PORT@": port, "@BACKEND@": backend_port, "@DIR@": folder.name}.items():
            text = text.replace(mark, str(value))
        file.write_text(text)
    return Server(name, core, words(str(file), port, backend_port), port, folder)
