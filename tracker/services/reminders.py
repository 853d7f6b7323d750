"""Sending reminders: claimed before they go, sent once more if a crash left one unconfirmed, and stopped when done.

Everything may run twice, at the same time, or late. The row of a notice is the claim: whoever writes it sends it.
"""

import datetime as dt
import logging
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import make_msgid
from smtplib import SMTPException

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.models import ReminderLadder
from tracker.models import Coder, Credential, How, Notice, NoticeChoice, RenewalCycle, Topic
from tracker.reminders import digest_day, due_rung, message_day, next_day
from tracker.selectors.credential_lines import CycleLine
from tracker.selectors.credentials import credentials_page, said

from .renewals import keep_cycles

logger = logging.getLogger(__name__)

MORNING = 8  # o'clock, where the person is: nobody is woken
UNCONFIRMED = dt.timedelta(minutes=15)
AT_ONCE_MOST = 1000  # people in one run; the next run, five minutes later, goes on
SALT = "reminders"


@dataclass(frozen=True)
class Thing:
    """Something of a coder's that is due on a day."""

    coder_id: int
    topic: str
    subject: str
    due_on: dt.date


@dataclass(frozen=True)
class Due:
    thing: Thing
    rung: int


def ladders() -> dict[str, list[int]]:
    return {row.slug: row.rungs() for row in ReminderLadder.objects.all()}


def send_due(now: dt.datetime) -> int:
    """Send every reminder that has come, where it is past the morning; return the number of messages."""
    rungs = ladders()
    things = _things(now.date(), rungs)
    keep_cycles(
        {t.coder_id for t in things if t.topic == Topic.RENEWAL and 0 < (now.date() - t.due_on).days <= 3}
    )
    things = _things(now.date(), rungs)
    coders = Coder.objects.filter(pk__in={t.coder_id for t in things}, user__is_active=True).select_related(
        "user"
    )
    sent = 0
    for coder, due_by_how in _due(coders, things, rungs, now):
        for how, due in due_by_how.items():
            messages = [[one] for one in due] if how == How.AT_ONCE else [due]
            for of_message in messages:
                sent += _claim_and_send(coder, of_message, now)
        if sent >= AT_ONCE_MOST:
            break
    return sent


def _things(day: dt.date, rungs: dict[str, list[int]], coder: Coder | None = None) -> list[Thing]:
    """What is due near a day: open cycles with a credential in them, and exams that are planned still."""
    found = []
    mine = {"coder": coder} if coder else {}
    if ladder := rungs.get(Topic.RENEWAL):
        first, last = _reach(day, ladder)
        rows = RenewalCycle.objects.filter(closed_as="", ends_on__range=(first, last), **mine)
        rows = rows.filter(members__credential__removed_at=None, members__credential__counted=True).distinct()
        found += [
            Thing(coder_id, Topic.RENEWAL, f"cycle:{pk}", ends_on)
            for pk, coder_id, ends_on in rows.values_list("pk", "coder_id", "ends_on")
        ]
    if ladder := rungs.get(Topic.EXAM):
        first, last = _reach(day, ladder)
        rows = Credential.objects.counted().filter(earned_on=None, planned_on__range=(first, last), **mine)
        found += [
            Thing(coder_id, Topic.EXAM, f"credential:{pk}", planned_on)
            for pk, coder_id, planned_on in rows.values_list("pk", "coder_id", "planned_on")
        ]
    return found


def _reach(day: dt.date, ladder: list[int]) -> tuple[dt.date, dt.date]:
    """Due days that a rung could reach from about that day: a day of slack for the time zones, and a month to catch up."""
    return day - dt.timedelta(days=max(ladder) + 32), day + dt.timedelta(days=-min(ladder) + 2)


