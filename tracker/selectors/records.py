"""Reading records: lists of a kind, the latest of all kinds in one query, and what changed in one record."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, CharField, DateField, F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, TruncDate
from django.utils.text import capfirst

from curriculum.models import Certification
from tracker.models import (
    PROVEN,
    RECORD_KINDS,
    RECORD_MODELS,
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    Education,
    Provenance,
    Record,
)
from tracker.permissions import own_records

from .history import Change, record_history

__all__ = ["Change", "RecordLine", "listed_records", "recent_records", "record_history"]

# What a line about a record needs from other tables.
PREFETCH = {Audit: ("scores",), ContinuingEducation: ("bodies", "subjects")}
# As the models' `counts_on` has it, for those that count by a second date where they lack the first.
DAY = {Credential: ("earned_on", "planned_on"), Education: ("completed_on", "started_on")}


def listed_records(user, model, *, with_removed=False):
    """The user's records of a kind with all that a row of a list shows: a fixed number of queries at any length."""
    return with_lines(own_records(user, model, with_removed=with_removed))


def with_lines(records, *, and_proofs: bool = False):
    """Records of one kind with all that their one-line texts need, and their files of proof where asked for."""
    model = records.model
    if and_proofs and model in PROVEN:
        records = records.prefetch_related("proofs")
    related = [field.name for field in model._meta.fields if field.many_to_one and field.editable]
    return records.select_related(*related, "coder__user").prefetch_related(*PREFETCH.get(model, ()))


@dataclass(frozen=True)
class RecordLine:
    """A record in a list of all kinds. `day` is the date it counts by (for a plan: the planned one), None without any."""

    kind: str
    kind_name: str
    pk: int
    day: dt.date | None
    text: str
    provenance: str
    provenance_label: str


class JoinedLines(Func):
    """All values of a group in one text, each on a line of its own. The two databases name it differently."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, '\n')"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


_SCORE_FIELDS = ("pk", "method", "reviewed", "correct", "points", "points_max", "contested")


def _scores_as_text():
    one = Cast(JSONObject(**{name: name for name in _SCORE_FIELDS}), TextField())
    scores = AuditScore.objects.filter(audit=OuterRef("pk")).order_by().values("audit")
    return Subquery(scores.annotate(joined=JoinedLines(one)).values("joined"))


def _facts(model) -> JSONObject:
    """What the text of one kind of record is made of, as one column: the kinds have different ones."""
    facts = {}
    for field in model._meta.concrete_fields:
        if field.many_to_one and field.editable:
            facts[field.attname] = field.attname
            facts[field.name] = f"{field.name}__{'code' if field.related_model is Certification else 'name'}"
        elif field.editable and field.name not in ("id", "note"):
            # As text, for a number of JSON would not keep every digit; the databases differ on a truth value as text.
            is_truth = isinstance(field, BooleanField)
            facts[field.name] = field.name if is_truth else Cast(field.name, TextField())
    if model is Audit:
        facts["scores"] = _scores_as_text()
    return JSONObject(**facts)


def _latest(coder, model, limit):
    """The last records of a kind as rows that all kinds share. What was logged on the same day goes by its own date."""
    day = Coalesce(*DAY[model]) if model in DAY else F(model.DATE)
    mine = model.objects.current().filter(coder=coder).annotate(logged=TruncDate("recorded_at"), day=day)
    newest = mine.order_by(F("logged").desc(), F("day").desc(nulls_last=True), "-pk").values("pk")[:limit]
    return (
        model.objects.order_by()
        .filter(pk__in=newest)
        .annotate(
            kind=Value(model.KIND, CharField()),
            logged=TruncDate("recorded_at"),
            day=Cast(day, DateField()),
            facts=Cast(_facts(model), TextField()),
        )
        .values_list("kind", "pk", "logged", "day", "provenance", "facts")
    )


def recent_records(coder, limit: int = 8) -> list[RecordLine]:
    """The records logged last, of all kinds, newest first. One query."""
    first, *rest = (_latest(coder, model, limit) for model in RECORD_MODELS)
    rows = sorted(first.union(*rest, all=True), key=_newest_first, reverse=True)
    return [_line(*row) for row in rows[:limit]]


def _newest_first(row):
    _kind, pk, logged, day, _provenance, _facts = row
    return logged, day or dt.date.min, pk


def _line(kind, pk, logged, day, provenance, facts) -> RecordLine:
    model = RECORD_KINDS[kind]
    return RecordLine(
        kind=kind,
        kind_name=capfirst(model._meta.verbose_name),
        pk=pk,
        day=day,
        text=_rebuilt(model, pk, json.loads(facts)).headline(),
        provenance=provenance,
        provenance_label=Provenance(provenance).label,
    )


def _rebuilt(model, pk, facts) -> Record:
    """A record with just enough in it for its headline, so that there is one place that words it."""
    record = model(pk=pk)
    scores = facts.pop("scores", None)
    for field in model._meta.concrete_fields:
        value = facts.get(field.attname)
        if value is None:
            continue
        setattr(record, field.attname, value if field.many_to_one else field.to_python(value))
        if field.many_to_one:
            name = "code" if field.related_model is Certification else "name"
            setattr(record, field.name, field.related_model(pk=value, **{name: facts[field.name]}))
    if model is Audit:
        found = [AuditScore(**json.loads(line)) for line in (scores or "").splitlines()]
        for score in found:
            for name in ("points", "points_max"):
                value = getattr(score, name)
                setattr(score, name, None if value is None else Decimal(str(value)))
        record._prefetched_objects_cache = {"scores": sorted(found, key=lambda score: score.pk)}
    return record
