"""`python -m helpers`: the project from a terminal. Without a command: the scorecard of the briefing read whole."""

from __future__ import annotations

import argparse
import sys

from helpers import workspace

PASSED_ON = ("open", "test", "trace")  # commands that read their own arguments


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("open", help="open the notebooks in JupyterLab", add_help=False)
    commands.add_parser("execute", help="execute every notebook in place")
    commands.add_parser("test", help="run every test, the notebooks included", add_help=False)
    pages = commands.add_parser("pages", help="build the reading edition: static pages of the stored notebooks")
    pages.add_argument("folder", nargs="?", default="site", help="where to (default: site)")
    commands.add_parser("verdicts", help="print the verdict on every quoted rate as CSV")
    commands.add_parser("trace", help="is every numeral of a text in the ledger?", add_help=False)
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in PASSED_ON:
        parser.error(f"unknown: {' '.join(rest)}")
    if options.command in ("open", "execute", "pages", "test"):
        workspace.enter(arguments)
    if options.command == "open":
        return workspace.open_lab(rest)
    if options.command == "execute":
        return workspace.execute()
    if options.command == "pages":
        from helpers import pages as edition

        return edition.main(options.folder)
    if options.command == "test":
        return workspace.test(rest)
    if options.command == "trace":
        from helpers import trace

        if "--draft" not in rest:  # a draft needs nothing but Python
            workspace.enter(arguments)
        return trace.main(rest)
    try:
        from helpers import scorecard
    except ModuleNotFoundError:
        workspace.enter(arguments)
        raise
    return scorecard.main(options.command == "verdicts")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
