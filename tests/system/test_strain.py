"""`make hour --strain` measures what there is: a strain of each sort, for a moment, at the door of an installation."""

import pytest

from tests.system.installation import System
from tools.prove.hour.others import HOME, Somebody, signed_in
from tools.prove.hour.strain import measured
from tools.prove.hour.strains import BODIES, FROZEN, GUESSES, Target

pytestmark = pytest.mark.slow("tests/tools/test_hour_strain.py")


@pytest.mark.parametrize(
    ("strain", "heard"), [(BODIES, {"still held"}), (GUESSES, {"400", "401", "429"}), (FROZEN, {"503"})]
)
def test_a_strain_is_measured_with_what_others_got(installation: System, strain: str, heard: set[str]) -> None:
    base_url, state = f"http://127.0.0.1:{installation.port}", installation.state
    target = Target(Somebody(base_url, signed_in(base_url=base_url, state=state)), state)
    processes = {"web": int(installation.description["processes"]["web"])}
    row = measured(door="web", strain=strain, target=target, processes=processes, seconds=2.0, quiet_seconds=2.0)
    assert set(row.heard) <= heard
    assert row.heard
    homes = {answer.status for answer in row.beside.answers if answer.path == HOME}
    assert homes == {503 if strain == FROZEN else 200}
    assert row.beside.memory["web"] > 0
