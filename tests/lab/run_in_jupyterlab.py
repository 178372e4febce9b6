"""Run every notebook in a real JupyterLab, as an analyst does: `make lab-test`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import requests
from jupyter_client.session import Session

from briefing.exhibits.exhibit import CHART_MIME

ROOT = Path(__file__).parents[2]
LAB = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"]
FOLDERS = ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
DRAWN = {CHART_MIME, "text/html", "text/markdown"}
SILENT = {"parameters", "setup"}
PATIENCE_SECONDS = 120


def address(server, folder):
    """URL of the server and the header that it asks for, once it answers there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        # Nothing is written yet, or only half; and it is written before the server listens.
        with suppress(StopIteration, ValueError, requests.ConnectionError):
            found = json.loads(next(folder.glob("jpserver-*.json")).read_text("utf-8"))
            url, login = found["url"], {"Authorization": f"token {found['token']}"}
            requests.get(f"{url}api/status", headers=login, timeout=PATIENCE_SECONDS)
            return url, login
        time.sleep(0.1)
    sys.exit(f"JupyterLab did not start\n{(folder / 'log').read_text('utf-8')}")


def faults(path, url, login):
    """What goes wrong first, if anything, when the notebook is opened and run as by the page."""
    from websocket import create_connection  # JupyterLab brings it; pytest imports us without

    place, options = path, {"headers": login, "timeout": PATIENCE_SECONDS}
    try:
        notebook = requests.get(f"{url}api/contents/{path}", **options).json()["content"]
        wanted = {"path": path, "type": "notebook", "kernel": notebook["metadata"]["kernelspec"]}
        session = requests.post(f"{url}api/sessions", json=wanted, **options).json()
        channels = f"{url}api/kernels/{session['kernel']['id']}/channels".replace("http", "ws", 1)
        kernel = create_connection(channels, header=login, timeout=PATIENCE_SECONDS)
        shows_exhibits = notebook["metadata"].get("briefing", {}).get("part", True)
        for number, cell in enumerate(notebook["cells"], start=1):
            place = f"{path}, cell {number} ({cell['source'].splitlines()[-1]})"
            if cell["cell_type"] == "code":
                seen = run(cell, kernel)
                if shows_exhibits and not seen & (DRAWN | SILENT):
                    raise RuntimeError(f"shows nothing that JupyterLab draws, only {sorted(seen)}")
        requests.delete(f"{url}api/sessions/{session['id']}", **options)
    except Exception as error:
        yield f"{place}: {error}"


def run(cell, kernel):
    """Run one cell until its kernel is idle again: its tags and what it shows."""
    request = Session().msg("execute_request", {"code": cell["source"]})
    kernel.send(json.dumps(request | {"channel": "shell"}, default=str))
    seen, state = set(cell["metadata"].get("tags", [])), None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while state != (request["msg_id"], "idle"):
        message = json.loads(kernel.recv())
        content = message["content"]
        if "ename" in content:
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")
        if content.get("execution_state") == "restarting" or time.monotonic() > deadline:
            raise RuntimeError(f"the kernel died, or took more than {PATIENCE_SECONDS} seconds")
        seen |= content.get("data", {}).keys()
        state = message["parent_header"].get("msg_id"), content.get("execution_state")
    return seen


if __name__ == "__main__":
    notebooks = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/*.ipynb"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        os.environ |= dict.fromkeys(FOLDERS, own) | {"no_proxy": "*"}  # nobody's settings, no proxy
        # The first notebook writes a scenario; that of whoever runs this stays as it is.
        shutil.copytree(ROOT / "params", Path(own, "project", "params"))
        (Path(own, "project", "templates")).symlink_to(ROOT / "templates")
        os.environ["BRIEFING_ROOT"] = str(Path(own, "project"))
        with Path(own, "log").open("wb") as log:
            server = subprocess.Popen(LAB, cwd=ROOT, stderr=log)
        try:
            lab = address(server, Path(own))
            found = [fault for path in notebooks for fault in faults(path, *lab)]
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(PATIENCE_SECONDS)
            server.kill()
    print(*found, f"{len(notebooks) - len(found)} passed, {len(found)} failed", sep="\n")
    sys.exit(bool(found) or not notebooks)
