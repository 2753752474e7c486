"""Many keys as one parameter: found as they are, on every engine."""

import pytest
from django.contrib.contenttypes.models import ContentType

from ledarna_gdpr.privacy.keys import Pairs

pytestmark = pytest.mark.django_db

WORDS = ['a"b', "{a,b}", "a\\b", "NULL", "å ä", "1"]


@pytest.fixture
def types():
    return [ContentType.objects.create(app_label=word, model=word) for word in WORDS]


def test_numbers_and_words_of_any_kind_are_found(types):
    by_number = ContentType.objects.filter(pk__among={t.pk for t in types})
    by_word = ContentType.objects.filter(model__among=WORDS)

    assert {*by_number} == {*by_word} == {*types}


def test_pairs_are_found_as_pairs(types):
    first, second, *others = types
    keys = [first.pk, second.pk, *(t.pk for t in others)]
    crossed = [WORDS[1], WORDS[0], *WORDS[2:]]

    together = ContentType.objects.filter(Pairs(id=keys, model=WORDS))
    apart = ContentType.objects.filter(Pairs(id=keys, model=crossed))

    assert {*together} == {*types}
    assert {*apart} == {*others}


def test_no_keys_find_nothing_and_ask_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not ContentType.objects.filter(pk__among=[])
        assert not ContentType.objects.filter(Pairs(id=[], model=[]))
