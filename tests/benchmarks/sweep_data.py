"""The sweep's benchmark: its data, made inside the database, and the floor."""

import datetime as dt

from django.db import connection
from django.utils import timezone
from psycopg import sql

from curriculum.models import (
    Body,
    Certification,
    Milestone,
    MilestoneVersion,
    Occupation,
    Organization,
    Requirement,
    Role,
    Specialty,
    Stage,
    Standard,
    Track,
    WorkType,
)
from tracker.models import (
    RECORD_MODELS,
    Audit,
    AuditScore,
    Coder,
    Credential,
    Gap,
    GapEvent,
    MemberGap,
    Membership,
    Position,
    ProductivityTarget,
    Share,
    Staleness,
    Team,
    User,
    Volume,
)

CODE = {"measure": "audit_accuracy", "params": {"method": "code_over_code"}}
CASE = {"measure": "audit_accuracy", "params": {"method": "case"}}


def leaf(measure: str, target: str, months: int | None = None, **more) -> dict:
    node = {"measure": measure, "cmp": ">=", "target": target, **more}
    return node | {"window": {"months": months}} if months else node


LAPSED = {"measure": "credentials_lapsed", "cmp": "<=", "target": "0"}
AUDITOR = leaf("credentials", "1", params={"any_of": ["cert-2"]})
BY_YEARS = {"any": [AUDITOR, leaf("experience_years", "5")]}
NEEDS = [
    leaf(
        "audit_accuracy",
        "95.0",
        12,
        params=CODE["params"],
        minimum={"codes": 200, "records": 30, "audits": 2},
    ),
    leaf("audit_accuracy", "95.0", 12, params=CASE["params"], minimum={"records": 30}),
    leaf("audit_accuracy_sustained", "2", 24, params={"method": "code_over_code", "at": "95.0"}),
    leaf("attainment", "100", 3, minimum={"hours": 120}),
    leaf("attainment", "95", 12, minimum={"hours": 400}),
    leaf("specialty_share", "50", 24, minimum={"charts": 500}),
    leaf("charts_coded", "5000", 12),
    leaf("months_logged", "3", 6, params={"kinds": ["volume", "audit"]}),
    BY_YEARS,
    {
        "n_of": 2,
        "of": [leaf("charts_coded", "2000", 6), leaf("metric_kinds", "2", 12), leaf("people_led", "1")],
    },
    leaf("credentials", "1", params={"families": ["audit"]}),
    LAPSED,
]


def fill(size: int, years: int = 2, *, teams: bool = False, keys: dict | None = None) -> None:
    """Make `size` coders with their records of so many years. What was there goes. With `teams`, everybody is in a team of
    500 that sees all their records, and does all their work for its employer.

    `keys` says what of a catalogue that is there already they work and hold (see `catalogue`); without it there is one of
    12 milestones.
    """
    with connection.cursor() as cursor:
        ours = "tracker_user, tracker_coder, tracker_team" + ("" if keys else ", curriculum_milestone")
        cursor.execute(f"TRUNCATE {ours} RESTART IDENTITY CASCADE")
        for model in (
            User,
            Coder,
            Staleness,
            ProductivityTarget,
            Position,
            Credential,
            Volume,
            Audit,
            AuditScore,
            Membership,
            Share,
        ):
            defaults_in_the_database(cursor, model)
        keys = (keys or catalogue()) | {"n": size, "today": today(), "now": timezone.now()}
        keys |= {"weeks": 52 * years - 1, "months": 12 * years - 1, "employers": [], "team": TEAM}
        run(PEOPLE, keys)
        if teams:
            keys["employers"] = everybody_joins(size)
        run(RECORDS, keys)
    tidy()


def run(statements: str, keys: dict) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement, keys)


def today() -> dt.date:
    return timezone.now().date()


