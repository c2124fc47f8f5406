"""Makes `tests` importable as a package, so that test files can share what builds their graphs."""
