"""Programs: the list, what a program asks, an edit and whom it affects, what became of the students."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from curriculum.conditions import in_words
from curriculum.models import LearningActivity, Milestone, MilestoneVersion, OrganizationKind
from tracker import wording
from tracker.forms.programs import ItemFormSet, NoteForm, ProgramForm
from tracker.models import Coder, Cohort, Staff, StaffRole
from tracker.permissions import taught_cohorts, taught_programs
from tracker.selectors.outcomes import outcomes_of
from tracker.selectors.student_programs import my_programs
from tracker.services.assigning import apply_version, plan_versions
from tracker.services.enrolling import open_cohorts
from tracker.services.invitations import invite_instructor
from tracker.services.programs import (
    add_instructor,
    add_version,
    found_school,
    newest_version,
    remove_instructor,
    save_program,
)

from .messages import say, say_error
from .scope import posted, sentences, site_of

FORM_METHODS = ["GET", "HEAD", "POST"]


def taught_or_404(user, pk):
    """A program in which the user teaches. A stranger's is a 404; a student's, whom it is no secret to, a 403."""
    program = taught_programs(user).filter(pk=pk).first()
    if program is None:
        if Cohort.objects.filter(
            program=pk, enrollments__coder__user_id=user.pk, enrollments__left_at=None
        ).exists():
            raise PermissionDenied("Only an instructor of this program may do this.")
        raise Http404
    return program


@require_safe
def program_list(request):
    """What I teach, what I take part in, and what anybody may enroll in."""
    coder = Coder.objects.filter(user=request.user).first()
    mine = my_programs(coder, request.user.today()) if coder else []
    here = {one.enrollment.cohort_id for one in mine}
    open_to_me = [one for one in open_cohorts(request.user.today()) if one.pk not in here]
    taught = taught_programs(request.user).prefetch_related("cohorts")
    context = {"taught": taught, "mine": mine, "open": open_to_me}
    return render(request, "tracker/programs/list.html", context)


@require_http_methods(FORM_METHODS)
def program_add(request):
    form = ProgramForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            program = form.save(commit=False)
            program.organization = (
                form.cleaned_data["organization"]
                or found_school(
                    form.cleaned_data["school"], by=request.user, kind=OrganizationKind.SCHOOL
                ).organization
            )
            save_program(program, by=request.user)
        except ValidationError as error:
            form.add_error(None, sentences(error))
        else:
            say(request, _("The program is open. Say what it asks."))
            return redirect("programs:content", program.pk)
    return render(request, "tracker/programs/form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(FORM_METHODS)
def program_edit(request, pk):
    program = taught_or_404(request.user, pk)
    form = ProgramForm(posted(request), user=request.user, instance=program)
    if request.method == "POST" and form.is_valid():
        try:
            save_program(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, sentences(error))
        else:
            say(request, _("Saved."))
            return redirect("programs:program", pk)
    context = {"form": form, "program": program}
    return render(request, "tracker/programs/form.html", context, status=422 if form.is_bound else 200)


def read_items(items) -> list[dict]:
    """What a version asks, each in plain English."""
    floating = [item.milestone_id for item in items if item.milestone_id and not item.pinned_version_id]
    newest = {
        v.milestone_id: v for v in MilestoneVersion.objects.filter(milestone__in=floating).order_by("no")
    }
    read = []
    for item in items:
        version = item.pinned_version or newest.get(item.milestone_id)
        words = wording.sentence(in_words(version.rule.needs)) if version else ""
        read.append({"item": item, "words": words, "activity": item.activity})
    return read


@require_safe
def program(request, pk):
    """What the newest version asks, the cohorts, and what is the organization's own."""
    program = taught_or_404(request.user, pk)
    newest = newest_version(program)
    items = newest.items.select_related("milestone", "pinned_version", "activity")
    teaching = program.instructors.select_related("staff__user")
    others = Staff.objects.open().filter(organization=program.organization, role=StaffRole.INSTRUCTOR)
    context = {
        "program": program,
        "newest": newest,
        "items": read_items(items),
        "versions": program.versions.prefetch_related("cohorts"),
        "cohorts": program.cohorts.select_related("version"),
        "own_milestones": Milestone.objects.filter(owner=program.organization),
        "own_activities": LearningActivity.objects.filter(owner=program.organization).prefetch_related(
            "credits__body"
        ),
        "teaching": teaching,
        "now": timezone.now(),
        "others": others.exclude(pk__in=[one.staff_id for one in teaching]).select_related("user"),
    }
    return render(request, "tracker/programs/program.html", context)


