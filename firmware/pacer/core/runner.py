"""The runner's figures, as a run goes by them. core/profile tells what they mean and how they are written; it is loaded
before and after a run only.
"""

from array import array

from micropython import const

DEFAULT_TOLERANCE_MM_S = const(60)
_RACES = const(13)  # as many as profile.RACES_M has
_ZONES = const(6)  # profile.ZONE_NAMES


class Profile:
    """The runner's figures. 0 where nothing is known.

    cs_mm_s, cs_unsure_mm_s, dprime_mm, dprime_unsure_mm
    tolerance_mm_s      half the width of the band around a single pace
    lane                0 for whatever it is; lap_mm the length of lane 1 if it is no 400 m
    waypoint_mm         of the target's waypoints, 0 for none
    metronome_spm       0 for none
    miles               True when the runner thinks in miles
    """

    def __init__(self):
        self.name = ""
        self.miles = False
        self.cs_mm_s = self.cs_unsure_mm_s = 0
        self.dprime_mm = self.dprime_unsure_mm = 0
        self.tolerance_mm_s = DEFAULT_TOLERANCE_MM_S
        self.lane = self.lap_mm = 0
        self.waypoint_mm = 100_000
        self.metronome_spm = 0
        self.races: list = []  # lines as they stand
        self.reviewed = ""  # the day of the last review that changed it
        self.paces = array("i", (0,) * _RACES)
        self.zones = array("i", (0,) * (2 * _ZONES))  # fast, slow

    def band(self, target):
        """(fast, slow) in ms/km that a target by name means. Raises profile.Unresolved."""
        from . import profile

        return profile.band(self, target)

    def dump(self):
        """The profile as text."""
        from .profile import text

        return text.dump(self)
