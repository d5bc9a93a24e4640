"""What static files weigh as they travel; pages are weighed in a browser (tests/browser)."""
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.files.base import ContentFile

from cper.storage import LightStorage

STATIC = settings.BASE_DIR / "static"


def sent(storage, name):
    """The bytes of a file as it is collected, then saved under the name that holds its hash."""
    storage.save(name, ContentFile(Path(find(name)).read_bytes()))
    # A script that imports another one is saved again, once the name of that one is known.
    [*_, hashed] = [found[1] for found in storage.post_process({name: (storage, name)}) if found[0] == name]
    return Path(storage.path(hashed)).read_bytes()


def test_static_files_travel_light(tmp_path):
    """One stylesheet within 10 kB; the script of every page and the heaviest of one page within 15; what a page fetches
    only for those who paste, within 13 more."""
    storage = LightStorage(location=tmp_path, base_url="/static/")
    scripts = {path.stem: sent(storage, f"js/{path.name}") for path in sorted((STATIC / "js").glob("*.js"))}
    weights = {name: len(brotli.compress(content)) for name, content in scripts.items()}
    assert 5_000 < len(brotli.compress(sent(storage, "css/site.css"))) <= 10_000
    assert 5_000 < weights.pop("paste") <= 13_000
    assert weights.pop("site") + max(weights.values()) <= 15_000
    assert [name for name, content in scripts.items() if b"addEventListener" not in content] == ["paste", "progress"]


def test_what_is_for_readers_stays_with_the_sources(tmp_path):
    storage = LightStorage(location=tmp_path, base_url="/static/")
    for name, content, kept in (
            ("js/a.js", b'// One.\nlet a = "//b"; // kept\n  // Two.\nif (a) {\n  c();\n}\n',
             b'let a = "//b"; // kept\nif (a) {c();}\n'),
            ("css/a.css", b"/* One.\n   Two. */\na { b: c } /* kept */\n", b"a { b: c } /* kept */\n"),
            ("admin/a.js", b"// License.\n", b"// License.\n"), ("img/a.svg", b"<!-- // -->\n", b"<!-- // -->\n")):
        storage.save(name, ContentFile(content))
        assert storage.open(name).read() == kept


def test_no_text_of_a_script_goes_on_to_the_next_line():
    """Its indentation would be lost on the way."""
    assert [f"{path.name}:{number}" for path in sorted((STATIC / "js").glob("*.js"))
            for number, line in enumerate(path.read_text().splitlines(), 1) if line.count("`") % 2] == []
