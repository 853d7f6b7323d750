"""Links that let in whoever has them: the token is told once, and only its digest is stored."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits as text that fits an address."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is stored of a token, and looked up by: 64 hexadecimal digits. No salt, for a token cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