def tidy() -> None:
    """What a server's autovacuum does after so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def defaults_in_the_database(cursor, model) -> None:
    """What Django gives a field that is not named, so that a new one breaks no statement below."""
    for field in model._meta.concrete_fields:
        if field.has_default() and not callable(field.default):
            value = field.get_db_prep_save(field.default, connection)
        elif field.empty_strings_allowed and not field.null and not field.is_relation:
            value = ""
        else:
            continue
        cursor.execute(
            f"ALTER TABLE {model._meta.db_table} ALTER COLUMN {field.column} SET DEFAULT {sql.Literal(value).as_string()}"
        )


def catalogue() -> dict:
    origin = {"source": "benchmark"}
    stage, _ = Stage.objects.get_or_create(
        slug="foundation", defaults={"name": "F", "years_from": 0, **origin}
    )
    occupation, _ = Occupation.objects.get_or_create(
        code="29-2072", defaults={"title": "Medical Records Specialists"}
    )
    role, _ = Role.objects.get_or_create(
        slug="coder-i", defaults={"name": "Coder", "stage": stage, "occupation": occupation, **origin}
    )
    role.tracks.add(Track.objects.get_or_create(slug="entry", defaults={"name": "Entry", **origin})[0])
    body, _ = Body.objects.get_or_create(slug="body", defaults={"name": "Body", **origin})
    certifications = [
        Certification.objects.get_or_create(
            slug=f"cert-{i}",
            defaults={
                "name": f"Cert {i}", "code": f"C{i}", "body": body, "recommended_from": stage,
                "family": "audit" if i == 2 else "core", **origin,
            },
        )[0].pk
        for i in range(3)
    ]  # fmt: skip
    rates = {"unit": "chart", "rate_low": 5, "rate_typical": 10, "rate_high": 20, **origin}
    work_type, _ = WorkType.objects.get_or_create(slug="clinic", defaults={"name": "Clinic", **rates})
    specialties = [
        Specialty.objects.get_or_create(slug=f"specialty-{i}", defaults={"name": f"S{i}", **origin})[0].pk
        for i in range(2)
    ]
    for i, needs in enumerate(NEEDS):
        milestone = Milestone.objects.create(slug=f"m-{i}", name=f"M{i}", summary="-", **origin)
        MilestoneVersion.objects.create(
            milestone=milestone, valid_from=dt.date(2000, 1, 1), definition={"needs": needs}
        )
        Requirement.objects.create(milestone=milestone, stage=stage, weight=3, **origin)
    return {
        "role": role.pk, "c0": certifications[0], "c1": certifications[1], "c2": certifications[2],
        "wt": work_type.pk, "s0": specialties[0], "s1": specialties[1],
    }  # fmt: skip


RECORD = "source, external_id, provenance, counted, not_counted_because, note, recorded_at, removed_because"
VALUES = (
    "'self', '', CASE WHEN c.id %% 2 = 0 THEN 'imported' ELSE 'self_reported' END, true, '', '', %(now)s, ''"
)
EMPLOYER = "(%(employers)s::bigint[])[1 + (c.id - 1) / %(team)s]"
PEOPLE = """
INSERT INTO tracker_user (password, is_superuser, is_staff, is_active, date_joined, email, full_name, time_zone)
  SELECT '!', false, false, true, %(now)s, 'c' || i || '@bench.example', '', 'America/New_York' FROM generate_series(1, %(n)s) i;
INSERT INTO tracker_coder (user_id, stated_role_id, stated_years, created_at) SELECT id, %(role)s, NULL, %(now)s FROM tracker_user;
INSERT INTO tracker_staleness (coder_id, seq, done_seq, since, failed_seq) SELECT id, 1, 0, %(now)s, 0 FROM tracker_coder
"""
RECORDS = f"""
INSERT INTO tracker_productivitytarget (coder_id, work_type_id, per_hour, confirmed_on)
  SELECT id, %(wt)s, 8 + id %% 5, %(today)s FROM tracker_coder;
INSERT INTO tracker_position (coder_id, starts_on, role_id, title, employer, setting, remote, people_led, {RECORD})
  SELECT c.id, %(today)s - 400 - (c.id %% 2000)::int, %(role)s, '', '', '', '', c.id %% 3, {VALUES} FROM tracker_coder c;
