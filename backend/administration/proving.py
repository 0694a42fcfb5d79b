"""Administration pages on which saving and deleting ask who changes something to prove again who they are."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from backend.accounts.proving import proof_ask


class AsksProof:
    """Mixed into the pages of people, posts, accounts, duty, schools and rules, which give power over people."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask first where nothing of the last ten minutes proves it; the form goes along."""
        asked = proof_ask(request)
        answer: HttpResponseBase = asked or super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the same before a row goes."""
        asked = proof_ask(request)
        answer: HttpResponseBase = asked or super().delete_view(request, *args, **kwargs)  # type: ignore[misc]
        return answer
