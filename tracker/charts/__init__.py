"""Charts that answer a question: a finding as the title, a sentence, the picture, and its numbers as a table.

One module a kind (`accuracy`, `credentials`, `forecast`, `ladder`, `pace`, `readiness`, `wages`) turns figures into a `Chart`; all of them are pure, and do not
draw. `drawing` makes the picture, with a library that takes a second and 100 MB when it is first used: so it is imported
only there, pictures are kept by their content, and no page waits for one (views/charts.py).
"""

from .base import Chart

__all__ = ["Chart"]
