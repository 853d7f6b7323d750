from .evaluation import (
    Certainty,
    Evaluation,
    Gap,
    GapEvent,
    Staleness,
    Standing,
    Status,
    SweepRun,
    SweepWindow,
    TargetSource,
    WorkerHeartbeat,
)
from .people import Coder, ProductivityTarget, User
from .records import *  # noqa: F403
from .records import __all__ as _records

__all__ = [
    "Certainty",
    "Coder",
    "Evaluation",
    "Gap",
    "GapEvent",
    "ProductivityTarget",
    "Staleness",
    "Standing",
    "Status",
    "SweepRun",
    "SweepWindow",
    "TargetSource",
    "User",
    "WorkerHeartbeat",
    *_records,
]
