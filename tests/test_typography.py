"""The French spaces of what our templates say."""
import pytest

from cper.typography import typeset


@pytest.mark.parametrize(("source", "said"), [
    ("<strong>{{ name }}</strong> : {{ x }}", "<strong>{{ name }}</strong>\u00a0: {{ x }}"),
    ("Vous en tenez une copie ? <a>Oui</a> ; non !", "Vous en tenez une copie\u202f? <a>Oui</a>\u202f; non\u202f!"),
    ("« {{ x }} », « Conforme »", "«\u00a0{{ x }}\u00a0», «\u00a0Conforme\u00a0»"),
    ('<img alt="Plan : a">{# a : b #}{% if x : y %}', '<img alt="Plan : a">{# a : b #}{% if x : y %}'),
    ("10 :30 et &nbsp;: déjà", "10 :30 et &nbsp;: déjà")])
def test_a_template_is_typeset_and_its_markup_left_alone(source, said):
    assert typeset(source) == said


def test_pages_are_typeset(db, client):
    assert "est devenue cette édition\u00a0: en vigueur" in client.get("/verification/").content.decode()