INSERT INTO tracker_credential (coder_id, certification_id, earned_on, expires_on, number, {RECORD})
  SELECT c.id, k.certification, %(today)s - 700 + (c.id %% 90)::int, %(today)s + ((c.id + k.certification) %% 600)::int - 10, '', {VALUES}
  FROM tracker_coder c, (VALUES (%(c0)s), (%(c1)s), (%(c2)s)) AS k(certification);
INSERT INTO tracker_volume (coder_id, starts_on, ends_on, work_type_id, specialty_id, setting, charts, minutes, {RECORD}, made_under_id)
  SELECT c.id, %(today)s - 7 * w - 4 - (c.id %% 3)::int, %(today)s - 7 * w - (c.id %% 3)::int, %(wt)s,
    CASE WHEN (c.id + w) %% 3 = 0 THEN %(s0)s ELSE %(s1)s END, '', 250 + (c.id * 7 + w * 13) %% 150, 1900 + (c.id + w) %% 500, {VALUES}, {EMPLOYER}
  FROM tracker_coder c, generate_series(0, %(weeks)s) w;
INSERT INTO tracker_audit (coder_id, audited_on, basis, auditor, records_reviewed, {RECORD}, made_under_id)
  SELECT c.id, %(today)s - 30 * m - (c.id %% 28)::int, 'random', 'internal', 10 + c.id %% 20, {VALUES}, {EMPLOYER}
  FROM tracker_coder c, generate_series(0, %(months)s) m;
INSERT INTO tracker_auditscore (audit_id, method, reviewed, correct, note)
  SELECT id, 'code_over_code', records_reviewed * 12, records_reviewed * 12 - (id * 31 %% (1 + records_reviewed))::int, '' FROM tracker_audit;
INSERT INTO tracker_auditscore (audit_id, method, reviewed, correct, note)
  SELECT id, 'case', records_reviewed, records_reviewed - (id %% 3)::int, '' FROM tracker_audit
"""


TEAM = 500  # members of each
TEAMS = """
INSERT INTO tracker_membership (team_id, coder_id, accepted_at, joined_on, invited_at, expires_at)
  SELECT (%(teams)s::bigint[])[1 + (c.id - 1) / %(size)s], c.id, %(now)s, %(today)s - 4000, %(now)s, %(now)s FROM tracker_coder c;
INSERT INTO tracker_share (coder_id, membership_id, kind, granted_at)
  SELECT m.coder_id, m.id, k.kind, %(now)s FROM tracker_membership m, unnest(%(kinds)s::text[]) AS k(kind)
"""


def everybody_joins(size: int) -> list[int]:
    """Make everybody a member of a team that sees all their records; return the teams' organizations, in their order."""
    teams = []
    Standard.objects.filter(owner__name__startswith="Bench ").delete()
    Organization.objects.filter(name__startswith="Bench ").delete()
    for i in range(-(-size // TEAM)):
        organization = Organization.objects.create(name=f"Bench {i}", kind="employer")
        standard = Standard.objects.create(slug=f"team-{i}", name=f"Team {i}", owner=organization)
        teams.append(Team.objects.create(organization=organization, name="Team", standard=standard))
    kinds = [model.KIND for model in RECORD_MODELS]
    keys = {
        "teams": [team.pk for team in teams],
        "size": TEAM,
        "kinds": kinds,
        "today": today(),
        "now": timezone.now(),
    }
    run(TEAMS, keys)
    return [team.organization_id for team in teams]


def counts() -> str:
    """What is stored."""
    kinds = {"gaps": Gap, "events": GapEvent, "gaps of members": MemberGap}
    numbers = {name: model.objects.count() for name, model in kinds.items()}
    return ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)


def differences_from_floor() -> int:
    """How many gaps are met by one and not by the other. Years are left out: the sweep counts them by the calendar."""
    years = MilestoneVersion.objects.get(milestone__slug=f"m-{NEEDS.index(BY_YEARS)}").pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tracker_gap g FULL JOIN floor_gap f USING (coder_id, milestone_version_id)"
            " WHERE (g.status = 'met') IS DISTINCT FROM (f.status = 'met') AND milestone_version_id <> %s",
            [years],
        )
        return cursor.fetchone()[0]


