"""The place the project runs in: made ready, opened, executed, tested, made into pages.

A bare clone and Python are enough to start. The rest goes, once, into `.venv` beside the code, and
what was left there half-made is made anew by the next start.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
READERS, TESTS = ROOT / "requirements.lock", ROOT / "tests" / "requirements.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.lock"  # there once it is made; then the locks by which it was filled
KERNEL = "python3"

_NOT_WRITABLE = "what is needed is put beside it, once: allow that, or clone to a folder of yours"
_NOT_MADE = "Preparing .venv failed; see above. The next start tries again."


# ── The commands ──


def open_lab(arguments: Sequence[str]) -> NoReturn:
    """Open JupyterLab on the first notebook; arguments are JupyterLab's own."""
    enter()
    import pylopdf_fonts_zh_cn as font

    first = min(NOTEBOOKS.glob("*.ipynb")).name
    settings = ROOT / "helpers" / "lab"
    styles = [str(settings), str(Path(font.sans_path()).parent)]  # where /custom/ looks for files
    options = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/notebooks/{first}",
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
    beside = ThreadPoolExecutor(1)  # so that an interrupt is Python's: nbclient fails over one
    try:
        beside.submit(client.execute).result()
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


def enter(*locks: Path) -> None:
    """Return if this Python has what is locked; else go on in one that has, made if need be."""
    locks, settings, python = locks or (READERS,), _settings(), sys.executable
    is_ours = Path(sys.prefix).resolve() == VENV
    fits = _has(*locks) if is_ours else _pinned(locks)
    if fits and settings.items() <= os.environ.items():
        return
    os.environ.update(settings)
    if not fits:
        python = str(PYTHON)
        with _alone():
            if not _has(*locks):
                _prepare(locks)
    _become(python, "-m", "helpers", *sys.argv[1:])


def _settings() -> dict[str, str]:
    """What every process here gets, so that no reader's own settings change what comes out."""
    settings = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PIP_USER": "0"}
    settings |= {"MATPLOTLIBRC": "", "MPLCONFIGDIR": str(VENV / "matplotlib")}
    settings["JUPYTER_PREFER_ENV_PATH"] = "1"
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111  # Path fails without one
        settings["HOME"] = str(VENV)
    return settings


def _has(*locks: Path) -> bool:
    """Was `.venv` made to the end, and all that is locked put into it?"""
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    installed = STAMP.read_text("utf-8")
    return all(lock.read_text("utf-8") in installed for lock in locks)


def _pinned(locks: Sequence[Path]) -> bool:
    """Has this Python, if it is somebody's own, what the lists beside the locks pin?"""
    pins = "\n".join(lock.with_suffix(".txt").read_text("utf-8") for lock in locks)
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
        error.strerror += f"; {_NOT_WRITABLE}"
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


def _prepare(locks: Sequence[Path]) -> None:
    """Make `.venv`, or mend it, so that it has all that is locked: with uv where it is, or pip."""
    print("Preparing .venv, this once; it takes a minute or two.", flush=True)
    python, base = str(PYTHON), getattr(sys, "_base_executable", sys.executable)
    uv = shutil.which("uv")
    by_uv = uv is not None and not subprocess.call([uv, "--version"])  # some only look like one
    if not (_has() and (by_uv or not subprocess.call([python, "-m", "pip", "--version"]))):
        STAMP.unlink(missing_ok=True)
        _run(base, "-m", "venv", "--clear", *["--without-pip"] * by_uv, str(VENV))
        STAMP.touch()
    install = [uv, "pip", "install", f"--python={python}"]
    if not by_uv:
        quiet = ["--no-compile", "--no-input", "--disable-pip-version-check", "--retries=2"]
        install = [python, "-m", "pip", "install", *quiet]
    listed = [f"--requirement={lock}" for lock in locks]
    _run(*install, "--no-deps", "--require-hashes", "--only-binary=:all:", *listed)
    STAMP.write_text("".join(lock.read_text("utf-8") for lock in locks), "utf-8")
    # else the first figure waits for a list of fonts
    subprocess.call([python, "-c", "import matplotlib.font_manager"], stderr=subprocess.DEVNULL)


def _run(*command: str) -> None:
    """A step of preparing; where it fails, its own last words say why."""
    if subprocess.call(command):
        raise SystemExit(_NOT_MADE)


def _become(*command: str) -> NoReturn:
    """Go on as that command: as the same process, so that whoever stops this stops it."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # there is no such thing: it is for the child
    raise SystemExit(subprocess.call(command))
