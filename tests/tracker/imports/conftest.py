"""Files as they really come, and the steps of an import in one call."""

import pytest

from tests.factories import BodyFactory, CertificationFactory, CoderFactory, SpecialtyFactory, WorkTypeFactory
from tracker.imports.opening import Opened
from tracker.imports.reading import read_sheets
from tracker.models import ImportBatch, ImportState
from tracker.services.imports import running
from tracker.services.imports.names import match, unmatched
from tracker.services.imports.staging import inspect, stage

P1 = """date,work_type,specialty,charts,hours
2026-01-05,ed,,92,7.5
2026-01-06,ER,,88,7:30
"""
P2 = """Coder Activity Report
Date Range: 12/02/24 - 12/18/24
,,,,,,,,Time Totals (HH:MM:SS),,
User Name,Date,Category,Viewed,Saved,Submitted,Resubmitted,Queries,Updating,Viewing,Total
"DOE, J",12/02/24,Same Day Surgery,0,7,134,0,0,7:25:20,0:00:00,7:25:20
,12/18/24,Same Day Surgery,2,8,146,0,0,5:48:18,0:02:48,5:51:06
Total,,,2,15,280,0,0,13:13:38,0:02:48,13:16:26
"ROE, R",12/02/24,ER,0,0,60,0,0,5:00:00,0:00:00,5:00:00
,12/03/24,No Activity,,,,,,,,
Total,,,0,0,60,0,0,5:00:00,0:00:00,5:00:00
Grand Total,,,2,15,999,0,0,18:13:38,0:02:48,18:16:26
"""
P3 = (
    "\ufeffCoder ID;Month;IP Charts;IP Hrs;IP CPH;OPS Charts;OPS Hrs;ED Charts;ED Hrs;% to Goal;Comments\n"
    "C-104;Jan-26;310;112,0;2,77;84;14,5;0;0;104%;\n"
)
A1 = """audit_date,work_type,specialty,method,records_reviewed,records_correct,codes_reviewed,codes_correct,audit_source
2026-03-31,inpatient,,code_over_code,30,24,412,396,internal
"""
A2 = """Coder Name,Audit Type,Audit Opened Date,Account #,Diagnosis Audit,Diagnosis Errors,Training Topics
"Doe, J",Pre-bill,3/17/2026,100234567,12,1,Sepsis
"Doe, J",Pre-bill,3/17/2026,100234568,9,0,
"""
A3 = """Coder,Auditor,Audit Dt,Specialty,# Enc,E/M Lvl Errors,Dx Errors,CPT Errors,Modifier Errors,Total Codes,Accuracy %,Rebuttal (Y/N),Final %
JD,KM,3/17/2026,Cardiology,20,1,2,1,0,88,95.5 %,N,95.5 %
TOTAL / AVG,,,,20,1,2,1,0,88,95.45%,,
"""
# A staff list as a department has it: a title, a group in a row of its own, other columns, slips.
R1 = """Coding department;;;;
Last Name;First Name;E-mail (work);Job Title;Hire Date
Roe;Jane;Jane.Roe@Example.com;Inpatient Coder II;03/01/2021
Inpatient;;;;
Doe;John;"John Doe <john.doe@example.com>";ED Coder;03/02/2021
Poe;Ann;;ED Coder;
Low;Bo;bo at example.com;ED Coder;
Roe;Jane;jane.roe@example.com;Inpatient Coder II;03/01/2021
Total;;3;;
"""


@pytest.fixture
def words(db):
    """The rows of the catalogue that the files name."""
    WorkTypeFactory(slug="emergency", aliases=["ED", "ER"])
    WorkTypeFactory(slug="inpatient", aliases=["IP"])
    WorkTypeFactory(slug="outpatient-surgery", aliases=["OPS", "same day surgery"])
    SpecialtyFactory(slug="cardiology")
    SpecialtyFactory(slug="emergency-medicine")
    ahima = BodyFactory(slug="ahima", name="AHIMA")
    CertificationFactory(slug="cpc")
    CertificationFactory(slug="ccs", body=ahima)


@pytest.fixture
def me(words):
    """A coder with a log of their own."""
    return CoderFactory()


class Importing:
    """An import by somebody, for themself or for an organization, through the same services as the pages."""

    def __init__(self, by, *, organization=None, team=None, coder=None, name="Monthly export"):
        self.by, self.organization, self.team, self.coder, self.name = by, organization, team, coder, name

    def open(self, text, kind="", **said) -> Opened:
        data = text if isinstance(text, bytes) else text.encode()
        return inspect(read_sheets(data), by=self.by, source=None, kind=kind, **said)

    def stage(self, text, kind="", columns=None, answers=None, dropped=()) -> ImportBatch:
        data = text if isinstance(text, bytes) else text.encode()
        opened = self.open(data, kind, columns=columns, answers=answers, dropped=dropped)
        assert opened.is_ready, (opened.refused, opened.missing, opened.unanswered)
        batch = stage(
            data, opened, by=self.by, organization=self.organization, team=self.team, coder=self.coder, name=self.name,
            columns=columns, answers=answers,
        )  # fmt: skip
        running.begin(batch)
        return batch

    def preview(self, text, kind="", who=None, **said) -> ImportBatch:
        """Up to the preview; `who` says who a name is, by the key of the name; everybody else is nobody."""
        batch = self.stage(text, kind, **said)
        if batch.state == ImportState.NAMES:
            said_names = {}
            for one in unmatched(batch):
                coder = (who or {}).get(one.key)
                said_names[one.vocabulary, one.key] = str(coder.pk) if coder else "-"
            assert match(batch, said_names, by=self.by) == []
            running.start(batch, ImportState.PLANNING)
        batch.refresh_from_db()
        assert batch.state == ImportState.READY, (batch.state, batch.problem)
        return batch

    def store(self, text, kind="", who=None, only_good=False, **said) -> ImportBatch:
        batch = self.preview(text, kind, who, **said)
        running.commit(batch, by=self.by, only_good=only_good, site="https://coder.example")
        batch.refresh_from_db()
        assert batch.state == ImportState.DONE, (batch.state, batch.problem)
        return batch

    def undo(self, batch) -> ImportBatch:
        running.take_back(batch, by=self.by)
        batch.refresh_from_db()
        assert batch.state == ImportState.UNDONE, (batch.state, batch.problem)
        return batch


@pytest.fixture
def mine(me):
    return Importing(me.user, coder=me, name="My log")
