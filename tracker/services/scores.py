"""What an audit found, by method: read from what a form or the API gives, checked, and stored beside its audit."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tracker.models import Audit, AuditScore, Method

# One record has one DRG and is right or wrong as a whole: these cannot exceed the records that were reviewed.
_ONE_A_RECORD = (Method.CASE, Method.DRG)
FIGURES = ("reviewed", "correct", "points", "points_max", "charts")

NO_SCORE = _(
    "Say what the audit found: how many records or codes were correct, or the percentage in the report. "
    "Without that it shows nothing."
)


def scores_from(given: Mapping | Iterable[AuditScore]) -> list[AuditScore]:
    """Unsaved scores out of a list of them, or out of {method: FOUND}.

    FOUND is (correct, reviewed), a list of such pairs chart by chart, or a percentage.
    """
    if not isinstance(given, Mapping):
        return list(given)
    return [_score(method, found) for method, found in given.items()]


def _score(method, found) -> AuditScore:
    if isinstance(found, list) and found and isinstance(found[0], tuple | list):
        return AuditScore(method=method, charts=found)
    if isinstance(found, tuple | list):
        correct, reviewed = found
        return AuditScore(method=method, correct=correct, reviewed=reviewed)
    return AuditScore(method=method, points=Decimal(str(found)))


def check_scores(scores: list[AuditScore], records_reviewed: int | None) -> None:
    """Raise ValidationError under "scores" for what cannot be; every message names the method it is about."""
    if not scores:
        raise ValidationError({"scores": NO_SCORE})
    messages, seen = [], set()
    for score in scores:
        problems = [text for texts in score_problems(score, records_reviewed).values() for text in texts]
        if score.method in seen:
            problems.append(_("Given twice. Keep one of the two."))
        seen.add(score.method)
        messages += [f"{capfirst(score.get_method_display())}: {problem}" for problem in problems]
    if messages:
        raise ValidationError({"scores": messages})


def score_problems(score: AuditScore, records_reviewed: int | None) -> dict[str, list[str]]:
    """What is wrong with one score, by its field; empty where nothing is."""
    try:
        score.full_clean(exclude=["audit"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return error.message_dict
    if score.charts and records_reviewed is not None and len(score.charts) != records_reviewed:
        return {
            "charts": [
                _(
                    "%(charts)s charts are listed, but %(records)s records were reviewed. List every one, or none."
                )
                % {"charts": len(score.charts), "records": records_reviewed}
            ]
        }
    reviewed = score.reviewed or 0
    if score.method in _ONE_A_RECORD and records_reviewed is not None and reviewed > records_reviewed:
        return {"reviewed": [str(_("That is more than the audit reviewed. Check both numbers."))]}
    return {}


def store_scores(audit: Audit, scores: list[AuditScore], attributed_to) -> None:
    """Make the audit's scores these: changed in place by method, so that each keeps its history.

    `attributed_to` is called with a score and returns the context in which it is written.
    """
    stored = {score.method: score for score in audit.scores.all()}
    for new in scores:
        score = stored.pop(new.method, None) or AuditScore(audit=audit, method=new.method)
        if score.pk and all(getattr(score, name) == getattr(new, name) for name in (*FIGURES, "note")):
            continue
        for name in (*FIGURES, "note"):
            setattr(score, name, getattr(new, name))
        with attributed_to(score):
            score.save()
    for score in stored.values():
        with attributed_to(score):
            score.delete()
    audit._prefetched_objects_cache = {}


def figures_of(scores: Iterable[AuditScore]) -> dict:
    """The figures by method, for telling whether any changed."""
    return {score.method: tuple(_plain(getattr(score, name)) for name in FIGURES) for score in scores}


def _plain(figure):
    """Charts as they come out of the database, whatever they were given as."""
    return [list(pair) for pair in figure] if isinstance(figure, list | tuple) else figure
