"""Runs, verdicts and reports for notebooks: HTML from the lines that the screen draws."""
