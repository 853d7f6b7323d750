"""/api/v1/renewals/, /apprentice/, /reminders/: what each credential needs, by when, what is done. Its owner's alone."""

import datetime as dt

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.models import ContinuingEducation, How, RenewalCycle, Scope, Topic
from tracker.permissions import own_records
from tracker.selectors.apprentice import apprentice_page, apprentices
from tracker.selectors.audit_pack import pack_of
from tracker.selectors.credentials import credentials_page
from tracker.services.apprentice import tick
from tracker.services.reminders import choices_of, choose, preview
from tracker.services.renewals import pin, renew, unpin

from .ahead import coder_or_404
from .base import ApiMixin


def _hours(help_text: str = "", **more):
    return serializers.DecimalField(7, 2, coerce_to_string=False, help_text=help_text, **more)


class EventSerializer(serializers.Serializer):
    """Something that comes on a day, or came and is not done."""

    day = serializers.DateField()
    text = serializers.CharField()
    past = serializers.BooleanField()


class HeldSerializer(serializers.Serializer):
    """A credential and its state."""

    credential = serializers.IntegerField(source="credential.pk")
    code = serializers.CharField(source="credential.certification.code")
    state = serializers.CharField(
        help_text="planned, active, expiring, in_grace, lapsed, reinstated, replaced, legacy."
    )
    joined_on = serializers.DateField(allow_null=True, help_text="Since when it is in the cycle.")


class MinimumSerializer(serializers.Serializer):
    """A minimum within the total."""

    in_words = serializers.CharField(source="words")
    have = _hours()
    asked = _hours()
    missing = _hours()


class CreditSerializer(serializers.Serializer):
    """Hours that were taken: where they count, and why. `options` are the places that a pin can name."""

    record = serializers.IntegerField(source="course.pk")
    title = serializers.CharField(source="course.title")
    completed_on = serializers.DateField(source="course.completed_on")
    hours = _hours(source="course.hours")
    counts_toward = serializers.CharField(source="where")
    because = serializers.CharField()
    pinned = serializers.BooleanField()
    subjects = serializers.SerializerMethodField(help_text="Slugs; empty text: toward the total alone.")

    def get_subjects(self, line) -> list[str]:
        return [value.partition(":")[2] for value, _words in line.options]


class CycleSerializer(serializers.Serializer):
    """One running renewal cycle. Figures are hours."""

    id = serializers.IntegerField(source="row.pk")
    body = serializers.CharField(source="row.body.slug")
    name = serializers.CharField()
    starts_on = serializers.DateField(source="row.starts_on")
    ends_on = serializers.DateField(source="row.ends_on")
    days_left = serializers.IntegerField()
    state = serializers.CharField()
    submit_from = serializers.DateField(allow_null=True)
    counts_hours = serializers.BooleanField(help_text="False: it is renewed by an examination.")
    required = serializers.IntegerField()
    earned = _hours()
    due_by_today = serializers.IntegerField(source="due")
    ahead = _hours("Earned less what is due by today; negative: behind.")
    further = _hours("What is still to be earned.")
    a_month = _hours("Of that, each month until the end.", allow_null=True)
    about_to_be_lost = _hours("Beyond what the cycle asks; none carry over.", source="lost")
    minimums = MinimumSerializer(many=True, source="parts")
    credentials = HeldSerializer(many=True, source="held")
    credits = CreditSerializer(many=True)
    left_out = CreditSerializer(
        many=True, help_text="Logged for the body around this cycle, and counted in none."
    )
    rule = serializers.CharField(source="row.rule.statement")
    rule_source = serializers.CharField(source="row.rule.source")
    changes_from = serializers.DateField(allow_null=True, help_text="When another rule begins for you.")
    changes = serializers.ListField(child=serializers.CharField())


