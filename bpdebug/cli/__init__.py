"""The command line: arguments, and the work without a screen."""
