"""Whatever the bytes, the answer is a verdict or a refusal; a spoiled file never passes for another kind."""

import io
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.files import inspection
from negotiation.files.inspection import Refused, inspect

from . import corpus, corpus_office
from .hostile_pdf import packed

KINDS = sorted(inspection.VERDICTS)
MAKERS = {
    "pdf": lambda: packed(None), "png": corpus.image, "jpeg": corpus.jpeg, "docx": corpus_office.docx,
    "xlsx": corpus_office.xlsx, "odt": corpus_office.odt, "ods": corpus_office.ods,
}  # fmt: skip
NOISE = st.binary(max_size=6)
quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def good(kind):
    return MAKERS[kind]()


@st.composite
def spoiled(draw, kind):
    """A good file with up to four places cut, doubled, overwritten or filled."""
    data = good(kind)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        until = at + draw(st.sampled_from([0, 0, 1, 4, 40, 4000]))
        data = data[:at] + draw(NOISE) + data[until:]
    return data


def outcome(data, name):
    try:
        return inspect(io.BytesIO(data), name).kind
    except Refused as refused:
        reason = refused.reason
    assert reason != "unchecked"
    return None


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("kind", KINDS)
def test_spoiled_file_is_refused_or_keeps_its_kind(kind):
    @quick
    @given(spoiled(kind))
    def check(data):
        assert outcome(data, f"a.{kind}") in (kind, None)

    check()


@pytest.mark.usefixtures("in_process")
@quick
@given(st.sampled_from(KINDS), st.sampled_from([*inspection.STARTS, b"PK\x03\x04", b""]), st.binary())
def test_noise_is_refused(kind, start, noise):
    assert outcome(start + noise, f"a.{kind}") is None


@pytest.mark.usefixtures("in_process")
@quick
@given(st.one_of(st.none(), st.text()), st.sampled_from(KINDS))
def test_any_name_is_answered(name, kind):
    assert outcome(good(kind), name) is None
    assert outcome(good(kind), f"{name}.{kind}") in (kind, None)


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "docx"])
def test_spoiled_file_is_answered_by_the_child_too(kind):
    @settings(quick, max_examples=8)
    @given(spoiled(kind))
    def check(data):
        assert outcome(data, f"a.{kind}") in (kind, None)

    check()
