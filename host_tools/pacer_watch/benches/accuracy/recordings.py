"""Standing by the receivers' own logs, roads that are no track, and the foot pod that ran along."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...twin import recording, session
from ...twin.runner import RecordedRunner
from .figure import Figure
from .pace import boxcar
from .streams import M_LAT, ON, Stream, ours


def recordings(runtime: str, data: Path) -> list[Figure]:
    """Standing by the receivers' own logs, and the foot pod that ran along."""
    figures = []
    if not data.is_dir():
        return [Figure("real recordings", None, "", None, note=f"not found at {data}")]
    for path in sorted((data / "nmea").glob("*.log")):
        try:
            source = recording.read(path)
        except recording.Unreadable:
            continue
        result = session.run("- lap\n", source.person, source.talker, runtime=runtime,
                             limit_us=int((source.length_s + 60) * 1e6))  # fmt: skip
        end = next((e for e in result.events if e.kind == "end"), None)
        figures.append(Figure(f"standing, {path.name}", end.distance_mm / 1000 if end else None, "m", 2.0))
    figures.append(_false_tracks(runtime, data))
    figures += _walks(runtime, data / "walks")
    return figures + foot_pod(runtime, data / "fit" / "developer-types-sample.fit")


def _false_tracks(runtime: str, data: Path) -> Figure:
    """Runs on the road: an oval seen there is a mistake."""
    streams = []
    for path in sorted([*data.glob("fit/*.fit"), *data.glob("tcx/*.tcx"), *data.glob("gpx/*.gpx")]):
        try:
            source = recording.read(path)
            person = source.person
        except recording.Unreadable:
            continue
        if not isinstance(person, RecordedRunner):
            continue
        seen = [person.observe(int(s * 1e6)) for s in range(16, int(source.length_s))]
        valid = np.array([o.lat_deg is not None for o in seen])
        lat = np.array([o.lat_deg if o.lat_deg is not None else math.nan for o in seen])
        lon = np.array([o.lon_deg if o.lat_deg is not None else math.nan for o in seen])
        first = int(np.nonzero(valid)[0][0])
        speed = np.array([o.speed_m_s for o in seen])
        north = np.nan_to_num((lat - lat[first]) * M_LAT)
        east = np.nan_to_num((lon - lon[first]) * 111_320 * math.cos(math.radians(lat[first])))
        streams.append(Stream(1, speed, speed, east, north, valid, np.full(len(seen), -1)))
    found = sum(int((g[:, 4] == ON).any()) for g in ours(streams, runtime))
    return Figure(f"tracks recognised in {len(streams)} road recordings", found, "", 0)


_WALKS = (("a-10hz.csv", 10), ("b-5hz.csv", 5))
_STRIDE_HZ = (0.7, 1.2)  # where a walker's is looked for
_MOST_LAG_S = 15
_MOST_WEIGHTS = 40


def _centred(x: np.ndarray, length: float) -> np.ndarray:
    """The mean over so many samples around each one, with parts of the outer two: 5 for 5.4 leave much of the arm."""
    inner = 2 * math.ceil((length - 1) / 2) - 1
    outer = (length - inner) / 2
    return np.convolve(x, np.concatenate([[outer], np.ones(inner), [outer]]) / length, "same")


