"""Storing an archive in an empty account: all of it, or nothing.

With this installation's signature, in an account that has the owner's address, everything is as it was: who attested
what, what was removed, each change; but for what was changed or withdrawn after the archive was written, which quotes what
was attested then. Otherwise anyone could have written the file: records are checked as if they were
typed, arrive as reported by the coder, and quote in their note what the archive claims.
"""

from collections import Counter
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.core import serializers
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import ContentFile
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, transaction
from django.db.models import FileField, ForeignKey, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from curriculum.models import Organization
from tracker.models import ATTESTED, Audit, Coder, Gap, Proof, Provenance, Record, Source, User
from tracker.services.coders import update_coder
from tracker.services.proofs import check_room
from tracker.services.renewals import keep_cycles
from tracker.services.scores import check_scores
from tracker.services.staleness import mark_stale

from .carried import CARRIED, SAID_BY_US, history_of, links_of, owned
from .changed import changed_after
from .reading import Archive
from .writing import PROFILE

MOST_MESSAGES = 20


@dataclass
class Restored:
    """What was stored, by the plural of its kind, and whether the archive was taken at its word."""

    trusted: bool
    numbers: Counter = field(default_factory=Counter)


def restore_archive(coder: Coder, archive: Archive) -> Restored:
    """Store everything. Raise ValidationError with what is wrong, row by row, where nothing is stored."""
    if not is_empty(coder):
        raise ValidationError(
            _(
                "This account has records already. An archive goes into an empty one: sign up for it, or remove yours."
            )
        )
    trusted = archive.signed and _is_owner(coder.user, archive.owner)
    restoring = _Restoring(coder, archive, trusted)
    try:
        with transaction.atomic():
            done = restoring.run()
            keep_cycles([coder.pk])
            mark_stale([coder.pk])
    except BaseException:
        restoring.remove_files()
        raise
    return done


def is_empty(coder: Coder) -> bool:
    """Whether the coder has logged nothing yet, removed records included."""
    return not any(owned(coder, model).exists() for model in CARRIED if model not in SAID_BY_US)


def _is_owner(user: User, address: str) -> bool:
    """A signature says what was written, not for whom: the account must have proved the owner's address."""
    return EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()


