"""What the catalogue tells the rest of the site. The catalogue knows no coder; whoever does listens here."""

from django.dispatch import Signal

# Sent inside the transaction that changed the ladder, a milestone, a requirement or a wage release.
catalogue_changed = Signal()
