from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curriculum.models import GlossaryGroup, GlossaryTerm


@login_not_required
@require_safe
def glossary(request):
    """The words of the field and of this site, by what they are about. Other pages link to a word by its slug."""
    terms = sorted(GlossaryTerm.objects.all(), key=lambda term: GlossaryGroup.values.index(term.group))
    groups = [
        (GlossaryGroup(group).label, list(some))
        for group, some in groupby(terms, key=lambda term: term.group)
    ]
    return render(request, "tracker/glossary.html", {"groups": groups})
