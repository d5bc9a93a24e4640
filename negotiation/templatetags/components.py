"""Components with declared parameters: tags, notices, French typography. Knows no model, reads no database."""
import html
import re
from functools import lru_cache
from urllib.parse import unquote

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from .. import dates, money
from ..choices import (
    DifficultyState,
    ObligationState,
    PositionState,
    Precision,
    RemarkState,
    SourceStatus,
    State,
    Voice,
)

register = template.Library()

NBSP, NARROW = "\u00a0", "\u202f"
BLANK = "—"
# Up to here, a text is a label that pages show again and again (characters).
LABEL = 200
UNDOCUMENTED = "non documenté"

# (colour of the tag, shape): the label says the same in words.
LOOKS = {
    "step": (State, {
        State.TODO: ("", "○"),
        State.DRAFT: ("going", "◐"),
        State.SUBMITTED: ("sent", "▸"),
        State.RETURNED: ("attention", "↺"),
        State.APPROVED: ("done", "✓"),
    }),
    "difficulty": (DifficultyState, {
        DifficultyState.OPEN: ("attention", "!"),
        DifficultyState.ONGOING: ("going", "◐"),
        DifficultyState.RESOLVED: ("done", "✓"),
        DifficultyState.UNDOCUMENTED: ("unknown", "?"),
    }),
    "remark": (RemarkState, {
        RemarkState.DRAFT: ("unknown", "✎"),
        RemarkState.OPEN: ("attention", "!"),
        RemarkState.ANSWERED: ("sent", "▸"),
        RemarkState.SETTLED: ("done", "✓"),
    }),
    "voice": (Voice, {
        Voice.FAVOURABLE: ("done", "✓"),
        Voice.RESERVED: ("going", "◐"),
        Voice.UNFAVOURABLE: ("attention", "×"),
        Voice.APPROVE: ("done", "✓"),
        Voice.RETURN: ("attention", "↺"),
        Voice.SKIPPED: ("unknown", "»"),
    }),
    "position": (PositionState, {
        PositionState.TABLED: ("going", "◐"),
        PositionState.AGREED: ("done", "✓"),
        PositionState.WITHDRAWN: ("unknown", "×"),
    }),
    "obligation": (ObligationState, {
        ObligationState.TODO: ("", "○"),
        ObligationState.ONGOING: ("going", "◐"),
        ObligationState.KEPT: ("done", "✓"),
        ObligationState.MISSED: ("bad", "×"),
        ObligationState.UNDOCUMENTED: ("unknown", "?"),
    }),
}
SOURCES = {
    SourceStatus.SOURCED: "attesté par une source malienne citée",
    SourceStatus.COMPARATIVE: "observé dans un autre pays : ce n’est pas une règle malienne",
    SourceStatus.PROPOSED: "proposition de la grille, à valider : ce n’est pas une règle",
}
NOTICES = {"info": "À savoir", "warning": "Attention", "success": "C’est fait", "error": "Erreur"}

MONTHS = "(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
# What is already exact (addresses) comes first and is left alone. A word is searched for « @ » once, from its start:
# from each of its characters, twenty thousand characters without a space would take seconds.
TYPOGRAPHY = re.compile(
    r"(?P<address>(?:https?://|www\.)\S+|(?<!\S)\S+@\S+)"
    r"|(?P<open>«)[ \u00a0\u202f]*(?=\S)"
    r"|(?<=[^\s«])[ \u00a0\u202f]*(?P<close>»)"
    r"|(?<=[\w»)\]”\"’%°…])[ \u00a0\u202f]*(?P<marks>[:;!?]+)(?=[\s»)\]”\"]|$)"
    r"|(?<=[0-9]) (?=[0-9]{3}(?![0-9])|%|FCFA|F CFA"
    rf"|(?:jours?|semaines?|mois|ans?|années?|millions?|milliards?|francs?|{MONTHS})\b)"
    rf"|(?<=\b1er) (?={MONTHS}\b)|(?<=\bn°) (?=[0-9])"
    # « source : S65 » and « sources : S01, S02 »: the first code stays with its label.
    r"|(?<=ource[ \u00a0]:) (?=[SC][0-9])|(?<=ources[ \u00a0]:) (?=[SC][0-9])"
)

# The mark that ends a sentence is not part of the address before it.
ADDRESS = re.compile(r"(https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)\]])")
# The codes of the sources of the field, as domain texts cite them.
SOURCE_CODE = re.compile(r"S[0-9]{2}")


def spaced(match):
    if match["address"]:
        return match["address"]
    if match["open"]:
        return f"«{NBSP}"
    if match["close"]:
        return f"{NBSP}»"
    if match["marks"]:
        return (NBSP if match["marks"].startswith(":") else NARROW) + match["marks"]
    return NBSP


@register.filter
def typo(text):
    """French spaces before « : ; ! ? » and inside guillemets; plain text in, plain text out (the template escapes)."""
    # + "": a plain string even from a safe one, so that autoescaping always has the last word.
    text = str(text) + ""
    return of_label(text) if len(text) <= LABEL else TYPOGRAPHY.sub(spaced, text)


