"""Recording NumPy code as it stands: a wrapper of arrays that sees every function of NumPy."""

from bpdebug.recording.from_numpy.trace import trace

__all__ = ["trace"]
