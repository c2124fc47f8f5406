"""The tour: backpropagation shown to a newcomer, station by station, with the numbers of two_layer.

It knows no screen: a front end shows each station's words, points at its panes, and runs its keys.
"""

from bpdebug.debugger.tour.stations import SCENARIO, STATIONS
from bpdebug.debugger.tour.tour import Tour, stand, text_at

__all__ = ["SCENARIO", "STATIONS", "Tour", "stand", "text_at"]
