"""The screen in a browser: a server that starts a debugger of its own for every visitor.

Importing a module of this package other than `address` and `hosts` loads textual-serve, which
the extra `web` installs; only the command line does so.
"""
