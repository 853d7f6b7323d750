"""Evaluate coders from the shell, by the functions that the worker runs."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from tracker.models import Coder
from tracker.services.evaluation import CHUNK, Tally, evaluate_coders


class Command(BaseCommand):
    help = "Evaluate everyone, or the coders with the given e-mail addresses, and store what changed."

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="*", help="Only these coders.")

    def handle(self, *, email, **options):
        coders = Coder.objects.order_by("pk")
        if email:
            coders = coders.filter(user__email__in=email)
            if missing := set(email) - set(coders.values_list("user__email", flat=True)):
                raise CommandError(f"There is no coder with the address {sorted(missing)[0]}.")
        ids, tally = list(coders.values_list("pk", flat=True)), Tally()
        step = min(CHUNK.values())
        with tqdm(total=len(ids), unit=" coders", disable=None) as bar:
            for start in range(0, len(ids), step):
                chunk = ids[start : start + step]
                tally.add(evaluate_coders(chunk))
                bar.update(len(chunk))
        self.stdout.write(f"{tally.coders} coders evaluated, {tally.gaps_changed} gaps changed.")
        if tally.failed:
            raise CommandError(f"{len(tally.failed)} coders failed; the log says why.")
