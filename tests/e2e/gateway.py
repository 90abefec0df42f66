"""A real ferroway process on free loopback ports, started from a configuration and stopped by its
process id."""
import errno
import functools
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FERROWAY = os.environ.get("FERROWAY", str(ROOT / "build" / "release" / "src" / "ferroway"))
SLOW = float(os.environ.get("FERROWAY_TEST_SLOW", "1"))
IO = os.environ.get("FERROWAY_IO", "auto")     # what the tests run on: auto, epoll or io_uring
SANITIZED = os.environ.get("FERROWAY_SANITIZED", "") not in ("", "0")


def bound(seconds):
    """A generous limit for what is expected sooner: machines are noisy, sanitizers slow."""
    return seconds * SLOW


def eventually(condition, within=10.0, what="the condition"):
    """Waits for a condition to become true, and returns its value."""
    deadline = time.monotonic() + bound(within)
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not come about within {bound(within)} s"
        time.sleep(0.01)


def free_port(host="127.0.0.1"):
    """Below the range that the kernel gives to outgoing connections, so that none of those takes it
    meanwhile."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        port = random.randint(15000, 32000)
        with socket.socket(family) as probe:
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
        return port


def connect(address, timeout=15.0):
    if address.startswith("unix:"):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(bound(timeout))
        client.connect(address[5:])
        return client
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)), timeout=bound(timeout))


def reachable(address):
    try:
        connect(address).close()
        return True
    except OSError:
        return False


class Gateway:
    """`config` is the file as a Python value (JSON is YAML); `listen` is added where it names no
    listener, and `admin: off` where it says nothing of that: tests run side by side. `io` is given
    on the command line (None: nothing is). `before_exec` runs in the child before the gateway does."""

    def __init__(self, config, *, descriptors=None, connect_to=None, io=IO, before_exec=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ferroway-e2e-"))
        self.config = dict(config)
        self.address = None
        if "listeners" in self.config:
            self.address = self.config["listeners"][0]["address"]
        else:
            self.address = self.config.setdefault("listen", f"127.0.0.1:{free_port()}")
        self.address = connect_to or self.address
        self.config.setdefault("workers", 2)
        self.config.setdefault("admin", "off")
        self.file = self.folder / "ferroway.yaml"
        self.file.write_text(json.dumps(self.config, indent=1))
        self.command = [FERROWAY, "run", "-c", str(self.file), *(["--io", io] if io else [])]
        self.descriptors = descriptors
        self.before_exec = before_exec
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, error, trace):
        try:
            if self.process.poll() is None:
                self.stop()
            elif kind is None:
                assert self.process.returncode == 0, self.errors()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.forget()

    def forget(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        def prepare():
            if self.descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))
                os.environ["UBSAN_OPTIONS"] = "halt_on_error=0"     # cmake/options.cmake says why
            if self.before_exec:
                self.before_exec()

        with open(self.folder / "stdout", "wb") as out, open(self.folder / "stderr", "wb") as err:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=err, preexec_fn=prepare)
        try:
            eventually(self.has_started, 10, "listening")
        except AssertionError as error:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{error}\n{self.errors()}") from None

    def is_listening(self):
        assert self.process.poll() is None, f"ended with {self.process.returncode}\n{self.errors()}"
        return all(reachable(address) for address in (self.address, *self.admin_addresses()))

    def has_started(self):
        """By its own word too: a socket of a process before this one may still be there for a moment (the kernel takes
        rings apart after the process is gone)."""
        return self.is_listening() and " info started " in self.errors()

    def admin_addresses(self):
        """Of the admin and the probe listener, which open after all others."""
        named = (self.config["admin"], self.config.get("probe", "off"))
        return [one if isinstance(one, str) else one["address"] for one in named if one != "off"]

    def connect(self, timeout=15.0):
        """A client's socket."""
        return connect(self.address, timeout)

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    def stop(self):
        """Ends it as an operator would; it must have drained and be content."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(bound(40))
        assert code == 0, f"ended with {code}\n{self.errors()}"

    def reload(self, config=None):
        """Asks it to read its file again, with `config` in it where there is one; returns the line of
        the log that says what came of that."""
        seen = len(self.reloads())
        if config is not None:
            self.config = config
            self.file.write_text(json.dumps(config, indent=1))
        self.process.send_signal(signal.SIGHUP)
        return self.reloaded(seen, "HUP")

    def reloaded(self, seen, cause=""):
        """The line about the next reload after the first `seen`. A line is written when all workers serve by it, so
        that one of a changed file may still come when its answers are there."""
        return eventually(lambda: [line for line in self.reloads()[seen:] if f"cause={cause}" in line], 20,
                          "a reload")[0]

    def reloads(self):
        """What the log says of reloads, a line each."""
        return [line for line in self.errors().splitlines()
                if re.search(r"^\S+ \w+ (not )?reloaded", line)]

    def errors(self):
        return (self.folder / "stderr").read_text(errors="replace")

    def output(self):
        return (self.folder / "stdout").read_bytes()

    def log(self):
        """The complete lines of the access log, parsed."""
        text = self.output()
        return [json.loads(line) for line in text[:text.rfind(b"\n") + 1].splitlines()]

    def logged(self, within=5.0, **wanted):
        """Waits for the access-log line with these members."""
        def find():
            matching = [line for line in self.log()
                        if all(line.get(k) == v for k, v in wanted.items())]
            return matching[-1] if matching else None
        return eventually(find, within, f"an access log line with {wanted}")

    def memory(self):
        """Private bytes of the process."""
        with open(f"/proc/{self.process.pid}/smaps_rollup") as rollup:
            return sum(int(line.split()[1]) * 1024
                       for line in rollup if line.startswith("Private_"))

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = status.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(*arguments, folder=None, before_exec=None):
    """A command that ends by itself."""
    return subprocess.run([FERROWAY, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=bound(30), cwd=folder, preexec_fn=before_exec)


@functools.cache
def why_no_io_uring():
    """Why the gateway cannot serve with io_uring here, in its own words; None where it can."""
    gateway = Gateway({"routes": [{"path": "/", "respond": {"body": "ok"}}]}, io="io_uring")
    try:
        with gateway:
            return None
    except AssertionError:
        if gateway.process.returncode != 1:
            raise
        return gateway.errors().strip()
    finally:
        gateway.forget()
