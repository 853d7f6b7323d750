"""Audits of coders' work: counts by method, or a percentage without them (domain 2.3 and 2.9)."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Field, Holds, Kind
from tracker.imports.lines import Entry, Line, Settings

from .common import HARMLESS, SPECIALTY, WHO, WORK_TYPE, either, period_of

DATE = Field(
    "date",
    _("the date of the audit"),
    Holds.PERIOD,
    (
        "audit date", "audit dt", "audited on", "date audited", "date of audit", "audit completed date", "audit closed date",
        "review date", "date reviewed", "date", "audit month", "month", "period", "quarter", "audit opened date",
    ),
    fills=True,
)  # fmt: skip


def _counts(key: str, label, *aliases: str, totals: int = 0) -> Field:
    return Field(key, label, Holds.COUNT, aliases, many=bool(totals), totals=totals)


FIELDS = (
    WHO,
    DATE,
    WORK_TYPE,
    SPECIALTY,
    Field("method", _("the method"), Holds.WORD, ("method", "scoring method", "accuracy method", "audit method"), words="method"),
    Field("basis", _("how the sample was drawn"), Holds.WORD, ("basis", "sample type", "audit type", "sample"), words="basis"),
    Field(
        "auditor", _("who audited: internal or external"), Holds.WORD,
        ("audit source", "auditor type", "internal external", "source"), words="auditor",
    ),
    _counts(
        "records_reviewed", _("records reviewed"), "records reviewed", "# enc", "charts reviewed", "encounters reviewed",
        "cases reviewed", "accounts reviewed", "charts audited", "records audited", "encounters audited", "# charts", "# records",
        "# encounters", "# cases", "# accounts", "sample size", "encounters", "records", "charts", "cases", "total charts",
        "total records", "total encounters",
    ),
    _counts(
        "records_correct", _("records without any error"), "records correct", "charts correct", "encounters correct", "cases correct",
        "accounts correct", "correct records", "correct charts", "charts without errors",
    ),
    _counts(
        "records_wrong", _("records with an error"), "records with errors", "charts with errors", "encounters with errors",
        "cases with errors", "accounts with errors", "records in error", "charts in error",
    ),
    _counts(
        "codes_reviewed", _("codes reviewed"), "codes reviewed", "total codes", "codes audited", "# codes", "total codes reviewed",
        "total codes audited", "codes", "diagnosis audit", "diagnosis codes audit", "dx codes", "pcs codes audit", "pcs codes", "cpt codes",
        totals=7,
    ),
    _counts(
        "codes_correct", _("codes correct"), "codes correct", "correct codes", "total correct", "total codes correct",
        "dx codes correct", "pcs codes correct", "cpt codes correct", totals=4,
    ),
    _counts("errors", _("errors"), "total errors", "code errors", "errors", totals=3),
    _counts("drg_reviewed", _("DRGs reviewed"), "drgs reviewed", "drg reviewed", "# drgs"),
    _counts("drg_correct", _("DRGs correct"), "drgs correct", "drg correct", "correct drgs"),
    Field(
        "accuracy", _("accuracy in percent"), Holds.PERCENT,
        ("accuracy %", "accuracy", "accuracy rate", "accuracy score", "overall accuracy", "coding accuracy", "% accuracy",
         "accuracy percent", "overall accuracy %", "score", "score %"),
    ),
    Field(
        "final", _("final accuracy, after rebuttal"), Holds.PERCENT,
        ("final %", "final", "final accuracy", "final accuracy %", "final score", "final score %", "% final"),
    ),
)  # fmt: skip

WORDS = {
    "method": (
        ("code_over_code", ("code over code", "code-over-code", "code level", "codes")),
        ("case", ("case", "record", "chart level", "record over record", "encounter")),
        ("drg", ("drg", "ms drg", "drg accuracy")),
        ("apc", ("apc",)),
        ("coder_denominator", ("coder denominator", "coders denominator")),
        ("weighted", ("weighted", "points", "weighted points")),
    ),
    "basis": (
        ("random", ("random", "random sample", "routine")),
        ("targeted", ("targeted", "focused", "focus", "for cause")),
        (
            "unmarked",
            ("not known", "unknown", "pre bill", "prebill", "retrospective", "concurrent", "post bill"),
        ),
    ),
    "auditor": (
        ("internal", ("internal", "employer")),
        ("external", ("external", "vendor", "consultant")),
        ("instructor", ("instructor", "school")),
        ("self", ("self", "self review")),
    ),
}
POINTS_ONLY = ("coder_denominator", "weighted")
ODD = Decimal(
    "0.1"
)  # percentage points between a file's percentage and its counts, beyond which somebody should look


def missing(present: set[str]) -> list[str]:
    wanted = [
        (("date",), _("the date of the audit")),
        (
            (
                "codes_correct",
                "errors",
                "records_correct",
                "records_wrong",
                "drg_correct",
                "accuracy",
                "final",
            ),
            _("what was found: correct codes or records, errors, or a percentage"),
        ),
    ]
    return [str(words) for keys, words in wanted if not either(present, keys)]


def interpret(line: Line, settings: Settings) -> Iterator[Entry]:
    period = period_of(line, settings)
    records = line.count("records_reviewed") if line.has("records_reviewed") else 1  # a row for each record
    if records is None and not line.is_wrong:
        line.error("records_reviewed", _("The number of records reviewed is missing."))
    elif records == 0:
        line.error("records_reviewed", _("No record was reviewed."))
    words = {key: line.word(key, key) for key in ("work_type", "specialty")}
    scores = _scores(line, settings, records or 0)
    if line.is_wrong or not period:
        return
    if not scores:
        line.error(
            "accuracy" if line.has("accuracy") else "codes_correct",
            _("The row does not say what the audit found."),
        )
        return
    values = {
        "audited_on": period[1],
        "basis": _quiet(line, "basis") or "unmarked",
        "auditor": _quiet(line, "auditor") or "internal",
        "work_type": words["work_type"] or "",
        "specialty": words["specialty"] or "",
    }
    key = (*values.values(), tuple(sorted(scores)))
    yield Entry([line.number], line.text("who"), "audit", key, values | {"records_reviewed": records}, scores)


def _quiet(line: Line, key: str) -> str | None:
    """A word that is worth having where it is known; "Pre-bill" and the like say nothing about the sample."""
    return line.settings.words.find(key, line.text(key)) if line.text(key) else None


def _scores(line: Line, settings: Settings, records: int) -> dict:
    """{method: (correct, reviewed)} or {method: percentage}."""
    method = (
        (line.word("method", "method") if line.text("method") else None)
        or settings.method
        or "code_over_code"
    )
    accuracy, final = line.percent("accuracy"), line.percent("final")
    scores = {}
    if codes := _codes(line):
        correct, reviewed = codes
        settled = _after_rebuttal(line, correct, reviewed, accuracy, final)
        scores[method] = _share(settled, reviewed) if method in POINTS_ONLY else (settled, reviewed)
        if final is None:
            _compare(line, "accuracy", accuracy, settled, reviewed)
    if whole := _whole(line, records):
        scores["case"] = whole
        if not codes and method == "case":
            _compare(line, "accuracy", accuracy, *whole)
    if line.text("drg_correct"):
        drg = _part(line, "drg_correct", line.count("drg_correct"), line.count("drg_reviewed") or records)
        if drg:
            scores["drg"] = drg
    if not scores and (percentage := final if final is not None else accuracy) is not None:
        scores[method] = percentage.quantize(Decimal("0.01"))
    return scores


def _codes(line: Line) -> tuple[int, int] | None:
    reviewed, correct, errors = (
        line.sum_of("codes_reviewed"),
        line.sum_of("codes_correct"),
        line.sum_of("errors"),
    )
    if not reviewed:
        return None
    if correct is not None:
        if errors is not None and correct + errors != reviewed:
            line.warn(
                "codes_correct",
                _("Correct codes and errors do not add up to the codes reviewed. Correct codes are taken."),
            )
        return _part(line, "codes_correct", correct, reviewed)
    if errors is None:
        return None
    return _part(line, "errors", reviewed - errors, reviewed)


def _whole(line: Line, records: int) -> tuple[int, int] | None:
    correct, wrong = line.count("records_correct"), line.count("records_wrong")
    if correct is None and wrong is None:
        return None
    key = "records_correct" if correct is not None else "records_wrong"
    return _part(line, key, correct if correct is not None else records - (wrong or 0), records)


def _part(line: Line, key: str, correct: int | None, reviewed: int) -> tuple[int, int] | None:
    if correct is None or line.is_wrong:
        return None
    if correct < 0:
        return line.error(key, _("There are more errors than were reviewed."))
    if correct > reviewed:
        return line.error(key, _("More were correct than were reviewed."))
    return correct, reviewed


def _share(correct: int, reviewed: int) -> Decimal:
    return (100 * Decimal(correct) / reviewed).quantize(Decimal("0.01"))


def _after_rebuttal(line: Line, correct: int, reviewed: int, accuracy, final) -> int:
    """The counts that the final percentage stands for, where it differs from theirs and only one count fits it."""
    if final is None or abs(final - 100 * Decimal(correct) / reviewed) <= ODD:
        return correct
    fitting = (
        [n for n in range(reviewed + 1) if abs(final - 100 * Decimal(n) / reviewed) <= ODD]
        if reviewed <= 5000
        else []
    )
    if (
        len(fitting) == 1
        and accuracy is not None
        and abs(accuracy - 100 * Decimal(correct) / reviewed) <= ODD
    ):
        line.warn(
            "final",
            _(
                "The final percentage is taken, after the rebuttal: it stands for another number of correct codes."
            ),
        )
        return fitting[0]
    line.warn(
        "final",
        _("The final percentage disagrees with the counts by more than 0.1 point. The counts are taken."),
    )
    return correct


def _compare(line: Line, key: str, said: Decimal | None, correct: int, reviewed: int) -> None:
    if said is not None and abs(said - 100 * Decimal(correct) / reviewed) > ODD:
        line.warn(
            key, _("The percentage disagrees with the counts by more than 0.1 point. The counts are taken.")
        )


AUDITS = Kind(
    slug="audits",
    label=_("Audit results"),
    what=_("Reviewed and correct records or codes, or a percentage"),
    record="audit",
    fields=FIELDS,
    leaves_out=(
        *HARMLESS,
        "rebuttal",
        "rebuttal (Y/N)",
        "audit id",
        "audit number",
        "audit status",
        "error rate",
    ),
    missing=missing,
    interpret=interpret,
    adds_up=("records_reviewed", "codes_reviewed", "codes_correct", "records_correct"),
)
