"""The screen. What draws it without Textual, in `draw`, can be used without loading Textual."""
