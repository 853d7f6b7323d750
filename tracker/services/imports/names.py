"""Who is who in a source, and which of its words is which of the catalogue: said once by a person, remembered, never guessed."""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Holds
from tracker.imports.kinds import KINDS
from tracker.imports.lines import name_key
from tracker.imports.text import normal
from tracker.models import ImportBatch, ImportSource, ImportState, NameMap

from .sources import WORD_MODELS, people_of, require_import, vocabulary_of
from .staging import staged_rows

MOST_NAMES = 2000


@dataclass(frozen=True)
class Unmatched:
    """A name or a word that nobody has explained yet, as the file writes it, and how many rows have it."""

    vocabulary: str  # "who" for a name
    key: str
    shown: str
    rows: int


def unmatched(batch: ImportBatch) -> list[Unmatched]:
    """What somebody has to say before the import can be planned, the most frequent first."""
    kind, source = KINDS[batch.source.kind], batch.source
    asked = {}
    for at, (key, _label) in enumerate(batch.columns):
        field = kind.field(key)
        if field.holds == Holds.WHO:
            asked[at] = "who"
        elif field.words in WORD_MODELS:
            asked[at] = field.words
    seen, above = Counter(), {}
    for _number, total_from, cells in staged_rows(batch):
        if total_from is not None:
            above = {at: text for at, text in above.items() if at < total_from}
            continue
        for at, vocabulary in asked.items():
            text = cells[at] if at < len(cells) else ""
            if kind.field(batch.columns[at][0]).fills:
                text = above[at] = text or above.get(at, "")
            if text:
                seen[vocabulary, text] += 1
    known, words = set(source.names.values_list("name", flat=True)), vocabulary_of(source)
    found: dict[tuple[str, str], Unmatched] = {}
    for (vocabulary, text), rows in seen.items():
        key = name_key(text)[:200] if vocabulary == "who" else normal(text)
        if not key or (key in known if vocabulary == "who" else words.find(vocabulary, text) is not None):
            continue
        before = found.get((vocabulary, key))
        found[vocabulary, key] = Unmatched(
            vocabulary, key, before.shown if before else text, rows + (before.rows if before else 0)
        )
    return sorted(found.values(), key=lambda one: (one.vocabulary != "who", -one.rows, one.shown))


def choices_for(source: ImportSource, vocabulary: str, by=None) -> list[tuple[str, str]]:
    """What `by` can say a name or a word to be, as (value, label); the last is "nobody" or "none"."""
    if vocabulary == "who":
        people = sorted(people_of(source, by).items(), key=lambda one: one[1].casefold())
        nobody = (
            _("Somebody else: leave the rows out")
            if source.is_personal
            else _("Nobody on our teams: leave the rows out")
        )
        mine = [(str(pk), _("Me") if source.is_personal else name) for pk, name in people]
        return [*mine, ("-", nobody)]
    rows = WORD_MODELS[vocabulary].objects.all()
    none = _("None of these")
    if (source.kind, vocabulary) in (("productivity", "work_type"), ("credentials", "certification")):
        none = _("None of these: leave the rows out")
    return [*((row.slug, getattr(row, "code", None) or row.name) for row in rows), ("-", none)]


def match(batch: ImportBatch, said: dict[tuple[str, str], str], *, by) -> list[Unmatched]:
    """Remember what was said, by (vocabulary, key); return what is still open. Raises ValidationError for what is no choice."""
    require_import(by, batch.source)
    if batch.state != ImportState.NAMES:
        raise ValidationError(_("This import does not wait for names any more."))
    vocabularies = {vocabulary for vocabulary, _key in said}
    if unknown := sorted(vocabularies - {"who", *WORD_MODELS}):
        text = _("“%(name)s” is no vocabulary. Choose one of: %(all)s.")
        raise ValidationError(text % {"name": unknown[0][:40], "all": ", ".join(["who", *WORD_MODELS])})
    allowed = {}
    for vocabulary in vocabularies:
        allowed[vocabulary] = {value for value, _label in choices_for(batch.source, vocabulary, by)}
    open_keys = {(one.vocabulary, one.key) for one in unmatched(batch)}
    chosen = {which: value for which, value in said.items() if value and which in open_keys}
    if any(value not in allowed[vocabulary] for (vocabulary, _key), value in chosen.items()):
        raise ValidationError(_("Choose from the list."))
    with transaction.atomic():
        source = ImportSource.objects.select_for_update().get(pk=batch.source_id)
        for (vocabulary, key), value in chosen.items():
            if vocabulary != "who":
                source.words.setdefault(vocabulary, {})[key] = "" if value == "-" else value
        source.save(update_fields=["words"])
        NameMap.objects.bulk_create(
            [
                NameMap(source=source, name=key, coder_id=None if value == "-" else int(value))
                for (vocabulary, key), value in chosen.items()
                if vocabulary == "who"
            ],
            ignore_conflicts=True,
        )
    batch.source = source
    return unmatched(batch)


def forget_names(source: ImportSource, *, by) -> None:
    """What was said of a source's names and words is asked for again: somebody was matched wrongly, or has joined since."""
    require_import(by, source)
    with transaction.atomic():
        source.names.all().delete()
        ImportSource.objects.filter(pk=source.pk).update(words={})
