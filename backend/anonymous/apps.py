from django.apps import AppConfig


class AnonymousConfig(AppConfig):
    name = "backend.anonymous"
