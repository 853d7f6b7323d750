"""A cohort as its instructors see it: the board, its file, who is invited, what was done and can be undone."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.exports import FORMATS, table_response
from tracker.forms.programs import CohortForm, RosterForm
from tracker.models import Cohort
from tracker.permissions import taught_cohorts
from tracker.selectors.cohort_board import FILTERS, Board, Student, cohort_board
from tracker.services.assigning import UNDO_FOR, can_undo, undo
from tracker.services.enrolling import close_link, invite, plan_invitations, renew_link, save_cohort
from tracker.services.sharing import note_access

from .cells import cell_of, cells_of
from .messages import say, say_error
from .programs import FORM_METHODS, taught_or_404
from .scope import posted, sentences, site_of


def cohort_or_404(user, pk) -> Cohort:
    return get_object_or_404(taught_cohorts(user), pk=pk)


def looked_at(request, cohort: Cohort, students, what: str) -> None:
    note_access(request.user, cohort.program.organization, [one.enrollment.coder for one in students], what)


@require_safe
def cohort(request, pk):
    """Students by assignments."""
    cohort = cohort_or_404(request.user, pk)
    board = cohort_board(cohort, request.user.today())
    which = request.GET.get("show", "all")
    shown = board.shown(which)
    looked_at(request, cohort, shown, _("cohort %(cohort)s") % {"cohort": cohort})
    counts = board.counts
    labels = {"all": _("Everybody"), "overdue": _("Overdue"), "risk": _("At risk"), "done": _("Completed")}
    context = {
        "cohort": cohort,
        "board": board,
        "rows": [(student, cells_of(student.cells, board.day)) for student in shown],
        "filters": [(name, labels[name], counts[name]) for name in FILTERS],
        "which": which if which in FILTERS else "all",
    }
    return render(request, "tracker/cohorts/cohort.html", context)


@require_safe
def export(request, pk, file_format):
    """The board as a file: the same students, columns and words."""
    if file_format not in FORMATS:
        raise Http404
    cohort = cohort_or_404(request.user, pk)
    board = cohort_board(cohort, request.user.today())
    shown = board.shown(request.GET.get("show", "all"))
    looked_at(request, cohort, shown, _("cohort %(cohort)s") % {"cohort": cohort})
    columns, rows = as_table(board, shown)
    return table_response(file_format, f"{cohort.program} {cohort} {board.day}", columns, rows)


def as_table(board: Board, students: list[Student]) -> tuple[list[str], list[list]]:
    columns = [_("Student"), _("Done %"), _("Elapsed %"), _("Overdue"), _("At risk")]
    rows = [
        [
            student.name, student.pace.done, student.pace.elapsed, student.overdue, "; ".join(student.risks),
            *(cell_of(line, board.day).text for line in student.cells),
        ]
        for student in students
    ]  # fmt: skip
    return [*columns, *(column.name for column in board.columns)], rows


@require_http_methods(FORM_METHODS)
def cohort_add(request, pk):
    program = taught_or_404(request.user, pk)
    return _form(request, CohortForm(posted(request), instance=Cohort(program=program)), program)


@require_http_methods(FORM_METHODS)
def cohort_edit(request, pk):
    cohort = cohort_or_404(request.user, pk)
    return _form(request, CohortForm(posted(request), instance=cohort), cohort.program)


def _form(request, form, program):
    new = form.instance.pk is None
    if request.method == "POST" and form.is_valid():
        try:
            cohort = save_cohort(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, sentences(error))
        else:
            say(request, _("The cohort is open. Invite your students.") if new else _("Saved."))
            return redirect("programs:invite" if new else "programs:cohort", cohort.pk)
    context = {"form": form, "program": program, "new": new}
    return render(request, "tracker/cohorts/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM_METHODS)
def invite_people(request, pk):
    """Whom to invite; first what that would do, then it is done."""
    cohort = cohort_or_404(request.user, pk)
    form = RosterForm(posted(request), request.FILES or None)
    roster = None
    if request.method == "POST" and form.is_valid():
        if "send" in request.POST:
            try:
                done = invite(cohort, form.rows(), by=request.user, site=site_of(request))
            except ValidationError as error:
                form.add_error(None, sentences(error))
            else:
                _say_invited(request, done)
                return redirect("programs:cohort", pk)
        else:
            roster = plan_invitations(cohort, form.rows())
    return _invite_page(request, cohort, form, roster)


def _invite_page(request, cohort: Cohort, form: RosterForm, roster=None, join: str = ""):
    context = {
        "cohort": cohort,
        "form": form,
        "roster": roster,
        "text": getattr(form, "text", ""),
        "join": join,
    }
    return render(request, "tracker/cohorts/invite.html", context, status=422 if form.errors else 200)


def _say_invited(request, done) -> None:
    said = {"n": len(done.invite), "skipped": len(done.skipped)}
    say(request, _("%(n)s invited, %(skipped)s skipped. The mail is on its way.") % said)


@require_POST
@never_cache
def link(request, pk):
    """A new join link, shown in the answer that makes it and never again; or none any more."""
    cohort = cohort_or_404(request.user, pk)
    if "close" in request.POST:
        close_link(cohort, by=request.user)
        say(request, _("The join link opens nothing any more."))
        return redirect("programs:invite", pk)
    join = site_of(request) + reverse("programs:join", args=[renew_link(cohort, by=request.user)])
    return _invite_page(request, cohort_or_404(request.user, pk), RosterForm(), join=join)


@require_safe
def log(request, pk):
    """What was done to many at once, with a way to undo it within a day; and the messages."""
    from django.utils import timezone

    cohort = cohort_or_404(request.user, pk)
    now = timezone.now()
    actions = [(action, can_undo(action, now)) for action in cohort.actions.select_related("by")[:100]]
    messages = cohort.messages.select_related("by").prefetch_related("copies")[:50]
    context = {"cohort": cohort, "actions": actions, "sent": messages, "hours": UNDO_FOR.days * 24}
    return render(request, "tracker/cohorts/log.html", context)


@require_POST
def undo_action(request, pk, action):
    cohort = cohort_or_404(request.user, pk)
    action = get_object_or_404(cohort.actions, pk=action)
    try:
        left = undo(action, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, " ".join(filter(None, (_("Undone."), left))))
    return redirect("programs:log", pk)