@lru_cache(maxsize=4096)
def of_label(text):
    """The same of a short text: names and titles come again and again, a thousand times on the page of a large plan."""
    return TYPOGRAPHY.sub(spaced, text)


@register.filter
def joined(values, separator):
    """Several texts as one plain text, which the template escapes once (`join` gives one that is escaped already)."""
    return separator.join(map(str, values))


@register.filter
def prose(text):
    """What a person typed, as escaped paragraphs. Always escapes, even a string marked safe."""
    text = str(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text)]
    return mark_safe("".join(
        f'<p dir="auto">{escape(typo(block)).replace(chr(10), "<br>")}</p>' for block in blocks if block))


@register.filter
def or_blank(value, label=UNDOCUMENTED):
    """The value as prose, or the muted label when there is nothing."""
    if value is None or not str(value).strip():
        return format_html('<span class="muted">{}</span>', label)
    return prose(value)


@register.filter
def fcfa(amount):
    """2173126400 → « 2 173 126 400 FCFA »; no amount → « — »."""
    return BLANK if amount is None or amount == "" else money.format(amount)


@register.filter
def digits(amount):
    """2173126400 → « 2 173 126 400 »; no amount → « — »."""
    return BLANK if amount is None or amount == "" else money.digits(amount)


@register.filter
def in_words(amount):
    """2173126400 → « deux milliards … francs CFA »; no amount → nothing."""
    return "" if amount is None or amount == "" else money.in_words(amount)


@register.filter
def signed(gap, told="fcfa"):
    """−50000000 → « − 50 000 000 FCFA »; `told`: or digits."""
    return money.signed(gap, money.digits if told == "digits" else money.format)


@register.filter
def total(amount, told="digits"):
    """A total of what is being typed: « à corriger » while an amount in it cannot be read (None); `told`: or fcfa."""
    if amount is None:
        return "à corriger"
    return fcfa(amount) if told == "fcfa" else digits(amount or None)


@register.simple_tag
def amount_cells(amounts):
    """The cells of one line of amounts, empty where there is none. Written here, as `plan_lines` is."""
    return mark_safe("".join([f"<td>{money.digits(amount) if amount else BLANK}</td>" for amount in amounts]))


@register.simple_tag
def date_of(event_date, precision=Precision.DAY, end=None):
    """A date, or two, said no more precisely than they are known: « 31 août 2018 », « du 21 au 23 octobre 2013 »."""
    return dates.period(event_date, precision, end) if event_date else BLANK


@register.simple_tag
def state_of(edition):
    """What became of an edition of the livret, and since when; replaced_by is read with it."""
    if edition.withdrawn_at:
        return f"retirée le {date_of(edition.withdrawn_at)}"
    if edition.replaced_by:
        newer = edition.replaced_by
        gone = ", retirée depuis" if newer.withdrawn_at else ""
        return f"remplacée le {date_of(newer.published_at)} par l’édition {newer.number}{gone}"
    if edition.published_at:
        return f"publiée le {date_of(edition.published_at)}"
    return f"établie le {date_of(edition.established_at)}, non publiée"


@register.filter
def moment(at):
    """« 12 mars 2026, 14 h 05 »."""
    return dates.moment(at)


@register.filter
def linked(text):
    """Plain text, escaped; each http or https address in it becomes a link, said without its « https:// »."""
    return mark_safe("".join(
        format_html('<a href="{}" rel="noreferrer noopener">{}</a>', piece, said_address(piece))
        if place % 2 else escape(piece) for place, piece in enumerate(ADDRESS.split(str(text) + ""))))


@register.filter
def cited(text):
    """« S01, S07 », codes of the field's sources, as links to them; any other text as `typo` gives it."""
    codes = str(text).split(", ")
    if not all(map(SOURCE_CODE.fullmatch, codes)):
        return typo(text)
    return format_html_join(", ", '<a href="{0}#{1}">{1}</a>', ((reverse("sources"), code) for code in codes))


def said_address(address):
    """« kampuspedia.com/fr/Région_de_Kita »: percent signs only where what they hide could mislead."""
    said = unquote(address.partition("://")[2]).removesuffix("/")
    return said if said.isprintable() and " " not in said else address


# The pages that list the records of a dossier, and how each begins the anchor of its own.
LISTED = {
    "actor": ("actors", "acteurs"), "project": ("commitments", "projets"), "obligation": ("commitments", "obligations"),
    "fundinglimit": ("commitments", "regles"), "event": ("chronology", "evenements"),
    "difficulty": ("difficulties", "difficultes"), "position": ("positions", "position"), "actors": ("actors", ""),
    "projects": ("commitments", ""), "obligations": ("commitments", ""), "difficulties": ("difficulties", ""),
    "positions": ("positions", ""), "plan": ("plan", ""), "total": ("announced_total", ""),
}


