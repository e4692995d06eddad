"""The command line: `python -m komet_import`. Exit codes: 0 done, 1 done with rejected rows, 2 cannot be done.

What a command needs is imported when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from komet_import.errors import BadArguments, KometError, Refused, UnusableFile
from komet_import.language import _, ngettext
from komet_import.sentences import clipped

if TYPE_CHECKING:
    from komet_import.desk import Desk
    from komet_import.importer import Choices

log = logging.getLogger("komet_import")
as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document and nothing else.")
file_argument = click.argument("file", type=click.Path(path_type=Path))
limit_option = click.option("--limit", type=click.IntRange(1, 1_000_000_000), help="At most so many.")
# What a terminal would obey, and what no encoding can write: line breaks are the only ones that come through.
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _reading_options(command: Any) -> Any:
    """The options of `check` and `import` that say how a file is read."""
    for option in (
        click.option("--sheet", help="The sheet to read; by default the one that holds the customers."),
        click.option("--blank-cells", type=click.Choice(["keep", "clear"]), default="keep", show_default=True,
                     help="What a blank cell does to a stored value."),
        click.option("--map", "maps", multiple=True, metavar="'THEIRS=OURS'", help="Read their header as ours."),
        as_json,
        file_argument,
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Import customers into Komet Sales from an Excel file."""


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--kind", type=click.Choice(["empty", "existing", "example"]), default="empty", show_default=True
)
def template(out: Path, kind: Any) -> None:
    """Write the workbook to fill in."""
    from komet_import import importer

    with _desk() as desk, _written(out) as partial:
        rows = importer.write_template(desk, partial, kind)
    sentence = ngettext("{file}: {count:,} row", "{file}: {count:,} rows", rows)
    click.echo(_shown(sentence.format(file=out, count=rows)))


@main.command()
@_reading_options
@click.option("--report", type=click.Path(path_type=Path), help="Write the discrepancy workbook there.")
def check(file: Path, json_: bool, report: Path | None, **options: Any) -> None:
    """Read, validate and plan a file; change nothing."""
    from komet_import import drafts, importer
    from komet_import.cli import documents
    from komet_import.cli import words as console

    with _desk() as desk:
        content = _content(desk, file)
        table, matching, draft = importer.check(desk, file.name, content, _choices(**options))
        plan = draft.plan()
        if report is not None:
            with _written(report) as partial:
                drafts.write_discrepancies(desk, draft, partial)
    document = documents.checked(file.name, table.sheet, matching, draft, plan)
    print_document(document, None if json_ else console.checked)
    sys.exit(1 if plan.counts.rejected else 0)


@main.command("import")
@_reading_options
@click.option("--all-or-nothing", is_flag=True, help="Import nothing while a row has errors.")
@click.option("--again", is_flag=True, help="Import a file all the same that was imported before.")
def import_(file: Path, json_: bool, again: bool, all_or_nothing: bool, **options: Any) -> None:
    """Check a file, then import its valid rows."""
    from komet_import import drafts, importer
    from komet_import.cli import documents
    from komet_import.cli import words as console

    with _desk() as desk:
        content = _content(desk, file)
        if not again:
            importer.refuse_repetition(desk, file.name, content)
        choices = _choices(**options, all_or_nothing=all_or_nothing)
        opened = importer.upload(desk, file.name, content, choices, attended=False)
        plan = opened.draft.plan()
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=100, label=_("Importing"), file=sys.stderr, hidden=hidden) as bar:
            try:
                record = importer.commit(
                    desk,
                    opened.stored.draft_id,
                    plan.hash,
                    lambda share: bar.update(int(share * 100) - bar.pos),
                    opened=opened,
                    again=again,
                )
            except Refused:
                drafts.discard(desk, opened.stored.draft_id)  # nobody comes back to it: no trace stays
                raise
        _deliver(desk)
    checked = documents.checked(file.name, opened.sheet, opened.matching, opened.draft, plan)
    print_document(documents.imported(checked, record), None if json_ else console.imported)
    sys.exit(1 if record.counts.rejected else 0)


@main.command()
@as_json
@limit_option
def history(json_: bool, limit: int | None) -> None:
    """List the imports, newest first."""
    from komet_import import history
    from komet_import.cli import documents
    from komet_import.cli import words as console
    from komet_import.store.history import WantedImports

    with _desk() as desk:
        lines = history.find(desk, WantedImports(), limit=limit).lines
    print_document(documents.history(line.record for line in lines), None if json_ else console.history)


