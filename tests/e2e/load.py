"""Clients in processes of their own, so that Python's lock does not hold them back: each asks all the time on several
connections, several requests at once on each, and makes new connections now and then.

As a program: load.py ADDRESS FILE, where FILE holds the count of answers (8 bytes, written as it grows). It ends when
its standard input does, and prints what went wrong."""
import mmap
import select
import struct
import subprocess
import sys

from gateway import bound, connect
from wire import Client, request

CONNECTIONS = 8
ROUNDS = 6       # after so many, the next connection in turn is left for a new one
ASKED = [request("/s"), request("/fixed"), request("/s", method="POST", body=b"x" * 3000)]
LARGE, LARGE_BYTES = request("/s?bytes=40000"), 40000


class Load:
    """The processes, from the side of the test. Their program ends at the first request that is lost."""

    def __init__(self, gateway, processes=2):
        self.gateway, self.count = gateway, processes
        self.processes, self.counters = [], []

    def __enter__(self):
        for number in range(self.count):
            file = self.gateway.folder / f"load-{number}"
            file.write_bytes(bytes(8))
            with open(file, "r+b") as opened:
                self.counters.append(mmap.mmap(opened.fileno(), 8))
            self.processes.append(subprocess.Popen(
                [sys.executable, __file__, self.gateway.address, str(file)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return self

    def answers(self):
        return sum(struct.unpack("q", counter[:])[0] for counter in self.counters)

    def is_running(self):
        return all(process.poll() is None for process in self.processes)

    def finish(self):
        """Ends them all; what they print: what went wrong."""
        return "".join(process.communicate(timeout=bound(60))[0] for process in self.processes)

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdin.close()
            process.stdout.close()


class At:
    def __init__(self, address):
        self.address = address

    def connect(self, timeout):
        return connect(self.address, timeout)


def ask_all(clients):
    for client in clients:
        client.send(b"".join([*ASKED, LARGE]))
    for client in clients:
        for _ in ASKED:
            reply = client.response()
            assert reply.status == 200, reply.start
        reply = client.response()
        assert (reply.status, len(reply.body)) == (200, LARGE_BYTES), reply.start
    return len(clients) * (len(ASKED) + 1)


def main(address, file):
    clients = [Client(At(address), 60) for _ in range(CONNECTIONS)]
    answers = rounds = 0
    with open(file, "r+b") as opened, mmap.mmap(opened.fileno(), 8) as counter:
        while not select.select([sys.stdin], [], [], 0)[0]:
            answers += ask_all(clients)
            counter[:] = struct.pack("q", answers)
            rounds += 1
            if rounds % ROUNDS == 0:
                oldest = rounds // ROUNDS % CONNECTIONS
                clients[oldest].sock.close()
                clients[oldest] = Client(At(address), 60)


if __name__ == "__main__":
    main(*sys.argv[1:])
