"""Components: what each one writes, whole values; and the typography, for any text."""
import re
from datetime import date
from html import unescape

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from negotiation.choices import DifficultyState, ObligationState, SourceStatus, State
from negotiation.templatetags import components

N, T = "\u00a0", "\u202f"
TEXTS = st.text(alphabet=st.sampled_from("aé9 :;!?«»()\"'<>&/.@\n\r\t%Fhtps\u00a0\u202f"), max_size=60) | st.text()


def render(source, **context):
    return Template("{% load components crispy_forms_tags %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(("value", "html"), [
    (State.TODO, '<span class="tag"><span class="tag__icon" aria-hidden="true">○</span>à commencer</span>'),
    (State.DRAFT, '<span class="tag tag--going"><span class="tag__icon" aria-hidden="true">◐</span>en cours</span>'),
    (State.SUBMITTED, '<span class="tag tag--sent"><span class="tag__icon" aria-hidden="true">▸</span>soumise</span>'),
    (State.RETURNED,
     '<span class="tag tag--attention"><span class="tag__icon" aria-hidden="true">↺</span>à corriger</span>'),
    ("approved", '<span class="tag tag--done"><span class="tag__icon" aria-hidden="true">✓</span>approuvée</span>'),
])
def test_state_tag_says_shape_word_and_colour(value, html):
    assert render("{% state_tag value %}", value=value) == html


@pytest.mark.parametrize(("of", "states"), [
    ("step", State), ("difficulty", DifficultyState), ("obligation", ObligationState)])
def test_state_tag_knows_every_state_by_a_shape_of_its_own(of, states):
    shapes = [components.state_tag(value, of)["icon"] for value in states.values]
    assert [components.state_tag(value, of)["label"] for value in states.values] == states.labels
    assert len(set(shapes)) == len(states)


def test_source_tag_explains_itself_without_script():
    assert render("{% source_tag value %}", value="sourced") == (
        '<span class="source source--sourced" title="attesté par une source malienne citée">sourcé'
        '<span class="visually-hidden"> (attesté par une source malienne citée)</span></span>')
    assert set(components.SOURCES) == set(SourceStatus)


def test_source_legend_gives_the_three_words():
    assert re.findall(r'source--\w+">(.+?)<', render("{% source_legend %}")) == ["sourcé", "comparatif", "proposé"]


@pytest.mark.parametrize(("amount", "with_unit", "bare"), [
    (2173126400, f"2{N}173{N}126{N}400{N}FCFA", f"2{N}173{N}126{N}400"),
    (0, f"0{N}FCFA", "0"),
    (None, "—", "—"),
    ("", "—", "—"),
])
def test_amounts(amount, with_unit, bare):
    assert render("{{ a|fcfa }}|{{ a|digits }}", a=amount) == f"{with_unit}|{bare}"


@pytest.mark.parametrize(("done", "total", "maximum"), [(3, 8, 8), (0, 0, 1)])
def test_progress_bar_says_the_count(done, total, maximum):
    assert render("{% progress_bar done total 'Étapes' %}", done=done, total=total) == (
        f'<span class="progress"><span class="progress__label">Étapes</span><progress class="progress__bar" '
        f'max="{maximum}" value="{done}" aria-label="Étapes"></progress>'
        f'<span class="progress__count">{done} sur {total}</span></span>')


@pytest.mark.parametrize(("typed", "printed"), [
    ("Ordre du jour : le pont", f"Ordre du jour{N}: le pont"),
    ("Ordre du jour: le pont; puis ? Oui !", f"Ordre du jour{N}: le pont{T}; puis{T}? Oui{T}!"),
    ("Vraiment ?! (oui!)", f"Vraiment{T}?! (oui{T}!)"),
    ("à 10:30, le 1:2", "à 10:30, le 1:2"),
    ("https://dgct.example/?x=1:2;3 ; suite", f"https://dgct.example/?x=1:2;3{T}; suite"),
    ("a.b@c.ml: oui", "a.b@c.ml: oui"),
    ("«oui»", f"«{N}oui{N}»"),
    ("« oui » !", f"«{N}oui{N}»{T}!"),
    ("173 126 400 FCFA, 64 %", f"173{N}126{N}400{N}FCFA, 64{N}%"),
    ("de 4 à 5 ans, 2 à 3 mois", f"de 4 à 5{N}ans, 2 à 3{N}mois"),
    ("2 milliards le 31 août 2018, 5 anses", f"2{N}milliards le 31{N}août 2018, 5 anses"),
    ("le 1er mars 2026, la 1re mars", f"le 1er{N}mars 2026, la 1re mars"),
    ("décret n° 2014-0644 (source : S65, S66)", f"décret n°{N}2014-0644 (source{N}:{N}S65, S66)"),
    ("", ""),
])
def test_typo(typed, printed):
    assert components.typo(typed) == printed


