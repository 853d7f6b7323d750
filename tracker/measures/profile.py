"""What the coder says of themselves: track, current role, target role. Mostly for `applies_if`.

A choice is nobody's to attest; a current role is attested where the position that tells it is.
"""

import numpy as np

from curriculum import words
from tracker.models.records import Position

from .base import Measure, Measurement, listed, measure, named, nothing


def _flags(data, test) -> Measurement:
    return Measurement(np.array([float(test(i)) for i in range(data.size)]))


def _is_asked(leaf) -> bool:
    """Whether the flag is to be up; else it is to be down."""
    return leaf.comparator != "<=" and leaf.target > 0


class ProfileMeasure(Measure):
    unit, windowed, of_profile = "", False, True


@measure
class TrackChosen(ProfileMeasure):
    slug, title = "track_chosen", "chosen track"
    params = {"tracks": None}

    def noun(self, leaf):
        which = f" ({named(leaf, 'tracks')})" if listed(leaf, "tracks") else ""
        return f"{'a chosen' if _is_asked(leaf) else 'no chosen'} track{which}"

    def read(self, leaf, data, attested):
        if attested:
            return nothing(data.size)
        tracks = listed(leaf, "tracks")
        chosen = data.profile.tracks
        return Measurement(
            np.array([float(bool(t) and (not tracks or t in tracks)) or np.nan for t in chosen], float)
        )


@measure
class TargetRole(ProfileMeasure):
    slug, title = "target_role", "target role"
    params = {"roles": None, "degrees": None}

    def noun(self, leaf):
        asked = _is_asked(leaf)
        if degrees := listed(leaf, "degrees"):
            kinds = words.joined((f"{d}’s" if d in ("bachelor", "master") else d for d in degrees), "or")
            return f"a target role that {'requires' if asked else 'does not require'} a {kinds} degree"
        if not listed(leaf, "roles"):
            return "a target role" if asked else "no target role"
        return f"a target role {'of' if asked else 'other than'} {named(leaf, 'roles')}"

    def read(self, leaf, data, attested):
        if attested:
            return nothing(data.size)
        roles, degrees = listed(leaf, "roles"), listed(leaf, "degrees")

        def fits(i):
            role = data.profile.targets[i]
            return role is not None and (
                (not roles or role.slug in roles) and (not degrees or role.degree_required in degrees)
            )

        return _flags(data, fits)


@measure
class CurrentRole(ProfileMeasure):
    slug, title, kind = "current_role", "current role", Position.KIND
    params = {"roles": None}

    def noun(self, leaf):
        asked = _is_asked(leaf)
        if not listed(leaf, "roles"):
            return "a current role" if asked else "no current role"
        return f"{'' if asked else 'not '}{named(leaf, 'roles')} as your current role"

    def read(self, leaf, data, attested):
        roles, profile = listed(leaf, "roles"), data.profile
        flags = _flags(
            data, lambda i: (role := profile.roles[i]) is not None and (not roles or role.slug in roles)
        )
        if attested:
            flags.value[~np.array(profile.role_attested, bool)] = np.nan
        return flags
