"""A person's backward function, judged on data and shapes that tell mistakes apart."""

from bpdebug.mistakes.probing.judge import judge_function

__all__ = ["judge_function"]