# Each is twenty thousand characters that a search starting again from every character would read thousands of times.
HOSTILE = ["x" * 20_000, "." * 20_000, ":" * 20_000, "x." * 10_000, "a@" * 10_000, "@" * 20_000, "a.ml" * 5_000]


@pytest.mark.parametrize("run", HOSTILE, ids=lambda run: run[:4])
def test_typo_reads_a_run_without_a_space_once(run):
    """What surrounds it is spaced all the same; an address at its end is left alone."""
    assert components.typo(f"Oui: {run}") == f"Oui{N}: {run}"
    assert components.typo(f"{run} non!") == f"{run} non{T}!"
    assert components.typo(f"«{run}@c.ml:») : oui") == f"«{run}@c.ml:»){N}: oui"


def test_typo_looks_for_addresses_from_the_start_of_words_only():
    address = re.compile(r"(?<!\S)\S+@\S+")
    assert address.pattern in components.TYPOGRAPHY.pattern
    assert not address.match("xx@y", 1)


def test_typo_leaves_escaping_to_the_template():
    assert render("{{ t|typo }}", t="<b>a : x") == f"&lt;b&gt;a{N}: x"
    assert render("{{ t|typo }}", t=mark_safe("<b>")) == "&lt;b&gt;"


@pytest.mark.parametrize(("typed", "html"), [
    ("Un\r\ndeux\n\n\ntrois : <b>", f'<p dir="auto">Un<br>deux</p><p dir="auto">trois{N}: &lt;b&gt;</p>'),
    (mark_safe("<script>"), '<p dir="auto">&lt;script&gt;</p>'),
    ("  \n ", ""),
])
def test_prose(typed, html):
    assert render("{{ t|prose }}", t=typed) == html


@given(TEXTS)
def test_typo_is_idempotent(text):
    assert components.typo(components.typo(text)) == components.typo(text)


@given(TEXTS)
def test_typo_changes_nothing_but_spaces(text):
    spaces = re.compile(r"[ \u00a0\u202f]")
    assert spaces.sub("", components.typo(text)) == spaces.sub("", text)


@given(TEXTS)
def test_prose_never_unescapes(text):
    html = components.prose(text)
    assert set(re.findall(r"<[^>]*>|<", html)) <= {'<p dir="auto">', "</p>", "<br>"}
    shown = unescape(re.sub(r"<[^>]*>", "", html))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(("value", "html"), [
    (None, '<span class="muted">non documenté</span>'),
    (" ", '<span class="muted">non documenté</span>'),
    (0, '<p dir="auto">0</p>'),
    ("<i>", '<p dir="auto">&lt;i&gt;</p>'),
])
def test_or_blank(value, html):
    assert render("{{ v|or_blank }}", v=value) == html


def test_or_blank_takes_its_own_words():
    assert render("{{ v|or_blank:'non daté' }}", v=None) == '<span class="muted">non daté</span>'


@pytest.mark.parametrize(("day", "precision", "text"), [
    (date(2018, 8, 31), "day", f"31{N}août 2018"),
    (date(2018, 1, 1), "day", f"1er{N}janvier 2018"),
    (date(2022, 4, 1), "month", "avril 2022"),
    (date(2015, 1, 1), "year", "2015"),
    (None, "day", "—"),
])
def test_date_of_says_no_more_than_is_known(day, precision, text):
    assert render("{% date_of day precision %}", day=day, precision=precision) == text


def test_date_of_two_dates_is_a_period():
    assert render("{% date_of first 'day' last %}", first=date(2013, 10, 21), last=date(2013, 10, 23)) == (
        f"du 21 au 23{N}octobre 2013")


