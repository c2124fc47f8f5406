"""The tour: backpropagation shown to a newcomer, stop by stop, with the numbers of two_layer.

It knows no screen: a front end shows each stop's words, points at its panes, and runs its keys.
"""

from bpdebug.debugger.tour.stops import SCENARIO, STOPS
from bpdebug.debugger.tour.tour import Tour, stand, told

__all__ = ["SCENARIO", "STOPS", "Tour", "stand", "told"]
