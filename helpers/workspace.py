"""The place the project runs in: made ready, opened, executed, tested, made into pages.

A bare clone and Python are enough to start. The rest goes, once, into `.venv` beside the code, and
what was left there half-made is made anew by the next start.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import metadata
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
READERS, TESTS = ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = "chongqing-briefing-audit.sha256"  # in an environment made here: digests of its locks
KERNEL = "python3"

_NOT_WRITABLE = "what is needed is put beside it, once: allow that, or clone to a folder of yours"
_NOT_MADE = """\
Preparing .venv failed; see above. It needs the network, later starts do not. \
The next start tries again."""


# ── The commands ──


def open_lab(arguments: Sequence[str]) -> NoReturn:
    """Open JupyterLab on the first notebook; arguments are JupyterLab's own."""
    enter()
    import pylopdf_fonts_zh_cn as font

    first = min(NOTEBOOKS.glob("*.ipynb"), default=NOTEBOOKS).relative_to(ROOT).as_posix()
    settings = ROOT / "helpers" / "lab"
    styles = [str(settings), str(Path(font.sans_path()).parent)]  # where /custom/ looks for files
    options = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{first}",
        f"--LabApp.app_settings_dir={settings}",  # else it begins with a question about news
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.custom_css=True",
        f"--ServerApp.tornado_settings={ {'static_custom_path': styles} }",
        "--allow-root",
    ]
    _become(sys.executable, "-m", "jupyterlab", *options, *arguments)


def test(arguments: Sequence[str]) -> NoReturn:
    """Run the tests, and hold every notebook to its stored outputs; arguments are pytest's own."""
    enter(READERS, TESTS)
    os.chdir(ROOT)
    parallel = ["-n", "logical", "--maxprocesses", "4", "--dist", "loadfile"]
    _become(sys.executable, "-m", "pytest", "-p", "tests", *parallel, *arguments)


def pages(folder: str = "site", address: str = "") -> int:
    """Build the reading edition into a folder."""
    enter()
    from helpers import edition

    return edition.main(folder, address)


def execute() -> int:
    """Execute all notebooks in place, in order; where the results are the same, so is the file."""
    enter()
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    for number, path in enumerate(paths, 1):
        print(f"{number} of {len(paths)}  {path.name} ... ", end="", flush=True)
        before = path.read_bytes()
        try:
            after = _executed(before)
        except ValueError as error:
            print(f"failed; the file is left as it was.\n{error}")
            return 1
        except KeyboardInterrupt:
            print("stopped; the file is left as it was.", flush=True)
            os._exit(130)  # the kernel ends with this process, and nothing is left to complain
        if after != before:
            _replace(path, after)
        print("unchanged" if after == before else "updated")
    return 0


class _Loop(asyncio.SelectorEventLoop):
    """Leaves an interrupt to Python; what nbclient makes of one ends in a failed assertion."""

    def add_signal_handler(self, *_: object) -> NoReturn:
        raise RuntimeError("nbclient goes on without")


def _executed(stored: bytes) -> bytes:
    """A notebook with the outputs of a fresh run.

    Raises:
        ValueError: no notebook, one of another kernel, or one that failed: why, in plain text.
    """
    import nbclient
    import nbformat

    notebook = nbformat.reads(stored.decode("utf-8"), as_version=4)
    kernel = notebook.metadata.get("kernelspec", {}).get("name", KERNEL)
    if kernel != KERNEL:
        raise ValueError(f"It names the kernel {kernel!r}; expected {KERNEL!r}.")
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": NOTEBOOKS}},
        extra_arguments=["--log-level=ERROR"],  # or it warns that it talks to itself in clear
    )
    try:
        with closing(_Loop()) as loop:
            loop.run_until_complete(client.async_execute())
    except (nbclient.exceptions.CellControlSignal, nbclient.exceptions.DeadKernelError) as error:
        raise ValueError(re.sub(r"\x1b\[[0-9;]*m", "", str(error))) from error
    notebook.metadata.language_info.pop("version", None)  # which Python a reader has is no result
    return f"{nbformat.writes(notebook)}\n".encode()


def _replace(path: Path, content: bytes) -> None:
    """Write beside, then replace: whatever happens, the file is the old one or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


# ── The environment ──


def enter(*lists: Path) -> None:
    """Return if this Python has what the lists pin; else go on in one that has, made if need be."""
    lists, settings, python = lists or (READERS,), _settings(), sys.executable
    is_ours = Path(sys.prefix).resolve() == VENV
    if not (_has_all(lists) if is_ours else _pinned(lists)):
        python = str(PYTHON)
        with _alone():
            if not _has_all(lists):
                _prepare(lists)
    elif settings.items() <= os.environ.items():
        os.environ["PYTHONPATH"] = ""  # a kernel is to find the helpers as it does elsewhere
        return
    _become(python, "-m", "helpers", *sys.argv[1:], **settings)


def _settings() -> dict[str, str]:
    """What every process here gets, so that no reader's own settings change what comes out."""
    settings = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    settings |= {"MATPLOTLIBRC": "", "MPLCONFIGDIR": str(VENV / "matplotlib")}
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111  # Path fails without one
        settings["HOME"] = str(VENV)
    return settings