@main.command()
@click.argument("import_id", type=int)
@as_json
def show(import_id: int, json_: bool) -> None:
    """Show one import: its figures, discrepancies and changes."""
    from komet_import import history
    from komet_import.cli import documents
    from komet_import.cli import words as console
    from komet_import.store.audit import WantedChanges

    with _desk() as desk:
        view = history.show(desk, import_id)
        document = documents.import_(
            view,
            lambda: history.each_discrepancy(desk, import_id),
            lambda: (shown.change for shown in history.each_change(desk, import_id, WantedChanges())),
        )
        print_document(document, None if json_ else console.shown)


@main.command()
@as_json
@click.option("--search", help="Only those whose code, name, e-mail or city holds this text.")
@limit_option
def customers(json_: bool, search: str | None, limit: int | None) -> None:
    """List what is stored, by Customer ID."""
    from komet_import import customers
    from komet_import.cli import documents
    from komet_import.cli import words as console
    from komet_import.store.customers import Wanted

    with _desk() as desk:
        rows, _total = customers.find(desk, Wanted(search or ""), None, limit)
    print_document(documents.customers(rows, customers.DECLARATION), None if json_ else console.customers)


@main.group("company")
def company_group() -> None:
    """The company: name, locations and lists."""


@company_group.command("show")
@as_json
def company_show(json_: bool) -> None:
    """Show the company as `load` reads it."""
    from komet_import import company
    from komet_import.cli import words as console

    with _desk() as desk:
        document = company.document(desk)
    print_document(document, None if json_ else console.company)


@company_group.command("load")
@file_argument
def company_load(file: Path) -> None:
    """Replace name, locations and lists by those of a JSON file."""
    from komet_import import company

    with _desk() as desk:
        try:
            document = json.loads(_content(desk, file))
        except (ValueError, RecursionError) as error:
            raise BadArguments(
                "bad_company_file", file=file.name, detail=_("it is not JSON ({reason})").format(reason=error)
            ) from error
        company.load(desk, file.name, document)
    click.echo(_shown(_("{file} is in force.").format(file=file.name)))


@main.group(invoke_without_command=True)
@as_json
@click.pass_context
def outbox(context: click.Context, json_: bool) -> None:
    """List the e-mails that wait, were sent or failed."""
    if context.invoked_subcommand is None:
        from komet_import import post
        from komet_import.cli import documents
        from komet_import.cli import words as console

        with _desk() as desk:
            mails = post.outbox(desk)
        print_document(documents.outbox(mails), None if json_ else console.outbox)


@outbox.command("send")
def outbox_send() -> None:
    """Try the waiting e-mails now."""
    from komet_import import post
    from komet_import.cli import words as console

    with _desk() as desk:
        attempts = post.deliver(desk, waiting=True)
        click.echo(_shown(console.delivered(attempts, post.outbox(desk), desk.settings)))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
def serve(port: int) -> None:
    """Start the app."""
    from komet_import.cli.serving import command

    arguments = command(port)
    if os.name == "nt":  # there, a replaced process would leave the console behind
        sys.exit(subprocess.call(arguments))  # noqa: S603 - our own interpreter and files
    os.execv(arguments[0], arguments)  # noqa: S606 - the same; signals reach the app itself


@main.command()
def migrate() -> None:
    """Bring the database to this version."""
    with _desk():
        click.echo(_("The database is at this version."))


@main.command("purge")
@as_json
def purge_(json_: bool) -> None:
    """Drop what need not be kept any more."""
    from komet_import.cli import documents
    from komet_import.cli import words as console
    from komet_import.purge import purge_now

    with _desk() as desk:
        purged = purge_now(desk)
    print_document(documents.purged(purged), None if json_ else console.purged)


# -- around the commands -------------------------------------------------------------------------------------------


@contextmanager
def _desk() -> Iterator[Desk]:
    from komet_import.desk import open_desk, open_store
    from komet_import.settings import from_environment

    settings = from_environment(os.environ)
    database = open_store(settings)
    try:
        yield open_desk(settings, database)
    finally:
        database.close()


