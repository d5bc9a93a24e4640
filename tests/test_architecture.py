"""The borders of the house, checked on the source itself."""
import ast
import re
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.db.models import Q

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "negotiation"
TESTS = ROOT / "tests"
LONGEST = 400
# Imports point left only.
LAYERS = ["choices", "money", "dates", "codes", "folding", "themes", "files", "scenarios",
          "findings", "models", "checklist", "elements",
          "workflow",
          "permissions", "queries", "forms", "documents", "notifications", "templatetags", "views", "middleware",
          "urls"]
BESIDE = {"apps", "admin", "accounts", "management", "migrations", "__init__"}
TIGHTER = {
    "workflow": {"django.http", "django.shortcuts", "django.forms", "django.template", "django.core.mail"},
    "queries": {"negotiation.workflow", "negotiation.permissions", "django.http", "django.forms"},
    "forms": {"negotiation.workflow", "negotiation.permissions", "negotiation.queries"},
    "templatetags": {"negotiation.models", "negotiation.workflow", "negotiation.queries"},
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "core", "signals"}


def sources():
    return [path for path in APP.rglob("*.py") if "migrations" not in path.parts]


def layer_of(path):
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imported(path):
    """Absolute names of the modules and objects that a file imports."""
    package = ["negotiation", *path.relative_to(APP).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[:len(package) - node.level + 1] if node.level else []
            stem = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def test_every_module_belongs_to_a_layer():
    assert {layer_of(path) for path in sources()} - set(LAYERS) - BESIDE == set()


def test_imports_point_left():
    wrong = []
    for path in sources():
        layer = layer_of(path)
        if layer not in LAYERS:
            continue
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "negotiation" and len(parts) > 1 and parts[1] in LAYERS \
                    and LAYERS.index(parts[1]) > LAYERS.index(layer):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_layers_do_not_know_what_is_not_theirs():
    wrong = [f"{path.relative_to(ROOT)} imports {name}" for path in sources()
             for name in imported(path) for border in TIGHTER.get(layer_of(path), ())
             if name == border or name.startswith(f"{border}.")]
    assert wrong == []


def test_only_one_file_knows_weasyprint():
    users = {str(path.relative_to(ROOT)) for path in sources() for name in imported(path)
             if name.split(".")[0] == "weasyprint"}
    assert users == {"negotiation/documents/pdf.py"}


def test_state_is_assigned_in_workflow_only():
    wrong = [str(path.relative_to(ROOT)) for path in sources() if layer_of(path) != "workflow"
             and re.search(r"\.state = |\.update\(state=", path.read_text())]
    assert wrong == []


def test_views_reach_dossiers_through_visible_to_only():
    wrong = [str(path.relative_to(ROOT)) for path in sources() if layer_of(path) == "views"
             and re.search(r"Negotiation\.objects\.(?!visible_to)", path.read_text())]
    assert wrong == []


def test_no_float_and_no_nameless_module():
    assert [str(p) for p in sources() if re.search(r"FloatField|\bfloat\(", p.read_text())] == []
    assert [str(p) for p in sources() if p.stem in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(APP)))
def test_file_and_functions_stay_readable(path):
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST
    tree = ast.parse(text)
    long = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
            and node.end_lineno - node.lineno + 1 > 40]
    assert long == []
    assert not text.strip() or ast.get_docstring(tree), "a module says what it holds"


def test_test_files_stay_readable():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in TESTS.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_templates_stay_readable_and_hold_nothing_inline():
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        if len(text.splitlines()) > 120:
            wrong.append(f"{path.name}: too long")
        if re.search(r"\son[a-z]+=[\"']", text) or (re.search(r"\sstyle=", text) and "documents" not in path.parts):
            wrong.append(f"{path.name}: inline style or handler")
    assert wrong == []


def test_no_registry_and_no_machine_path_in_lock_files():
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
        assert not re.search(r"^-|(?<!\S)/\S", text, re.M)


def written_values(node):
    """Every value that a condition (Q) or a constraint is written from."""
    if isinstance(node, Q):
        for child in node.children:
            yield from written_values(child)
    elif isinstance(node, tuple):
        yield node[1]


def test_no_constraint_is_written_from_a_set():
    """A set has another order at each start: the migrations would differ from the models once in two."""
    wrong = [f"{model.__name__}.{constraint.name}" for model in django_apps.get_app_config("negotiation").get_models()
             for constraint in model._meta.constraints
             if any(isinstance(value, (set, frozenset))
                    for value in written_values(getattr(constraint, "condition", None)))]
    assert wrong == []
