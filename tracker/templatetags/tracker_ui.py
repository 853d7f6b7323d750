"""What the component templates need beyond Django's own filters."""

from django import forms, template

from tracker.table_files import PARAMETER
from tracker.views.kinds import KINDS
from tracker.views.messages import UNDO
from tracker.views.stages import years_text

register = template.Library()


@register.filter
def among(view_name, names: str) -> bool:
    """Whether the view is one of the names, which are separated by spaces."""
    return view_name in names.split()


@register.filter
def undo_url(message) -> str:
    """Where to post to take back what the message reports; empty where it cannot be."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


@register.filter
def field_kind(field) -> str:
    """How a field is laid out: check, choices (several boxes), long (the full width), or plain."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.Textarea) or (
        isinstance(widget, forms.TextInput) and (getattr(field.field, "max_length", None) or 0) > 130
    ):
        return "long"
    return "plain"


@register.filter
def kind_words(slug):
    """What a kind of record is called; None for a gap that no record closes."""
    return KINDS.get(slug)


@register.filter
def stage_years(stage) -> str:
    return years_text(stage)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def field_of(form, name: str):
    return form[name]


@register.filter
def any_given(form, names: str) -> bool:
    """Whether one of the fields, whose names are separated by spaces, has a value or an error."""
    return any(form[name].value() not in (None, "") or form[name].errors for name in names.split())


@register.inclusion_tag("components/table_files.html", takes_context=True)
def table_files(context):
    """The table that it follows as a file. They are counted as they stand on the page."""
    request = context["request"]
    request.tables_offered = getattr(request, "tables_offered", 0) + 1
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    return {"number": request.tables_offered, "path": request.path, "query": query.urlencode()}