def _choices(**options: Any) -> Choices:
    from komet_import.importer import Choices
    from komet_import.store.drafts import BlankCells

    mapping = {}
    for pair in options.pop("maps"):
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs.strip() or not ours.strip():
            raise BadArguments(
                "bad_argument",
                detail=_("--map “{pair}” must look like 'Their header=Our header'.").format(
                    pair=clipped(pair, 100)
                ),
            )
        mapping[theirs] = ours
    return Choices(mapping=mapping, blank_cells=BlankCells(options.pop("blank_cells")), **options)


def _content(desk: Desk, file: Path) -> bytes:
    limit = desk.settings.limits.upload_mb
    megabytes: list[bytes] = []
    try:
        with file.open("rb") as opened:  # a pipe or a device does not say how long it is
            while len(megabytes) <= limit and (megabyte := opened.read(1 << 20)):
                megabytes.append(megabyte)
    except OSError as error:
        raise BadArguments("unreadable_path", path=file, reason=error.strerror) from error
    content = b"".join(megabytes)
    if len(content) > limit << 20:
        raise UnusableFile("too_large", file=file.name, limit=limit)
    return content


def _deliver(desk: Desk) -> None:
    """What is done is done: an e-mail that cannot be sent or kept is told, and waits in the outbox."""
    from komet_import import post

    try:
        post.deliver(desk)
    except KometError as error:
        click.echo(_shown(str(error)), err=True)


@contextmanager
def _written(out: Path) -> Iterator[BinaryIO]:
    """A file beside `out` that takes its place when it is whole."""
    partial = out.parent / f".komet-import-{os.getpid()}.partial"
    try:
        if out.exists() and not out.is_file():
            raise BadArguments("unwritable_path", path=out, reason=_("it is not a file"))
        with partial.open("wb") as file:
            yield file
        partial.replace(out)
    except OSError as error:
        raise BadArguments("unwritable_path", path=out, reason=error.strerror) from error
    finally:
        with suppress(OSError):
            partial.unlink()


class CutShort(Exception):
    """A document that could not be written to its end: another one after it would only confuse."""


def print_document(document: Any, for_people: Callable[[Any], Iterator[str]] | None) -> None:
    """As JSON, or line by line for people; a few thousand pieces at a time, since there may be millions."""
    from komet_import.bulk import chunks
    from komet_import.cli.documents import text

    pieces = text(document) if for_people is None else (f"{_shown(line)}\n" for line in for_people(document))
    begun = False
    try:
        for some in chunks(pieces):
            click.echo("".join(some), nl=False)
            begun = True
        click.echo("\n" if for_people is None else "", nl=False)
    except (Exception, KeyboardInterrupt) as error:
        if begun and not isinstance(error, BrokenPipeError):  # which only says that nobody reads on
            raise CutShort from error
        raise


def _shown(text: str) -> str:
    """A file's name, header or cell may hold what would take the terminal over."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def program() -> None:
    """The installed command."""
    log.setLevel(logging.ERROR)  # what went wrong is said once, in one sentence
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The whole program; returns the exit code. What went wrong is one sentence on standard error."""
    try:
        main.main(args=list(arguments), prog_name=_name(), standalone_mode=False)
    except KometError as error:
        return _failed(arguments, error.code, str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        sentence = _("{reason}. See {program} --help.").format(
            reason=error.format_message().rstrip("."), program=_name()
        )
        return _failed(arguments, "bad_argument", sentence)
    except (click.Abort, KeyboardInterrupt):
        sentence = _("Interrupted; what was not reported as done was not done.")
        return _failed(arguments, "interrupted", sentence)
    except CutShort as error:
        log.critical("Cut short", exc_info=error)
        click.echo(_("The output was cut short: do not use it. What it is about was done."), err=True)
        return 2
    except Exception as error:
        # The outermost edge: Python's own exit code, 1, would say that some rows were rejected.
        log.critical("Unexpected", exc_info=error)
        sentence = _("It failed unexpectedly ({kind}); what was not reported as done was not done.")
        return _failed(arguments, "unexpected", sentence.format(kind=type(error).__name__))
    return 0


def _name() -> str:
    """As it was called."""
    return "python -m komet_import" if Path(sys.argv[0]).stem == "__main__" else "komet-import"


def _failed(arguments: Sequence[str], code: str, sentence: str) -> int:
    click.echo(_shown(sentence).replace("\n", " "), err=True)
    if "--json" in arguments:
        click.echo(json.dumps({"error": {"code": code, "message": sentence}}, indent=2))
    return 2
