"""One line understood: "32 ED charts 7.5h", "audit 30ch 396/412 ed random", "CPC 2026-03-01", "ce 2h Sepsis webinar aapc".

Pure: the line, the catalogue's words and today in; the kind of record and the data of its form out. Nothing is guessed
silently: what was not understood comes back as such, and the form shows all of it before anything is saved.
"""

from .line import Understood, understand
from .vocabulary import Term, Vocabulary

__all__ = ["Term", "Understood", "Vocabulary", "understand"]
