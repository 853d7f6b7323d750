"""How each kind of import meets the records: its identity, what adds up, what is compared, and what is stored."""

import datetime as dt
import hashlib
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Body, Certification, Specialty, WorkType
from tracker.imports.lines import Entry
from tracker.models import (
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    ImportBatch,
    Provenance,
    Record,
    Source,
    Volume,
)
from tracker.services.counting import COUNTED_ONCE, Piece, pieces_of, set_aside

AT_ONCE = 1000  # coders in one query
REASON = "import "  # how the history says that a change was an import's; its number follows
_FAR = 10**15  # stands for the key of a record that is not stored yet: younger than all that are


class Writer:
    """One kind of record on its way in. Values are in plain words until `attributes` turns slugs into keys."""

    model: type[Record]
    links: dict[str, tuple[str, type]] = {}  # value: (attribute, catalogue model)

    def __init__(self, batch: ImportBatch):
        self.source = batch.source
        self.organization = batch.source.organization_id
        self.keys = {
            name: dict(model.objects.values_list("slug", "pk"))
            for name, (_attribute, model) in self.links.items()
        }

    @property
    def provenance(self) -> str:
        """A log of one's own attests nothing."""
        return Provenance.SELF_REPORTED if self.source.is_personal else Provenance.IMPORTED

    def external_id(self, coder: int, key: tuple) -> str:
        """The record's identity within its source (design, the same work once)."""
        return f"{self.source.pk}:{hashlib.blake2b(repr(key).encode(), digest_size=12).hexdigest()}"

    def merge(self, entry: Entry, more: Entry) -> bool:
        """Add `more` to `entry`; False where they are two records."""
        return False

    def impossible(self, entry: Entry):
        return None

    def attributes(self, entry: Entry) -> dict:
        """The figures as attributes of the model."""
        values = {}
        for name, value in entry.values.items():
            if name in self.links:
                values[self.links[name][0]] = self.keys[name][value] if value else None
            else:
                values[name] = value
        return values

    def stored(
        self, coder_ids: list[int], span: tuple[dt.date, dt.date] | None
    ) -> dict[tuple[int, str], dict]:
        """What this source brought before, by coder and identity, as attributes; removed records too."""
        rows = self.model.objects.filter(
            coder_id__in=coder_ids, source=Source.IMPORT, external_id__startswith=f"{self.source.pk}:"
        )
        if span and not self.source.is_personal:
            # The years before need not be read, but for what somebody changed since: that may have moved.
            rows = rows.filter(Q(**{f"{self.model.DATE}__range": span}) | ~Q(provenance=Provenance.IMPORTED))
        names = ["pk", "coder_id", "external_id", "removed_at", "provenance", *self.compared()]
        return {(row["coder_id"], row["external_id"]): row for row in rows.values(*names).iterator(5000)}

    def compared(self) -> list[str]:
        """The attributes in which an earlier self can differ."""
        return [self.model._meta.get_field(name).attname for name in self.model.FIGURES]

    def compare(self, items) -> None:
        """Give every item its outcome."""
        ids = sorted({item.coder for item in items})
        days = [item.entry.values.get(self.model.DATE) for item in items]
        span = (min(days), max(days)) if days and all(days) else None
        for start in range(0, len(ids), AT_ONCE):
            some = set(ids[start : start + AT_ONCE])
            stored = self.stored(sorted(some), span)
            for item in items:
                if item.coder in some and (row := stored.get((item.coder, item.external_id))):
                    self._compare(item, row)
        self._keep_what_was_changed([item for item in items if item.outcome == "replaces"])

    def _keep_what_was_changed(self, items) -> None:
        """Where the file says what it said before, somebody changed the record since: theirs stays."""
        for start in range(0, len(items), AT_ONCE):
            some = items[start : start + AT_ONCE]
            before = self.last_imported([item.pk for item in some])
            for item in some:
                if before.get(item.pk) == self.figures(item.entry):
                    item.outcome, item.was = "kept", None

    def figures(self, entry: Entry) -> dict:
        """What an import says of a record, for comparing two of them."""
        values = self.attributes(entry)
        return {name: values[name] for name in self.compared()}

    def last_imported(self, pks: list[int]) -> dict[int, dict]:
        """What the last import made of each record."""
        rows = self.model.history.filter(id__in=pks, history_change_reason__startswith=REASON)
        names = self.compared()
        return {
            row["id"]: {name: row[name] for name in names}
            for row in rows.order_by("history_date", "history_id").values("id", *names)
        }

    def _compare(self, item, row: dict) -> None:
        item.pk = row["pk"]
        if row["removed_at"]:
            item.outcome = "withdrawn"
            return
        values = self.attributes(item.entry)
        was = {name: row[name] for name in self.compared() if name in values and row[name] != values[name]}
        was |= self.also_differs(item, row)
        item.outcome, item.was = ("replaces", was) if was else ("same", None)

    def also_differs(self, item, row: dict) -> dict:
        return {}

    def piece(self, item, number: int) -> Piece | None:
        """The item as the counting rule sees it."""
        return None

    def with_other_work(self, coder_ids) -> set[int]:
        """Of some coders, those who have records of the kind that are not of this source: nobody else has the same work twice."""
        ids, found = sorted(coder_ids), set()
        ours = Q(source=Source.IMPORT, external_id__startswith=f"{self.source.pk}:")
        for start in range(0, len(ids), AT_ONCE):
            rows = self.model.objects.filter(coder_id__in=ids[start : start + AT_ONCE]).exclude(ours)
            found.update(rows.order_by().values_list("coder_id", flat=True).distinct())
        return found

    def find_same_work(self, items) -> None:
        """Say of each item how many records logged by hand it would set aside, or which one sets it aside."""
        if self.model not in COUNTED_ONCE:
            return
        ids = sorted(self.with_other_work({item.coder for item in items}))
        for start in range(0, len(ids), AT_ONCE):
            some = set(ids[start : start + AT_ONCE])
            pieces = {
                _FAR + n: (item, self.piece(item, _FAR + n))
                for n, item in enumerate(items)
                if item.coder in some
            }
            if not pieces:
                continue
            window = (min(p.starts for _i, p in pieces.values()), max(p.ends for _i, p in pieces.values()))
            replaced = {item.pk for item, _piece in pieces.values() if item.pk}
            others = [p for p in pieces_of(self.model, sorted(some), window) if p.pk not in replaced]
            if not others:
                continue
            coming = [p for item, p in pieces.values() if item.outcome != "withdrawn"]
            aside = set_aside([*others, *coming])
            for pk, winner in aside.items():
                if winner.pk in pieces and pk not in pieces:
                    pieces[winner.pk][0].also += 1
                elif pk in pieces:
                    pieces[pk][0].aside = winner.provenance


