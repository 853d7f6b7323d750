"""Mail of programs: invitations, moved due dates, messages. What is to be sent stands in the database; each goes once.

A mail is claimed before it is sent, so that two workers never send it twice; where the mail server does not take it, the
claim is given back, and the schedule tries again.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import Cohort, CohortMessage, CohortMessageCopy, Enrollment, Extension
from tracker.permissions import require_instructor
from tracker.secret_links import digest_of, new_token

from .sending import send_after_commit

AT_ONCE = 500
logger = logging.getLogger(__name__)


@transaction.atomic
def write_message(
    cohort: Cohort, enrollments: Iterable[int], subject: str, body: str, *, by, site: str
) -> CohortMessage:
    """Keep a message to some students of a cohort, and have it mailed to each. Raise ValidationError by field."""
    require_instructor(by, cohort.program)
    students = list(Enrollment.objects.open().filter(cohort=cohort, pk__in=list(enrollments)))
    if not students:
        raise ValidationError(_("Choose at least one student."))
    message = CohortMessage(cohort=cohort, subject=" ".join(subject.split()), body=body, by=by, site=site)
    message.full_clean()
    message.save()
    CohortMessageCopy.objects.bulk_create(
        CohortMessageCopy(message=message, enrollment=student) for student in students
    )
    send_after_commit("tracker.mail_programs")
    return message


def mail_waiting() -> int:
    """Send whatever waits; return how many mails. Twice sends nothing the second time."""
    return _mail_invitations() + _mail_extensions() + _mail_messages()


def _mail_invitations() -> int:
    waiting = Enrollment.objects.invited().filter(mailed_at=None, expires_at__gt=timezone.now())
    sent = 0
    for enrollment in waiting.exclude(invited_email="").select_related(
        "cohort__program__organization", "invited_by"
    )[:AT_ONCE]:
        # Made here, so that no queue ever holds the link.
        token = new_token()
        same = Enrollment.objects.invited().filter(pk=enrollment.pk)
        if not same.filter(mailed_at=None).update(mailed_at=timezone.now(), token_hash=digest_of(token)):
            continue
        program = enrollment.cohort.program
        subject = _("%(organization)s invites you to %(program)s") % {
            "organization": program.organization, "program": program,
        }  # fmt: skip
        link = enrollment.site + reverse("programs:invitation", args=[token])
        context = {"enrollment": enrollment, "program": program, "link": link}
        sent += _send(
            subject,
            "enroll",
            context,
            enrollment.invited_email,
            undo=lambda same=same: same.update(mailed_at=None),
        )
    return sent


def _mail_extensions() -> int:
    """One mail a student for all dates that were moved, with the reasons."""
    waiting = Extension.objects.filter(
        mailed_at=None, assignment__enrollment__left_at=None, assignment__withdrawn_at=None
    ).select_related("assignment__milestone", "assignment__activity", "assignment__enrollment__coder__user",
                     "assignment__enrollment__cohort__program__organization")  # fmt: skip
    by_student = defaultdict(list)
    for extension in waiting.order_by("pk")[: AT_ONCE * 4]:
        by_student[extension.assignment.enrollment].append(extension)
    sent = 0
    for student, extensions in by_student.items():
        same = Extension.objects.filter(pk__in=[one.pk for one in extensions])
        with transaction.atomic():
            mine = set(same.select_for_update().filter(mailed_at=None).values_list("pk", flat=True))
            Extension.objects.filter(pk__in=mine).update(mailed_at=timezone.now())
        extensions = [one for one in extensions if one.pk in mine]
        if not extensions:
            continue
        program = student.cohort.program
        context = {
            "extensions": extensions,
            "program": program,
            "organization": program.organization,
            "link": extensions[0].site + reverse("programs:assignments"),
        }
        subject = _("New due dates in %(program)s") % {"program": program}
        sent += _send(
            subject,
            "extended",
            context,
            student.coder.user.email,
            undo=lambda same=same: same.update(mailed_at=None),
        )
    return sent


def _mail_messages() -> int:
    waiting = CohortMessageCopy.objects.filter(sent_at=None, enrollment__left_at=None).select_related(
        "message__by", "message__cohort__program__organization", "enrollment__coder__user"
    )
    sent = 0
    for copy in waiting[: AT_ONCE * 4]:
        same = CohortMessageCopy.objects.filter(pk=copy.pk)
        if not same.filter(sent_at=None).update(sent_at=timezone.now()):
            continue
        message = copy.message
        link = message.site + reverse("programs:assignments")
        context = {"message": message, "program": message.cohort.program, "link": link}
        sent += _send(
            message.subject, "cohort_message", context, copy.enrollment.coder.user.email,
            undo=lambda same=same: same.update(sent_at=None), reply_to=message.by and message.by.email,
        )  # fmt: skip
    return sent


def _send(subject: str, template: str, context: dict, to: str, *, undo, reply_to: str | None = None) -> int:
    body = render_to_string(f"tracker/mail/{template}.txt", context)
    mail = EmailMessage(" ".join(subject.split()), body, to=[to], reply_to=[reply_to] if reply_to else None)
    try:
        mail.send()
    except (SMTPRecipientsRefused, SMTPDataError):
        # No use in trying again, and those behind it must not wait for it.
        logger.exception("A mail of a program was refused for good.")
        return 0
    except OSError:
        undo()
        raise
    return 1
