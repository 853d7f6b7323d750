"""Columns that every kind of import knows, and what more than one of them asks."""

from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Field, Holds
from tracker.imports.lines import Line, Settings
from tracker.imports.values import Period

WHO = Field(
    "who",
    _("the coder"),
    Holds.WHO,
    (
        "coder",
        "coder name",
        "user name",
        "username",
        "user",
        "coder id",
        "name of coder",
        "employee name",
        "employee",
        "employee id",
        "user id",
        "staff name",
        "staff member",
        "staff",
        "team member",
        "associate",
        "associate name",
        "analyst",
        "worker",
        "coder user name",
    ),
    fills=True,
)
SPECIALTY = Field(
    "specialty",
    _("the specialty"),
    Holds.WORD,
    (
        "specialty",
        "speciality",
        "clinical specialty",
        "medical specialty",
        "provider specialty",
        "service line",
        "service",
    ),
    words="specialty",
)
WORK_TYPE = Field(
    "work_type",
    _("the work type"),
    Holds.WORD,
    (
        "work type",
        "worktype",
        "category",
        "patient type",
        "pt type",
        "patient class",
        "encounter type",
        "visit type",
        "account type",
        "chart type",
        "record type",
        "coding category",
        "type",
        "queue",
        "worklist",
    ),
    words="work_type",
    fills=True,
)
# Other people, places and goals, which appear in nearly every report and say nothing about the coder's work.
HARMLESS = (
    "auditor", "auditor name", "reviewer", "reviewed by", "audited by", "manager", "supervisor", "team", "department", "dept",
    "facility", "location", "site", "shift", "fte", "rank", "goal", "target", "% to goal", "% of goal", "to goal",
    "status", "viewed", "saved", "resubmitted", "queries", "updating", "viewing", "held", "pending", "deleted", "reopened", "row", "#",
    "no", "coder type", "job title", "title of job", "hire date", "ytd", "mtd",
)  # fmt: skip


def either(present: set[str], keys: tuple[str, ...]) -> bool:
    return any(one.partition("@")[0] in keys for one in present)


def period_of(line: Line, settings: Settings, keys=("date",), until: str = "until") -> Period | None:
    """The period that a row counts for: its own dates, or the file's. None where something is wrong, which is then noted."""
    key = next((k for k in keys if line.text(k)), keys[0])
    if line.text(key):
        found = line.period(key)
        if found and line.text(until):
            last = line.period(until)
            if last and last[1] < found[0]:
                return line.error(until, _("The period ends before it starts."))
            return last and (found[0], last[1])
        return found
    if line.has(key):
        return line.error(key, _("The date is missing."))
    return settings.period
