"""A program that only the tests of the papers need."""

from tests.plugin_required import PROGRAMS, Program

PROGRAMS.setdefault("curl", Program(("curl",), "apt-get install curl"))
