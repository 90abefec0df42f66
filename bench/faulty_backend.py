#!/usr/bin/env python3
"""An endpoint that fails as it is told: a line on standard input is what it does from now on. Answers `/healthz` well
unless it refuses; every other answer says in X-By who it is.

    ok      answers at once
    reset   says the head and half of the body, then resets the connection
    drip    says the head at once and the body in 20 pieces, 100 ms apart
    slow    says the head itself byte by byte, 100 ms apart
    500     answers with 500
    refuse  closes its socket and resets every connection
"""

import asyncio
import socket
import struct
import sys

BODY = b"x" * 200
PACE = 0.1


class Endpoint:
    def __init__(self, name, port):
        self.name, self.port = name, port
        self.mode = "ok"
        self.server = None
        self.writers = set()

    async def listen(self):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.server = await asyncio.start_server(self.serve, sock=listening, backlog=1024)

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if not await self.answer(head.split(b" ", 2)[1], writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def answer(self, path, writer):
        mode = "ok" if path == b"/healthz" else self.mode
        status = "500 Failed" if mode == "500" else "200 OK"
        head = f"HTTP/1.1 {status}\r\nX-By: {self.name}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
        if mode == "reset":
            writer.write(head + BODY[:100])
            await writer.drain()
            await asyncio.sleep(0.005)
            reset(writer)
            return False
        if mode == "drip":
            writer.write(head)
            for at in range(0, len(BODY), 10):
                await asyncio.sleep(PACE)
                writer.write(BODY[at:at + 10])
                await writer.drain()
            return True
        if mode == "slow":
            for byte in head:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(PACE)
            writer.write(BODY)
            return True
        writer.write(head + BODY)
        await writer.drain()
        return True

    async def become(self, mode):
        if mode == "refuse" and self.server is not None:
            self.server.close()
            self.server = None
            for writer in list(self.writers):
                reset(writer)
        elif mode != "refuse" and self.server is None:
            await self.listen()
        self.mode = mode


def reset(writer):
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main(name, port):
    endpoint = Endpoint(name, port)
    await endpoint.listen()
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        await endpoint.become(line.decode().strip())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
