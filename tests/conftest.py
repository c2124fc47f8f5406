"""What every test stands on: folders of its own, so that none meets a person's files."""

import pytest


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Home, configuration and state below a temporary folder, also for processes that are started.

    Returns that folder.
    """
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".state"), ("DATA", ".data")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    for name in ("BPDEBUG_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return home
