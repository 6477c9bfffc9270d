"""The runner's figures, as a run goes by them. core/profile tells what they mean and how they are written; it is loaded
before and after a run only.
"""

from array import array

from micropython import const

DEFAULT_TOLERANCE_MM_S = const(60)
RACES_M = (800, 1000, 1500, 1609, 3000, 3219, 5000, 8000, 10_000, 15_000, 16_093, 21_098, 42_195)
# Kinds of targets by name (profile.py has all): zone, race of the table, effort, race of so many hundred metres.
ZONE = const(1)
EASY = const(0)  # the first zone
RACE = const(2)
EFFORT = const(4)
DISTANCE = const(5)
_RACES = const(13)
_ZONES = const(6)  # profile.ZONE_NAMES


def what_of(target):
    return -target >> 24


def which_of(target):
    return -target >> 16 & 255


def effort_of(target):
    """The effort of 1 to 10 that a target is, 0 for one that is none."""
    return which_of(target) if target < 0 and what_of(target) == EFFORT else 0


def is_easy(target):
    """Is a target the easy zone, which is open on its slow side?"""
    return target < 0 and what_of(target) == ZONE and which_of(target) == EASY


def is_trial(target, distance_mm):
    """Is a step of this length with this target a race at its own pace?"""
    what = what_of(target) if target < 0 else 0
    metres = RACES_M[which_of(target)] if what == RACE else 100 * which_of(target) if what == DISTANCE else 0
    return metres > 0 and abs(metres * 1000 - distance_mm) <= 1000


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
