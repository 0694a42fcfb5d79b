"""Routes of the pages about duty: shifts, feeds, and whether whoever is on duty can be reached."""

from django.urls import path

from backend.portal.views import contact, duty

urlpatterns = [
    path("contact", contact.contacts, name="contacts"),
    path("contact/rule", contact.contact_rule, name="contact_rule"),
    path("contact/<uuid:test_id>", contact.contact, name="contact"),
    path("contact/<uuid:test_id>/take-back", contact.contact_back, name="contact_back"),
    path("contact/shifts/<uuid:shift_id>", contact.contact_new, name="contact_new"),
    path("duty", duty.duty, name="duty"),
    path("duty.ics", duty.download, name="duty_download"),
    path("duty/feed", duty.feed, name="duty_feed"),
    path("duty/feed/end", duty.feed_end, name="duty_feed_end"),
    path("duty/feed/<str:token>.ics", duty.feed_read, name="duty_feed_read"),
    path("duty/slots/<uuid:slot_id>/take-over", duty.take_over, name="duty_take_over"),
]
