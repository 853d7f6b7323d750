"""Certificates: the document, giving and revoking one, and the page at which anybody can check one."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.documents import pdf
from tracker.forms.programs import RevokeForm
from tracker.models import Certificate, Enrollment
from tracker.permissions import taught_programs
from tracker.services.completion import issue_certificate, revoke_certificate

from .messages import say, say_error
from .scope import sentences, site_of


def _of_program(user) -> Q:
    """Certificates of programs in which the user teaches, of students who have not left."""
    return Q(enrollment__cohort__program__in=taught_programs(user).values("pk"), enrollment__left_at=None)


def _certificates():
    return Certificate.objects.select_related(
        "enrollment__cohort__program__organization", "enrollment__coder"
    )


@require_safe
def document(request, pk):
    """The certificate as PDF: for whom it is, and for who teaches there. A revoked one is not set any more."""
    seen = _certificates().filter(Q(enrollment__coder__user=request.user) | _of_program(request.user))
    certificate = get_object_or_404(seen.filter(revoked_at=None), pk=pk)
    response = HttpResponse(
        pdf("certificate", data_of(certificate, site_of(request))), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="certificate-{certificate.number}.pdf"'
    return response


def data_of(certificate: Certificate, site: str) -> dict:
    """What the document says, as text."""
    enrollment, program = certificate.enrollment, certificate.enrollment.cohort.program
    assignments = enrollment.assignments.filter(withdrawn_at=None, required=True)
    return {
        "title": _("Certificate of completion"),
        "name": certificate.name,
        "program": program.name,
        "organization": program.organization.name,
        "completed": f"{enrollment.completed_on:%B %-d, %Y}" if enrollment.completed_on else "",
        "issued": f"{certificate.issued_on:%B %-d, %Y}",
        "date": certificate.issued_on.isoformat(),
        "number": certificate.number,
        "address": site + reverse("programs:check", args=[certificate.token]),
        "completed_words": _("completed on"),
        "asked_words": _("Required:"),
        "number_word": _("Number"),
        "issued_word": _("Issued on"),
        "check_word": _("Check it at"),
        "asked": [str(one) for one in assignments.select_related("milestone", "activity")],
    }


@require_POST
def issue(request, enrollment):
    row = get_object_or_404(
        Enrollment.objects.open().filter(cohort__program__in=taught_programs(request.user).values("pk"))
        .select_related("cohort__program", "coder__user"), pk=enrollment,
    )  # fmt: skip
    try:
        certificate = issue_certificate(row, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("Certificate %(number)s is given.") % {"number": certificate.number})
    return redirect("programs:student", row.cohort_id, row.pk)


@require_POST
def revoke(request, pk):
    certificate = get_object_or_404(_certificates().filter(_of_program(request.user)), pk=pk)
    form = RevokeForm(request.POST)
    if form.is_valid():
        revoke_certificate(certificate, form.cleaned_data["reason"], by=request.user)
        say(request, _("Revoked. Its address says so from now on."))
    else:
        say_error(request, _("Say why it is revoked."))
    return redirect("programs:student", certificate.enrollment.cohort_id, certificate.enrollment_id)


@require_safe
@login_not_required
def check(request, token):
    """For whoever was shown a certificate: whether it is genuine and stands. The address is known from the document alone."""
    certificate = _certificates().filter(token=token).first()
    context = {"certificate": certificate}
    response = render(request, "tracker/programs/check.html", context, status=200 if certificate else 404)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
