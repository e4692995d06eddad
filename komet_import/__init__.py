"""Komet Import: customers from an Excel file into Komet Sales, every problem in sight, exactly what was shown.

The way of one file: `workbook` reads bytes into a table of texts, `review` matches its headers and judges its rows
into a draft and a plan, `store` keeps the draft and commits the plan with its audit, `mail` tells what came of it.

The map of the house, from the roof down. A room may import those below it, never those above or beside it:

    app.py, pages/         the guard in front; one file a screen: what it shows, nothing else
    __main__               the command line's door
    ui/ · cli/             the faces: for browsers, a folder a screen, what they share on top · for programs and terminals
    jobs                   background work
    importer · open_drafts  the journey of a file: template, check, upload, commit · drafts kept open between clicks
    drafts · history · customers · company · post · purge   the use cases around it; post is the e-mails
    desk                   who works, for which company, with which database
    access                 who is signed in and what they may do
    workbook/ · store/ · mail/  files in and out · the database · e-mails; these three do not know each other
    review/                matching, rules, issues, draft, plan: pure, no input or output
    schema/                what a file may contain: kinds of cell, and a declaration for each kind of import
    settings               what the environment decides
    errors · bulk · private  why work cannot go on · what large files need · files that nobody else may read
    outcomes               the few words for what becomes of a row
    sentences              long texts and lists as sentences show them
    language               what marks a sentence where it stands, so that another language is a catalogue

Each heavy library has one home: Streamlit in app.py, pages/ and ui/, its grid in ui/ alone; openpyxl, fastexcel and
python-calamine in workbook/; SQLAlchemy and Alembic in store/; yagmail in mail/. pyproject.toml holds all of this as
contracts, and import-linter checks them with the tests.
"""

__version__ = "0.1.0"
