"""A real DNS server, dnsmasq, on a free loopback port; its answers change when a test says so."""
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

from gateway import bound, eventually, free_port

DNSMASQ = shutil.which("dnsmasq") or shutil.which("dnsmasq", path="/usr/sbin:/sbin")


def question(name, number=1):
    """A question for an A record."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)


class NameServer:
    """`hosts` maps names to addresses; `services` are dnsmasq's --srv-host values. Names below `internal` that it does
    not know do not exist. Its answers are good for a second."""

    def __init__(self, hosts=None, services=(), port=None):
        assert DNSMASQ, "dnsmasq is not installed (Debian: dnsmasq-base)"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ferroway-dns-"))
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.services = list(services)
        self.process = None
        self.write(hosts or {})

    def write(self, hosts):
        lines = [f"{address} {name}\n" for name, addresses in hosts.items() for address in addresses]
        # dnsmasq may read at any time.
        written = self.folder / "hosts.new"
        written.write_text("".join(lines))
        os.replace(written, self.folder / "hosts")

    def start(self):
        command = [DNSMASQ, "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces",
                   "--listen-address=127.0.0.1", f"--port={self.port}", "--local=/internal/", "--local-ttl=1",
                   f"--addn-hosts={self.folder / 'hosts'}", *(f"--srv-host={one}" for one in self.services)]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(self.answers, 10, "the DNS server")
        return self

    def answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.2)
            client.connect(("127.0.0.1", self.port))
            try:
                client.send(question("anything.internal"))
                return bool(client.recv(512))
            except OSError:
                return False

    def change(self, hosts):
        """From now on it answers so."""
        self.write(hosts)
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(bound(10))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
