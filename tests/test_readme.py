"""What the README tells people to type works."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BIN = Path(sys.executable).parent


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(command: list[str] | str, folder: Path, **options: object) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=250, check=False, **options
    )


def healthy_within(port: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).status == 200
        except OSError:
            time.sleep(0.3)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def starts_the_app(command: list[str], port: int) -> bool:
    environment = {**os.environ, "STREAMLIT_SERVER_HEADLESS": "true", "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return healthy_within(port, 60)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def test_every_block_is_one_this_file_knows_how_to_run() -> None:
    assert len(blocks("bash")) == 5
    assert len(blocks("python")) == 4
    assert README.count("```") == 2 * 9


@pytest.mark.real
def test_the_python_blocks_run(tmp_path: Path) -> None:
    # One process runs them, each with names of its own, since most of what each takes is importing torch.
    code = (
        f"for block in {blocks('python')!r}:\n    exec(compile(block, 'README.md', 'exec'), {{'__name__': '__main__'}})"
    )
    result = run([sys.executable, "-c", code], tmp_path)
    assert result.returncode == 0, result.stderr


@pytest.mark.real
def test_the_command_lines_run(tmp_path: Path) -> None:
    commands = "".join([blocks("bash")[2], *blocks("bash")[4:]]).strip().splitlines()
    assert all(re.match(r"python -m embfilter_core |printf ", command) for command in commands)
    # One process runs them all, since most of what each takes is importing torch; a module is run as one elsewhere.
    calls = [shlex.split(command)[3:] for command in commands if command.startswith("python")]
    for command in commands:
        if command.startswith("printf"):
            assert run(command, tmp_path, shell=True).returncode == 0
    code = f"from embfilter_core.cli import main\nfor call in {calls!r}:\n    assert main(call) == 0, call"
    result = run([sys.executable, "-c", code], tmp_path)
    assert result.returncode == 0, result.stderr


@pytest.mark.real
@pytest.mark.long
def test_an_exported_filter_gives_the_same_vectors(tmp_path: Path) -> None:
    write, check = blocks("bash")[3].strip().splitlines()
    result = run(write, tmp_path, shell=True)
    assert result.returncode == 0, result.stderr
    result = run(check, tmp_path, shell=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "10 of 10 texts agree" in result.stdout  # of the script
    assert "9 of 10 texts agree" in result.stdout  # of the folder, which does not cut the long text


@pytest.mark.real
def test_make_run_starts_the_app() -> None:
    assert blocks("bash")[0].split("\n")[:2] == ["make run", "make test"]
    port = free_port()
    assert starts_the_app(["make", "run", f"PORT={port}"], port)


def test_make_test_is_a_target_that_runs_these_tests() -> None:
    result = run(["make", "-n", "test"], ROOT)
    assert result.returncode == 0, result.stderr
    assert "-m pytest" in result.stdout


@pytest.mark.real
@pytest.mark.long
def test_the_plain_commands_work(tmp_path: Path) -> None:
    create, install, assets, start = blocks("bash")[1].strip().splitlines()
    assert run(create, tmp_path, shell=True).returncode == 0
    assert (tmp_path / ".venv/bin/python").exists()
    # What follows runs in the environment of the tests, where everything is installed already.
    for command in (install, assets):
        result = run(command.replace(".venv/bin", str(BIN)), ROOT, shell=True)
        assert result.returncode == 0, result.stderr
    port = free_port()
    command = [*start.replace(".venv/bin", str(BIN)).split(), f"--server.port={port}"]
    assert starts_the_app(command, port)


def test_every_picture_and_file_it_links_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    local = [link for link in links if not link.startswith("http")]
    assert local
    assert [link for link in local if not (ROOT / link).exists()] == []
