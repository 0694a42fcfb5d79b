"""The tree over all that is on record: its leaves, its tiles, the checkpoints over it, and that it was verified."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person


class Leaf(models.Model):
    """The number that something on record got in the tree; the hash itself stands in a tile."""

    EVENT, STATE, SWEEP = "event", "state", "sweep"

    index = models.BigIntegerField(primary_key=True, help_text="From zero, without a gap.")
    kind = models.CharField(
        max_length=8,
        help_text="An event of a ticket, what a ticket said after one, a sweep of the deadlines, or a record that"
        " settings name.",
    )
    # No foreign key: the leaf of something that is gone has to stay.
    subject = models.UUIDField(help_text="The ticket, the key of the record, or the instant of the sweep.")
    number = models.PositiveIntegerField(
        help_text="Of an event or after it, its number in its ticket; of a sweep, how many rungs fired since the last."
    )

    refusals = (Refusal("leaf_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "kind", "number"], name="leaf_once")]

    def __str__(self) -> str:
        return f"{self.index} {self.kind}"


class Cover(models.Model):
    """The salted digests from which the entry of a leaf was made that is not of an event."""

    index = models.BigIntegerField(primary_key=True, help_text="That of the leaf.")
    version = models.PositiveSmallIntegerField(help_text="Of the list of what has a digest.")
    salt = models.BinaryField(max_length=16)
    digests = ArrayField(models.BinaryField(max_length=32))

    refusals = (Refusal("cover_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return str(self.index)


class Tile(models.Model):
    """Up to 256 neighbouring hashes of one level of the tree; it grows at its end and never changes."""

    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    refusals = (
        Refusal("tile_kept", "DELETE"),
        Refusal(
            "tile_grows",
            "UPDATE",
            "NEW.level <> OLD.level OR NEW.number <> OLD.number"
            " OR substring(NEW.hashes for octet_length(OLD.hashes)) <> OLD.hashes",
        ),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class SignedCheckpoint(models.Model):
    """A checkpoint as it was signed: so many leaves, this root, at this instant."""

    size = models.PositiveBigIntegerField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    refusals = (Refusal("checkpoint_immutable", "UPDATE OR DELETE"),)

    class Meta:
        indexes = [models.Index(fields=["size"], name="checkpoint_size")]

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """A witness's line under a checkpoint: that it saw it, when, and that it went on from the one it saw before."""

    checkpoint = models.ForeignKey(SignedCheckpoint, on_delete=models.PROTECT, related_name="cosignatures")
    key = models.CharField(max_length=300, help_text="The public key of the witness.")
    line = models.CharField(max_length=300)
    seen_at = models.DateTimeField()

    refusals = (Refusal("cosignature_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "key"], name="cosigned_once")]
        indexes = [models.Index(fields=["key", "-seen_at"], name="cosigned_by")]

    def __str__(self) -> str:
        return f"{self.key} {self.seen_at:%F %T}"


class LogKey(models.Model):
    """The public key under which the log signs from an instant on; the secret one is a file."""

    name = models.CharField(max_length=200)
    line = models.CharField(max_length=300, unique=True)
    since = models.DateTimeField()

    refusals = (Refusal("log_key_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return self.name


class NotaryMark(models.Model):
    """The one row that says how far the notary is; whoever has it locked is the notary."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    up_to = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)
    records = models.JSONField(
        default=dict, help_text="By the kind of a record, the last key that got a number; the last sweep."
    )
    looked_at = models.DateTimeField(null=True, help_text="When all that was committed by then had been signed.")

    def __str__(self) -> str:
        return str(self.size)


class VerificationMark(models.Model):
    """The one row that says how far the verification is that goes on; whoever has it taken goes on with it."""

    class Step(models.TextChoices):
        """The parts of a verification, in their order."""

        CHAINS = "chains"
        LEAVES = "leaves"
        PRESENT = "present"
        DONE = "done"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    step = models.CharField(max_length=8, choices=Step, default=Step.DONE)
    is_full = models.BooleanField(default=True)
    begun_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True, help_text="Chains that did not change since are left to the full one.")
    first = models.PositiveBigIntegerField(default=0, help_text="The leaf from which it goes.")
    after = models.UUIDField(null=True, help_text="The last ticket that was looked at in this step.")
    tickets = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="The leaves that hold so far.")
    roots = ArrayField(models.BinaryField(max_length=32), default=list, help_text="Of whole subtrees, the left first.")
    findings = ArrayField(models.CharField(max_length=400), default=list)
    taken_until = models.DateTimeField(null=True)

    answered: frozenset[str] = frozenset()
    """The findings of former verifications that somebody answered; set by whoever goes on with this one."""

    def __str__(self) -> str:
        return f"{self.step} {self.size}"


class Verification(models.Model):
    """One verification of the record, and what it found; where it found nothing, the next one goes on from its end."""

    is_full = models.BooleanField(help_text="Of every chain and leaf, not only of what is new or changed.")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    tickets = models.PositiveBigIntegerField()
    events = models.PositiveBigIntegerField()
    first = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    roots = ArrayField(models.BinaryField(max_length=32))
    findings = ArrayField(models.CharField(max_length=400), help_text="For whoever runs the system; empty: it holds.")

    refusals = (Refusal("verification_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.ended_at:%F %T} {self.size}"


class BreakAnswer(models.Model):
    """Somebody's word that they look after what a verification found; until there is one it is told again."""

    verification = models.OneToOneField(Verification, on_delete=models.PROTECT, related_name="answer")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=1000)
    at = models.DateTimeField()

    refusals = (Refusal("break_answer_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.verification_id} {self.at:%F %T}"
