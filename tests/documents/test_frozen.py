"""The content of an edition, read back from the text that it is frozen as."""
import json

import pytest

from negotiation.documents.booklet import render, thawing

pytestmark = pytest.mark.django_db


def test_what_was_frozen_is_read_back_and_prints_the_same_page(livret):
    again = thawing.read(livret.content.text)
    assert again == livret.content
    assert (again.text, again.digest) == (livret.content.text, livret.content.digest)
    assert render.html(again) == render.html(livret.content)


@pytest.mark.parametrize("alter", [
    lambda told: told.pop("slug"), lambda told: told["body"].pop("cover"), lambda told: told.update(more=1),
    lambda told: told["body"].update(projects=3), lambda told: told["body"]["cover"].update(subtitle="x")])
def test_what_another_version_has_frozen_is_refused_in_words(livret, alter):
    told = json.loads(livret.content.text)
    alter(told)
    with pytest.raises(thawing.Unreadable, match="une autre version de l’application"):
        thawing.read(json.dumps(told, sort_keys=True))


def test_what_is_no_content_is_refused_in_words():
    for text in ("", "[]", "null", "3", '{"slug": "x"}'):
        with pytest.raises(thawing.Unreadable):
            thawing.read(text)
