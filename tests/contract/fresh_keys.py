"""Schemathesis repeats its keys; here every request that carries a good Idempotency-Key gets one of its own."""

from itertools import count
from typing import Any

import schemathesis

HEADER = "Idempotency-Key"
NUMBERS = count()


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Exchange the key; one that the API has to refuse stays."""
    key = str((case.headers or {}).get(HEADER, ""))
    if len(key) in range(8, 256) and all("!" <= letter <= "~" for letter in key):
        case.headers[HEADER] = f"contract-{next(NUMBERS):08}"
