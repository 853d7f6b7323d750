"""The kinds of import. A new one is a file here that declares its columns, and a line below."""

from .audits import AUDITS
from .certificates import CERTIFICATES
from .credentials import CREDENTIALS
from .productivity import PRODUCTIVITY
from .roster import ROSTER

KINDS = {kind.slug: kind for kind in (PRODUCTIVITY, AUDITS, CREDENTIALS, CERTIFICATES, ROSTER)}