class PastCycleSerializer(serializers.Serializer):
    """A closed cycle, and the break that followed it."""

    id = serializers.IntegerField(source="row.pk")
    body = serializers.CharField(source="row.body.slug")
    name = serializers.CharField()
    starts_on = serializers.DateField(source="row.starts_on")
    ends_on = serializers.DateField(source="row.ends_on")
    ended = serializers.CharField(source="row.closed_as")
    earned = _hours()
    break_until = serializers.DateField(allow_null=True)


class RenewalsSerializer(serializers.Serializer):
    """All credentials across all bodies."""

    day = serializers.DateField()
    timeline = EventSerializer(many=True, source="events")
    cycles = CycleSerializer(many=True)
    without_a_cycle = HeldSerializer(many=True, source="others")
    past = PastCycleSerializer(many=True)


class RenewSerializer(serializers.Serializer):
    until = serializers.DateField(help_text="The end of the new period, as the body confirmed it.")


class PinSerializer(serializers.Serializer):
    subject = serializers.CharField(
        max_length=64,
        allow_blank=True,
        help_text="Slug of the certification in whose subject it counts; empty: the total alone.",
    )


class LogLineSerializer(serializers.Serializer):
    no = serializers.IntegerField()
    record = serializers.IntegerField(source="course.pk")
    title = serializers.CharField(source="course.title")
    completed_on = serializers.DateField(source="course.completed_on")
    sponsor = serializers.CharField(source="course.provider")
    index_number = serializers.CharField(source="course.index_number")
    hours = _hours(source="course.hours")
    proofs = serializers.SerializerMethodField(help_text="Ids of files (see /api/v1/proofs/).")
    lacks = serializers.CharField()

    def get_proofs(self, line) -> list[int]:
        return [proof.pk for proof in line.proofs]


class LogSerializer(serializers.Serializer):
    """What a body's auditor asks for, and what is missing from it."""

    complete = serializers.SerializerMethodField()
    further = _hours("Hours still to be earned.", source="cycle.further")
    activities = LogLineSerializer(many=True, source="lines")

    def get_complete(self, pack) -> bool:
        return not pack.is_short and not pack.incomplete


class _RenewalView(ApiMixin, APIView):
    needs_coder = True
    scope = Scope.READ

    def cycle(self, pk) -> RenewalCycle:
        """An open cycle of the signed-in coder's."""
        coder = coder_or_404(self.request.user)
        row = get_object_or_404(RenewalCycle.objects.filter(coder=coder, closed_as=""), pk=pk)
        row.coder = coder
        return row

    def page(self) -> Response:
        return Response(RenewalsSerializer(credentials_page(coder_or_404(self.request.user))).data)


class RenewalsView(_RenewalView):
    @extend_schema(
        summary="Read what each credential needs, by when, what is done, and why each hour counts where it does",
        responses=RenewalsSerializer,
    )
    def get(self, request):
        return self.page()


class RenewView(_RenewalView):
    @extend_schema(
        summary="Note that a body renewed: the cycle closes and the next opens",
        request=RenewSerializer,
        responses=RenewalsSerializer,
    )
    def post(self, request, pk):
        cycle = self.cycle(pk)
        sent = RenewSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        renew(cycle, by=request.user, until=sent.validated_data["until"])
        return self.page()


class LogView(_RenewalView):
    @extend_schema(
        summary="Read the log of a cycle for its body, with what it lacks", responses=LogSerializer
    )
    def get(self, request, pk):
        pack = pack_of(coder_or_404(request.user), pk)
        if pack is None:
            raise Http404
        return Response(LogSerializer(pack).data)


