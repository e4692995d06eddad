"""The command line's door: `python -m komet_import`."""

from komet_import.cli.commands import program

if __name__ == "__main__":
    program()
