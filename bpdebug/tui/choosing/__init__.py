"""Choosing: scenarios, commands from the palette, what comes next."""
