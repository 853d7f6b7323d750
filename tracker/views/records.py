"""Lists of records: all kinds at a glance, and one kind with its filter."""

from django.core.paginator import Paginator
from django.db.models import CharField, Count, Value
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tracker.exports import FORMATS, table_response
from tracker.models import RECORD_MODELS
from tracker.selectors.record_table import record_table
from tracker.selectors.records import listed_records, recent_records

from .filters import RecordFilter
from .kinds import KINDS
from .scope import for_coder, kind_or_404

A_PAGE = 50


@require_safe
@for_coder
def records(request, coder):
    """Every kind with how much there is of it, and what was logged last."""
    counts = _counts(coder)
    kinds = [(words, counts.get(words.slug, 0)) for words in KINDS.values()]
    context = {"kinds": kinds, "recent": recent_records(coder, limit=20), "any": any(counts.values())}
    return render(request, "tracker/records/overview.html", context)


def _counts(coder) -> dict[str, int]:
    """Current records by kind, in one query."""
    parts = [
        model.objects.current()
        .filter(coder=coder)
        .order_by()
        .values(kind=Value(model.KIND, CharField()))
        .annotate(n=Count("pk"))
        for model in RECORD_MODELS
    ]
    return {row["kind"]: row["n"] for row in parts[0].union(*parts[1:], all=True)}


def _listed(request, kind):
    model, wanted = kind_or_404(kind), RecordFilter(request.GET)
    rows = wanted.apply(listed_records(request.user, model, with_removed=wanted.with_removed), model)
    return model, wanted, rows


@require_safe
@for_coder
def records_export(request, coder, kind, file_format):
    """The list as it is filtered, all pages of it."""
    if file_format not in FORMATS:
        raise Http404
    model, _wanted, rows = _listed(request, kind)
    return table_response(file_format, f"{kind} {coder.today()}", *record_table(model, rows))


@require_safe
@for_coder
def records_kind(request, coder, kind):
    _model, wanted, rows = _listed(request, kind)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"words": KINDS[kind], "filter": wanted, "page": page, "kinds": KINDS.values()}
    return render(request, "tracker/records/kind.html", context)
