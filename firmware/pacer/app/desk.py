"""Before and after a run: which workout is chosen, whose profile, a run that was cut off, a field test's result.

All of it reads and writes files, so it takes memory and time.
"""

from .. import __version__
from ..core.workout import Workout
from .flash import WORKOUTS
from .spare import borrow, give_back


def _files():
    return borrow("app.files")


def wrap(text, width=16, lines=2):
    """Text as at most `lines` strings of `width` characters, broken between words where that goes."""
    out = [""]
    for word in text.split(" "):
        if out[-1] and len(out[-1]) + 1 + len(word) > width:
            out.append(word)
        else:
            out[-1] += (" " if out[-1] else "") + word
        while len(out[-1]) > width:
            out.append(out[-1][width:])
            out[-2] = out[-2][:width]
    return tuple(out[:lines])


class Desk:
    """Loads the engine with what is to be run.

    choices         how many workouts there are
    name, notes     of the chosen one, cut into lines for the screen; notes: a tuple each, None for none (Cursor.note)
    run_steps       its steps in running order
    message         lines that tell why it can't be run, empty when it can
    profile         the runner's; wrong: what is wrong with its file
    unfinished      an Unfinished (files.py), None when there is none
    test            the FieldTest of a workout that is one, else None
    """

    def __init__(self, board, engine, motion):
        self.engine = engine
        self.test = None
        self.board = board
        self.choices = 0
        self.name: tuple = ()
        self.notes: list = []
        self.run_steps = 0
        self.message: tuple = ()
        self.wrong = ""
        self._files: list = []
        self._choice = 0
        self.read_profile()
        self.unfinished = _files().unfinished()
        self.list_workouts()
        _files().recall(motion)

    def read_profile(self):
        """Take up the profile's file."""
        self.profile, self.wrong = _files().profile()
        self._profile_text = self.profile.dump().encode()  # as it goes into a run's log: made now, not at the start
        give_back("core.profile")

    def keep_profile(self):
        """Write the profile down, as it was changed."""
        self.wrong = _files().write_profile(self.profile)
        self._profile_text = self.profile.dump().encode()
        give_back("core.profile")

    def list_workouts(self):
        """Files may have changed: the chosen workout stays the chosen one, if it is still there."""
        chosen = self._files[self._choice] if self._files else ""
        self._files = _files().workouts()
        self.choices = len(self._files)
        self.choose(self._files.index(chosen) if chosen in self._files else 0)

    def next(self):
        """Choose the next workout."""
        self.choose(self._choice + 1)

    def again(self):
        """Choose the same workout, to be run anew."""
        self.choose(self._choice)

    def choose(self, choice):
        """Choose the workout with this number, counted over."""
        if not self._files:
            self.message = ("no workouts:", "load one with", "mpremote cp", "W.txt :workouts/")
            self.engine.load(Workout())
            return
        self._choice = choice % len(self._files)
        name = self._files[self._choice]
        text, wrong = _files().workout_text(name)
        self.take_up(name, text, wrong)

    def take_up(self, name, text, wrong=""):
        """Load the engine with a workout's text. False, with the message why, when it can't be run."""
        hint: tuple = ()
        if not wrong:
            workout, wrong = _files().read_workout(text)
            if wrong:
                wrong = "%s %s" % (name, wrong)
                hint = ("try: pacer load",)  # it reads what the watch does not, and has room to say what is wrong
            else:
                try:
                    workout.resolve(self.profile)
                except ValueError as e:  # profile.Unresolved
                    wrong = str(e)
        self.message = wrap(wrong, 16, 5 - len(hint)) + hint if wrong else ()
        if wrong:
            self.engine.load(Workout())
            return False
        self.run_steps = workout.totals()[0]
        give_back("core.plan")
        self.name = wrap(workout.name or "Workout")
        self.notes = [wrap(note) if note else None for note in workout.notes + workout.rep_notes]
        self.test = self._test_of(workout)
        self.engine.load(workout)
        return True

    def _test_of(self, workout):
        """A FieldTest where notes of the workout begin with "Test"."""
        rows = bytes([1 if note and note[:4].lower() == "test" else 0 for note in workout.notes])
        if 1 not in rows:
            give_back("core.fieldtest")
            return None
        return borrow("core.fieldtest").FieldTest(rows)

    def log_parts(self):
        """(header, the workout's file, profile) of the chosen workout, for Store.begin()."""
        name = self._files[self._choice]
        head = "pacer %s\nboard %s\nworkout %s\n" % (__version__, self.board, name)
        return head.encode(), WORKOUTS + "/" + name, self._profile_text

    def keep_test(self):
        """The field test's result becomes the profile: race paces and zones follow from it."""
        p = self.profile
        t = self.test
        if not t:
            return
        p.cs_mm_s = t.cs_mm_s
        p.cs_unsure_mm_s = t.cs_unsure_mm_s
        p.dprime_mm = t.dprime_mm // 1000 * 1000
        p.dprime_unsure_mm = t.dprime_unsure_mm // 1000 * 1000
        for i in range(len(p.paces)):
            p.paces[i] = 0
        for i in range(len(p.zones)):
            p.zones[i] = 0
        self.keep_profile()
