"""Where a person's configuration and what is kept between runs are, on this platform."""

from __future__ import annotations

import os
from pathlib import Path

CONFIG = "BPDEBUG_CONFIG"
"""The variable that names another configuration file."""


def config_is_named() -> bool:
    """True where the variable names the configuration, which then has to be there."""
    return bool(os.environ.get(CONFIG))


def config_file() -> Path:
    """The configuration; in the platform's own place it need not be there."""
    from platformdirs import user_config_path

    named = os.environ.get(CONFIG)
    return Path(named) if named else user_config_path("bpdebug", appauthor=False) / "config.toml"


def state_folder() -> Path:
    """What the program writes for itself; it need not be there."""
    from platformdirs import user_state_path

    return user_state_path("bpdebug", appauthor=False)
