"""Argon2 at its least cost, for tests and rehearsals: a good hash takes a third of a second of both cores."""

from backend.accounts.hashing import CappedArgon2PasswordHasher


class QuickPasswordHasher(CappedArgon2PasswordHasher):
    """One pass over a mebibyte; it keeps no real password safe."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
