"""The stored form of the token in the address of a duty calendar. Pure."""

import hashlib


def feed_digest(token: str) -> str:
    """Return the form in which a token is stored; it has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
