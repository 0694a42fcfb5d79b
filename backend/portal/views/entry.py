"""Home, signing in and out, and the language of the reader."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from backend.accounts.hashing import HashingBusy
from backend.accounts.models import User
from backend.accounts.opening import factor_wait, through_of
from backend.accounts.services import user_choose_language
from backend.accounts.sign_in import CredentialsWrong, SignInWaits, credentials_check
from backend.common.clock import database_now
from backend.common.sql.alternatives import first_page
from backend.duty.selectors.contact import contact_tests_waiting
from backend.gate.selectors import gate_kept
from backend.incidents.selectors import reports_of
from backend.notifications.selectors import notices_of
from backend.portal.access import public, staff_only
from backend.portal.cards import notice_cards, report_card
from backend.portal.first_steps import first_steps
from backend.portal.forms import SignInForm
from backend.portal.inbox import Tab, tab_rows
from backend.portal.language import with_language
from backend.portal.notice_groups import notice_groups
from backend.portal.opening import CHOSEN, safe_path, signed_in
from backend.portal.outside_cards import outside_due
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.response_cards import asked_now
from backend.portal.round_cards import rounds_mine
from backend.portal.selectors import report_ids
from backend.portal.sign_in_page import sign_in_page
from backend.portal.ticket_cards import ticket_cards
from backend.rounds.selectors.periods import periods_held

ROWS_ON_HOME = 5


@staff_only
def home(request: StaffRequest) -> HttpResponse:
    """Show the way to report, what waits for the reader, their reports and what they were told.

    Whoever has none of these finds the first steps of their roles there instead.
    """
    now = database_now()
    actor = request.actor
    due = list(first_page(tab_rows(actor=actor, tab=Tab.MINE, now=now).order_by("next_due_at", "id"), ROWS_ON_HOME))
    own = list(reports_of(actor=actor).order_by("-filed_at", "id")[:ROWS_ON_HOME])
    told = list(notices_of(actor=actor)[:ROWS_ON_HOME])
    cards = notice_cards(actor=actor, notices=told, report_ids=report_ids(actor=actor, notices=told))
    context = {
        "now": now,
        "rounds": rounds_mine(actor=actor, now=now),
        "contact_tests": contact_tests_waiting(actor=actor, now=now),
        "periods_now": periods_held(actor=actor, now=now),
        "asked_now": asked_now(actor=actor),
        "outside_due": outside_due(actor=actor, now=now),
        "keeps_gate": gate_kept(actor=actor),
        "tickets": ticket_cards(tickets=due, actor=actor, now=now, only_mine=True),
        "reports": [report_card(report=report, can_act=True, now=now) for report in own],
        "groups": notice_groups(cards=cards),
        "first_steps": [] if due or own or told else first_steps(actor=actor),
    }
    return staff_page(request, "home", context, section="home")


@public
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a user name and a password, then go on to the page that was asked for."""
    onward = safe_path(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return sign_in_page(request, onward=onward, form=form, status=400 if form.is_bound else 200)
    try:
        user = credentials_check(request=request, now=database_now(), **form.cleaned_data)
    except (CredentialsWrong, SignInWaits, HashingBusy) as error:
        # Not 401, which would have to offer a way of HTTP authentication.
        status = 400 if isinstance(error, CredentialsWrong) else error.status
        return sign_in_page(request, onward=onward, form=form, refusal=error, status=status)
    if user.second_factor_at is not None:
        factor_wait(request=request, user=user, onward=onward, now=database_now())
        return redirect("portal:sign_in_factor")
    return signed_in(request, user, onward)


@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; only a form can do that, so that no link signs anybody out.

    Whoever came by another system is told that they are still signed in there, and led to where one signs out.
    """
    if request.method != "POST":
        return redirect("portal:sign_in")
    through = through_of(request=request)
    logout(request)
    if through is None or not through.leave:
        return redirect("portal:sign_in")
    return render(request, "portal/signed_out.html", {"leave": through.leave})


@public
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for the account of whoever is signed in and for this browser, and go back."""
    onward = safe_path(request, request.POST.get("next"))
    chosen = request.POST.get("language", "")
    if chosen not in User.Language:
        return redirect(onward)
    if isinstance(request.user, User):
        user_choose_language(user=request.user, language=chosen)
    else:
        request.session[CHOSEN] = chosen
    return with_language(redirect(onward), chosen)
