"""The people of the demo: the same on the same day, valid to the last record, and each a different lesson."""

import datetime as dt
import io
from contextlib import contextmanager
from random import Random

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from curriculum.models import Organization, Skill
from tracker.demo import loading
from tracker.demo.language import Weeks, ago, ahead, friday, monday, month_end
from tracker.demo.people import PASSWORD, PEOPLE
from tracker.demo.weeks import holidays, weeks_of
from tracker.models import (
    RECORD_MODELS,
    Audit,
    AuditScore,
    Coder,
    Cohort,
    ContinuingEducation,
    Evaluation,
    Gap,
    GapEvent,
    Pay,
    Provenance,
    Staleness,
    User,
    Volume,
)
from tracker.selectors.cohort_board import cohort_board
from tracker.selectors.dashboard import dashboard_for
from tracker.selectors.outcomes import outcomes_of
from tracker.selectors.records import record_history
from tracker.services.scores import check_scores

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

DAY = dt.date(2026, 5, 4)  # early in a month, when cycles and windows have just moved on


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(18), dt.UTC)


def run(**options) -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


@contextmanager
def undone():
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def catalogue(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        call_command("load_catalogue", verbosity=0)
        call_command("load_wages", stdout=io.StringIO())
        yield


@pytest.fixture(scope="module")
def loaded(catalogue):
    """The demo as of DAY, which is also the day it is during the test."""
    with undone(), time_machine.travel(noon(DAY), tick=False):
        yield run()


@pytest.fixture
def empty(catalogue):
    """A site with its catalogue and nobody in it, whatever other tests of this module have loaded."""
    User.objects.all().delete()
    Organization.objects.all().delete()


@pytest.fixture
def dashboards(loaded):
    return {coder.user.email.partition("@")[0]: dashboard_for(coder) for coder in main_characters()}


def main_characters():
    """Who signs in as a coder; the school's students are there for their instructor."""
    emails = [person.email for person in PEOPLE]
    return Coder.objects.filter(user__email__in=emails).select_related("user").order_by("pk")


def line(dashboard, slug):
    every = [
        *dashboard.open_gaps,
        *dashboard.unproven_gaps,
        *dashboard.more_gaps,
        *dashboard.met_gaps,
        *dashboard.na_gaps,
    ]
    (found,) = [gap for gap in every if gap.slug == slug]
    return found


def open_musts(dashboard) -> set[str]:
    return {gap.slug for gap in dashboard.open_gaps if gap.must}


# --- The same every time ---


def figures() -> dict[str, list]:
    """Everything that the demo says, without keys of rows and without the moments at which they were written."""
    volumes = (
        "coder__user__email",
        "starts_on",
        "ends_on",
        "work_type__slug",
        "charts",
        "minutes",
        "recorded_at",
    )
    scores = ("audit__coder__user__email", "audit__audited_on", "method", "correct", "reviewed", "points")
    gaps = (
        "coder__user__email",
        "milestone_version__milestone__slug",
        "status",
        "certainty",
        "value",
        "sample",
    )
    found = {
        "volumes": Volume.objects.order_by(*volumes[:4]).values_list(*volumes),
        "scores": AuditScore.objects.order_by(*scores[:3]).values_list(*scores),
        # The slug of an organization's own milestone has the organization's number, which a rollback does not give back.
        "gaps": Gap.objects.filter(milestone_version__milestone__owner=None).values_list(*gaps),
        "readiness": Evaluation.objects.order_by("coder__user__email").values_list(
            "weight_met", "weight_asked"
        ),
        "pay": Pay.objects.order_by("coder__user__email", "effective_on").values_list(
            "effective_on", "amount"
        ),
    }
    texts = [
        (model.KIND, str(record.counts_on), str(record))
        for model in RECORD_MODELS[1:]  # volumes are told above
        for record in model.objects.all()
    ]
    # Sorted here: rows that tie in the database's order come in any.
    return {name: sorted(rows, key=repr) for name, rows in found.items()} | {"texts": sorted(texts)}


def test_the_same_day_brings_the_same_figures_and_any_day_the_same_lessons(empty, monkeypatch):
    monkeypatch.setattr(loading, "evaluation_days", lambda first, anchor: [anchor])  # seven seconds less
    leap_day, told = dt.date(2028, 2, 29), []
    for later in (0, 3):
        with undone(), time_machine.travel(noon(leap_day + dt.timedelta(days=later)), tick=False):
            run(as_of=leap_day)
            told.append(figures())
            found = {c.user.full_name: dashboard_for(c) for c in main_characters()}
    assert told[0] == told[1]
    assert all(told[0].values())
    assert [d.readiness for d in found.values()] == [25, 56, 93, 88, 75]
    assert [line(d, "accuracy-95").certainty for d in found.values() if d.role] == [
        "thin", "reported", "proven", "",  # of a manager no accuracy of his own is asked
    ]  # fmt: skip


# --- As it should be ---


def test_every_record_is_valid(loaded):
    for model in RECORD_MODELS:
        records = list(model.objects.select_related("coder__user"))
        assert records, f"nobody shows {model._meta.verbose_name_plural}"
        for record in records:
            record.full_clean(validate_constraints=False)  # the database has enforced those
    for audit in Audit.objects.all():
        check_scores(list(audit.scores.all()), audit.records_reviewed)
    for course in ContinuingEducation.objects.all():
        assert course.bodies.exists()
    for pay in Pay.objects.select_related("coder__user"):
        pay.full_clean()


def test_every_record_has_its_history_from_the_day_on_which_it_was_logged(loaded):
    for model in RECORD_MODELS:
        record = model.objects.last()
        (begun,) = record_history(record)
        assert begun.at == record.recorded_at <= noon(DAY)
        assert any(after for _label, _before, after in begun.fields)
        assert begun.by == (
            "CoderPath" if record.provenance == Provenance.IMPORTED else record.coder.user.full_name
        )
    course, audit = ContinuingEducation.objects.last(), Audit.objects.last()
    assert course.bodies.first().name in str(record_history(course)[0].fields)
    assert str(audit.scores.first().correct) in str(record_history(audit)[0].fields)


def test_nobody_verifies_their_own_record(loaded):
    for model in RECORD_MODELS:
        for record in model.objects.filter(provenance=Provenance.VERIFIED):
            assert record.verified_by not in (None, record.coder.user)
            assert record.recorded_at <= record.verified_at <= noon(DAY)
            assert record.verified_for.name == "Gulf Pines Health"


def test_every_provenance_occurs(loaded):
    kinds = {
        how
        for model in RECORD_MODELS
        for how in model.objects.values_list("provenance", flat=True).distinct()
    }
    assert kinds == set(Provenance)


def test_gaps_have_a_history_since_each_one_joined(loaded):
    for person in PEOPLE:
        days = GapEvent.objects.filter(coder__user__email=person.email).values_list("day", flat=True)
        joined = person.joined.on(DAY)
        assert joined <= min(days) <= joined + dt.timedelta(days=92)
        assert len(set(days)) > 2
        assert Coder.objects.get(user__email=person.email).created_at.date() == joined


def test_all_are_evaluated_and_none_is_stale(dashboards):
    for dashboard in dashboards.values():
        assert dashboard.is_fresh
        assert not dashboard.computed_here
        assert dashboard.as_of == DAY


# --- What each is there to show ---


def test_a_cohort_shows_every_state_that_an_instructor_must_tell_apart(loaded):
    cohort = Cohort.objects.get(name="Fall evening class")
    board = cohort_board(cohort, DAY)
    assert len(board.students) == 25
    labels = {line.state.label for student in board.students for line in student.cells if line}
    assert labels == {
        "met", "close", "open", "no evidence", "done", "to be signed off", "signed off", "not shared",
        "credit for prior learning",
    }  # fmt: skip
    reasons = " ".join(reason for student in board.students for reason in student.risks)
    for reason in (
        "overdue",
        "nothing logged for",
        "accuracy fell",
        "at the pace so far",
        "behind pace",
        "not shared",
    ):
        assert reason in reasons
    assert board.counts["done"] == 2
    assert sum(not student.risks for student in board.students) >= 5
    assert not Staleness.objects.filter(seq__gt=F("done_seq")).exists()
    for outcome in outcomes_of(cohort.program, DAY):
        assert outcome.of
        assert outcome.left_out


def test_a_student_is_on_the_way_into_a_first_role(dashboards):
    student = dashboards["student"]
    assert student.role is None
    assert student.target.slug == "coder-i"
    assert student.demonstrated_stage is None
    assert (student.years, student.years_source) == (0, "stated")
    assert line(student, "practicum-volume").status == "close"
    assert line(student, "code-sets").value == "2 skills"
    assert open_musts(student) == {"program-complete", "first-credential", "credential-cpc-or-ccs"}
    assert student.standing is None


def test_a_newcomer_is_accurate_and_cannot_tell(dashboards):
    newcomer = dashboards["newcomer"]
    assert newcomer.expected_stage.slug == "foundation"
    assert newcomer.demonstrated_stage is None
    accuracy = line(newcomer, "accuracy-95")
    assert (accuracy.status, accuracy.certainty) == ("no_evidence", "thin")
    assert (accuracy.value, accuracy.sample, accuracy.gap.lacking) == ("96.6%", "146 of 151", {"codes": 49})
    assert {"apprentice-cleared", "accuracy-95", "productivity-on-standard"} <= open_musts(newcomer)
    assert line(newcomer, "network-event").status == "lapsed"
    assert "inside" in newcomer.standing.band_sentence


def test_one_credential_is_missing_in_the_emergency_department(dashboards):
    emergency = dashboards["emergency"]
    assert (emergency.expected_stage.slug, emergency.demonstrated_stage.slug) == (
        "specialization",
        "foundation",
    )
    assert open_musts(emergency) == {"specialty-credential"}
    accuracy = line(emergency, "accuracy-95")
    assert (accuracy.status, accuracy.certainty, accuracy.value) == ("met", "reported", "97.0%")
    assert "66" in accuracy.advice
    assert line(emergency, "productivity-on-standard").certainty == "proven"
    assert emergency.standing.sentence.startswith("50th percentile")
    assert "Tampa" in emergency.standing.sentence


def test_an_auditor_has_proven_accuracy_and_let_two_things_slip(dashboards):
    auditor = dashboards["auditor"]
    assert auditor.target_source == "fork"
    assert {role.slug for role in auditor.fork_choices} == {
        "coding-manager", "compliance-officer", "coding-consultant",
    }  # fmt: skip
    assert auditor.expected_stage.slug == auditor.demonstrated_stage.slug == "advancing"
    assert open_musts(auditor) == {"ce-on-pace", "no-lapse"}
    assert line(auditor, "no-lapse").first_met_on
    assert line(auditor, "accuracy-95").certainty == "proven"
    assert line(auditor, "drg-accuracy-95").certainty == "supported"
    assert line(auditor, "specialty-credential-2").status == "lapsed"


def test_a_manager_lacks_the_degree_for_the_next_step(dashboards):
    manager = dashboards["manager"]
    assert (manager.role.slug, manager.target.slug) == ("coding-manager", "him-director")
    assert (manager.expected_stage.slug, manager.demonstrated_stage.slug) == ("senior", "advancing")
    assert open_musts(manager) == {"bachelors", "rhia-eligible-degree", "credential-rhia"}
    assert line(manager, "team-leadership").value == "9 people"
    assert "Health Services Managers" in manager.standing.sentence
    assert "above" in manager.standing.band_sentence


# --- The command ---


def test_everybody_shown_can_sign_in(loaded):
    shown = run(show=True)
    assert PASSWORD in shown
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(PEOPLE) + 2
    for email in EmailAddress.objects.values_list("email", flat=True):
        assert email in shown
        assert authenticate(username=email, password=PASSWORD)
    assert User.objects.get(email="admin@demo.example").is_superuser
    assert not User.objects.get(full_name="Helen Marsh").has_usable_password()


def test_the_link_that_is_shown_opens_a_resume(loaded, client):
    page = client.get(run(show=True).split()[-1])
    assert page.status_code == 200 and "Linh Tran" in page.content.decode()
    assert "@demo.example" not in page.content.decode().split("<main")[1]


def test_where_there_are_people_nothing_is_done(loaded):
    before = figures()
    assert run() == ""
    assert figures() == before


def test_where_there_is_no_demo_nothing_is_shown(catalogue):
    User.objects.update(email=Concat(Value("another."), "email"))
    assert run(show=True) == ""


def test_production_is_refused(empty, settings):
    settings.PRODUCTION = True
    for options in ({}, {"show": True}):
        with pytest.raises(CommandError, match="not brought to production"):
            run(**options)
    assert not User.objects.exists()


def test_a_day_ahead_is_refused(catalogue):
    with time_machine.travel(noon(DAY), tick=False), pytest.raises(CommandError, match="lies ahead"):
        run(as_of=DAY + dt.timedelta(days=1))


def test_without_the_catalogue_it_says_what_to_run_and_leaves_nothing(empty):
    Skill.objects.all().delete()
    with pytest.raises(CommandError, match="load_catalogue and load_wages"):
        run()
    assert not User.objects.exists()


# --- Its language ---


def test_days_are_told_from_the_day_of_loading():
    anchor = dt.date(2026, 5, 31)  # a Sunday
    assert ago().on(anchor) == dt.date(2026, 5, 29)
    assert ago(months=3).on(anchor) == dt.date(2026, 2, 27)  # the 28th is a Saturday
    assert ahead(days=9).on(anchor) == dt.date(2026, 6, 9)
    assert monday(12).on(anchor) == dt.date(2025, 5, 26)
    assert friday(12).on(anchor) == dt.date(2025, 5, 23)
    assert month_end(9).on(anchor) == dt.date(2027, 2, 28)


def test_weeks_are_whole_shorter_with_holidays_and_slower_at_first():
    work = Weeks("emergency", monday(30), hours=30, an_hour=(8, 12), routine=6)
    weeks = list(weeks_of(work, DAY, Random(1)))
    assert all(week.starts_on.weekday() == 0 and week.ends_on.weekday() == 4 for week in weeks)
    assert DAY - dt.timedelta(days=14) < weeks[-1].ends_on <= DAY
    assert 115 < len(weeks) < 130  # of 130, some are off

    def rate(some):
        return sum(week.charts for week in some) / sum(week.minutes / 60 for week in some)

    assert rate(weeks[:4]) < 9 < 11.5 < rate(weeks[-26:])
    christmas = [
        week for week in weeks if week.starts_on <= dt.date(week.starts_on.year, 12, 25) <= week.ends_on
    ]
    assert christmas
    assert all(week.minutes < 0.85 * 30 * 60 for week in christmas)


def test_holidays_of_a_year():
    assert holidays(2026) == {
        dt.date(2026, 1, 1), dt.date(2026, 5, 25), dt.date(2026, 7, 4), dt.date(2026, 9, 7), dt.date(2026, 11, 26),
        dt.date(2026, 11, 27), dt.date(2026, 12, 24), dt.date(2026, 12, 25),
    }  # fmt: skip
