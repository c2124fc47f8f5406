"""What Python code gets from `import bpdebug`: runs, verdicts and reports, of any origin."""
