"""No pattern takes more than a moment on a hostile text (ReDoS)."""

import re
import time

import pytest

from negotiation.files import archive, images, names, odf, ooxml, pdf

LENGTH = 50_000
SEEDS = [
    "a", " ", "/", ".", "#", "A#41/", "../", "\\", "Object 1/", "Object ", "x/printersettings/", "<!", "DDE",
    "word/embeddings/", "src=", "src= ' ", "javascript ", "/JavaScript", "\x00", "\xff\xc0",
    "Configurations2/.", "a-z+.-",
]  # fmt: skip
PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": pattern
    for module in (archive, images, names, odf, ooxml, pdf)
    for name, value in vars(module).items()
    for pattern in ([value] if isinstance(value, re.Pattern) else [])
} | {f"ooxml.FORBIDDEN {reason}": pattern for pattern, reason in ooxml.FORBIDDEN}


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_is_quick_on_hostile_text(name):
    pattern = PATTERNS[name]
    for seed in SEEDS:
        for text in (seed * (LENGTH // len(seed)), seed + " " * LENGTH, seed + "a" * LENGTH + "!"):
            if isinstance(pattern.pattern, bytes):
                text = text.encode("latin-1")
            start = time.process_time()
            pattern.search(text)
            assert time.process_time() - start < 0.05, (seed, text[:20])
