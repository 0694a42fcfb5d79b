"""Stands between an application and PostgreSQL and swallows the answers to some COMMITs.

`python -m tools.prove.chaos.proxy SOCKET-TO-LISTEN-ON SOCKET-OF-THE-SERVER COUNTER-FILE EVERY`: of every so many
commits one is carried out and its connection cut before the answer; each cut adds a byte to the counter file.
"""

import asyncio
import contextlib
import sys
from itertools import count
from pathlib import Path

COMMIT = b"COMMIT\0"
CHUNK = 65536


class Between:
    """The connections through the proxy; a cut one waits for the server's answer and swallows it."""

    def __init__(self, server: Path, counter: Path, every: int) -> None:
        self.server = server
        self.counter = counter
        self.every = every
        self.commits = count(1)

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it or it is cut."""
        server, to_server = await asyncio.open_unix_connection(str(self.server))
        is_cut = asyncio.Event()
        there = asyncio.create_task(self._there(client, to_server, is_cut))
        back = asyncio.create_task(self._back(server, to_client, is_cut))
        await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        for task in (there, back):
            task.cancel()
        for writer in (to_client, to_server):
            writer.transport.abort()

    async def _there(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, is_cut: asyncio.Event) -> None:
        while data := await client.read(CHUNK):
            if COMMIT in data and next(self.commits) % self.every == 0:
                is_cut.set()
            server.write(data)
            await server.drain()
        if is_cut.is_set():  # the application gave up first; the server's answer is still to be waited for
            await asyncio.sleep(1)

    async def _back(self, server: asyncio.StreamReader, client: asyncio.StreamWriter, is_cut: asyncio.Event) -> None:
        while data := await server.read(CHUNK):
            if is_cut.is_set():
                with self.counter.open("ab") as counter:
                    counter.write(b".")
                return
            client.write(data)
            await client.drain()


async def main(listen: Path, server: Path, counter: Path, every: int) -> None:
    """Serve until killed."""
    between = Between(server, counter, every)
    with contextlib.suppress(FileNotFoundError):
        listen.unlink()
    running = await asyncio.start_unix_server(between.serve, path=str(listen))
    async with running:
        await running.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
