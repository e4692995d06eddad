"""Whatever a person reads is marked where it stands, whole, so that a second language is a catalogue and not a search."""

from __future__ import annotations

import ast
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
MARKS = frozenset(("_", "N_", "ngettext"))
# What stays in English, and why.
UNTRANSLATED = {
    "store/migrations/": "what an upgrade writes was written in English before",
    "schema/customers.py": "Komet's own words for its columns",
    "schema/customer_examples.py": "invented customers",
    "schema/countries.py": "names that files hold",
    "store/seed.py": "the example company's own data",
    "ui/theme.py": "style sheets",
    "ui/review/grid_style.py": "style sheets",
    "ui/logo.py": "a picture",
}
# Of the people who run the program, not of those who use it.
LOGGERS = frozenset(("log", "_log", "_logger", "logger", "warnings"))
# Names that programs know, and another program's own words.
NAMES = frozenset(
    (
        "Komet Import",
        "Row in your file",
        "code list",
        "email list",
        "company list",
        "database disk image is malformed",
    )
)
# What only a programmer sees.
FAULTS = frozenset(("AssertionError", "KeyError", "RuntimeError", "TypeError", "ValueError"))
_WORDS = re.compile(r"[A-Za-z’']{2,}[,;:.]?\s+[A-Za-z“{]|\b[a-z]+: |^[A-Z][a-z]+(-[a-z]+)?[.…?]?$")
_NO_SENTENCE = re.compile(
    r"</|<[a-z]+|[{;]\s*\n|\b(SELECT|PRAGMA|CREATE|BEGIN|UPDATE|DELETE|ATTACH|CAST)\b|=>|^:material/"
)


def modules() -> list[Path]:
    found = [
        ROOT / "app.py",
        *sorted((ROOT / "pages").glob("*.py")),
        *sorted((ROOT / "komet_import").rglob("*.py")),
    ]
    return [path for path in found if not any(part in str(path.relative_to(ROOT)) for part in UNTRANSLATED)]


def unmarked(path: Path) -> list[str]:
    """Line and text of each sentence of a module that no mark surrounds."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    single_words = "ui/" in str(path) or "pages/" in str(path)
    return [f"{line}: {text}" for line, text in _texts(tree) if _is_sentence(text, single_words)]


def _is_sentence(text: str, single_words: bool) -> bool:
    if text in NAMES or _NO_SENTENCE.search(text) or not (found := _WORDS.search(text)):
        return False
    return single_words or " " in found.group()


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literals below a node, but marked ones, docstrings, annotations, what is logged and what is asserted."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in MARKS:
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in LOGGERS:
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="click"), attr="option")):
            return  # the help of the command line is in English, as its commands are
        case ast.Call(func=ast.Name(id=name)) if name in FAULTS:
            return
        case ast.Expr(value=ast.Constant()) | ast.Assert():
            return
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts),
            )
            for part in parts:
                if isinstance(part, ast.FormattedValue):
                    yield from _texts(part.value)
        case _:
            for name, value in ast.iter_fields(node):
                if name in ("annotation", "returns"):
                    continue
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        yield from _texts(child)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_is_marked(path: Path) -> None:
    assert unmarked(path) == []


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> set[object]:
    """The sentences, or one and many, that the template of a catalogue holds."""
    template = tmp_path_factory.mktemp("catalogue") / "komet_import.pot"
    program = Path(sysconfig.get_path("scripts"), "pybabel")
    marks = ("-k", "_", "-k", "N_", "-k", "ngettext:1,2")
    subprocess.run(
        [program, "-q", "extract", "-F", "babel.cfg", *marks, "-o", template, "."], cwd=ROOT, check=True
    )
    with template.open("rb") as opened:
        sentences = {message.id for message in read_po(opened) if message.id}
    # Where one of them is also said alone, it is not held twice.
    return sentences | {sentence[0] for sentence in sentences if isinstance(sentence, tuple)}


def literal_marks(path: Path) -> Iterator[object]:
    """What the marks of a module hold, where that is a literal: one text, or one and many."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="_" | "N_"), args=[ast.Constant(value=text)]):
                yield text
            case ast.Call(
                func=ast.Name(id="ngettext"), args=[ast.Constant(value=one), ast.Constant(value=many), _]
            ):
                yield one, many
            case ast.Call(func=ast.Name(id="_" | "N_" | "ngettext"), args=args):
                # A constant's name, marked where it stands.
                assert len(args) == 1, ast.unparse(node)
                assert not isinstance(args[0], ast.JoinedStr | ast.BinOp | ast.Call), ast.unparse(node)


def test_the_template_of_a_catalogue_holds_all_that_is_marked(catalogue: set[object]) -> None:
    assert {text for path in modules() for text in literal_marks(path)} - catalogue == set()


def test_the_names_in_one_and_many_are_the_same(catalogue: set[object]) -> None:
    """Else a count of one would lack a fact."""
    for sentence in catalogue:
        if isinstance(sentence, tuple):
            one, many = (set(re.findall(r"{(\w+)", text)) for text in sentence)
            assert one <= many, sentence
