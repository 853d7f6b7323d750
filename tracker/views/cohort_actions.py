"""What instructors do with students of a cohort: move dates, waive, sign off, write; one student's page."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.programs import ExtendForm, MessageForm, SignOffForm, WaiveForm
from tracker.models import Assignment, Enrollment, SignOff, Waiver
from tracker.selectors.cohort_board import cohort_board, queue
from tracker.selectors.student_view import StudentView, student_view
from tracker.services.assigning import extend, plan_extension, skips
from tracker.services.enrolling import remove
from tracker.services.program_mail import write_message
from tracker.services.signoffs import check_expiry, sign_off, waive

from .cohorts import cohort_or_404, looked_at
from .kinds import KINDS
from .messages import say, say_error
from .programs import FORM_METHODS
from .scope import next_url, sentences, site_of

FORMS = {"extend": ExtendForm, "waive": WaiveForm, "message": MessageForm, "sign": SignOffForm}


def _ids(request, name: str) -> list[int]:
    return [int(pk) for pk in request.POST.getlist(name) if pk.isdecimal() and len(pk) < 18][:5000]


@require_POST
def act(request, pk):
    """From a selection to a form, from the form to what it would do, and from there to doing it."""
    cohort = cohort_or_404(request.user, pk)
    back = next_url(request, reverse("programs:cohort", args=[pk]))
    students = _chosen_students(request, cohort)
    if not students:
        say_error(request, _("Choose at least one student."))
        return redirect(back)
    what = request.POST.get("what") if request.POST.get("what") in FORMS else "message"
    step = request.POST.get("step", "")
    form = FORMS[what](request.POST if step else None)
    assignments = _chosen_assignments(request, cohort, students)
    plan, error = None, ""
    if step and what != "message" and not assignments:
        error = _("Choose at least one assignment.")
    elif step and form.is_valid():
        try:
            if step == "do":
                say(request, _DO[what](request, cohort, students, assignments, form.cleaned_data))
                return redirect(back)
            plan = _plan(request, what, students, assignments, form.cleaned_data)
        except ValidationError as refused:
            error = sentences(refused)
    context = {
        "cohort": cohort, "form": form, "students": students, "what": what, "plan": plan, "error": error, "next": back,
        "choices": _asked_of(students), "chosen": set(request.POST.getlist("asked")) if step else None,
        "single": request.POST.getlist("assignment"),
    }  # fmt: skip
    return render(request, "tracker/cohorts/act.html", context, status=422 if error or form.errors else 200)


def _chosen_students(request, cohort) -> list[Enrollment]:
    here = Enrollment.objects.open().filter(cohort=cohort).select_related("coder__user")
    if "everybody" not in request.POST:
        here = here.filter(pk__in=_ids(request, "student"))
    return list(here.order_by("coder__user__full_name", "pk"))


def _asked_of(students: list[Enrollment]) -> list[tuple[str, str]]:
    """What any of them is asked, as choices: (m or a with the id, name)."""
    rows = (
        Assignment.objects.current()
        .filter(enrollment__in=[one.pk for one in students])
        .order_by("position", "milestone__name", "activity__name")
        .values_list("milestone_id", "milestone__name", "activity_id", "activity__name")
    )
    return list(dict.fromkeys((f"m{m}", m_name) if m else (f"a{a}", a_name) for m, m_name, a, a_name in rows))


def _chosen_assignments(request, cohort, students):
    """The current assignments of these students: named one by one, or by what is asked."""
    mine = Assignment.objects.current().filter(
        enrollment__in=[one.pk for one in students], enrollment__cohort=cohort
    )
    if ids := _ids(request, "assignment"):
        return mine.filter(pk__in=ids)
    asked = request.POST.getlist("asked")
    of = {
        letter: [int(key[1:]) for key in asked if key[:1] == letter and key[1:].isdecimal() and len(key) < 18]
        for letter in "ma"
    }
    return mine.filter(milestone__in=of["m"]) | mine.filter(activity__in=of["a"])


def _plan(request, what, students, assignments, cleaned) -> str:
    """In words what doing it would do."""
    if what == "message":
        return ngettext("Goes to %(n)s student.", "Goes to %(n)s students.", len(students)) % {
            "n": len(students)
        }
    if what == "extend":
        return plan_extension(assignments, cleaned["until"], request.user.today()).summary
    if what == "waive":
        check_expiry(cleaned["expires_on"], request.user)
    have = SignOff if what == "sign" else Waiver
    total = assignments.count()
    already = have.objects.filter(assignment__in=assignments, withdrawn_at=None).count()
    text = ngettext("%(n)s assignment", "%(n)s assignments", total - already) % {"n": total - already}
    if already:
        text += _("; %(n)s are that already") % {"n": already}
    return text


def _extend(request, cohort, students, assignments, cleaned) -> str:
    done = extend(
        cohort, assignments, cleaned["until"], cleaned["reason"], by=request.user, site=site_of(request)
    )
    return _("Done: %(summary)s.") % {"summary": done.summary}


def _waive(request, cohort, students, assignments, cleaned) -> str:
    done = waive(
        cohort, assignments, cleaned["kind"], cleaned["reason"], cleaned["expires_on"], by=request.user
    )
    return _("Waived: %(n)s%(skips)s.") % {"n": len(done.done), "skips": skips(done.skipped)}


def _sign(request, cohort, students, assignments, cleaned) -> str:
    done = sign_off(cohort, assignments, cleaned["note"], by=request.user)
    return _("Signed off: %(n)s%(skips)s.") % {"n": len(done.done), "skips": skips(done.skipped)}


def _message(request, cohort, students, assignments, cleaned) -> str:
    write_message(
        cohort,
        [one.pk for one in students],
        cleaned["subject"],
        cleaned["body"],
        by=request.user,
        site=site_of(request),
    )
    return _("The message is on its way to %(n)s.") % {"n": len(students)}


_DO = {"extend": _extend, "waive": _waive, "sign": _sign, "message": _message}


@require_http_methods(FORM_METHODS)
def sign_offs(request, pk):
    """What waits for an instructor's word, signed off one or many at a time."""
    cohort = cohort_or_404(request.user, pk)
    if request.method == "POST":
        chosen = Assignment.objects.current().filter(
            enrollment__cohort=cohort, pk__in=_ids(request, "assignment")
        )
        form = SignOffForm(request.POST)
        if not form.is_valid():
            say_error(request, " ".join(form.errors.get("note", [])))
        elif not chosen.exists():
            say_error(request, _("Choose at least one assignment."))
        else:
            say(request, _sign(request, cohort, [], chosen, form.cleaned_data))
        return redirect("programs:sign_offs", pk)
    board = cohort_board(cohort, request.user.today())
    waiting = queue(board)
    looked_at(
        request, cohort, [student for student, _line in waiting], _("cohort %(cohort)s") % {"cohort": cohort}
    )
    context = {"cohort": cohort, "queue": waiting, "form": SignOffForm(), "day": board.day}
    return render(request, "tracker/cohorts/sign_offs.html", context)


@require_safe
def student(request, pk, enrollment):
    """One student: each assignment and how it stands, and the records that are shared."""
    cohort = cohort_or_404(request.user, pk)
    view = student_view(cohort, enrollment, request.user.today())
    if view is None:
        raise Http404
    looked_at(request, cohort, [view.student], _("a student’s page in %(cohort)s") % {"cohort": cohort})
    return render(request, "tracker/cohorts/student.html", context_of(cohort, view))


def context_of(cohort, view: StudentView) -> dict:
    records = [(KINDS[kind], rows) for kind, rows in view.records]
    return {"cohort": cohort, "student": view.student, "view": view, "records": records}


@require_POST
def remove_student(request, pk, enrollment):
    """End an enrollment, or withdraw an invitation."""
    cohort = cohort_or_404(request.user, pk)
    row = get_object_or_404(Enrollment.objects.filter(cohort=cohort, left_at=None), pk=enrollment)
    remove(row, by=request.user)
    say(request, _("%(who)s is not in this cohort any more.") % {"who": row.coder or row.invited_email})
    return redirect("programs:cohort", pk)
