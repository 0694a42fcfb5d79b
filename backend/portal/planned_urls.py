"""Routes of what is planned: response plans, special periods, inspections, and visits from outside."""

from django.urls import path

from backend.portal.views import inspections, outside, period_drawing, periods, plan_steps, plans

urlpatterns = [
    path("plans", plans.plans, name="plans"),
    path("plans/<slug:code>", plans.plan, name="plan"),
    path("plans/<slug:code>/steps", plan_steps.plan_steps, name="plan_steps"),
    path("plans/<slug:code>/draft/drop", plan_steps.plan_draft_drop, name="plan_draft_drop"),
    path("plans/<slug:code>.pdf", plan_steps.plan_paper, name="plan_paper"),
    path("plans/<slug:code>/drill", plans.plan_drill, name="plan_drill"),
    path("periods", periods.periods, name="periods"),
    path("periods/new/<slug:code>", period_drawing.period_new, name="period_new"),
    path("periods/<uuid:period_id>", periods.period, name="period"),
    path("periods/<uuid:period_id>/edit", period_drawing.period_redrawn, name="period_redrawn"),
    path("periods/<uuid:period_id>/<slug:action>", periods.period_act, name="period_act"),
    path("inspections", inspections.inspections, name="inspections"),
    path("inspections/new", inspections.inspection_new, name="inspection_new"),
    path("inspections/<uuid:inspection_id>", inspections.inspection, name="inspection"),
    path("outside-visits", outside.outside_visits, name="outside_visits"),
    path("outside-visits/<uuid:visit_id>", outside.outside_visit, name="outside_visit"),
    path("outside-visits/<uuid:visit_id>/replies", outside.outside_reply, name="outside_replies"),
    path("outside-visits/<uuid:visit_id>/replies/<uuid:reply_id>", outside.outside_reply, name="outside_reply"),
]
