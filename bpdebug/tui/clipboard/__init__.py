"""Copying to the clipboard: what can be copied, and the keys and the menu that do it."""
