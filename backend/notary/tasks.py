"""Background work of the notary."""

from celery import shared_task

from backend.common.clock import database_now
from backend.notary.services.cosigning import cosignatures_ask
from backend.notary.services.signing import notary_look


@shared_task(name="notary.sign")
def sign() -> None:
    """Number what has no number yet, and sign a checkpoint over all."""
    notary_look(now=database_now())


@shared_task(name="notary.cosign")
def cosign() -> None:
    """Ask the witnesses for their word on the newest checkpoint."""
    cosignatures_ask()