@require_http_methods(FORM_METHODS)
def content(request, pk):
    """Say anew what the program asks. That makes a version, and then asks whom it is for."""
    program = taught_or_404(request.user, pk)
    newest = newest_version(program)
    initial = [
        {
            "asked": f"m{item.milestone_id}" if item.milestone_id else f"a{item.activity_id}",
            "due_days": item.due_days, "required": item.required, "by_signoff": item.by_signoff,
        }
        for item in newest.items.all()
    ]  # fmt: skip
    items = ItemFormSet(posted(request), program=program, initial=initial, prefix="items")
    note = NoteForm(posted(request))
    error = ""
    if request.method == "POST" and items.is_valid() and note.is_valid():
        try:
            version = add_version(program, items.wanted(), note=note.cleaned_data["note"], by=request.user)
        except ValidationError as refused:
            error = sentences(refused)
        else:
            return redirect("programs:version", pk, version.no)
    context = {"program": program, "items": items, "note": note, "error": error}
    return render(
        request, "tracker/programs/content.html", context, status=422 if request.method == "POST" else 200
    )


@require_http_methods(FORM_METHODS)
def version(request, pk, no):
    """Whom a version would affect, cohort by cohort, before it does; then it is given to the chosen ones."""
    program = taught_or_404(request.user, pk)
    version = get_object_or_404(program.versions, no=no)
    cohorts = taught_cohorts(request.user).filter(program=program, ends_on__gte=request.user.today())
    if request.method == "POST":
        chosen = cohorts.filter(
            pk__in=[pk for pk in request.POST.getlist("cohort") if pk.isdecimal() and len(pk) < 18]
        )
        for cohort in chosen:
            plan = apply_version(cohort, version, by=request.user)
            say(request, _("%(cohort)s: %(summary)s.") % {"cohort": cohort, "summary": plan.summary})
        if not chosen:
            say(request, _("Version %(no)s is for new cohorts only; nobody else is affected.") % {"no": no})
        return redirect("programs:program", pk)
    context = {
        "program": program,
        "version": version,
        "items": read_items(version.items.select_related("milestone", "pinned_version", "activity")),
        "plans": plan_versions(cohorts, version),
        "is_newest": version == newest_version(program),
    }
    return render(request, "tracker/programs/version.html", context)


@require_POST
def instructors(request, pk):
    """Let an instructor of the organization teach here, or invite somebody by e-mail."""
    program = taught_or_404(request.user, pk)
    staff = Staff.objects.open().filter(
        organization=program.organization, role=StaffRole.INSTRUCTOR, pk=_number(request.POST.get("staff"))
    )
    try:
        if email := request.POST.get("email", "").strip():
            invite_instructor(program, email, by=request.user, site=site_of(request))
            say(request, _("The invitation is on its way."))
        else:
            add_instructor(program, staff.get(), by=request.user)
            say(request, _("Added. They see this program’s cohorts from now on."))
    except Staff.DoesNotExist:
        say_error(request, _("Choose an instructor of this organization, or give an e-mail address."))
    except ValidationError as error:
        say_error(request, sentences(error))
    return redirect("programs:program", pk)


@require_POST
def instructor_remove(request, pk, teaching):
    """Take an instructor out, or withdraw an invitation."""
    program = taught_or_404(request.user, pk)
    teaching = get_object_or_404(program.instructors.select_related("staff__user", "program"), pk=teaching)
    try:
        remove_instructor(teaching, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
        return redirect("programs:program", pk)
    if teaching.staff.user == request.user:
        say(request, _("You do not teach in %(program)s any more.") % {"program": program})
        return redirect("programs:list")
    who = teaching.staff.user or teaching.staff.invited_email
    say(request, _("%(who)s does not teach here any more.") % {"who": who})
    return redirect("programs:program", pk)


def _number(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


@require_safe
def outcomes(request, pk):
    program = taught_or_404(request.user, pk)
    context = {"program": program, "outcomes": outcomes_of(program, request.user.today())}
    return render(request, "tracker/programs/outcomes.html", context)