def _due(coders: Iterable[Coder], things: list[Thing], rungs, now):
    """Yield (coder, what is due by how it is wanted), for coders with anything due. Three queries for all of them."""
    by_coder = defaultdict(list)
    for thing in things:
        by_coder[thing.coder_id].append(thing)
    coders = list(coders)
    how = {(c.coder_id, c.topic): c.how for c in NoticeChoice.objects.filter(coder__in=coders)}
    sent = defaultdict(set)
    for row in Notice.objects.filter(coder__in=coders).values_list(
        "coder_id", "topic", "subject", "due_on", "rung"
    ):
        sent[Thing(*row[:4])].add(row[4])
    for coder in coders:
        local = now.astimezone(zoneinfo.ZoneInfo(coder.user.time_zone))
        if local.hour < MORNING:
            continue
        found = defaultdict(list)
        for thing in by_coder[coder.pk]:
            wanted = how.get((coder.pk, thing.topic), How.AT_ONCE)
            if wanted == How.OFF:
                continue
            day = digest_day(local.date(), wanted == How.WEEKLY)
            rung = due_rung(thing.due_on, rungs[thing.topic], day, sent[thing])
            if rung is not None:
                found[wanted].append(Due(thing, rung))
        if found:
            yield coder, found


def _claim_and_send(coder: Coder, due: list[Due], now: dt.datetime) -> int:
    """Claim the notices of one message, then send it. Where another run has claimed one of them, it is theirs."""
    message_id = make_msgid(domain="coderpath")
    rows = [
        Notice(
            coder=coder, topic=one.thing.topic, subject=one.thing.subject, due_on=one.thing.due_on, rung=one.rung,
            claimed_at=now, message_id=message_id,
        )
        for one in due
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Notice.objects.bulk_create(rows)
    except IntegrityError:
        return 0
    return _send(coder, rows, now)


def resend_unconfirmed(now: dt.datetime) -> int:
    """What was claimed 15 minutes ago and never confirmed, because a crash came between, goes once more.

    With the same Message-ID, so that a mail program that has it already shows it once.
    """
    rows = Notice.objects.filter(sent_at=None, attempts=1, claimed_at__lte=now - UNCONFIRMED)
    sent = 0
    for message_id in sorted(set(rows.values_list("message_id", flat=True))):
        taken = rows.filter(message_id=message_id).update(attempts=F("attempts") + 1, claimed_at=now)
        if not taken:
            continue  # another run was faster
        logger.warning(
            "A reminder was not confirmed within 15 minutes and is sent once more: %s.", message_id
        )
        notices = list(Notice.objects.filter(message_id=message_id).select_related("coder__user"))
        sent += _send(notices[0].coder, notices, now)
    return sent


def _send(coder: Coder, notices: list[Notice], now: dt.datetime) -> int:
    mail = compose(coder, [(n.topic, n.subject) for n in notices], now)
    if mail is None:  # done in the meantime
        Notice.objects.filter(pk__in=[n.pk for n in notices]).update(sent_at=now)
        return 0
    mail.extra_headers["Message-ID"] = notices[0].message_id
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        logger.warning("A reminder was not taken: %s. It is tried once more.", type(error).__name__)
        return 0
    Notice.objects.filter(pk__in=[n.pk for n in notices]).update(sent_at=now)
    return 1


def compose(coder: Coder, subjects: list[tuple[str, str]], now: dt.datetime) -> EmailMessage | None:
    """The message about some things, as they stand now; None where none of them is due any more."""
    day = now.astimezone(zoneinfo.ZoneInfo(coder.user.time_zone)).date()
    page = credentials_page(coder, day)
    lines = [
        _cycle_text(line, day) for line in page.cycles if (Topic.RENEWAL, f"cycle:{line.row.pk}") in subjects
    ]
    lines += [
        _exam_text(line.credential, day)
        for line in page.others
        if (Topic.EXAM, f"credential:{line.credential.pk}") in subjects and line.credential.planned_on
    ]
    if not lines:
        return None
    topics = sorted({topic for topic, _subject in subjects})
    links = [(Topic(topic).label, address_to_stop(coder, topic)) for topic in topics]
    body = render_to_string(
        "tracker/mail/reminder.txt",
        {
            "coder": coder, "lines": lines, "links": links,
            "page": settings.SITE_URL + reverse("tracker:credentials"),
            "settings": settings.SITE_URL + reverse("tracker:reminders"),
        },
    )  # fmt: skip
    title = (
        lines[0][0]
        if len(lines) == 1
        else ngettext("%(n)s date", "%(n)s dates", len(lines)) % {"n": len(lines)}
    )
    headers = {"List-Unsubscribe": f"<{links[0][1]}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if len(lines) > 1:
        title = _("%(dates)s of your credentials") % {"dates": title}
    return EmailMessage(f"CoderPath: {title}", body, to=[coder.user.email], headers=headers)


def _cycle_text(line: CycleLine, day: dt.date) -> tuple[str, str]:
    said_when = f"{line.row.ends_on:%B %-d, %Y}"
    left = (line.row.ends_on - day).days
    if left >= 0:
        title = _("Renewal of %(name)s: due on %(day)s") % {"name": line.name, "day": said_when}
    else:
        title = _("Renewal of %(name)s: it was due on %(day)s") % {"name": line.name, "day": said_when}
    if not line.counts_hours:
        text = _("It is renewed by taking the examination again.")
    elif line.further:
        text = _("%(earned)s of %(required)s hours are there, %(further)s are missing.") % {
            "earned": said(line.earned), "required": line.required, "further": said(line.further),
        }  # fmt: skip
        text += "".join(
            " " + _("%(hours)s of them %(what)s.") % {"hours": said(part.missing), "what": part.words}
            for part in line.parts
            if part.missing
        )
    else:
        text = _("All hours are there: submit them, then note the renewal.")
    return title, text


def _exam_text(credential: Credential, day: dt.date) -> tuple[str, str]:
    said_when = f"{credential.planned_on:%B %-d, %Y}"
    code = credential.certification.code
    if credential.planned_on >= day:
        return _("%(code)s: your exam is planned for %(day)s") % {"code": code, "day": said_when}, _(
            "Good luck."
        )
    return (
        _("%(code)s: your exam was planned for %(day)s") % {"code": code, "day": said_when},
        _("If you passed, log when you earned it. If it moved, change the plan."),
    )


# --- What people choose ---


def choices_of(coder: Coder) -> dict[str, str]:
    chosen = dict.fromkeys(Topic.values, How.AT_ONCE.value)
    return chosen | dict(NoticeChoice.objects.filter(coder=coder).values_list("topic", "how"))


def choose(coder: Coder, topic: str, how: str) -> None:
    NoticeChoice.objects.update_or_create(coder=coder, topic=topic, defaults={"how": how})


def address_to_stop(coder: Coder, topic: str) -> str:
    """The link by which a topic stops with one click, without signing in."""
    return settings.SITE_URL + reverse(
        "tracker:stop_reminders", args=[signing.dumps([coder.pk, topic], salt=SALT)]
    )


def stopped_by(token: str) -> tuple[Coder, str]:
    """Whose topic a link stops. Raise BadSignature or Coder.DoesNotExist where it is none of ours."""
    pk, topic = signing.loads(token, salt=SALT)
    return Coder.objects.select_related("user").get(pk=pk), Topic(topic).value


@dataclass(frozen=True)
class Preview:
    day: dt.date
    mail: EmailMessage


def preview(coder: Coder, now: dt.datetime) -> Preview | None:
    """The next message, as it would read if nothing changed until then; None where none comes."""
    day = now.astimezone(zoneinfo.ZoneInfo(coder.user.time_zone)).date()
    rungs, how = ladders(), choices_of(coder)
    wide = {topic: [*ladder, -3650] for topic, ladder in rungs.items()}
    found = []
    for thing in _things(day, wide, coder):
        if how[thing.topic] == How.OFF:
            continue
        rung_day = next_day(thing.due_on, rungs[thing.topic], day)
        if rung_day:
            found.append((message_day(rung_day, how[thing.topic] == How.WEEKLY), thing))
    if not found:
        return None
    first = min(one for one, _thing in found)
    together = [thing for one, thing in found if one == first]
    if how[together[0].topic] == How.AT_ONCE:
        together = together[:1]
    morning = dt.datetime.combine(first, dt.time(MORNING), zoneinfo.ZoneInfo(coder.user.time_zone))
    mail = compose(coder, [(thing.topic, thing.subject) for thing in together], morning)
    return Preview(first, mail) if mail else None
