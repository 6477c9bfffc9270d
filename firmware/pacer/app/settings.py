"""The settings, one row each: how this watch behaves (in /settings.txt, a word and a value a line), and what of the
runner's profile can be changed on the wrist. Borrowed: at the start, and by the page that shows them.
"""

from .flash import replace

PATH = "/settings.txt"
FILE = 0
PROFILE = 1

# Where it is kept, its attribute (and word in the file), what it may be, which of these at first (by number); on the
# screen: its name, a line of help, and what each value is called. A setting of the file is the number of its value.
TABLE = (
    (PROFILE, "miles", (False, True), 0, "units", "paces per", ("kilometre", "mile")),
    (PROFILE, "lane", (0, 1, 2, 3, 4, 5, 6, 7, 8), 0, "lane", "track lane", ("find it out",) + tuple("12345678")),
    (PROFILE, "waypoint_mm", (0, 50_000, 100_000, 200_000), 2, "waypoints", "clicks each",
     ("no clicks", "50 m", "100 m", "200 m")),
    (FILE, "tones", ("off", "on"), 1, "tones", "", ("off", "on")),
    (FILE, "brightness", ("1", "2", "3", "4", "5"), 2, "brightness", "of the screen", tuple("12345")),
    (FILE, "contrast", ("light", "dark"), 0, "contrast", "writing is", ("light on dark", "dark on light")),
    (FILE, "screen", ("on", "dim", "off"), 1, "screen", "after 20 s run", ("stays bright", "is dimmed", "goes off")),
)  # fmt: skip

# Behind them: pages that are opened from here. Name, help, a word; the module and class in pages/, none for the demo.
PAGES = (
    ("self-test", "LAP: look", "all parts", "self_test", "SelfTest"),
    ("demo run", "LAP: run it", "without GPS", "", ""),
)


def load(s):
    """Give an object an attribute for each setting of the file: the number of its value, as it was saved; what is
    damaged or missing is as at first. fresh: nothing was saved yet. Returns the object.
    """
    s.fresh = False
    for row in TABLE:
        if row[0] == FILE:
            setattr(s, row[1], row[3])
    try:
        with open(PATH) as f:
            lines = f.read(400).split("\n")
    except (OSError, UnicodeError):
        s.fresh = True
        return s
    for line in lines:
        key, _, value = line.strip().partition(" ")
        for row in TABLE:
            if row[0] == FILE and row[1] == key and value in row[2]:
                setattr(s, key, row[2].index(value))
    return s


def save(s):
    """Write them down; what went wrong, as a sentence."""
    s.fresh = False
    lines = ["%s %s\n" % (row[1], row[2][getattr(s, row[1])]) for row in TABLE if row[0] == FILE]
    return replace(PATH, "".join(lines).encode())
