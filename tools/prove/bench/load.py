"""A load on one address over kept connections: `python -m tools.prove.bench.load`; an order is a line of JSON."""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

CONNECTIONS = 8
TIMEOUT_SECONDS = 20


@dataclass
class Block:
    """One stretch of load: how many requests ended well, and each one's seconds."""

    stop_at: float
    bodies: Iterator[Any]
    seconds: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


def send_until(block: Block, order: dict[str, Any], token: str) -> None:
    """Send the order's request again and again over one connection until the block ends; paced, if that is asked."""
    connection = http.client.HTTPConnection(order["host"], order["port"], timeout=TIMEOUT_SECONDS)
    headers = {"Content-Type": "application/json", "Authorization": f"Token {token}", "Accept-Language": "en"}
    pause = CONNECTIONS / order["per_second"] if order.get("per_second") else 0.0
    turn = time.monotonic()
    while (began := time.monotonic()) < block.stop_at and (body := next(block.bodies, None)) is not None:
        connection.request("POST", order["path"], body, headers | {"Idempotency-Key": str(uuid4())})
        answer = connection.getresponse()
        answer.read()
        if answer.status == http.HTTPStatus.CREATED:
            block.seconds.append(time.monotonic() - began)
        else:
            block.refused.append(answer.status)
        turn += pause
        time.sleep(max(0.0, min(turn, block.stop_at) - time.monotonic()))
    connection.close()


def run_block(order: dict[str, Any]) -> dict[str, Any]:
    """Load for the order's seconds or until so many were sent; return the rate, the median in ms, and what was refused.

    Where an order has several bodies they take turns.
    """
    began = time.monotonic()
    bodies = cycle([json.dumps(body) for body in order.get("bodies", [order.get("body")])])
    block = Block(began + order["seconds"], islice(bodies, order.get("count")))
    tokens = order["tokens"]
    threads = [
        threading.Thread(target=send_until, args=(block, order, tokens[number % len(tokens)]))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - began
    ordered = sorted(block.seconds)
    return {
        "count": len(ordered),
        "per_second": len(ordered) / elapsed,
        "median_ms": ordered[len(ordered) // 2] * 1000 if ordered else None,
        "refused": sorted(set(block.refused)),
    }


def main() -> None:
    """Answer each order with one line."""
    for line in sys.stdin:
        print(json.dumps(run_block(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
