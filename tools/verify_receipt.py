"""Verifies the receipt of a report offline: python3 verify_receipt.py FILE --log KEY [--witness KEY …].

It needs nothing of Allclear: Python and the library `cryptography`. The format is tlog-proof (c2sp.org/tlog-proof),
the keys are lines that were handed out (C2SP signed-note): the log's by its school, a witness's by its owner. What
the `extra` line holds and how the entry is made of it stands in docs/receipts.md. It ends with 0 if it was filed.
"""

import argparse
import base64
import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEADER = "c2sp.org/tlog-proof@v1"
PLAIN, COSIGNING = 1, 4
ID_BYTES, TIME_BYTES = 4, 8
FILING = "opened"
"""The kind of the event by which a report is filed."""
SEEN = {"acknowledge", "start", "resolve", "fix-at-once", "confirm-decline", "withdraw", "merge"}
SOLVED = {"resolve", "fix-at-once", "confirm-decline", "withdraw", "merge"}
KEEPING = {"acknowledge": SEEN, "resolve": SOLVED}
"""By the clock of a promise, the kinds of events that keep it."""
MOVING = {"wait", "clocks-moved", "reclassify", "merged-here"}
"""The kinds of events by which a promise may be moved, each on record."""
Key = tuple[str, bytes, int, bytes]
"""The name, the id, the kind and the public key."""


class Wrong(Exception):
    """Something does not hold; the sentence says what."""


def key_read(line: str) -> Key:
    """Read a public key."""
    name, given, encoded = line.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    made = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:ID_BYTES]
    if made.hex() != given or raw[0] not in {PLAIN, COSIGNING}:
        raise Wrong(f"{name} is no public key of a known kind")
    return name, made, raw[0], raw[1:]


def signed_at(*, text: str, signatures: str, key: Key) -> datetime | None:
    """Return when a witness signed the checkpoint, or for the log the beginning of time; None if the key did not."""
    name, made, kind, public = key
    for line in signatures.splitlines():
        mark, signer, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if mark != "—" or signer != name or raw[:ID_BYTES] != made:
            continue
        signature, signed, seconds = raw[ID_BYTES:], text.encode(), 0
        if kind == COSIGNING:
            seconds, signature = int.from_bytes(signature[:TIME_BYTES], "big"), signature[TIME_BYTES:]
            signed = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
        except InvalidSignature:
            raise Wrong(f"the signature of {name} is wrong") from None
        return datetime.fromtimestamp(seconds, UTC)
    return None


def entry_of(said: dict[str, Any]) -> bytes:
    """Return the entry of the event, made anew from what the receipt says of it."""
    event = said["event"]
    if event["kind"] != FILING:
        raise Wrong("what it is about is no report that was filed")
    if "filed" in said and "body" not in said:
        raise Wrong("nothing on record covers the words that it holds")
    if "body" in said:
        salt = bytes.fromhex(said["salt"])
        if hashlib.sha256(salt + canonical(said["body"])).hexdigest() != event["commitment"]:
            raise Wrong("what the event says is not what it commits to")
        filed = said.get("filed")
        if "filed" in said and hashlib.sha256(salt + canonical(filed)).hexdigest() != said["body"]["filed"]:
            raise Wrong("what was filed is not what the event commits to")
    return event_entry(said["format"], event)


def event_entry(form: str, event: dict[str, Any]) -> bytes:
    """Return the entry of any event of a ticket."""
    covered = {name: event[name] for name in ("ticket", "sequence", "kind", "at", "actor", "commitment")}
    if event["version"]:
        covered["version"] = event["version"]
    digest = hashlib.sha256(bytes.fromhex(event["previous"]) + canonical(covered)).digest()
    return f"{form} event\n".encode() + digest


