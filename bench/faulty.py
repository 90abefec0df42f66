"""Both sides of a gateway under faults: endpoints that are told how to fail, clients that note what came of it."""

import asyncio
import signal
import socket
import subprocess
import sys
import time

import servers

PATIENCE = 5.0      # of a client with one answer


class Endpoint:
    """A process that can be killed and brought back on its port, stopped, and told how to fail."""

    def __init__(self, name):
        self.name, self.port = name, servers.free_port()
        self.process = None
        self.start()

    def start(self):
        program = str(servers.HERE / "faulty_backend.py")
        self.process = subprocess.Popen([sys.executable, program, self.name, str(self.port)], stdin=subprocess.PIPE)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(f"endpoint {self.name} does not listen")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def say(self, mode):
        self.process.stdin.write(mode.encode() + b"\n")
        self.process.stdin.flush()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


class Client:
    """Asks over one connection at a steady pace; what was late is not made up for."""

    def __init__(self, port, pace, into):
        self.port, self.pace, self.into = port, pace, into
        self.reader = self.writer = None

    async def run(self, stage):
        due = time.monotonic()
        while stage.running:
            now = time.monotonic()
            if due > now:
                await asyncio.sleep(due - now)
            began = time.monotonic()
            due = max(due + self.pace, began)
            try:
                status, by = await asyncio.wait_for(self.ask(), PATIENCE)
            except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.TimeoutError) as why:
                status, by = type(why).__name__, None
                self.leave()
            self.into.append((began, time.monotonic() - began, status, by))
        self.leave()

    async def ask(self):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(b"GET /thing HTTP/1.1\r\nHost: service\r\n\r\n")
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        await self.reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close" or "content-length" not in fields:
            self.leave()
        return int(head.split(" ", 2)[1]), fields.get("x-by")

    def leave(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = None
