"""Completing a program, and the certificate that says so."""

import secrets
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import CertificateBy
from tracker.models import Assignment, Certificate, Enrollment
from tracker.pace import pace
from tracker.permissions import require_instructor, taught_programs
from tracker.selectors.assignments import lines_of

# Without letters and digits that look like others: numbers are read out and typed.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def complete_programs() -> int:
    """Note who has done everything required, and issue the certificates that need nobody's word; return how many.

    Completed once is completed: a record that changes later takes nothing back, and a certificate can be revoked. Twice
    does nothing.
    """
    waiting = Enrollment.objects.open().filter(completed_on=None)
    by_cohort = defaultdict(list)
    for enrollment in waiting.select_related("cohort__program", "coder__user"):
        by_cohort[enrollment.cohort_id, enrollment.coder.today()].append(enrollment)
    done = 0
    for (cohort_id, day), enrollments in by_cohort.items():
        assignments = Assignment.objects.current().filter(
            enrollment__cohort=cohort_id, enrollment__completed_on=None
        )
        lines = lines_of(assignments, day)
        for one in enrollments:
            mine = pace(
                [(line.required, line.state) for line in lines.get(one.pk, [])],
                one.starts_on,
                one.ends_on,
                day,
            )
            all_waived = any(line.required for line in lines.get(one.pk, [])) and mine.done is None
            if mine.complete or all_waived:
                done += _complete(one)
    return done


@transaction.atomic
def _complete(enrollment: Enrollment) -> bool:
    waiting = Enrollment.objects.filter(pk=enrollment.pk, completed_on=None, left_at=None)
    if not waiting.update(completed_on=enrollment.coder.today()):
        return False
    enrollment.refresh_from_db(fields=["completed_on"])
    program = enrollment.cohort.program
    # Nobody gives themselves a certificate, nor has it given by a program in which they teach.
    teaches = taught_programs(enrollment.coder.user).filter(pk=program.pk).exists()
    if program.certificate_by == CertificateBy.COMPLETION and not teaches:
        _issue(enrollment, by=None)
    return True


@transaction.atomic
def issue_certificate(enrollment: Enrollment, *, by) -> Certificate:
    """The certificate of who completed the program; the one that stands, where there is one."""
    require_instructor(by, enrollment.cohort.program)
    if enrollment.completed_on is None:
        raise ValidationError(
            _("Not everything required is done yet. What is missing can be signed off or waived.")
        )
    if by is not None and enrollment.coder.user_id == by.pk:
        raise ValidationError(_("Nobody gives themselves a certificate. Ask another instructor."))
    return _issue(enrollment, by=by)


def _issue(enrollment: Enrollment, *, by) -> Certificate:
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    stands = Certificate.objects.filter(enrollment=enrollment, revoked_at=None).first()
    if stands:
        return stands
    number = "-".join("".join(secrets.choice(LETTERS) for _i in range(4)) for _part in range(3))
    return Certificate.objects.create(
        enrollment=enrollment,
        number=number,
        name=str(enrollment.coder.user.full_name or enrollment.invited_name or enrollment.coder.user.email)[
            :120
        ],
        issued_on=enrollment.coder.today(),
        issued_by=by,
    )


@transaction.atomic
def revoke_certificate(certificate: Certificate, reason: str, *, by) -> Certificate:
    """Revoke a certificate with a reason; its address says so from now on. Twice is once."""
    require_instructor(by, certificate.enrollment.cohort.program)
    if not reason.strip():
        raise ValidationError(
            {
                "reason": _(
                    "Say why. Whoever checks the certificate is told that it is revoked, not the reason."
                )
            }
        )
    if certificate.revoked_at is None:
        certificate.revoked_at, certificate.revoked_by = timezone.now(), by
        certificate.revoked_because = reason
        certificate.full_clean()
        certificate.save()
    return certificate