class PinView(_RenewalView):
    def activity(self, pk) -> ContinuingEducation:
        return get_object_or_404(own_records(self.request.user, ContinuingEducation), pk=pk)

    @extend_schema(
        summary="Let hours count where you say in a cycle",
        request=PinSerializer,
        responses=RenewalsSerializer,
    )
    def put(self, request, pk, record):
        """Whatever the allocation would choose. What it costs is in `further` of the answer."""
        cycle, activity = self.cycle(pk), self.activity(record)
        sent = PinSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        slug = sent.validated_data["subject"]
        subject = activity.subjects.filter(slug=slug).first()
        if slug and subject is None:
            raise serializers.ValidationError({"subject": ["These hours are not in this subject."]})
        pin(activity, cycle, subject, by=request.user)
        return self.page()

    @extend_schema(summary="Leave where hours count to the allocation again", responses={204: None})
    def delete(self, request, pk, record):
        unpin(self.activity(record), self.cycle(pk).body, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RouteStepSerializer(serializers.Serializer):
    slug = serializers.CharField(source="step.slug")
    name = serializers.CharField(source="step.name")
    done = serializers.BooleanField()
    done_on = serializers.DateField(allow_null=True)
    text = serializers.CharField()
    can_tick = serializers.BooleanField(help_text="False: it comes out of records, or of other steps.")


class RouteSerializer(serializers.Serializer):
    slug = serializers.CharField(source="route.slug")
    name = serializers.CharField(source="route.name")
    steps_left = serializers.IntegerField(source="left")
    steps = RouteStepSerializer(many=True)


class ApprenticeSerializer(serializers.Serializer):
    """The ways out of apprentice status, and the checklist of the employer's letter."""

    credential = serializers.IntegerField(source="credential.pk")
    removed_on = serializers.DateField(source="credential.apprentice_cleared_on", allow_null=True)
    routes = RouteSerializer(many=True)
    needed = RouteStepSerializer(many=True)
    letter = RouteStepSerializer(many=True)


class DoneSerializer(serializers.Serializer):
    done = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=50,
        help_text="Slugs of all steps that are done.",
    )


class ApprenticeView(_RenewalView):
    def _answer(self, coder, credential) -> Response:
        return Response(ApprenticeSerializer(apprentice_page(coder, credential, coder.today())).data)

    @extend_schema(
        summary="Read how the A of a CPC-A or COC-A goes, and what is left", responses=ApprenticeSerializer
    )
    def get(self, request, pk):
        coder = coder_or_404(request.user)
        return self._answer(coder, get_object_or_404(apprentices(request.user), pk=pk))

    @extend_schema(summary="Say which steps are done", request=DoneSerializer, responses=ApprenticeSerializer)
    def put(self, request, pk):
        coder = coder_or_404(request.user)
        credential = get_object_or_404(apprentices(request.user), pk=pk)
        sent = DoneSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        tick(credential, sent.validated_data["done"], by=request.user)
        return self._answer(coder, credential)


class RemindersSerializer(serializers.Serializer):
    """How you are reminded of each topic; what is left out stays."""

    renewal = serializers.CharField(max_length=8, required=False, help_text=", ".join(How.values))
    exam = serializers.CharField(max_length=8, required=False, help_text=", ".join(How.values))

    def validate(self, data):
        if wrong := [topic for topic, how in data.items() if how not in How.values]:
            raise serializers.ValidationError(
                {t: [f"Choose one of: {', '.join(How.values)}."] for t in wrong}
            )
        return data


class RemindersView(_RenewalView):
    @extend_schema(summary="Read how you are reminded", responses=RemindersSerializer)
    def get(self, request):
        return Response(choices_of(coder_or_404(request.user)))

    @extend_schema(
        summary="Choose how you are reminded", request=RemindersSerializer, responses=RemindersSerializer
    )
    def put(self, request):
        coder = coder_or_404(request.user)
        sent = RemindersSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        for topic, how in sent.validated_data.items():
            choose(coder, Topic(topic).value, how)
        return Response(choices_of(coder))


class NextMessageSerializer(serializers.Serializer):
    """The next message, as it would read if nothing changed until then; without one, all is null."""

    day = serializers.DateField(allow_null=True)
    subject = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)


class NextMessageView(_RenewalView):
    @extend_schema(summary="Read the next reminder before it is sent", responses=NextMessageSerializer)
    def get(self, request):
        found = preview(coder_or_404(request.user), timezone.now())
        day: dt.date | None = found and found.day
        said = {"day": day, "subject": found and found.mail.subject, "text": found and found.mail.body}
        return Response(NextMessageSerializer(said).data)
