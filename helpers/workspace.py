"""The place the project runs in: made ready, opened, executed, tested.

Standard library only: a bare clone and Python are enough to start. The rest goes, once, into `.venv` beside the code.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
REQUIREMENTS, CONSTRAINTS = ROOT / "requirements.txt", ROOT / "constraints.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = "chongqing-briefing-audit.sha256"  # in an environment made here: the digest of the files it was made from


def enter(arguments: list[str]) -> None:
    """Return if this Python has what requirements.txt asks for; else do the command in `.venv`, and exit."""
    if sys.version_info < (3, 11):  # noqa: UP036
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable}).")
    if not _ready(Path(sys.prefix)):
        if not _ready(VENV):
            _install()
        raise SystemExit(_run(PYTHON, "-m", "helpers", *arguments))


def open_lab(arguments: list[str]) -> int:
    """Open JupyterLab on the first notebook; arguments are JupyterLab's own."""
    first = min(NOTEBOOKS.glob("*.ipynb"), default=NOTEBOOKS).relative_to(ROOT).as_posix()
    place = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{first}"]
    return _run(sys.executable, "-m", "jupyterlab", *place, "--allow-root", *arguments)


def execute() -> int:
    """Execute all notebooks in place, in order; a file whose results are the same keeps every byte."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # not used here, a second to import
    import nbclient
    import nbformat

    os.environ.update(_environment())
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(f"{path.name} ... ", end="", flush=True)
        start, before = time.perf_counter(), path.read_bytes()
        notebook = nbformat.reads(before.decode("utf-8"), as_version=4)
        client = nbclient.NotebookClient(notebook, timeout=600, record_timing=False, coalesce_streams=True)
        client.extra_arguments = ["--log-level=ERROR"]  # or each kernel warns that it talks to this machine in clear
        client.resources = {"metadata": {"path": NOTEBOOKS}}
        try:
            client.execute()
        except nbclient.exceptions.CellExecutionError as error:
            print(f"failed; the file is left as it was.\n{error}")
            return 1
        notebook.metadata.language_info.pop("version", None)  # which Python a reader has is no result
        after = f"{nbformat.writes(notebook)}\n".encode()
        if after != before:
            path.write_bytes(after)
        print(f"{time.perf_counter() - start:.1f} s, {'unchanged' if after == before else 'updated'}")
    return 0


def test(arguments: list[str]) -> int:
    """Run the tests, and hold every notebook to its stored outputs; arguments are pytest's own."""
    parallel = ["-n", "logical", "--maxprocesses", "4", "--dist", "loadfile"]
    return _run(sys.executable, "-m", "pytest", *parallel, *arguments, cwd=ROOT)


def _digest() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes() + CONSTRAINTS.read_bytes()).hexdigest()


def _ready(prefix: Path) -> bool:
    """Was that environment made here, from the files as they are? If this one was made elsewhere: has it the pins?"""
    stamp = prefix / STAMP
    if stamp.is_file():
        return stamp.read_text() == _digest()
    pins = re.findall(r"^([\w.-]+)==(\S+)", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    try:
        return prefix == Path(sys.prefix) and all(metadata.version(name) == version for name, version in pins)
    except metadata.PackageNotFoundError:
        return False


def _install() -> None:
    print(f"Preparing {VENV}: some 140 packages, a minute or two, this once.", flush=True)
    (VENV / STAMP).unlink(missing_ok=True)
    if not PYTHON.exists() and _run(sys.executable, "-m", "venv", "--clear", VENV):
        raise SystemExit("The environment could not be made; see above.")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2"]
    if _run(*pip, "-r", REQUIREMENTS, "-c", CONSTRAINTS, cwd=ROOT):
        raise SystemExit("Installing failed; see above. It needs the network, later starts do not. Try again any time.")
    (VENV / STAMP).write_text(_digest())


def _environment() -> dict[str, str]:
    """What every child gets: these helpers before any installed ones, and UTF-8 on Windows too."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.getenv("PYTHONPATH")])), "PYTHONUTF8": "1"}


def _run(*command: str | Path, cwd: Path | None = None) -> int:
    process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=os.environ | _environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the child has received it too, and decides
