"""The words and signs of coaches, and the units: a line in the notation's own words."""

import re

from pacer.core import notation


class Unclear(ValueError):
    """What was written has no reading, or two; the text says what to write."""

    def __init__(self, message: str, at: int = 0, vague: bool = False) -> None:
        super().__init__(message)
        self.vague = vague  # the parser's own complaint about that line may say it better
        self.message = message
        self.at = at  # the place in the line


SIGNS = str.maketrans({
    "\u00d7": "x", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2019": "'",
    "\u2018": "'", "\u2032": "'", "\u2033": '"', "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\u202f": " ",
    "\u2009": " ", "\t": " ", "\u2192": ">", "\u00b1": "~", "\u2022": "-", "[": "(", "]": ")",
})  # fmt: skip
MILE_MM = float(notation.MILE_MM)
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
M = r"(?:m(?:et(?:re|er)s?|trs?)?)\b"
KM = r"(?:kilomet(?:re|er)s?|kms?|k)\b"
MI = r"(?:miles?|mi)\b"
YD = r"(?:yards?|yds?|y)\b"
LAP = r"(?:laps?)\b"
MIN = r"(?:minutes?|mins?|min)\b"
SEC = r"(?:seconds?|secs?|s)\b"
H = r"(?:hours?|hrs?|h)\b"
N = r"(\d+(?:\.\d+)?)"
UNIT_MM = ((KM, 1_000_000), (MI, MILE_MM), (YD, 914.4), (LAP, 400_000), (M, 1000))

# Whole words that mean another, before anything else is read. None of them is a target.
_PLAIN: tuple[tuple[str, str], ...] = (
    (r"\b(min|mins|sec|secs|hr|hrs|rec)\.(?=\s|$)", r"\1"),
    (r"(?<=[a-z\d)])\.\s+(?=[a-z\d(])", ", "),
    (r"\s+at (?:the )?end$", ""),
    (r"\.\s*$", ""),
    (r"(?<=\d)\s*\*\s*(?=[\d(])", " x "),
    (r"''", '"'),
    (r"-+>|=+>", ">"),
    (r"\+\s*/\s*-|\+-", "~"),
    (r",\s*(?=(?:(?:going|leaving|starting|go|leave|start)\s+)?(?:every|on)\s+(?:the\s+)?\d)", " "),
    (r"(?<=\d)-(?=(?:second|sec|minute|min|mile|met(?:re|er)|m|km|k|lap|hour|yard|yd)s?\b)", " "),
    (r"\bw/\s*(?=[^ud])", ", "),
    (r"(?:\s*,)?\s+(?:with|then|followed by|plus)(?: an?)?\s+", ", "),
    (r"\b1/2\b|\u00bd", "0.5"),
    (r"\b1/4\b|\u00bc", "0.25"),
    (r"\b3/4\b|\u00be", "0.75"),
    (r"^(easy|steady|tempo|threshold)(?: run)?\s*:\s*", r"\1 "),
    (r"\bw\s*[/-]?\s*u\b|\bwarm(?:ing)?[- ]?up\b", "warm-up"),
    (r"\b[cw]\s*[/-]\s*d\b|\bcd\b|\b(?:cool|warm)(?:ing)?[- ]?down\b", "cool-down"),
    (r"\b(?:all[- ]?out\s+)?time trial\b|\ball[- ]?out\b|\bflat out\b|\bmax(?:imum|imal)?[- ]effort\b", "@ rpe 10"),
    (r"(?:(?<=w/ )|(?<=with )|(?<=, )|(?<=\())(?:full|complete) (?:rest|recover(?:y|ies))\b", "lap rest"),
    (r"\b(?:slow |easy )?(jog|walk)(?:ing)? (?:back|down|back down)(?: (?:recovery|to (?:the )?start))?\b", r"lap \1"),
    (r"\bminus\s+(?=\d)", "- "),
    (r"\b(?:at (?:an? )?)?conversational(?:\s+(?:pace|effort))?\b|\brecovery (?:run|pace)\b", "easy"),
    (r"\br\s*[=:]?\s*(\d+(?:[':]\d\d)?\s*(?:min\b|s(?:ec)?\b|['\"]))", r"\1 rest"),
    (r"\b(?:goal|target|current|your)\s+(?=(?:\d|half|marathon|mile|race))", ""),
    (r"\b(?:standing|static|complete|full|passive|total)\s+(?:rest|recover(?:y|ies))\b", "rest"),
    (r"\b(?:jog(?:ging)?|jogged)\s+(?:recover(?:y|ies)|rest|rec|break)\b|\brecovery jog(?:ging)?\b", "jog"),
    (r"\b(?:walk(?:ing)?)\s+(?:recover(?:y|ies)|rest|rec|break)\b|\brecovery walk\b", "walk"),
    (r"\b(?:slow|gentle|light|relaxed|very easy)\s+(?=jog|walk)", ""),
    (r"\bjogging\b|\bjogs\b", "jog"),
    (r"\bwalking\b", "walk"),
    (r"\b(?:recoveries|recovery|recover|resting|rests|rec)\b", "rest"),
    (r"\bstrid(?:e|er)s?\b|\bstride[- ]outs?\b", "stride"),
    (r"\bstretch(?:ing|es)\b", "stretch"),
    (r"\bsprints?\b", "@ rpe 10"),
    (r"\bprogress(?:ive(?:ly)?|ion|ing)(?:\s+run)?\s+(?=from\b)", ""),
    (r"\b(?:long )?runs?\b|\brunning\b", "run"),
    (r"\bin[- ]between\b|\bbtwn\b|\bbtw\b", "between"),
    (r"\bbetween\s+(?:each\s+)?(?:reps?|repeats?|intervals?|efforts?|each|each one)\b", "between"),
    (r"\bafter each(?: (?:rep|repeat|interval|one|effort))?\b", ""),
    (r"(\d\s*(?:" + M + "|" + KM + r"|mile))\s+(?:intervals|repeats|reps|efforts)\b", r"\1"),
)  # fmt: skip


_COUNTED = r"(?=\s+(?:x|times|sets|rounds|lots|laps?|miles?|km|min|mins|minutes?|sec|seconds?|hours?|reps)\b)"


def plain(text: str) -> str:
    """A line in lower case, words of one meaning replaced by the notation's."""
    text = text.lower()
    for number, word in enumerate(_NUMBERS):
        text = re.sub(rf"\b{word}\b{_COUNTED}", str(number), text)
    text = re.sub(r"\b(\d{1,2}),(\d{3})(?=\s*" + M + ")", r"\1\2", text)
    for pattern, word in _PLAIN:
        text = re.sub(pattern, word, text)
    return text
