"""A TCP proxy that makes a near network a far one: one-way delay with jitter, and a bandwidth,
for each direction of each connection.  Bytes keep their order.  It runs as a process of its own.
(The kernel's own means for this, netem, is not everywhere.)"""
import asyncio
import multiprocessing
import random

PIECE = 16384
UNDERWAY = 256  # pieces of one direction; beyond, the sender has to wait


class Proxy:
    def __init__(self, delay_s, jitter_s, bytes_s):
        self.delay_s, self.jitter_s, self.bytes_s = delay_s, jitter_s, bytes_s
        self.ways = []
        self.process = None

    def add(self, listen, to):
        self.ways.append((listen, to))

    def start(self):
        self.process = multiprocessing.Process(target=lambda: asyncio.run(self.serve()), daemon=True)
        self.process.start()

    # as of a process of subprocess, for who ends all that was started

    def poll(self):
        return self.process.exitcode

    def kill(self):
        self.process.kill()

    def wait(self):
        self.process.join()

    async def serve(self):
        servers = []
        for listen, to in self.ways:
            async def on_connection(reader, writer, to=to):
                await self.join(reader, writer, to)
            servers.append(await asyncio.start_server(on_connection, *listen))
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def join(self, reader, writer, to):
        try:
            far_reader, far_writer = await asyncio.open_connection(*to)
        except OSError:
            writer.close()
            return
        ends = [asyncio.ensure_future(way) for way in (
            self.carry(reader, far_writer), self.carry(far_reader, writer))]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        for out in (writer, far_writer):
            out.close()

    async def carry(self, reader, writer):
        """One direction: pieces get the time at which they arrive, and a second task delivers."""
        pieces = asyncio.Queue(UNDERWAY)
        delivery = asyncio.ensure_future(self.deliver(pieces, writer))
        loop = asyncio.get_running_loop()
        free = last = 0.0
        try:
            while piece := await reader.read(PIECE):
                free = max(free, loop.time()) + len(piece) / self.bytes_s
                last = max(last, free + self.delay_s + random.uniform(0, self.jitter_s))
                await pieces.put((last, piece))
            await pieces.put((last, b""))
            await delivery
        except OSError:
            pass
        finally:
            delivery.cancel()

    @staticmethod
    async def deliver(pieces, writer):
        loop = asyncio.get_running_loop()
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                return
            writer.write(piece)
            await writer.drain()
