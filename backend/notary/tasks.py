"""Background work of the notary."""

from celery import shared_task

from backend.common.clock import database_now
from backend.notary.services.cosigning import cosignatures_ask
from backend.notary.services.signing import notary_look
from backend.notary.services.telling import breaks_tell, checkpoint_tell
from backend.notary.services.verifying import verification_go_on


@shared_task(name="notary.sign")
def sign() -> None:
    """Number what has no number yet, and sign a checkpoint over all."""
    notary_look(now=database_now())


@shared_task(name="notary.cosign")
def cosign() -> None:
    """Ask the witnesses for their word on the newest checkpoint."""
    cosignatures_ask()


@shared_task(name="notary.verify")
def verify() -> None:
    """Go on verifying what is on record, in the night."""
    now = database_now()
    verification_go_on(now=now)
    breaks_tell(now=now)


@shared_task(name="notary.tell")
def tell() -> None:
    """Send the checkpoint of the day to principals and bureaus."""
    checkpoint_tell(now=database_now())