@pytest.mark.parametrize(("text", "html"), [
    ("Autres adresses : https://a.example/x?y=1&z=2 ; http://b.example/R%C3%A9gion.",
     'Autres adresses : <a href="https://a.example/x?y=1&amp;z=2" rel="noreferrer noopener">a.example/x?y=1&amp;z=2</a>'
     ' ; <a href="http://b.example/R%C3%A9gion" rel="noreferrer noopener">b.example/Région</a>.'),
    ("javascript:alert(1) ftp://c.example/ www.c.example a@c.example",
     "javascript:alert(1) ftp://c.example/ www.c.example a@c.example"),
    ('<b> https://d.example/"onclick=x',
     '&lt;b&gt; <a href="https://d.example/" rel="noreferrer noopener">d.example</a>&quot;onclick=x'),
    ("https://e.example/%E2%80%AEcod", '<a href="https://e.example/%E2%80%AEcod" rel="noreferrer noopener">'
     "https://e.example/%E2%80%AEcod</a>"),
])
def test_linked_makes_web_addresses_links_and_escapes_the_rest(text, html):
    assert render("{{ t|linked }}", t=text) == html


@pytest.mark.parametrize(("text", "html"), [
    ("S01, S07", '<a href="/sources/#S01">S01</a>, <a href="/sources/#S07">S07</a>'),
    ("S05", '<a href="/sources/#S05">S05</a>'),
    ("Bulletin S05 : <b>", "Bulletin S05\u00a0: &lt;b&gt;"),
    ("", ""),
])
def test_cited_links_the_codes_of_the_sources_and_nothing_else(text, html):
    assert render("{{ t|cited }}", t=text) == html


@pytest.mark.parametrize(("size", "text"), [
    (0, f"0{N}octet"), (512, f"512{N}octets"), (34_567, f"35{N}ko"), (999_499, f"999{N}ko"),
    (999_500, f"1,0{N}Mo"), (1_234_567, f"1,2{N}Mo")])
def test_file_size(size, text):
    assert render("{% file_size size %}", size=size) == text


def test_notice_frames_its_content():
    assert render("{% notice 'warning' %}<p>{{ t }}</p>{% endnotice %}", t="<b>") == (
        '<div class="notice notice--warning"><p class="notice__title">Attention</p><p>&lt;b&gt;</p></div>')
    assert render("{% notice title='Lisez' %}x{% endnotice %}") == (
        '<div class="notice notice--info"><p class="notice__title">Lisez</p>x</div>')


def test_term_carries_its_definition():
    assert render("{% term 'DGCT' 'Direction générale' %}") == (
        '<span class="term" tabindex="0">DGCT<span class="tip" role="note">Direction générale</span></span>')


def test_the_last_resort_page_needs_nothing():
    html = render_to_string("errors/500.html")
    assert re.findall(r"<h1>(.+?)</h1>", html) == ["L’application a rencontré une panne"]


class Sample(forms.Form):
    title = forms.CharField(label="Intitulé", help_text="Court.")
    side = forms.ChoiceField(label="Collège", choices=[("a", "A")], widget=forms.RadioSelect)
    place = forms.CharField(label="Lieu", required=False)


def test_form_summary_and_descriptions_point_to_what_is_there():
    html = render("{{ form|crispy }}", form=Sample({}))
    ids = re.findall(r' id="([^"]+)"', html)
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert re.findall(r'href="#([^"]+)"', html) == ["id_title", "champ_id_side"]
    assert described == ["id_title_helptext", "id_title_error", "id_side_error"]
    assert len(set(ids)) == len(ids)
    assert {"id_title", "champ_id_side", *described} <= set(ids)
    assert html.count("Ce champ est obligatoire.") == 4
    assert html.count("(facultatif)") == 1


@pytest.mark.parametrize(("target", "place"), [
    ("cell:6:5:2028", "engagements/plan/?projet=6#p6-f5-y2028"), ("row:6:5", "engagements/plan/?projet=6"),
    ("project:6", "engagements/#projets-6"), ("obligation:7", "engagements/#obligations-7"),
    ("actor:5", "acteurs/#acteurs-5"), ("event:3", "chronologie/#evenements-3"),
    ("difficulty:4", "difficultes/#difficultes-4"), ("total", "engagements/total/"), ("plan", "engagements/plan/"),
    ("position:8", "engagements/positions/#position-8"), ("step", ""), ("answer:A1.Q2", ""), ("document:A1.P1", "")])
def test_a_remark_leads_to_where_its_element_is_corrected(target, place):
    assert components.corrected_at("kayes", target) == (f"/negociations/kayes/{place}" if place else "")
