"""Whoever joins, shares, takes back, leaves and logs in whatever order: a team sees, and is told, just what a simple model says."""

import datetime as dt

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.factories import CoderFactory, OrganizationFactory, StaffFactory, TeamFactory, WorkTypeFactory
from tracker.models import MemberGap, Membership, Volume
from tracker.permissions import visible_records
from tracker.services.evaluation import evaluate_coders
from tracker.services.invitations import invitation_link
from tracker.services.records import remove_record, save_record
from tracker.services.replay import verify_coders
from tracker.services.sharing import accept_membership, change_shares, leave_team

CHARTS = {"measure": "charts_coded", "target": "1000", "window": {"months": 12}}
kinds = st.sets(st.sampled_from(["volume", "audit", "position"]))
teams = st.integers(0, 1)


class Memberships(RuleBasedStateMachine):
    """One coder and two teams of two employers. The model: what each team is shared, and each volume's employer, day and charts."""

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.coder = CoderFactory()
        organizations = [OrganizationFactory() for _ in range(2)]
        self.teams = [TeamFactory(organization=organization) for organization in organizations]
        self.managers = [StaffFactory(organization=organization).user for organization in organizations]
        self.work_type = WorkTypeFactory()
        self.today = self.coder.today()
        self.shared: dict[int, set[str]] = {}
        self.volumes: dict[int, tuple[int | None, bool, int]] = {}

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def membership(self, team):
        return Membership.objects.open().get(coder=self.coder, team=self.teams[team])

    @rule(team=teams, kinds=kinds)
    def join(self, team, kinds):
        if team not in self.shared:
            _, token = invitation_link(self.teams[team], by=self.managers[team])
            accept_membership(token, self.coder, kinds, by=self.coder.user)
            self.shared[team] = kinds

    @rule(team=teams, kinds=kinds)
    def share(self, team, kinds):
        if team in self.shared:
            change_shares(self.membership(team), kinds, by=self.coder.user)
            self.shared[team] = kinds

    @rule(team=teams, by_manager=st.booleans())
    def leave(self, team, by_manager):
        if self.shared.pop(team, None) is not None:
            leave_team(self.membership(team), by=self.managers[team] if by_manager else self.coder.user)

    @rule(employer=st.none() | teams, after=st.booleans(), charts=st.integers(1, 500))
    def log(self, employer, after, charts):
        """For an employer whose team one is in, or for none; on the day of joining, or the day before."""
        employer = employer if employer in self.shared else None
        day = self.today - dt.timedelta(days=not after)
        volume = Volume(
            coder=self.coder, starts_on=day, ends_on=day, work_type=self.work_type, charts=charts, minutes=60
        )
        under = None if employer is None else self.teams[employer].organization
        save_record(volume, by=self.coder.user, made_under=under)
        self.volumes[volume.pk] = (employer, after, charts)

    @precondition(lambda self: getattr(self, "volumes", None))
    @rule(data=st.data())
    def remove(self, data):
        pk = data.draw(st.sampled_from(sorted(self.volumes)))
        remove_record(Volume.objects.get(pk=pk), by=self.coder.user)
        del self.volumes[pk]

    def seen(self, team) -> dict[int, int]:
        """The charts of the volumes that a team sees, by the model."""
        if "volume" not in self.shared.get(team, ()):
            return {}
        return {
            pk: charts for pk, (employer, after, charts) in self.volumes.items() if employer == team and after
        }

    @rule()
    def evaluate(self):
        evaluate_coders([self.coder.pk])
        for team in self.shared:
            gap = MemberGap.objects.get(membership=self.membership(team))
            assert gap.value == (sum(self.seen(team).values()) or None)
        assert verify_coders([self.coder.pk]).drifts == []

    @invariant()
    def a_manager_sees_what_the_model_says(self):
        for team, manager in enumerate(getattr(self, "managers", [])):
            assert set(visible_records(manager, Volume).values_list("pk", flat=True)) == set(self.seen(team))

    @invariant()
    def nothing_is_left_of_what_is_not_shared(self):
        if hasattr(self, "shared"):
            for gap in MemberGap.objects.select_related("membership__team"):
                assert gap.membership.left_at is None
                hidden = "volume" not in self.shared[self.teams.index(gap.membership.team)]
                assert not (hidden and gap.value is not None)


def test_a_team_is_told_what_the_model_says(ask):
    ask("charts", CHARTS, by="foundation")
    few = settings(
        max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Memberships, settings=few)
