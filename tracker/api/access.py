"""Who may call what: bearer tokens with scopes beside the session, and how many requests a minute."""

import datetime as dt
import logging
import time

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.throttling import BaseThrottle

from tracker.models import ApiToken, Scope

logger = logging.getLogger(__name__)

MINUTE = 60
NO_SCOPE = "This token may not do that. Make one with the scope “%s”."
NO_TOKENS = "This operation takes no tokens. Sign in for it."


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer …`. The time of the last use is kept to the minute."""

    def validate_user(self, auth_token):
        user_and_token = super().validate_user(auth_token)
        now = timezone.now()
        if auth_token.last_used_at is None or now - auth_token.last_used_at > dt.timedelta(minutes=1):
            ApiToken.objects.filter(pk=auth_token.pk).update(last_used_at=now)
        return user_and_token

    def _cleanup_token(self, auth_token) -> bool:
        """An ended token stays on its owner's list, which says that it ended."""
        return auth_token.has_ended


class BearerScheme(KnoxTokenScheme):
    """How the documentation names it."""

    target_class = BearerToken
    name = "token"
    priority = 1


class TokenScope(BasePermission):
    """A token may do what its scopes say; a view says in `scope` which one it needs. Without that no token gets in."""

    def has_permission(self, request, view):
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        if view.scope is None:
            self.message = NO_TOKENS
            return False
        needed = {view.scope} if request.method in SAFE_METHODS else {view.scope, Scope.WRITE}
        missing = sorted(needed - {"", *token.scopes})
        self.message = NO_SCOPE % "” and “".join(missing)
        return not missing


class PerMinute(BaseThrottle):
    """So many requests a minute and person. Counted where all web processes count; if that is gone, nobody is locked out."""

    def allow_request(self, request, view):
        limit, now = settings.API_REQUESTS_A_MINUTE, time.time()
        key = f"api:{request.user.pk or self.get_ident(request)}:{int(now // MINUTE)}"
        try:
            caches["limits"].add(key, 0, timeout=2 * MINUTE)
            used = caches["limits"].incr(key)
        except Exception:  # whatever a broken cache raises: ValueError, or its client's own errors
            logger.warning("Requests are not counted: the cache does not answer.", exc_info=True)
            return True
        self.seconds_left = MINUTE - now % MINUTE
        view.rate = (limit, max(0, limit - used), int(self.seconds_left) + 1)
        return used <= limit

    def wait(self):
        return self.seconds_left
