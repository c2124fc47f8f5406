"""Recordings: what somebody's own code computed, as the text of a scenario and its arrays."""

from bpdebug.recording.recorder import Recorder
from bpdebug.recording.recording import Recording

__all__ = ["Recorder", "Recording"]
