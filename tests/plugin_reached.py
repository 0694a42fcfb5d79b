"""Names the addresses and templates of the product that no test reached; after a whole run these are a failure."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.test.signals import template_rendered

from tests.addresses import addresses, closed_addresses
from tests.plugin_slow import QUICK

BACKEND = Path(__file__).parents[1] / "backend"
SIGN_IN_FIRST = "/sign-in?next="
LEAST_REFUSAL = 400
NARROWED = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "maxfail")
LEFT = pytest.StashKey[list[str]]()
ADDRESSES: set[str] = set()
"""Addresses that served somebody in this process; in the process that hands out the work, in all of them."""
TEMPLATES: set[str] = set()
"""Templates rendered, counted the same way."""


def recording(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that records the address of each request that was served; being refused does not reach anything."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        refused = response.status_code >= LEAST_REFUSAL or response.get("Location", "").startswith(SIGN_IN_FIRST)
        if request.resolver_match and not refused:
            ADDRESSES.add(_spelling(request.resolver_match.route))
        return response

    return middleware


def _spelling(address: str) -> str:
    """Return an address without the anchors of regular expressions, which Django drops where it joins patterns."""
    return address.replace("^", "")


def _template_record(template: Any, **_rest: object) -> None:
    TEMPLATES.add(str(template.origin.name))


@pytest.fixture(scope="session", autouse=True)
def reached() -> Iterator[None]:
    """Record what every test reaches."""
    template_rendered.connect(_template_record)
    with override_settings(MIDDLEWARE=["tests.plugin_reached.recording", *settings.MIDDLEWARE]):
        yield
    template_rendered.disconnect(_template_record)


def unreached() -> list[str]:
    """Return the addresses and templates that nobody reached."""
    product = {_spelling(address) for address in set(addresses()) - closed_addresses()}
    templates = {str(path) for path in BACKEND.glob("*/templates/**/*.html")}
    return [
        *(f"address {address or '/'}" for address in sorted(product - ADDRESSES)),
        *(f"template {Path(path).relative_to(BACKEND)}" for path in sorted(templates - TEMPLATES)),
    ]


def is_whole(session: pytest.Session) -> bool:
    """Return whether the run was asked for every test but the slow proofs, and none was left out or failed."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and config.option.markexpr in {"", QUICK}
        and not any(getattr(config.option, name, None) for name in NARROWED)
        and session.exitstatus == pytest.ExitCode.OK
        and not (reporter and reporter.stats.get("skipped"))
    )


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a parallel process reached."""
    there = getattr(node, "workeroutput", {})
    ADDRESSES.update(there.get("addresses", ()))
    TEMPLATES.update(there.get("templates", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this process reached, or, where everything comes together, fail a whole run that left some out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output.update(addresses=sorted(ADDRESSES), templates=sorted(TEMPLATES))
    elif is_whole(session):
        session.config.stash[LEFT] = unreached()
        if session.config.stash[LEFT]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what a whole run reached."""
    left = config.stash.get(LEFT, None)
    if left is None:
        return
    terminalreporter.section("Addresses and templates", red=bool(left), green=not left)
    for line in left:
        terminalreporter.line(f"reached by no test: {line}")
    terminalreporter.line(f"reached: {len(ADDRESSES)} addresses, {len(TEMPLATES)} templates")