def _lock(requirements: Path) -> Path:
    return requirements.with_suffix(".lock")


def _digest(requirements: Path) -> str:
    return hashlib.sha256(_lock(requirements).read_bytes()).hexdigest()


def _has_all(lists: Sequence[Path]) -> bool:
    """Is `.venv` whole, with all that is locked?"""
    stamp = VENV / STAMP
    if not (stamp.is_file() and PYTHON.exists()):
        return False
    return {*map(_digest, lists)} <= {*stamp.read_text().split()}


def _pinned(lists: Sequence[Path]) -> bool:
    """Has this Python, if it is somebody's own, what the lists pin?"""
    pins = "\n".join(file.read_text("utf-8") for file in lists)
    return all(
        any(found.version == version for found in metadata.distributions(name=name))
        for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", pins)
    )


@contextmanager
def _alone() -> Iterator[None]:
    """One start at a time makes the environment; the lock ends with the process that holds it."""
    try:
        file = (ROOT / ".venv.lock").open("w")
    except OSError as error:
        error.strerror = f"{error.strerror}; {_NOT_WRITABLE}"
        raise
    with file:
        if not _locked(file):
            print("Another start is preparing .venv; waiting for it.", flush=True)
            while not _locked(file):
                time.sleep(0.5)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _prepare(lists: Sequence[Path]) -> None:
    """Make `.venv`, or mend it, so that it has all that is locked: with uv where it is, or pip."""
    base = getattr(sys, "_base_executable", sys.executable)  # not one that is about to be deleted
    python, pip = [str(PYTHON)], [str(PYTHON), "-m", "pip"]
    install = [*pip, "install", "--no-compile", "--no-input", "--disable-pip-version-check"]
    ways = [([base, "-m", "venv", "--clear"], pip, [*install, "--retries=2"])]
    if uv := shutil.which("uv"):
        make = [uv, "venv", "--quiet", "--no-project", "--clear", "--python", base]
        ways.insert(0, (make, python, [uv, "pip", "install", "--python", *python]))
    locks = [f"--requirement={_lock(file)}" for file in lists]
    what = ["--no-deps", "--require-hashes", "--only-binary", ":all:", *locks]
    locked = "".join(_lock(file).read_text("utf-8") for file in lists)
    count = len({*re.findall("(?m)^[^ #=]+(?===)", locked)})
    print(f"Preparing .venv, this once: some {count} packages, a minute or two.", flush=True)
    if not any(_made(make, tool) and _filled([*fill, *what], count) for make, tool, fill in ways):
        raise SystemExit(_NOT_MADE)
    (VENV / STAMP).write_text("\n".join(map(_digest, lists)))
    # else the first figure waits for a list of fonts
    _quietly(*python, "-c", "import matplotlib.font_manager")


def _made(make: list[str], tool: list[str]) -> bool:
    """Is there an environment whose making was finished, with the tool to fill it? Else make it."""
    stamp = VENV / STAMP
    if stamp.is_file() and PYTHON.exists() and _quietly(*tool, "--version"):
        return True
    stamp.unlink(missing_ok=True)
    if subprocess.call([*make, str(VENV)], env=_own()):
        return False
    stamp.touch()
    return True


def _filled(fill: list[str], count: int) -> bool:
    """Run an installer and say now and then how far it is."""
    start, log = time.monotonic(), VENV / "install.log"
    with log.open("wb") as file:
        process = subprocess.Popen(fill, stdout=file, stderr=file, env=_own())
    while process.returncode is None:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            there = len([*VENV.glob("[Ll]ib/**/*.dist-info")])
            fetched = max(there, log.read_bytes().count(b"Collecting "))
            print(f"  {fetched} fetched, {there} installed of {count}", flush=True)
    failed = log.read_text("utf-8", "replace")[-2000:] if process.returncode else ""
    print(failed or f"  ready after {time.monotonic() - start:.0f} s", flush=True)
    return not failed


def _quietly(*command: str) -> bool:
    return not subprocess.run(command, env=_own(), capture_output=True, check=False).returncode


def _own() -> dict[str, str]:
    """The settings of what fills `.venv`: pip is to come from here, and to install here."""
    own = {"PYTHONPATH": "", "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    return os.environ | _settings() | own


def _become(*command: str | Path, **settings: str) -> NoReturn:
    """Go on as that command: as the same process, so that whoever stops this stops it."""
    words, environment = [str(word) for word in command], os.environ | settings
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(words[0], words, environment)
    process = subprocess.Popen(words, env=environment)
    while True:  # Windows has no such thing; there an interrupt reaches the child, which decides
        try:
            raise SystemExit(process.wait())
        except KeyboardInterrupt:
            continue
