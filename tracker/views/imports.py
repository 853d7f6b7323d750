"""An import from its preview to its result: one address, and what it shows is where the import stands."""

from functools import wraps

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from tracker.exports import FORMATS, table_response
from tracker.forms.imports import NamesForm
from tracker.imports.kinds import KINDS
from tracker.models import Coder, ImportState
from tracker.permissions import managed_teams
from tracker.selectors.worker import worker_alive
from tracker.services.imports import running
from tracker.services.imports.names import forget_names, match, unmatched
from tracker.services.imports.preview import listed
from tracker.services.imports.sources import visible_batches
from tracker.services.imports.undoing import left_of

from .messages import say, say_error
from .scope import posted, sentences

A_PAGE = 25
# What can become of a row, in the order in which people want to see it: what it is called, and what it means.
OUTCOMES = {
    "error": (gettext_lazy("Errors"), gettext_lazy("These rows cannot be taken as they are.")),
    "new": (gettext_lazy("New"), gettext_lazy("These records would be added.")),
    "replaces": (gettext_lazy("Corrected"), gettext_lazy("These records would be replaced by what the file says now.")),
    "same": (gettext_lazy("As before"), gettext_lazy("These are stored already, just so: nothing would change.")),
    "warning": (gettext_lazy("Worth a look"), gettext_lazy("These rows are taken, but something about them is odd.")),
    "stranger": (gettext_lazy("Not on the team"), gettext_lazy("Nobody on the team goes by these names: their rows are not stored.")),
    "kept": (gettext_lazy("Changed since"), gettext_lazy("Somebody changed these records after an earlier import; the file says nothing new, so theirs stays.")),
    "withdrawn": (gettext_lazy("Withdrawn"), gettext_lazy("Their coder withdrew these records: they are not brought back.")),
}  # fmt: skip


# The same for people on a roster, where it reads otherwise.
OF_ROSTER = OUTCOMES | {
    "new": (gettext_lazy("To invite"), gettext_lazy("These people would get an invitation by e-mail.")),
    "same": (gettext_lazy("Nothing to do"), gettext_lazy("These people are on the team or invited already.")),
    "withdrawn": (gettext_lazy("Left"), gettext_lazy("These people left the team: a list does not bring them back. Invite them by hand if they want to come.")),
}  # fmt: skip


def outcomes_of(batch) -> dict:
    """What can become of the rows of an import: (label, meaning) by slug."""
    return OUTCOMES if KINDS[batch.source.kind].record else OF_ROSTER


def for_importer(view):
    """Call the view with the person's coder, or None for somebody who only manages; whoever is neither is welcomed first."""

    @wraps(view)
    def scoped(request, *args, **kwargs):
        coder = Coder.objects.filter(user=request.user).first()
        if coder is None and not managed_teams(request.user).exists():
            return redirect("tracker:onboarding")
        return view(request, coder, *args, **kwargs)

    return scoped


def batch_or_404(request, pk):
    batch = visible_batches(request.user).filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