@register.filter
def is_open(record, scopes):
    """May this record be edited now? scopes: elements.Scopes, None where the page offers no edit."""
    return bool(scopes) and scopes.opens(record)


@register.filter
def restricts(scopes, part):
    return bool(scopes) and scopes.restricts(part)


@register.simple_tag
def corrected_at(slug, target):
    """Where the element that a remark names (elements.py) is corrected: an address, "" when it is on the step's own
    page. A record that is gone is not there: the list where it was, always is."""
    word, _, rest = target.partition(":")
    if word in ("row", "cell"):
        project, financier, *year = rest.split(":")
        place = f"#p{project}-f{financier}-y{year[0]}" if year else ""
        return f"{reverse('plan', args=[slug])}?projet={project}{place}"
    if word not in LISTED:
        return ""
    page, anchor = LISTED[word]
    return reverse(page, args=[slug]) + (f"#{anchor}-{rest}" if rest else "")


@register.simple_tag
def file_size(size):
    """1234567 → « 1,2 Mo »."""
    if size < 1000:
        return f"{size}{NBSP}octet{'s' if size > 1 else ''}"
    if size < 999_500:
        return f"{size / 1000:.0f}{NBSP}ko"
    return f"{size / 1_000_000:.1f}{NBSP}Mo".replace(".", ",")


@register.inclusion_tag("components/state_tag.html")
def state_tag(value, of="step"):
    """The state of a step (or `of="difficulty"`, « obligation », « remark », « voice »): shape, word, colour."""
    states, looks = LOOKS[of]
    kind, icon = looks[states(value)]
    return {"kind": kind, "icon": icon, "label": states(value).label}


@register.inclusion_tag("components/source_tag.html")
def source_tag(value):
    """How far a statement is attested, with the meaning of the word."""
    status = SourceStatus(value)
    return {"value": status.value, "label": status.label, "explanation": SOURCES[status]}


@register.inclusion_tag("components/source_legend.html")
def source_legend():
    """The three words of `source_tag`, explained once per page."""
    return {"statuses": [{"value": s.value, "label": s.label, "explanation": SOURCES[s]} for s in SourceStatus]}


@register.inclusion_tag("components/progress_bar.html")
def progress_bar(done, total, label):
    """A bar and its words: « 3 sur 8 »."""
    return {"done": done, "total": total, "max": total or 1, "label": label}


@register.inclusion_tag("components/term.html")
def term(label, definition):
    """A word of the glossary; its definition shows on hover and focus."""
    return {"label": label, "definition": definition}


@register.simple_block_tag
def notice(content, kind="info", title=""):
    """A framed message; `kind` is info, warning, success or error; `title` replaces the usual word."""
    return render_to_string(
        "components/notice.html", {"kind": kind, "title": title or NOTICES[kind], "content": content})


@register.simple_tag
def stylesheet():
    """The address of site.css, or nothing: the last-resort page must not fail because the manifest is missing."""
    try:
        return staticfiles_storage.url("css/site.css")
    except ValueError:
        return ""


@register.simple_tag
def plan_lines(block, restricted=False):
    """The lines of one project in the financing matrix, with an input a cell. Written here, not in a template: a large
    plan has thousands of them. restricted: only some cells are open."""
    return mark_safe("\n".join(plan_line(block.project, row, restricted) for row in block.rows))


def plan_line(project, row, restricted):
    full = f' data-name="{escape(typo(row.full_name))}"' if row.full_name else ""
    cells = "\n".join(plan_cell(project, row, cell, restricted) for cell in row.cells)
    return (f'<tr data-line{full}><th scope="row"><span dir="auto" id="r{project}-{row.financier}">'
            f'{escape(typo(row.label))}</span></th>\n{cells}\n'
            f'<td class="total" data-sum="line">{total(row.total)}</td></tr>')


def plan_cell(project, row, cell, restricted):
    more = f' id="{cell.name}" aria-invalid="true" aria-describedby="e{cell.name}"' if cell.refusal else ""
    # In a correction: the list of the remarks leads to the cells that are open.
    more += "" if not restricted else " readonly" if not cell.is_open else "" if more else f' id="{cell.name}"'
    opened = ' class="is-open"' if restricted and cell.is_open else ""
    return (f'<td{opened}><input name="{cell.name}" value="{html.escape(cell.text)}" inputmode="numeric" '
            f'autocomplete="off" aria-labelledby="b{project} r{project}-{row.financier} y{cell.year}"{more}'
            f'{" autofocus" if cell.focus else ""}></td>')


@register.simple_tag
def party_options(parties):
    """The choices of one list « Ajouter un financeur ». Written here, as `plan_lines` is: a list a project."""
    return mark_safe("".join(option_of(party.pk, party.label, party.name) for party in parties))


@lru_cache(maxsize=4096)
def option_of(pk, label, name):
    return format_html('<option value="{}"{}>{}</option>', pk,
                       format_html(' data-label="{}"', typo(label)) if label != name else "", typo(name))
