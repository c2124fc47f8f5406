"""Colours: the palettes, and the styles made from them."""