def floor(window: int) -> None:
    """The same aggregates and statuses by bare SQL."""
    table = Gap._meta.db_table
    versions = list(MilestoneVersion.objects.order_by("milestone__pk").values_list("pk", flat=True))
    standard = Standard.installation().pk
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_gap")
        cursor.execute(f"CREATE TABLE floor_gap (LIKE {table} INCLUDING ALL)")
        for column, target in (
            ("coder_id", "tracker_coder"),
            ("milestone_version_id", "curriculum_milestoneversion"),
            ("standard_id", "curriculum_standard"),
        ):
            cursor.execute(
                f"ALTER TABLE floor_gap ADD FOREIGN KEY ({column}) REFERENCES {target} (id) DEFERRABLE INITIALLY DEFERRED"
            )
        cursor.execute("SELECT min(id), max(id) FROM tracker_coder")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, window):
            cursor.execute(
                FLOOR,
                {
                    "lo": start,
                    "hi": start + window - 1,
                    "today": today(),
                    "standard": standard,
                    "versions": versions,
                },
            )


COUNTABLE = "removed_at IS NULL AND counted AND coder_id BETWEEN %(lo)s AND %(hi)s"
FLOOR = f"""
WITH scores AS (
  SELECT a.coder_id,
    sum(s.correct) FILTER (WHERE method = 'code_over_code' AND audited_on > %(today)s - interval '12 months') k1,
    sum(s.reviewed) FILTER (WHERE method = 'code_over_code' AND audited_on > %(today)s - interval '12 months') n1,
    count(*) FILTER (WHERE method = 'code_over_code' AND audited_on > %(today)s - interval '12 months') a1,
    sum(a.records_reviewed) FILTER (WHERE method = 'code_over_code' AND audited_on > %(today)s - interval '12 months') r1,
    sum(s.correct) FILTER (WHERE method = 'case' AND audited_on > %(today)s - interval '12 months') k2,
    sum(s.reviewed) FILTER (WHERE method = 'case' AND audited_on > %(today)s - interval '12 months') n2,
    sum(s.correct) FILTER (WHERE method = 'code_over_code' AND audited_on > %(today)s - interval '24 months'
      AND audited_on <= %(today)s - interval '12 months') k3,
    sum(s.reviewed) FILTER (WHERE method = 'code_over_code' AND audited_on > %(today)s - interval '24 months'
      AND audited_on <= %(today)s - interval '12 months') n3
  FROM tracker_auditscore s JOIN tracker_audit a ON a.id = s.audit_id
  WHERE a.removed_at IS NULL AND a.counted AND a.coder_id BETWEEN %(lo)s AND %(hi)s AND a.basis <> 'targeted' GROUP BY 1
), audit_months AS (
  SELECT coder_id, date_trunc('month', audited_on) m FROM tracker_audit
  WHERE {COUNTABLE} AND audited_on > %(today)s - interval '6 months' GROUP BY 1, 2
), volume_months AS (
  SELECT coder_id, date_trunc('month', ends_on) m FROM tracker_volume
  WHERE {COUNTABLE} AND ends_on > %(today)s - interval '6 months' GROUP BY 1, 2
), months AS (
  SELECT coder_id, count(*) n FROM audit_months JOIN volume_months USING (coder_id, m) GROUP BY 1
), volumes AS (
  SELECT v.coder_id,
    sum(charts / per_hour) FILTER (WHERE ends_on > %(today)s - interval '3 months') e1,
    sum(minutes) FILTER (WHERE ends_on > %(today)s - interval '3 months') h1,
    sum(charts / per_hour) FILTER (WHERE ends_on > %(today)s - interval '12 months') e2,
    sum(minutes) FILTER (WHERE ends_on > %(today)s - interval '12 months') h2,
    sum(charts) FILTER (WHERE ends_on > %(today)s - interval '12 months') c1,
    sum(charts) FILTER (WHERE ends_on > %(today)s - interval '6 months') c2
  FROM tracker_volume v JOIN tracker_productivitytarget t ON t.coder_id = v.coder_id AND t.work_type_id = v.work_type_id
  WHERE removed_at IS NULL AND counted AND v.coder_id BETWEEN %(lo)s AND %(hi)s GROUP BY 1
), by_specialty AS (
  SELECT coder_id, specialty_id, sum(charts) c FROM tracker_volume
  WHERE {COUNTABLE} AND ends_on > %(today)s - interval '24 months' GROUP BY 1, 2
), share AS (SELECT coder_id, max(c) best, sum(c) whole FROM by_specialty GROUP BY 1
), credentials AS (
  SELECT c.coder_id, count(*) FILTER (WHERE k.slug = 'cert-2' AND expires_on >= %(today)s) auditor,
    count(*) FILTER (WHERE k.family = 'audit' AND expires_on >= %(today)s) family,
    count(*) FILTER (WHERE expires_on < %(today)s) lapsed
  FROM tracker_credential c JOIN curriculum_certification k ON k.id = c.certification_id
  WHERE {COUNTABLE} GROUP BY 1
), positions AS (
  SELECT coder_id, max(people_led) led, sum(coalesce(ends_on, %(today)s) - starts_on) / 365.25 years FROM tracker_position
  WHERE {COUNTABLE} GROUP BY 1
), every AS (
  SELECT c.id coder_id, v.* FROM tracker_coder c
  LEFT JOIN scores ON scores.coder_id = c.id LEFT JOIN months ON months.coder_id = c.id
  LEFT JOIN volumes ON volumes.coder_id = c.id LEFT JOIN share ON share.coder_id = c.id
  LEFT JOIN credentials ON credentials.coder_id = c.id LEFT JOIN positions ON positions.coder_id = c.id,
  LATERAL (VALUES
    (1, k1 * 100.0 / n1, k1::float, n1::float, n1 >= 200 AND r1 >= 30 AND a1 >= 2 AND k1 * 100 >= 95 * n1),
    (2, k2 * 100.0 / n2, k2, n2, n2 >= 30 AND k2 * 100 >= 95 * n2),
    (3, NULL, NULL, NULL, k1 * 100 >= 95 * n1 AND k3 * 100 >= 95 * n3),
    (4, e1 * 6000 / h1, NULL, NULL, h1 >= 7200 AND e1 * 60 >= h1),
    (5, e2 * 6000 / h2, NULL, NULL, h2 >= 24000 AND e2 * 60 >= 0.95 * h2),
    (6, best * 100.0 / whole, best, whole, whole >= 500 AND best * 2 >= whole),
    (7, c1, NULL, NULL, c1 >= 5000),
    (8, months.n, NULL, NULL, months.n >= 3),
    (9, years, NULL, NULL, auditor >= 1 OR years >= 5),
    (10, c2, NULL, NULL, (c2 >= 2000)::int + 1 + (led >= 1)::int >= 2),
    (11, family, NULL, NULL, family >= 1),
    (12, lapsed, NULL, NULL, lapsed = 0)) AS v(no, value, numerator, denominator, met)
  WHERE c.id BETWEEN %(lo)s AND %(hi)s
)
INSERT INTO floor_gap (id, coder_id, milestone_version_id, standard_id, seq, status, certainty, value, numerator, denominator, fingerprint, status_since)
SELECT nextval(pg_get_serial_sequence('tracker_gap', 'id')), coder_id, (%(versions)s::bigint[])[no], %(standard)s, 1,
  CASE WHEN met THEN 'met' WHEN value IS NULL THEN 'no_evidence' ELSE 'open' END, 'reported', value, numerator, denominator, 0, %(today)s
FROM every
"""
