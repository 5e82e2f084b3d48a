"""Do the percentages of a press briefing follow from its own counts?"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from pathlib import Path
from pkgutil import resolve_name

COMMANDS = {  # where it is done, what it does, and what it takes if it has no parser of its own
    "scorecard": ("scorecard:main", "print the verdicts on a briefing's rates (the default)", None),
    "verdicts": ("scorecard:verdicts", "print the verdicts on the whole record as CSV", None),
    "trace": ("curate.trace:main", "tell whether every numeral of a text is in the record", None),
    "draft": ("curate.draft:main", "write the rows of a new briefing from its text", None),
    "pairs": ("curate.pairs:main", "find the counts that could print each percentage", None),
    "open": (
        "workspace:open_lab",
        "open the notebooks in JupyterLab",
        {"arguments": ("*", "handed on to JupyterLab, options too")},
    ),
    "execute": ("workspace:execute", "execute all notebooks in place, without a window", {}),
    "test": (
        "workspace:test",
        "run all tests, and compare all stored outputs",
        {"arguments": ("*", "handed on to pytest, options too")},
    ),
    "pages": (
        "workspace:pages",
        "build the reading edition: static pages of the stored notebooks",
        {
            "folder": ("?", "where to (default: site)"),
            "--address": (None, "where it will be published, for sharing"),
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
    except BrokenPipeError:
        return _stopped(141)  # whoever read the output has enough, as of any tool in a pipe
    except OSError as error:
        return _stopped(2, f"{error.filename or 'the output'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return _stopped(130, "Stopped.")


def _do(command: str, *arguments: str) -> int:
    target, told, takes = COMMANDS[command]
    if takes is not None:
        parser = argparse.ArgumentParser(prog=f"python3 -m helpers {command}", description=told)
        for name, (number, what) in takes.items():
            parser.add_argument(name, nargs=number, help=what)
        if "arguments" not in takes or {"-h", "--help"} & {*arguments}:
            parser.parse_args(arguments)
    return resolve_name(f"helpers.{target}")([*arguments])


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
