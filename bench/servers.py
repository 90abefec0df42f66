"""Starts and stops what is measured: one worker each, pinned to its core, on a free port of the loopback."""

import pathlib
import resource
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build/release"


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
    """A process that listens; stopped by its process id when the `with` ends."""

    def __init__(self, name, core, words, port, folder=None):
        self.name, self.port, self.folder = name, port, folder
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["taskset", "-c", core, *words], stdin=subprocess.DEVNULL,
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
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        self.log.seek(0)
        raise RuntimeError(f"{self.name} does not listen: {self.log.read().decode(errors='replace').strip()[-500:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if self.name != "nginx" else signal.SIGINT)
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            self.folder.cleanup()


def backend(core):
    port = free_port()
    return Server("backend", core, [str(BUILD / "bench/bench_backend"), str(port)], port)


PEERS = {
    "ferroway": ("ferroway.yaml", lambda file: [str(BUILD / "src/ferroway"), "run", "-c", file]),
    "haproxy": ("haproxy.cfg", lambda file: ["haproxy", "-db", "-f", file]),
    "nginx": ("nginx.conf", lambda file: ["nginx", "-c", file]),
}


def gateway(name, backend_port, core):
    """A fresh process of that gateway in front of the backend."""
    template, words = PEERS[name]
    folder = tempfile.TemporaryDirectory(prefix=f"bench-{name}-")
    port = free_port()
    text = (HERE / "peers" / f"{template}.in").read_text()
    for mark, value in {"@PORT@": port, "@BACKEND@": backend_port, "@DIR@": folder.name}.items():
        text = text.replace(mark, str(value))
    file = pathlib.Path(folder.name) / template
    file.write_text(text)
    return Server(name, core, words(str(file)), port, folder)
