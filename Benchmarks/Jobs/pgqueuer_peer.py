"""Drains a queue with PgQueuer as its own drain benchmark does: several queue managers in one
process, each with a connection, handlers that do nothing.

pgqueuer_peer.py HOST DATABASE USER JOBS MANAGERS BATCH: prints jobs per second.
"""

import asyncio
import logging
import sys
import time

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode


async def main() -> None:
    host, database, user = sys.argv[1:4]
    jobs, managers, batch = map(int, sys.argv[4:7])
    logging.disable(logging.CRITICAL)

    async def connect() -> AsyncpgDriver:
        return AsyncpgDriver(await asyncpg.connect(host=host, database=database, user=user))

    queries = Queries(await connect())
    if not await queries.has_table("pgqueuer"):
        await queries.install()
    await queries.clear_queue()
    for start in range(0, jobs, 10_000):
        count = min(10_000, jobs - start)
        await queries.enqueue(["fetch"] * count, [b""] * count, [0] * count)
    done = 0
    queues = [PgQueuer(await connect()) for _ in range(managers)]
    for queue in queues:

        @queue.entrypoint("fetch")
        async def fetch(job) -> None:
            nonlocal done
            done += 1

    started = time.perf_counter()
    await asyncio.gather(
        *(queue.run(batch_size=batch, mode=QueueExecutionMode.drain) for queue in queues)
    )
    seconds = time.perf_counter() - started
    if done != jobs:
        sys.exit(f"{done} of {jobs} jobs were done")
    print(jobs / seconds)


uvloop.run(main())
