"""The stored notebooks and the record → the reading edition: static pages, without a server.

    python3 -m helpers pages [FOLDER] [--address https://example.org/audit/]

A page a notebook, made of what is stored (nothing is executed); a page a briefing or collecting
file, with every verdict on it; one in Chinese; one to test a percentage; the glossary, the data
card, the licences, the files themselves. Names, notes and addresses of the record are values:
escaped by the templates, and links only if they are http(s). Pictures to share need an absolute
address, so give --address where the edition is published; without it they are relative.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from helpers.edition.site import NOTEBOOKS, edition
from helpers.ledger import DATA, LedgerError

MANIFEST = "edition.manifest"


def main(folder: str, address: str = "") -> int:
    """Build into a folder; the exit status to match."""
    try:
        files = build(Path(folder), address=address)
    except (LedgerError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(files)} files. Open {Path(folder, 'index.html')}")
    return 0


def build(
    folder: Path, data: Path = DATA, notebooks: Path = NOTEBOOKS, address: str = ""
) -> dict[str, bytes]:
    """Write the edition into a folder, in place of an earlier one; the files written.

    Only files that an earlier edition wrote are replaced or removed; all others stay.

    Raises:
        LedgerError: where the record is refused.
        FileExistsError: where a file of the edition would replace one that is not its own.
    """
    if folder.is_file():
        raise FileExistsError(f"{folder} is a file: expected a folder, or a name for one")
    written = _manifest(folder)
    say = partial(print, file=sys.stderr, flush=True)
    files = edition(data, notebooks, address, progress=say)
    if taken := [name for name in files if name not in written and (folder / name).exists()]:
        raise FileExistsError(
            f"{folder / taken[0]} was not written by an earlier edition: "
            "expected a folder without it; nothing was changed"
        )
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as beside:
        for name, content in files.items():
            for home in (Path(beside), folder):
                (home / name).parent.mkdir(parents=True, exist_ok=True)
            Path(beside, name).write_bytes(content)
        manifest.write_text("\n".join(sorted(written | files.keys())), encoding="utf-8")
        for name in files:
            Path(beside, name).replace(folder / name)
    for name in written - files.keys():
        (folder / name).unlink(missing_ok=True)
    manifest.write_text("\n".join(sorted(files)), encoding="utf-8")
    return files


def _manifest(folder: Path) -> set[str]:
    """The names of what an earlier edition wrote; a name that leads out of the folder is none."""
    path = folder / MANIFEST
    names = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {name for name in names if (folder / name).resolve().is_relative_to(folder.resolve())}