def swept_entry(form: str, swept: dict[str, Any]) -> bytes:
    """Return the entry by which the log says up to when it left nothing that was due."""
    micros = (datetime.fromisoformat(swept["up_to"]) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    digest = hashlib.sha256(micros.to_bytes(16, "big") + swept["fired"].to_bytes(8, "big")).digest()
    return f"{form} sweep\n".encode() + digest


def canonical(value: Any) -> bytes:
    """Return the one byte string of a JSON value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def root_of(*, entry: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """Return the root to which a proof leads (RFC 9162, 2.1.3.2)."""
    found, position, last = hashlib.sha256(b"\x00" + entry).digest(), index, size - 1
    if not 0 <= index < size:
        raise Wrong("the index lies outside the tree")
    for sibling in proof:
        if last == 0:
            raise Wrong("the proof is too long")
        is_left = bool(position & 1) or position == last
        pair = sibling + found if is_left else found + sibling
        found = hashlib.sha256(b"\x01" + pair).digest()
        while is_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last:
        raise Wrong("the proof is too short")
    return found


def followed_check(said: dict[str, Any], size: int, root: bytes) -> None:
    """Raise Wrong unless every act, and the sweep, is of this ticket or log and in the same tree."""
    followed = [(act, event_entry(said["format"], act["event"])) for act in said.get("acts", [])]
    if any(act["event"]["ticket"] != said["event"]["ticket"] for act, _entry in followed):
        raise Wrong("an act is of another report")
    followed += [(swept, swept_entry(said["format"], swept)) for swept in [said.get("swept")] if swept]
    for one, entry in followed:
        proof = [base64.b64decode(line, validate=True) for line in one["proof"]]
        if root_of(entry=entry, index=one["index"], size=size, proof=proof) != root:
            raise Wrong("what followed is not in the tree that was signed")


def promises(said: dict[str, Any]) -> list[str]:
    """Return what became of each promise: kept, moved, escalated, or skipped, which the log's own sweep proves.

    A receipt without acts says nothing of them: its report became a case that its reporter may not open.
    """
    if "acts" not in said:
        return []
    events = [(act["event"]["kind"], datetime.fromisoformat(act["event"]["at"])) for act in said["acts"]]
    swept = said.get("swept")
    up_to = datetime.fromisoformat(swept["up_to"]) if swept else None
    lines = []
    for clock, rungs in sorted(said.get("body", {}).get("promised", {}).items()):
        if clock not in KEEPING:
            continue
        due = datetime.fromisoformat(rungs[0])
        lines.append(f"{clock}, due {due:%Y-%m-%d %H:%M:%S} UTC: {became(clock, due, events, up_to)}")
    return lines


def became(clock: str, due: datetime, events: list[tuple[str, datetime]], up_to: datetime | None) -> str:
    """Return what became of one promise."""
    acted = next((found for found in events if found[0] in KEEPING[clock]), None)
    moved = next((found for found in events if found[0] in MOVING and found[1] <= due), None)
    risen = next((found for found in events if found[0] == "escalated" and found[1] >= due), None)
    if acted and acted[1] <= due:
        return f"kept, {acted[0]} {acted[1]:%Y-%m-%d %H:%M:%S}"
    if moved:
        return f"moved on record, {moved[0]} {moved[1]:%Y-%m-%d %H:%M:%S}"
    if risen:
        return f"not kept, escalated {risen[1]:%Y-%m-%d %H:%M:%S}"
    if acted or (up_to and up_to > due):
        return "SKIPPED: neither an act in time nor an escalation is in the log" + (
            ", which swept past it" * bool(up_to)
        )
    return "not due in this receipt yet"


def verify(*, receipt: str, log: Key, witnesses: list[Key]) -> tuple[dict[str, Any], list[str]]:
    """Return what a receipt proves, and which witnesses saw it when; raise Wrong where it proves nothing."""
    head, _blank, note = receipt.partition("\n\n")
    header, extra, numbered, *hashes = head.split("\n")
    if header != HEADER or not extra.startswith("extra ") or not numbered.startswith("index "):
        raise Wrong("this is no receipt of a report")
    said = json.loads(base64.b64decode(extra.removeprefix("extra "), validate=True))
    text, _blank, signatures = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    if origin != log[0] or signed_at(text=text, signatures=signatures, key=log) is None:
        raise Wrong("the log did not sign the checkpoint")
    proof = [base64.b64decode(line, validate=True) for line in hashes]
    index = int(numbered.removeprefix("index "))
    if root_of(entry=entry_of(said), index=index, size=int(size), proof=proof) != base64.b64decode(root):
        raise Wrong("the report is not in the tree that was signed")
    followed_check(said, int(size), base64.b64decode(root))
    said["tree"] = f"{size} entries, root {root}"
    seen = {key[0]: signed_at(text=text, signatures=signatures, key=key) for key in witnesses}
    return said, [f"{name}, {at:%Y-%m-%d %H:%M:%S} UTC" for name, at in seen.items() if at]


def main(words: list[str] | None = None) -> int:
    """Verify a file and say what it proves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--log", required=True, type=key_read, help="the log's public key")
    parser.add_argument("--witness", action="append", default=[], type=key_read, help="a witness's public key")
    asked = parser.parse_args(words)
    try:
        receipt = asked.file.read_text(encoding="utf-8")
        said, seen = verify(receipt=receipt, log=asked.log, witnesses=asked.witness)
    except (Wrong, ValueError, KeyError, TypeError, IndexError) as error:
        print(f"NOT PROVEN: {error}", file=sys.stderr)
        return 1
    print(f"The report was on record when {asked.log[0]} signed: filed {said['event']['at']}.")
    for name, value in sorted(said.get("filed", {}).items()):
        print(f"  {name}: {value}")
    for line in promises(said):
        print(f"  promised: {line}")
    print(f"The tree that was signed: {said['tree']}")
    print("Seen by " + "; ".join(seen) if seen else "No witness that you named has seen it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
