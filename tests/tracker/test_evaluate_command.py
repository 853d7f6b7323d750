"""`manage.py evaluate`: the worker's functions from the shell."""

import pytest
from django.core.management import CommandError, call_command

from tests.factories import CoderFactory
from tracker.models import Evaluation

pytestmark = pytest.mark.django_db


def test_it_evaluates_everyone_and_says_so(capsys):
    coders = [CoderFactory() for _ in range(3)]
    call_command("evaluate")
    assert set(Evaluation.objects.values_list("coder", flat=True)) == {coder.pk for coder in coders}
    assert "3 coders evaluated" in capsys.readouterr().out


def test_it_evaluates_only_those_who_are_named():
    named, other = CoderFactory(), CoderFactory()
    call_command("evaluate", named.user.email)
    assert list(Evaluation.objects.values_list("coder", flat=True)) == [named.pk]
    assert other.pk != named.pk


def test_an_address_that_nobody_has_is_one_sentence():
    with pytest.raises(CommandError, match=r"no coder with the address nobody@example\.com"):
        call_command("evaluate", "nobody@example.com")
