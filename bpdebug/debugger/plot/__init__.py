"""Curves over iterations as text: the dots, the scale and the letters of a plot, without colours.

Line mode prints a plot as it is; a screen gives each curve a colour as well.
"""
