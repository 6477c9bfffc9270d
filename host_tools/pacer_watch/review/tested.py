"""What a field test in a log has found: the watch's own sums (core/fieldtest.py) over the run as it was logged."""

from pacer.core.fieldtest import FieldTest

from ..formats.runlog import RunLog
from ..formats.timeline import CannotExport, laps_of, seconds_by_lap
from ..text import Units


def result_of(log: RunLog) -> FieldTest | None:
    """The test with its result; None for a run that is none, or whose efforts give no critical speed."""
    workout = log.read_workout()
    if workout is None:
        return None
    rows = bytes(1 if (note or "").lower().startswith("test") else 0 for note in workout.notes)
    if not any(rows):
        return None
    test = FieldTest(rows)
    try:
        laps = laps_of(log)
    except CannotExport:
        return None
    for lap, seconds in zip(laps, seconds_by_lap(log, laps), strict=True):
        if lap.step is None:
            continue
        for s in seconds:
            test.mark(lap.step.row, s.t_ms - lap.start_ms, s.distance_mm - lap.start_mm)
        test.effort(lap.step.row, lap.end_ms - lap.start_ms, lap.distance_mm)
    return test if test.result() else None


def in_words(test: FieldTest, units: Units) -> str:
    """Critical speed and D', each with its uncertainty."""
    each = units.pace(1e9 / test.cs_mm_s)
    return (
        f"critical speed {test.cs_mm_s / 1000:.3f} m/s +- {test.cs_unsure_mm_s / 1000:.3f} ({each} {units.per}), "
        f"D' {test.dprime_mm // 1000} m +- {test.dprime_unsure_mm // 1000}"
    )
