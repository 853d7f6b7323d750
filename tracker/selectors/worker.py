import datetime as dt

from django.utils import timezone

from tracker.models import WorkerHeartbeat

ALIVE_FOR = dt.timedelta(seconds=45)


def worker_alive() -> bool:
    """Whether schedule, broker and worker passed a message on within the last 45 seconds."""
    return WorkerHeartbeat.objects.filter(at__gt=timezone.now() - ALIVE_FOR).exists()
