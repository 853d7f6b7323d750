from django.core.management.base import BaseCommand

from curriculum.wage_import import load_shipped


class Command(BaseCommand):
    help = "Load the wage releases that ship with the site. Loading again changes nothing."

    def handle(self, *args, **options):
        for report in load_shipped():
            for line in report.lines():
                self.stdout.write(line)