def _walks(runtime: str, folder: Path) -> list[Figure]:
    """The shown speed against the mean over a stride, walking with arms that swing; beside a boxcar of 10 s."""
    figures = []
    for name, rate in _WALKS:
        if not (folder / name).is_file():
            figures.append(Figure(f"walk, {name}", None, "m/s sd", None, note=f"not found at {folder}"))
            continue
        rows = np.genfromtxt(folder / name, delimiter=",", names=True)
        speed = rows["speed_mm_s"] / 1000
        course = np.radians(90 - rows["course_cdeg"] / 100)
        slow = np.convolve(speed, np.ones(20 * rate) / (20 * rate), "same")
        walked = np.nonzero(slow > 0.9)[0]
        a, b = walked[0] + 30 * rate, walked[-1] - 30 * rate
        power = np.abs(np.fft.rfft((speed[a:b] - speed[a:b].mean()) * np.hanning(b - a)))
        hz = np.fft.rfftfreq(b - a, 1 / rate)
        among = (hz > _STRIDE_HZ[0]) & (hz < _STRIDE_HZ[1])
        stride_hz = float(hz[among][np.argmax(power[among])])
        truth = _centred(speed, rate / stride_hz)
        n = len(rows)
        stream = Stream(
            rate, speed, speed, rows["east_cm"] / 100, rows["north_cm"] / 100, np.ones(n, bool),
            np.full(n, round(120 * stride_hz)), round(float(np.median(rows["sacc_mm_s"]))), course,
        )  # fmt: skip

        def off(x: np.ndarray, lag: int, a: int = a, b: int = b, truth: np.ndarray = truth) -> float:
            return float((x[a:b] - truth[a - lag : b - lag]).std())

        def lag_s(x: np.ndarray, rate: int = rate, off: Callable[[np.ndarray, int], float] = off) -> float:
            return min(range(_MOST_LAG_S * rate), key=lambda k: off(x, k)) / rate

        shown = ours([stream], runtime)[0][:, 1]
        usual = boxcar(10)(speed, rate)
        most = off(usual, 0)
        figures.append(
            Figure(f"walk, {name}: off the stride's mean", off(shown, 0), "m/s sd", most, {"10 s boxcar": most})
        )
        late = lag_s(usual)
        figures.append(Figure(f"walk, {name}: lag", lag_s(shown), "s", late, {"10 s boxcar": late}))
    return figures


def _fitted(x: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """What weights of the last samples, of the sum 1, come nearest to the truth: found with hindsight, a limit."""
    past = np.stack([np.concatenate([np.full(k, x[0]), x[: len(x) - k]]) for k in range(1, _MOST_WEIGHTS)], axis=1)
    past -= x[:, None]
    return np.asarray(x + past @ np.linalg.lstsq(past, truth - x, rcond=None)[0])


def foot_pod(runtime: str, path: Path) -> list[Figure]:
    """Our speed against the foot pod's, at lags of 0 to 10 s; beside it the watch's own GPS speed, and the limit."""
    import fitdecode

    pod, gps = [], []
    track = recording.Track()
    with fitdecode.FitReader(str(path)) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record":
                values = {f.name: f.value for f in frame.fields}
                before = len(track.seconds)
                lat, lon = (v and v * recording.SEMICIRCLE for v in (values["position_lat"], values["position_long"]))
                track.add(frame.get_value("timestamp"), lat, lon, None, None, None)
                if len(track.seconds) > before:
                    pod.append(float(values["Speed"] or 0))
                    gps.append((float(values["enhanced_speed"] or 0), 2.0 * float(values["cadence"] or 0)))
    measured = np.array([g for g, _ in gps])
    places = np.array(track.places)
    north = (places[:, 0] - places[0, 0]) * M_LAT
    east = (places[:, 1] - places[0, 1]) * 111_320 * math.cos(math.radians(places[0, 0]))
    stream = Stream(1, measured, measured, east, north, np.ones(len(pod), bool), np.array([c for _, c in gps]))
    shown = ours([stream], runtime)[0][:, 1]
    truth = np.array(pod)

    def error(x: np.ndarray, lag: int) -> float:
        d = x[lag:] - truth[: len(truth) - lag]
        return float(np.sqrt((d[60:] ** 2).mean()))

    def limit(lag: int) -> float:
        return error(_fitted(measured, np.concatenate([np.full(lag, truth[0]), truth])[: len(truth)]), lag)

    return [
        Figure(
            f"error against the foot pod at a lag of {lag} s",
            error(shown, lag),
            "m/s rms",
            error(measured, lag),
            {"the watch's own GPS": error(measured, lag), "the best weights of its last 40 s": limit(lag)},
        )
        for lag in range(11)
    ]
