"""Arrays from files beside a scenario, each kind of file with its reader."""

from bpdebug.scenario.files.source import from_file

__all__ = ["from_file"]
