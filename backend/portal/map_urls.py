"""Routes of the pages about who answers for what, and what they were trained in."""

from django.urls import path

from backend.portal.training_urls import urlpatterns as training_routes
from backend.portal.views import leading, responsibility

urlpatterns = [
    path("responsibility", responsibility.responsibility, name="responsibility"),
    path("responsibility/shares/<uuid:share_id>", responsibility.share, name="share"),
    path("responsibility/offices", responsibility.office_slots, name="office_slots"),
    path("responsibility/offices/<uuid:slot_id>/end", responsibility.office_slot_end, name="office_slot_end"),
    path("responsibility/group", leading.leading_group, name="leading_group"),
    path("responsibility/group/new", leading.leading_group_new, name="leading_group_new"),
    path("responsibility/group/<uuid:group_id>/end", leading.leading_group_end, name="leading_group_end"),
    path("responsibility/paper.pdf", leading.responsibility_paper, name="responsibility_paper"),
    path("responsibility/gaps", responsibility.gaps, name="gaps"),
    *training_routes,
]