class _Restoring:
    def __init__(self, coder: Coder, archive: Archive, trusted: bool):
        self.coder, self.archive, self.trusted = coder, archive, trusted
        self.messages: list[str] = []
        self.new_key: dict[type[Model], dict] = {}
        self.known: dict[tuple, bool] = {}
        self.files_of: Counter = Counter()
        self.bytes_of_proofs = 0
        self.stored_files: list = []

    def remove_files(self) -> None:
        """What was stored for rows that are not: files take no part in a transaction."""
        for file in self.stored_files:
            file.storage.delete(file.name)

    def run(self) -> Restored:
        done = Restored(self.trusted)
        by_label: dict[str, list[dict]] = {}
        for row in self.archive.rows:
            by_label.setdefault(row["model"], []).append(row)
        for model in CARRIED:
            rows = by_label.pop(model._meta.label_lower, [])
            if model in SAID_BY_US and not self.trusted:
                continue
            stored = self._store(model, rows)
            if model not in SAID_BY_US and stored:
                done.numbers[str(model._meta.verbose_name_plural)] = len(stored)
        if by_label:
            self.messages.append(
                _("There are tables that this CoderPath does not know: it is older than the archive.")
            )
        self._refuse_if_wrong()
        if self.trusted:
            self._store_changes()
        self._profile()
        self._refuse_if_wrong()
        return done

    def _refuse_if_wrong(self):
        if self.messages:
            more = len(self.messages) - MOST_MESSAGES
            shown = self.messages[:MOST_MESSAGES]
            raise ValidationError(shown + ([_("And %(n)s more.") % {"n": more}] if more > 0 else []))

    def _store(self, model, rows) -> list[Model]:
        things, keys, links = [], [], []
        overtaken = self._overtaken(model, rows)
        for number, row in enumerate(rows, 1):
            try:
                built = self._built(model, row)
            except (DeserializationError, ValidationError, TypeError, ValueError, KeyError) as error:
                # What we said of a milestone's version that this catalogue has not is of no use here.
                if not (model in SAID_BY_US and isinstance(error.__cause__, ObjectDoesNotExist)):
                    self._complain(model, number, error)
                continue
            if row.get("pk") in overtaken:
                _quote(built.object)
            things.append(built.object)
            keys.append(row.get("pk"))
            links.append(built.m2m_data or {})
        if self.messages:
            return []
        try:
            with transaction.atomic():
                self._insert(model, things, links)
        except IntegrityError:
            self.messages.append(
                _("%(kind)s: two rows contradict each other.")
                % {"kind": capfirst(model._meta.verbose_name_plural)}
            )
            return []
        self.new_key[model] = dict(zip(keys, (thing.pk for thing in things), strict=True))
        return things

    def _overtaken(self, model, rows) -> set:
        """The records that were changed here since the archive was written: it is not believed of them any more."""
        if not self.trusted or not issubclass(model, Record):
            return set()
        keys = [row.get("pk") for row in rows if row["fields"].get("provenance") in ATTESTED]
        return changed_after(model, keys, self.archive.made_at)

    def _complain(self, model, number, error):
        said = " ".join(error.messages) if isinstance(error, ValidationError) else _("it cannot be read.")
        self.messages.append(f"{capfirst(model._meta.verbose_name)}, {number}: {said}")

    def _built(self, model, row):
        """A row as an object that is not stored yet. Raise what its reading raises."""
        fields = self._pointing_here(model, row["fields"])
        (built,) = serializers.deserialize("python", [{"model": model._meta.label_lower, "fields": fields}])
        thing = built.object
        if isinstance(thing, Gap):
            thing.seq = 0  # whatever is evaluated here is newer
        self._take_files(thing)
        if getattr(thing, "coder_id", self.coder.pk) != self.coder.pk:
            raise ValidationError(_("it belongs to somebody else."))
        if not self.trusted:
            _disarm(thing)
            thing.full_clean()
        return built

    def _pointing_here(self, model, fields: dict) -> dict:
        """The fields with references to this coder, to rows that were stored here, and to whom this installation knows.

        Raise ValidationError for any other name than a field's own: the deserializer would take "coder_id" for "coder".
        """
        known = {one.name for one in (*model._meta.concrete_fields, *model._meta.local_many_to_many)}
        if set(fields) - known or model._meta.pk.name in fields:
            raise ValidationError(_("it has a field that is none."))
        pointing = dict(fields)
        for one in model._meta.concrete_fields:
            if not isinstance(one, ForeignKey) or one.name not in pointing:
                continue
            value = pointing[one.name]
            if one.related_model is Coder:
                pointing[one.name] = self.coder.pk
            elif one.related_model in CARRIED or one.related_model in self.new_key:
                pointing[one.name] = None if value is None else self.new_key[one.related_model][value]
            elif one.related_model in (User, Organization):
                pointing[one.name] = value if self._knows(one.related_model, value) else None
        return pointing

    def _knows(self, model, key) -> bool:
        """Whether a person or an organization that we named is here. The few of an archive are asked for once each."""
        if not self.trusted or key is None:
            return False
        if (model, key) not in self.known:
            self.known[model, key] = model.objects.filter(pk=key).exists()
        return self.known[model, key]

    def _take_files(self, thing):
        """Each file of the ZIP goes to one row. It is stored with the rows, once all of them are right."""
        for one in thing._meta.concrete_fields:
            if isinstance(one, FileField) and (name := getattr(thing, one.name).name):
                content = self.archive.files.pop(name, None)
                if content is None:
                    raise ValidationError(
                        _("the file “%(name)s” is missing, or another row has it.") % {"name": name[-60:]}
                    )
                if isinstance(thing, Proof):
                    self._check_proof(thing, content)
                setattr(thing, one.name, ContentFile(content, name.rpartition("/")[2]))

    def _store_files(self, things):
        for thing in things:
            for one in thing._meta.concrete_fields:
                if isinstance(one, FileField) and (file := getattr(thing, one.name)):
                    file.save(file.name, file.file, save=False)
                    self.stored_files.append(file)

    def _check_proof(self, proof: Proof, content: bytes) -> None:
        """Checked as if it were uploaded. The signature is under the list of files: it vouches for their digests."""
        promised = proof.sha256
        proof.describe(content)
        if self.trusted and proof.sha256 != promised:
            raise ValidationError(_("the file is not the one that was archived."))
        record = proof.credential_id, proof.education_id, proof.continuing_education_id
        check_room(self.files_of[record], self.bytes_of_proofs, proof.size)
        self.files_of[record] += 1
        self.bytes_of_proofs += proof.size

    def _insert(self, model, things, links):
        automatic = [
            one.attname
            for one in model._meta.concrete_fields
            if getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False)
        ]
        times = [[getattr(thing, name) for name in automatic] for thing in things]
        self._store_files(things)
        model._default_manager.bulk_create(things)
        for thing, values in zip(things, times, strict=True):
            for name, value in zip(automatic, values, strict=True):
                setattr(thing, name, value)
        if automatic and self.trusted:
            # Not bulk_update: it would set the automatic times once more.
            for thing, values in zip(things, times, strict=True):
                model._default_manager.filter(pk=thing.pk).update(**dict(zip(automatic, values, strict=True)))
        for one in model._meta.local_many_to_many:
            # Not set(): it would write a change into the history for each.
            mine, others = one.m2m_field_name(), one.m2m_reverse_field_name()
            one.remote_field.through.objects.bulk_create(
                one.remote_field.through(
                    **{f"{mine}_id": thing.pk, f"{others}_id": getattr(value, "pk", value)}
                )
                for thing, of_thing in zip(things, links, strict=True)
                for value in of_thing.get(one.name, ())
            )
        if not self.trusted and history_of(model) is not None:
            model.history.bulk_history_create(
                things, default_user=self.coder.user, default_change_reason=_("from an archive")
            )
        if model is Audit and not self.trusted:
            self._audits = {thing.pk: thing for thing in things}
        if model._meta.model_name == "auditscore" and not self.trusted:
            self._check_scores(things)

    def _check_scores(self, scores):
        found: dict = {pk: [] for pk in self._audits}
        for score in scores:
            found[score.audit_id].append(score)
        for number, (pk, of_audit) in enumerate(found.items(), 1):
            try:
                check_scores(of_audit, self._audits[pk].records_reviewed)
            except ValidationError as error:
                self._complain(Audit, number, error)

    def _store_changes(self):
        for model in CARRIED:
            history = history_of(model)
            if history is None or model not in self.new_key:
                continue
            keys = self.new_key[model]
            self.new_key[history] = self._store_as_they_are(
                history, lambda row, keys=keys: {"id": keys[row["id"]]}
            )
            for link in links_of(history):
                self._store_as_they_are(link, lambda row: {})

    def _store_as_they_are(self, model, more) -> dict:
        """Store the changes of one table, and return their new keys by the old; `more` gives what a row needs beside its own fields."""
        rows = [row for row in self.archive.changes if row["model"] == model._meta.label_lower]
        things = []
        for row in rows:
            fields = self._pointing_here(model, row["fields"]) | more(row["fields"])
            (built,) = serializers.deserialize("python", [{"model": row["model"], "fields": fields}])
            things.append(built.object)
        model.objects.bulk_create(things)
        return {row["pk"]: thing.pk for row, thing in zip(rows, things, strict=True)}

    def _profile(self):
        profile = self.archive.profile
        fields = {name: profile[name] for name in PROFILE if name in profile}
        try:
            (built,) = serializers.deserialize("python", [{"model": "tracker.coder", "fields": fields}])
            changes = {name: getattr(built.object, name) for name in fields}
            changes |= {name: profile[name] for name in ("full_name", "time_zone") if name in profile}
            update_coder(self.coder, changes, by=self.coder.user)
        except (DeserializationError, ValidationError, TypeError, ValueError) as error:
            self._complain(Coder, 1, error)


def _disarm(thing: Model) -> None:
    """Take away what nobody may say of themself, and quote it in the note."""
    if not isinstance(thing, Record):
        return
    _quote(thing)
    thing.source, thing.made_under = Source.ARCHIVE, None
    # Nobody types these, so nothing else checks them for patient data.
    thing.external_id = thing.removed_because = thing.not_counted_because = ""
    thing.counted = True


def _quote(thing: Record) -> None:
    """Let a record be its coder's own word, which quotes what was attested."""
    if thing.provenance != Provenance.SELF_REPORTED:
        claim = _("The archive that this came from says: %(claim)s.") % {
            "claim": thing.get_provenance_display()
        }
        longest = thing._meta.get_field("note").max_length
        thing.note = f"{claim} {thing.note}".strip()[:longest]
    thing.provenance = Provenance.SELF_REPORTED
    thing.verified_by = thing.verified_for = thing.verified_at = None
