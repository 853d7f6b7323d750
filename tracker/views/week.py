"""A week of charts on one page: seven days by the work types that one codes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from curriculum.models import WorkType
from tracker.forms.week import WeekForm
from tracker.models import Volume
from tracker.selectors.vocabulary import last_logged_day

from .messages import say
from .scope import for_coder, posted

MOST = 6  # columns
RECENT = 90  # days in which a work type was coded


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def week(request, coder):
    """`week` is any of its days; `type` adds work types by slug; `again` drafts today after the last logged day."""
    today = coder.today()
    monday = _monday(request.GET.get("week", ""), today)
    asked = (request.POST if request.method == "POST" else request.GET).getlist("type")
    work_types = _work_types(coder, today, asked)
    again = last_logged_day(coder, today) if request.GET.get("again") else None
    form = WeekForm(posted(request), coder=coder, monday=monday, work_types=work_types, again=again)
    if request.method == "POST" and (changed := _saved(form, request.user)) is not None:
        say(request, _changed_text(changed))
        return redirect(
            reverse("tracker:week", query={"week": f"{monday}", "type": [w.slug for w in work_types]})
        )
    context = {
        "form": form,
        "again": again,
        "last_logged": None if again else last_logged_day(coder, today),
        "before": monday - dt.timedelta(days=7),
        "after": monday + dt.timedelta(days=7) if monday + dt.timedelta(days=7) <= today else None,
        "others": WorkType.objects.exclude(pk__in=[w.pk for w in work_types])
        if len(work_types) < MOST
        else [],
    }
    return render(request, "tracker/week.html", context, status=422 if form.is_bound else 200)


def _monday(text: str, today: dt.date) -> dt.date:
    """Of the week in question; of this one where the address makes no sense or lies ahead."""
    try:
        day = min(dt.date.fromisoformat(text), today)
    except ValueError:
        day = today
    if day.year < 1951:
        day = today
    return day - dt.timedelta(days=day.weekday())


def _work_types(coder, today, asked: list[str]) -> list[WorkType]:
    """What was coded lately, and what was asked for besides."""
    recent = Volume.objects.current().filter(coder=coder, ends_on__gt=today - dt.timedelta(days=RECENT))
    used = set(recent.order_by().values_list("work_type", flat=True).distinct())
    rows = [row for row in WorkType.objects.all() if row.pk in used or row.slug in asked]
    rows.sort(key=lambda row: (row.slug not in asked, row.pk not in used))
    return sorted(rows[:MOST], key=lambda row: (row.position, row.name))


def _saved(form: WeekForm, user) -> int | None:
    if not form.is_valid():
        return None
    try:
        return form.save(by=user)
    except ValidationError:
        return None


def _changed_text(changed: int) -> str:
    if not changed:
        return _("Nothing was different, so nothing was changed.")
    return ngettext("Saved: %(n)s entry.", "Saved: %(n)s entries.", changed) % {"n": changed}
