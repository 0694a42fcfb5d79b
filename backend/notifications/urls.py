"""Routes of notices, deliveries, channels and choices."""

from django.urls import path

from backend.notifications.api import (
    ChoicesView,
    DeliveryListView,
    NoticeListView,
    NoticeReadView,
    NoticesReadView,
    NoticeView,
)
from backend.notifications.channel_api import ChannelCodeView, ChannelListView, ChannelVerifyView, ChannelView
from backend.notifications.preview_api import TicketPreviewView

urlpatterns = [
    path("tickets/<uuid:ticket_id>/actions/<slug:action>/preview", TicketPreviewView.as_view()),
    path("notices", NoticeListView.as_view()),
    path("notices/read", NoticesReadView.as_view()),
    path("notices/<uuid:notice_id>", NoticeView.as_view()),
    path("notices/<uuid:notice_id>/read", NoticeReadView.as_view()),
    path("deliveries", DeliveryListView.as_view()),
    path("me/channels", ChannelListView.as_view()),
    path("me/channels/<int:channel_id>", ChannelView.as_view()),
    path("me/channels/<int:channel_id>/code", ChannelCodeView.as_view()),
    path("me/channels/<int:channel_id>/verify", ChannelVerifyView.as_view()),
    path("me/choices", ChoicesView.as_view()),
]
