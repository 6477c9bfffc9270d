"""Standing by the receivers' own logs, roads that are no track, and the foot pod that ran along."""

import math
from pathlib import Path

import numpy as np

from ...twin import recording, session
from ...twin.runner import RecordedRunner
from .figure import Figure
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
    return figures + _foot_pod(runtime, data / "fit" / "developer-types-sample.fit")


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


def _foot_pod(runtime: str, path: Path) -> list[Figure]:
    """Our speed against the foot pod's, beside the watch's own GPS speed against it, at lags of 0 to 10 s."""
    import fitdecode

    pod, gps = [], []
    track = recording.Track()
    with fitdecode.FitReader(str(path)) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record":
                values = {f.name: f.value for f in frame.fields}
                before = len(track.seconds)
                track.add(
                    frame.get_value("timestamp"), values["position_lat"], values["position_long"], None, None, None
                )
                if len(track.seconds) > before:
                    pod.append(float(values["Speed"] or 0))
                    gps.append((float(values["enhanced_speed"] or 0), 2.0 * float(values["cadence"] or 0)))
    measured = np.array([g for g, _ in gps])
    scale = 180 / 2**31
    places = np.array(track.places) * scale
    north = (places[:, 0] - places[0, 0]) * M_LAT
    east = (places[:, 1] - places[0, 1]) * 111_320 * math.cos(math.radians(places[0, 0]))
    stream = Stream(1, measured, measured, east, north, np.ones(len(pod), bool), np.array([c for _, c in gps]))
    shown = ours([stream], runtime)[0][:, 1]
    truth = np.array(pod)

    def error(x: np.ndarray, lag: int) -> float:
        d = x[lag:] - truth[: len(truth) - lag]
        return float(np.sqrt((d[60:] ** 2).mean()))

    return [
        Figure(
            f"error against the foot pod at a lag of {lag} s",
            error(shown, lag),
            "m/s rms",
            error(measured, lag),
            {"the watch's own GPS": error(measured, lag)},
        )
        for lag in range(11)
    ]