class VolumeWriter(Writer):
    model = Volume
    links = {"work_type": ("work_type_id", WorkType), "specialty": ("specialty_id", Specialty)}

    def merge(self, entry, more):
        entry.values["charts"] += more.values["charts"]
        entry.values["minutes"] += more.values["minutes"]
        entry.rows += more.rows
        return True

    def impossible(self, entry):
        values = entry.values
        days = (values["ends_on"] - values["starts_on"]).days + 1
        if values["minutes"] > days * 24 * 60:
            return _("This adds up to more time than the period has.")
        if values["charts"] > 100_000:
            return _("This adds up to more than 100,000 charts.")
        return None

    def compared(self):
        return [name for name in super().compared() if name != "setting"]

    def piece(self, item, number):
        values = self.attributes(item.entry)
        return Piece(
            number, item.coder, values["starts_on"], values["ends_on"], values["work_type_id"], values["specialty_id"],
            self.organization, str(self.source.pk), self.provenance,
        )  # fmt: skip


class AuditWriter(Writer):
    model = Audit
    links = VolumeWriter.links

    def merge(self, entry, more):
        """Counts add up; percentages without counts never do."""
        both = [*entry.scores.values(), *more.scores.values()]
        if not all(isinstance(found, tuple) for found in both):
            return False
        for method, (correct, reviewed) in more.scores.items():
            a, b = entry.scores[method]
            entry.scores[method] = (a + correct, b + reviewed)
        entry.values["records_reviewed"] += more.values["records_reviewed"]
        entry.rows += more.rows
        return True

    def impossible(self, entry):
        records = entry.values["records_reviewed"]
        if records > 100_000:
            return _("This adds up to more than 100,000 records.")
        for method in ("case", "drg"):
            found = entry.scores.get(method)
            if isinstance(found, tuple) and found[1] > records:
                return _("More was counted than records were reviewed.")
        return None

    def stored(self, coder_ids, span):
        rows = super().stored(coder_ids, span)
        by_audit: dict[int, dict] = {}
        for audit, method, correct, reviewed, points in AuditScore.objects.filter(
            audit__coder_id__in=coder_ids, audit__source=Source.IMPORT, audit__external_id__startswith=f"{self.source.pk}:"
        ).values_list("audit_id", "method", "correct", "reviewed", "points").iterator(5000):  # fmt: skip
            by_audit.setdefault(audit, {})[method] = (correct, reviewed) if points is None else points
        for row in rows.values():
            row["scores"] = by_audit.get(row["pk"], {})
        return rows

    def also_differs(self, item, row):
        return {"scores": plain_scores(row["scores"])} if row["scores"] != item.entry.scores else {}

    def figures(self, entry):
        return super().figures(entry) | {"scores": entry.scores}

    def last_imported(self, pks):
        found = super().last_imported(pks)
        for values in found.values():
            values["scores"] = {}
        scores = AuditScore.history.filter(audit_id__in=pks, history_change_reason__startswith=REASON)
        for row in scores.order_by("history_date", "history_id"):
            if row.audit_id in found:
                counts = (row.correct, row.reviewed) if row.points is None else row.points
                found[row.audit_id]["scores"][row.method] = counts
                if row.history_type == "-":
                    del found[row.audit_id]["scores"][row.method]
        return found

    def piece(self, item, number):
        values = self.attributes(item.entry)
        day = values["audited_on"]
        return Piece(
            number, item.coder, day, day, values["work_type_id"], values["specialty_id"],
            self.organization, str(self.source.pk), self.provenance,
        )  # fmt: skip


