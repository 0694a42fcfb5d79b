"""The addresses of the portal. Those under /api/ are for programs, and come in through the TLS door."""

from allauth.idp import urls as oidc_urls
from django.urls import include, path
from django.views.i18n import set_language

from demo.portal import inbox, pages, roster, sign_in, todos

urlpatterns = [
    path("", pages.home, name="home"),
    path("allclear", pages.framed, name="framed"),
    path("todos", todos.page, name="todos"),
    path("todos/count", todos.count, name="count"),
    path("inbox", inbox.page, name="inbox"),
    path("roster", roster.page, name="roster"),
    path("roster/oneroster.zip", roster.export, name="export"),
    path("roster/send", roster.send, name="send"),
    path("roster/apply", roster.apply, name="apply"),
    path("roster/<str:number>/switch", roster.switch, name="switch"),
    path("language", set_language, name="language"),
    path("sign-in", sign_in.sign_in, name="account_login"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("api/todo", todos.listed),
    path("api/todo/<str:source_id>", todos.one),
    path("api/events", inbox.arrived),
    path("cas/login", sign_in.cas_login),
    path("cas/", include("cas_server.urls", namespace="cas_server")),
    path("", include(oidc_urls)),
]
