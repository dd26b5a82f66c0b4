import sys

import pytest

from tests.browser import install_browser


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """An empty folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def add_program(folder, name: str) -> str:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


def test_a_browser_on_the_path_is_found(programs):
    program = add_program(programs, "google-chrome")

    assert install_browser.find_browser() == program


def test_the_named_browser_goes_before_the_path(programs, monkeypatch):
    add_program(programs, "chromium")
    mine = add_program(programs, "my-browser")
    monkeypatch.setenv("CHROMIUM", mine)

    assert install_browser.find_browser() == mine


def test_without_one_it_is_playwrights_own(programs):
    assert install_browser.find_browser() is None


def test_a_named_browser_that_is_not_there_is_told_in_one_line(programs, monkeypatch, capsys):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    assert install_browser.main() == 1
    assert capsys.readouterr().err == "CHROMIUM is set to '/nowhere/chromium', which is no program here.\n"


def test_nothing_is_run_where_a_browser_is_found(programs, monkeypatch):
    add_program(programs, "chromium")
    monkeypatch.setattr(install_browser.subprocess, "run", lambda *_, **__: pytest.fail("a command was run"))

    assert install_browser.main() == 0


def test_where_debian_cannot_help_playwright_installs_its_own(programs, monkeypatch):
    commands = []

    def run(command, **_):
        commands.append(command)
        return install_browser.subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(install_browser, "is_debian", lambda: False)
    monkeypatch.setattr(install_browser.subprocess, "run", run)

    assert install_browser.main() == 0
    assert commands[-1] == [sys.executable, "-m", "playwright", "install", "chromium"]


def test_debian_is_told_from_its_relatives(tmp_path):
    release = tmp_path / "os-release"
    release.write_text("ID=ubuntu\nID_LIKE=debian\n")
    assert not install_browser.is_debian(release)
    release.write_text('NAME="Debian GNU/Linux"\nID=debian\n')
    assert install_browser.is_debian(release)
    assert not install_browser.is_debian(tmp_path / "absent")