class CredentialWriter(Writer):
    model = Credential
    links = {"certification": ("certification_id", Certification)}

    def merge(self, entry, more):
        """The same credential in two rows is one; the later row has the last word."""
        entry.values.update({name: value for name, value in more.values.items() if value})
        entry.rows += more.rows
        return True

    def compared(self):
        return ["certification_id", "earned_on", "expires_on", "number"]

    def piece(self, item, number):
        values = self.attributes(item.entry)
        return Piece(
            number, item.coder, values["earned_on"], values["expires_on"] or dt.date.max, values["certification_id"], None,
            self.organization, str(self.source.pk), self.provenance,
        )  # fmt: skip


class EducationWriter(Writer):
    model = ContinuingEducation

    def __init__(self, batch):
        super().__init__(batch)
        self.bodies = dict(Body.objects.values_list("slug", "pk"))

    def merge(self, entry, more):
        entry.rows += more.rows
        return True

    def attributes(self, entry):
        return {name: value for name, value in entry.values.items() if name != "bodies"}

    def body_ids(self, entry) -> list[int]:
        return sorted(self.bodies[slug] for slug in entry.values["bodies"])

    def compared(self):
        return ["completed_on", "title", "provider", "hours", "index_number"]

    def stored(self, coder_ids, span):
        rows = super().stored(coder_ids, span)
        by_record: dict[int, list[int]] = {}
        through = ContinuingEducation.bodies.through.objects
        for record, body in through.filter(
            continuingeducation_id__in=[row["pk"] for row in rows.values()]
        ).values_list("continuingeducation_id", "body_id"):
            by_record.setdefault(record, []).append(body)
        for row in rows.values():
            row["bodies"] = sorted(by_record.get(row["pk"], []))
        return rows

    def also_differs(self, item, row):
        return {"bodies": row["bodies"]} if row["bodies"] != self.body_ids(item.entry) else {}

    def _keep_what_was_changed(self, items):
        """Bodies are rows of their own, of which the history is kept apart: whose change it was is told by the provenance."""


WRITERS = {
    "productivity": VolumeWriter,
    "audits": AuditWriter,
    "credentials": CredentialWriter,
    "certificates": EducationWriter,
}


def plain_scores(scores: dict) -> dict:
    """As JSON keeps them."""
    return {
        m: list(found) if isinstance(found, tuple) else str(Decimal(found)) for m, found in scores.items()
    }
