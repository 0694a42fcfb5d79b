"""The portal's tables: who works at the school, what waits for them elsewhere, and a copy of Allclear's tickets."""

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import models


class Unit(models.Model):
    """A department or a class."""

    objects: ClassVar["models.Manager[Unit]"]
    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.name_zh


class Employee(models.Model):
    """Somebody who works at the school; the account's user name is the staff number."""

    objects: ClassVar["models.Manager[Employee]"]
    user = models.OneToOneField(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    units = models.ManyToManyField(Unit)

    def __str__(self) -> str:
        return self.name


class Todo(models.Model):
    """Something that waits for somebody in another system, by the id that the system gave it."""

    objects: ClassVar["models.Manager[Todo]"]
    source_id = models.CharField(max_length=200, primary_key=True)
    person = models.CharField(max_length=150, help_text="The staff number.")
    title = models.CharField(max_length=500)
    link = models.URLField(max_length=500)
    due_at = models.DateTimeField(null=True)
    is_done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    """A webhook message that arrived; the same message comes again under the same id."""

    objects: ClassVar["models.Manager[Message]"]
    id = models.CharField(max_length=100, primary_key=True)
    arrived_at = models.DateTimeField(auto_now_add=True)
    type = models.CharField(max_length=60)
    kind = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    ticket = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.id


class Ticket(models.Model):
    """A ticket as Allclear showed it the last time."""

    objects: ClassVar["models.Manager[Ticket]"]
    id = models.CharField(max_length=60, primary_key=True)
    reference = models.CharField(max_length=60)
    state = models.CharField(max_length=40)
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.reference
