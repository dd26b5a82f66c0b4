"""Find a Chromium for the browser tests, and install one where there is none.

Uses the standard library only: `make setup-tests` runs it as a script, and the
tests import `find_browser`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


def find_browser() -> str | None:
    """The Chromium of this machine, from CHROMIUM or the PATH; None stands for Playwright's own.

    Raises:
        FileNotFoundError: CHROMIUM names no program.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        program = shutil.which(chosen)
        if program is None:
            raise FileNotFoundError(f"CHROMIUM is set to {chosen!r}, which is no program here.")
        return program
    return next((program for name in PROGRAMS if (program := shutil.which(name))), None)


def root_command() -> list[str] | None:
    """What to put before a command to run it as root without being asked; None where that is not possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def is_debian(release_file: Path = Path("/etc/os-release")) -> bool:
    """Whether this is Debian itself, whose `chromium` package is a real browser (Ubuntu's only points to a snap)."""
    return release_file.is_file() and "ID=debian" in release_file.read_text().splitlines()


def install_from_debian() -> bool:
    """Install Debian's Chromium; False where that is not possible."""
    prefix = root_command()
    if prefix is None or not is_debian() or shutil.which("apt-get") is None:
        return False
    print("Installing Debian's Chromium for the browser tests (apt-get install chromium) ...", flush=True)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    updated = subprocess.run([*apt, "update"])
    return updated.returncode == 0 and subprocess.run([*apt, "install", "-y", "chromium"]).returncode == 0


def install_from_playwright() -> bool:
    """Install Playwright's Chromium for this user; does nothing when it is there."""
    print("Making sure that Playwright's own Chromium is installed for the browser tests ...", flush=True)
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0


def main() -> int:
    """Install a browser where none is found; the exit status is 1 where that fails."""
    try:
        if find_browser() is not None:
            return 0
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    if install_from_debian() or install_from_playwright():
        return 0
    print("No Chromium for the browser tests: install one and name it with CHROMIUM=/path/to/it.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
