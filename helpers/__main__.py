"""Do the percentages of a press briefing follow from its own counts?"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from pathlib import Path
from pkgutil import resolve_name

from helpers import Refused

STATUS = "exit status: 0 done, 1 something differs or is wrong, 2 it could not be done"
TEXT = {"metavar": "TEXT", "help": "UTF-8, a paragraph a line; - standard input"}
HANDED_ON = {"nargs": "*", "help": "handed on as they are, options too"}
COMMANDS = {  # where it is done, what it does, and what it takes
    "scorecard": (
        "scorecard:main",
        "print the verdicts on a briefing's rates (the default)",
        {"briefing": {"nargs": "?", "help": "such as 152 (default: the collection's own)"}},
    ),
    "verdicts": (
        "scorecard:verdicts",
        "print the verdicts on the whole record as CSV",
        {
            "--of": {
                "choices": ["rates", "balances", "changes", "runs", "witnesses"],
                "help": "which (default: rates)",
            },
            "--briefing": {"metavar": "N", "help": "only those of one briefing"},
        },
    ),
    "trace": (
        "curate.trace:main",
        "tell whether every numeral of a text is in the record",
        {"text": TEXT},
    ),
    "draft": (
        "curate.draft:main",
        "write the rows of a new briefing from its text",
        {
            "text": TEXT,
            "--as": {
                "metavar": "ID",
                "dest": "briefing",
                "required": True,
                "help": "161, or guangzhou_2022-11-07",
            },
            "--finish": {
                "action": "store_true",
                "help": "compare, take the words out, load the record",
            },
        },
    ),
    "pairs": (
        "curate.pairs:main",
        "find the counts that could print each percentage",
        {"text": TEXT, "--csv": {"action": "store_true", "help": "the best pair of each, as CSV"}},
    ),
    "open": (
        "workspace:open_lab",
        "open the notebooks in JupyterLab",
        {"arguments": HANDED_ON},
    ),
    "execute": ("workspace:execute", "execute all notebooks in place, without a window", {}),
    "test": (
        "workspace:test",
        "run all tests, and compare all stored outputs",
        {"arguments": HANDED_ON},
    ),
    "pages": (
        "workspace:pages",
        "build the reading edition: static pages of the stored notebooks",
        {
            "folder": {"nargs": "?", "help": "where to (default: site)"},
            "--address": {"help": "where it will be published, for sharing"},
        },
    ),
}


def main(arguments: list[str]) -> int:
    """Do one command; the exit status: 0 done, 1 something is wrong, 2 it could not be done."""
    if sys.stdout is None:
        print("There is nowhere to print to: standard output is closed.", file=sys.stderr)
        return 2
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    if not arguments:
        arguments = ["scorecard"]
    _parser().parse_args(arguments[:1])  # --help, --version or a mistake: it ends here
    try:
        status = _do(*arguments)
        sys.stdout.flush()
        return status
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return _stopped(141)  # whoever read the output has enough, as of any tool in a pipe
    except OSError as error:
        return _stopped(2, f"{error.filename or 'the output'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return _stopped(130, "Stopped.")


def _do(command: str, *given: str) -> int:
    target, told, takes = COMMANDS[command]
    parser = argparse.ArgumentParser(
        prog=f"python3 -m helpers {command}",
        description=told,
        epilog=STATUS,
        argument_default=argparse.SUPPRESS,  # what is not given is as the command has it
    )
    for name, how in takes.items():
        parser.add_argument(name, **how)
    handed_on = "arguments" in takes and not {"-h", "--help"} & {*given}
    options = {"arguments": given} if handed_on else vars(parser.parse_args(given))
    return resolve_name(f"helpers.{target}")(**options) or 0


def _stopped(status: int, why: str = "") -> int:
    """Say why; what is still to be printed goes nowhere, or Python would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if why:
        print(why, file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:9}  {told}" for name, (_, told, _) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python3 -m helpers",
        usage="%(prog)s [COMMAND] [--help]",
        description=__doc__,
        epilog=f"commands:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    settings = Path(__file__).resolve().parent.parent / "pyproject.toml"
    project = tomllib.loads(settings.read_text("utf-8"))["project"]
    version = f"{project['name']} {project['version']}"
    parser.add_argument("--version", action="version", version=version)
    parser.add_argument("command", choices=COMMANDS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