@require_safe
@for_importer
def imports(request, coder):
    """What was imported, by whom, and what came of it."""
    page = Paginator(visible_batches(request.user), A_PAGE).get_page(request.GET.get("page"))
    for batch in page:
        batch.kind_label = KINDS[batch.source.kind].label
    return render(request, "tracker/imports/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@for_importer
def import_detail(request, coder, pk):
    """Where an import stands: names to be told, progress, the preview, or the result."""
    batch = batch_or_404(request, pk)
    context = {"batch": batch, "kind": KINDS[batch.source.kind], "left": left_of(batch)}
    if batch.state == ImportState.NAMES:
        return _names(request, batch, context)
    if request.method == "POST":
        return redirect("tracker:import_detail", pk)
    if batch.state == ImportState.READY:
        context |= _preview(request, batch)
    elif batch.is_working:
        context["alive"] = worker_alive()
    return render(request, "tracker/imports/detail.html", context)


def _names(request, batch, context):
    form = NamesForm(posted(request), source=batch.source, open_names=unmatched(batch), by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            if not match(batch, form.said(), by=request.user):
                running.start(batch, ImportState.PLANNING)
            return redirect("tracker:import_detail", batch.pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    context["form"] = form
    return render(request, "tracker/imports/detail.html", context, status=422 if form.is_bound else 200)


def _preview(request, batch) -> dict:
    """The pages of one outcome at a time: the errors first, if there are any."""
    outcomes = outcomes_of(batch)
    tabs = [(slug, *outcomes[slug], batch.counts[slug]) for slug in outcomes if batch.counts.get(slug)]
    shown = request.GET.get("show")
    if shown not in {slug for slug, *_rest in tabs}:
        shown = tabs[0][0] if tabs else ""
    numbers = list(batch.pages.filter(outcome=shown).values_list("number", flat=True))
    wanted = request.GET.get("page", "1")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 and int(wanted) in numbers else 1
    page = batch.pages.filter(outcome=shown, number=number).first()
    counts, kind = batch.counts, KINDS[batch.source.kind]
    return {
        "read_as": [(kind.field(key).label, label) for key, label in batch.columns],
        "tabs": tabs,
        "shown": shown,
        "means": outcomes[shown][1] if shown else "",
        "lines": page.lines if page else [],
        "number": number,
        "of": len(numbers),
        "to_write": counts.get("new", 0) + counts.get("replaces", 0),
        "earlier": batch.source.batches.filter(file_hash=batch.file_hash, state=ImportState.DONE)
        .exclude(pk=batch.pk)
        .first(),
    }


@require_safe
@for_importer
def import_export(request, coder, pk, file_format):
    """The lines of the preview as a file, of one outcome or all; once they are gone, what was odd or wrong."""
    batch = batch_or_404(request, pk)
    if file_format not in FORMATS:
        raise Http404
    outcomes, shown = outcomes_of(batch), request.GET.get("show", "")
    head = [_("What would happen"), _("Rows"), _("Column"), _("Who"), _("When"), _("What"), _("Until now")]
    if batch.state == ImportState.READY:
        rows = [_exported(line, outcomes) for line in listed(batch, shown if shown in outcomes else "")]
    elif batch.state == ImportState.UNDONE:
        rows = [[_("Left as it is"), "", "", who, when, what, ""] for who, when, what in left_of(batch)]
    else:
        labels = {True: outcomes["error"][0], False: outcomes["warning"][0]}
        rows = [
            [labels[is_error], row, column, "", "", text, ""] for row, column, text, is_error in batch.report
        ]
    return table_response(file_format, f"{batch.source.name} {shown}", head, rows)


def _exported(line: dict, outcomes) -> list:
    rows = ", ".join(map(str, line["rows"])) + (", …" if line.get("more") else "")
    what = ", ".join(filter(None, (line.get("text"), line.get("because"))))
    was = " ".join(filter(None, (line.get("was_when") if line.get("was") else "", line.get("was"))))
    who, when = line.get("who", ""), line.get("when", "")
    return [outcomes[line["outcome"]][0], rows, line.get("column", ""), who, when, what, was]


@require_safe
@for_importer
def import_progress(request, coder, pk):
    """The line that a waiting page asks for every second. Once the step is over, the page is fetched anew."""
    batch = batch_or_404(request, pk)
    if not batch.is_working:
        return HttpResponseClientRefresh()
    return render(request, "tracker/imports/progress.html", {"batch": batch, "alive": worker_alive()})


def _doing(request, pk, do, *, said: str = ""):
    batch = batch_or_404(request, pk)
    try:
        do(batch)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        if said:
            say(request, said)
    return redirect("tracker:import_detail", pk)


@require_POST
@for_importer
def import_commit(request, coder, pk):
    only_good = request.POST.get("only_good") == "yes"
    site = request.build_absolute_uri("/").rstrip("/")
    return _doing(
        request, pk, lambda batch: running.commit(batch, by=request.user, only_good=only_good, site=site)
    )


@require_POST
@for_importer
def import_cancel(request, coder, pk):
    said = _("Cancelled. Nothing was stored, and what was read of the file is gone.")
    return _doing(request, pk, lambda batch: running.cancel(batch, by=request.user), said=said)


@require_POST
@for_importer
def import_undo(request, coder, pk):
    return _doing(request, pk, lambda batch: running.take_back(batch, by=request.user))


@require_POST
@for_importer
def import_forget(request, coder, pk):
    """Forget who is who in this source, so that the next file asks again."""
    said = _(
        "Forgotten. The next file from this source asks for its names and words again; cancel this one to bring it anew."
    )
    return _doing(request, pk, lambda batch: forget_names(batch.source, by=request.user), said=said)
