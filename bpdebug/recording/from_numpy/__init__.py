"""Recording NumPy code as it stands: a wrapper of arrays that sees every function of NumPy."""

from bpdebug.recording.from_numpy.trace import proved, trace

__all__ = ["proved", "trace"]
