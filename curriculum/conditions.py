"""What a milestone asks, as data: a tree of conditions on measures. Pure: no database, no clock.

A definition is JSON::

    {"needs": NODE, "applies_if": NODE or absent}
    NODE  = {"all": [NODE, ...]} | {"any": [NODE, ...]} | {"n_of": 2, "of": [NODE, ...]} | LEAF
    LEAF  = {"measure": "audit_accuracy", "params": {"method": "code_over_code"},
             "cmp": ">=", "target": "95.0",
             "window": {"months": 12},           (or "any", or "now"; absent: "any")
             "minimum": {"records": 30, "codes": 200, "audits": 2},
             "close": "1.0"}                     (how far from the target still counts as close)

Targets are decimals in strings, so that 95.0 is exactly 95.0. The measures register themselves (`register`) from the
room that knows records; a tree that names an unknown measure, parameter or sample unit is refused with a message that
says where.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from django.core.exceptions import ValidationError

MOST_MONTHS = 600  # nobody codes for longer than fifty years
COMPARATORS = {">=": "at least", "<=": "at most", "==": "exactly"}


@dataclass(frozen=True)
class MeasureSpec:
    """What a condition may say about one measure.

    `unit` is what the value is counted in ("percent", a plural noun, or "" for yes and no), `unit_of` says it more
    exactly where it depends on the parameters; `params` maps each parameter to its allowed values (a tuple), or None
    for free ones (slugs of catalogue rows); `samples` are the units a minimum may be stated in, the method's own unit
    first. `check` gives what is wrong with parameters and minimum together, or nothing. `phrase` puts a whole condition
    into words.
    """

    slug: str
    title: str
    unit: str
    phrase: Callable[["Leaf"], str]
    params: Mapping[str, tuple | None] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    windowed: bool = True
    unit_of: Callable[[Mapping], str] | None = None
    check: Callable[[Mapping, Mapping], str | None] | None = None


_specs: dict[str, MeasureSpec] = {}


def register(spec: MeasureSpec) -> MeasureSpec:
    if spec.slug in _specs:
        raise ValueError(f"The measure {spec.slug} is registered twice.")
    _specs[spec.slug] = spec
    return spec


def specs() -> Mapping[str, MeasureSpec]:
    return MappingProxyType(_specs)


@dataclass(frozen=True)
class Leaf:
    """One condition. `window` is a number of months, or "any" or "now"."""

    measure: str
    params: Mapping
    comparator: str
    target: Decimal
    window: int | str
    minimum: Mapping[str, int]
    close: Decimal | None
    key: str

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return isinstance(other, Leaf) and self.key == other.key

    @property
    def spec(self) -> MeasureSpec:
        return _specs[self.measure]

    @property
    def months(self) -> int | None:
        return self.window if isinstance(self.window, int) else None

    @property
    def unit(self) -> str:
        """What this condition's value is counted in: "percent", a plural noun, or "" for yes and no."""
        return self.spec.unit_of(self.params) if self.spec.unit_of else self.spec.unit


@dataclass(frozen=True)
class Group:
    """At least `n` of `of`; all of them when n equals their number, any when it is 1."""

    n: int
    of: tuple["Node", ...]


Node = Leaf | Group


@dataclass(frozen=True)
class Rule:
    needs: Node
    applies_if: Node | None = None

    def leaves(self) -> Iterator[Leaf]:
        yield from leaves(self.needs)
        if self.applies_if:
            yield from leaves(self.applies_if)


def leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.of:
            yield from leaves(child)


def parse(definition) -> Rule:
    """Return the rule, or raise ValidationError that names the place and says what to do."""
    if not isinstance(definition, Mapping) or "needs" not in definition:
        raise ValidationError(
            "A definition is an object with “needs”, and “applies_if” where it does not apply to all."
        )
    if unknown := set(definition) - {"needs", "applies_if"}:
        raise ValidationError(f"A definition has no “{sorted(unknown)[0]}”: use “needs” and “applies_if”.")
    applies_if = definition.get("applies_if")
    return Rule(_node(definition["needs"], "needs"), _node(applies_if, "applies_if") if applies_if else None)


def _node(data, place: str) -> Node:
    if not isinstance(data, Mapping):
        raise ValidationError(
            f"{place}: a condition is an object with “measure”, or with “all”, “any” or “n_of”."
        )
    if "measure" in data:
        return _leaf(data, place)
    for op in ("all", "any"):
        if set(data) == {op}:
            children = _children(data[op], f"{place}.{op}")
            return Group(len(children) if op == "all" else 1, children)
    if set(data) == {"n_of", "of"}:
        children = _children(data["of"], f"{place}.of")
        if type(data["n_of"]) is not int or not 1 <= data["n_of"] <= len(children):
            raise ValidationError(f"{place}: “n_of” is a number from 1 to {len(children)}.")
        return Group(data["n_of"], children)
    raise ValidationError(f"{place}: use “measure”, “all”, “any”, or “n_of” with “of”.")


