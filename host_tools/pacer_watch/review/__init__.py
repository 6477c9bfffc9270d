"""An honest look at runs: plan against run, rep by rep, and what next week's paces should be.

It moves critical speed seldom and by little, since the effort that a runner gives is a noisy measure: repeated on the
same treadmill it differs with a standard deviation of three quarters of a point in ten (Lamb, Eston and Corns, Br J
Sports Med 33, 1999), and a point is 1.5 to 3.5 % of critical speed (effort.py). So one session never moves it up or
down, a run counts once, and a race or test says more than all of them.

After more than two weeks off it is lower by 2 to 4 %: maximal oxygen uptake falls by some 5 to 7 % in two to three
weeks without training (Coyle et al., J Appl Physiol 57, 1984), the pace that is held by less, and Daniels takes 2.7 %
off the VDOT after two weeks, 6.9 % after four (Daniels' Running Formula, 3rd ed.).
"""

from ..formats.plan import plan_of
from .page import as_dict, text
from .proposal import Proposal, apply, count, propose, settle
from .reps import Rep, reps_of
from .tested import in_words, result_of
from .verdict import Session, athlete_of, look

__all__ = [
    "Proposal", "Rep", "Session", "apply", "as_dict", "athlete_of", "count", "in_words", "look", "plan_of",
    "propose", "reps_of", "result_of", "settle", "text",
]  # fmt: skip
