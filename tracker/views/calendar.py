"""The calendar feed, for the coder who makes it and for the calendar that reads it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.models import CalendarFeed
from tracker.selectors.calendar import calendar_dates
from tracker.services.calendar import as_icalendar, end_feed, feed_of, make_feed

from .messages import say
from .scope import for_coder


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_coder
def calendar(request, coder):
    """A new address is in the answer to the form that asked for it, and nowhere else."""
    address = None
    if request.method == "POST":
        address = request.build_absolute_uri(reverse("tracker:calendar_feed", args=[make_feed(coder)]))
    context = {
        "address": address,
        "feed": CalendarFeed.objects.filter(coder=coder).first(),
        "dates": calendar_dates(coder, coder.today()),
        "today": coder.today(),
    }
    return render(request, "tracker/calendar.html", context)


@require_POST
@for_coder
def calendar_end(request, coder):
    end_feed(coder)
    say(request, _("The address is gone. Calendars that read it get nothing from now on."))
    return redirect("tracker:calendar")


@require_safe
@login_not_required
@cache_control(private=True, max_age=600)
def calendar_feed(request, token):
    feed = feed_of(token)
    if feed is None:
        raise Http404
    now = timezone.now()
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)
    dates = calendar_dates(feed.coder, feed.coder.today())
    site = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(
        as_icalendar(dates, site=site, now=now), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="coderpath.ics"'
    return response