def _children(data, place: str) -> tuple[Node, ...]:
    if not isinstance(data, list) or not data:
        raise ValidationError(f"{place}: list at least one condition.")
    return tuple(_node(child, f"{place}[{i}]") for i, child in enumerate(data))


_LEAF_KEYS = {"measure", "params", "cmp", "target", "window", "minimum", "close"}


def _leaf(data: Mapping, place: str) -> Leaf:
    if unknown := set(data) - _LEAF_KEYS:
        raise ValidationError(f"{place}: a condition has no “{sorted(unknown)[0]}”.")
    spec = _specs.get(data["measure"]) if isinstance(data["measure"], str) else None
    if spec is None:
        raise ValidationError(
            f"{place}: there is no measure “{data['measure']}”. Choose from: {', '.join(sorted(_specs))}."
        )
    params, minimum = data.get("params") or {}, data.get("minimum") or {}
    for part, given in (("params", params), ("minimum", minimum)):
        if not isinstance(given, Mapping):
            raise ValidationError(f"{place}: “{part}” is an object, such as {{}}.")
    _check_params(spec, params, place)
    comparator = data.get("cmp", ">=")
    if not isinstance(comparator, str) or comparator not in COMPARATORS:
        raise ValidationError(f"{place}: “cmp” is one of {', '.join(COMPARATORS)}.")
    for unit, number in minimum.items():
        if unit not in spec.samples:
            raise ValidationError(
                f"{place}: “{spec.slug}” has no sample in {unit}; it counts {', '.join(spec.samples) or 'no sample'}."
            )
        if type(number) is not int or number < 1:
            raise ValidationError(f"{place}: the minimum of {unit} is a whole number of at least 1.")
    if complaint := spec.check and spec.check(params, minimum):
        raise ValidationError(f"{place}: {complaint}")
    return Leaf(
        measure=spec.slug,
        params=MappingProxyType(dict(params)),
        comparator=comparator,
        target=_decimal(data.get("target"), f"{place}.target"),
        window=_window(data.get("window", "any"), spec, place),
        minimum=MappingProxyType(dict(minimum)),
        close=None if data.get("close") is None else _decimal(data["close"], f"{place}.close"),
        key=json.dumps(data, sort_keys=True),
    )


def _check_params(spec: MeasureSpec, params: Mapping, place: str) -> None:
    for name in spec.required:
        if name not in params:
            raise ValidationError(f"{place}: “{spec.slug}” needs the parameter “{name}”.")
    for name, value in params.items():
        if name not in spec.params:
            raise ValidationError(f"{place}: “{spec.slug}” has no parameter “{name}”.")
        allowed, several = spec.params[name], takes_a_list(name)
        if isinstance(value, list) != several and (several or allowed is not None):
            raise ValidationError(f"{place}: “{name}” is {'a list' if several else 'one value, no list'}.")
        for one in value if several else [value]:
            if allowed is not None and one not in allowed:
                raise ValidationError(f"{place}: “{name}” is one of {', '.join(map(str, allowed))}.")
            # A single free value is the measure's own to judge, in its `check`.
            if allowed is None and several and not isinstance(one, str):
                raise ValidationError(f"{place}: “{name}” holds the slugs of rows.")


def takes_a_list(parameter: str) -> bool:
    """Parameters that hold several values are named in the plural; `any_of` reads like one."""
    return parameter == "any_of" or parameter.endswith("s")


def _decimal(text, place: str) -> Decimal:
    try:
        number = Decimal(text) if isinstance(text, str) or type(text) is int else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValidationError(f"{place}: a number in quotes, such as “95.0”.")
    return number


def _window(data, spec: MeasureSpec, place: str) -> int | str:
    if data in ("any", "now"):
        return data
    months = data.get("months") if isinstance(data, Mapping) and set(data) == {"months"} else None
    if spec.windowed and type(months) is int and 1 <= months <= MOST_MONTHS:
        return months
    raise ValidationError(
        f"{place}: the window is “any”, “now”"
        + (' or {"months": 12}.' if spec.windowed else f" for “{spec.slug}”.")
    )


def in_words(node: Node) -> str:
    """The condition as plain English, such as "an active credential (CPC or CCS)" or "3 years of coding experience"."""
    if isinstance(node, Leaf):
        return node.spec.phrase(node)
    parts = [
        in_words(child) if isinstance(child, Leaf) or len(child.of) == 1 else f"({in_words(child)})"
        for child in node.of
    ]
    if len(parts) == 1:
        return parts[0]
    if node.n == len(parts):
        return "; and ".join(parts)
    if node.n == 1:
        return f"either {'; or '.join(parts)}"
    return f"{node.n} of these {len(parts)}: {'; '.join(parts)}"
