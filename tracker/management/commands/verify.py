"""Replay the records against what is stored."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from tracker.models import Coder
from tracker.services.replay import AT_ONCE, Report, database_faults, repair, verify_coders

SHOWN = 50


class Command(BaseCommand):
    help = "Replay everyone's records and report what is stored but does not follow from them. Fails on any drift."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="Evaluate anew whoever drifted.")

    def handle(self, *, repair: bool, **options):
        faults = database_faults()
        for fault in faults:
            self.stdout.write(f"database: {fault}")
        report = self._verify()
        for drift in report.drifts[:SHOWN]:
            self.stdout.write(str(drift))
        if len(report.drifts) > SHOWN:
            self.stdout.write(f"... and {len(report.drifts) - SHOWN} more.")
        self.stdout.write(
            f"{report.coders} coders with {report.gaps} gaps replayed; {report.waiting} wait for an evaluation."
        )
        left = self._repaired(report) if repair and report.drifts else report.drifts
        if left or faults:
            raise CommandError(f"{len(left)} drifts and {len(faults)} faults of the database.")
        self.stdout.write("Everything stored follows from the records.")

    def _verify(self) -> Report:
        ids, report = list(Coder.objects.order_by("pk").values_list("pk", flat=True)), Report()
        with tqdm(total=len(ids), unit=" coders", disable=None) as bar:
            for start in range(0, len(ids), AT_ONCE):
                window = ids[start : start + AT_ONCE]
                report.add(verify_coders(window))
                bar.update(len(window))
        return report

    def _repaired(self, report: Report) -> list:
        n = repair(report.drifts)
        left = verify_coders({drift.coder_id for drift in report.drifts}).drifts
        self.stdout.write(f"{n} coders evaluated anew.")
        for drift in left:
            self.stdout.write(f"still: {drift}")
        return left
