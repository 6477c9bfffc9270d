"""Sessions, formats and readers as a table: `python -m tests.host.matrix`. Each cell says how many points were read."""

import io
from collections.abc import Callable
from pathlib import Path

import fitdecode
import fitparse
import gpxpy
from garmin_fit_sdk import Decoder, Stream
from tcxreader.tcxreader import TCXReader

from pacer_watch.formats import export, xmlexport
from pacer_watch.formats.runlog import RunLog

SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "schemas"


def garmin(log: RunLog, at: object) -> int:
    messages, errors = Decoder(Stream.from_byte_array(bytearray(export.fit(log, at)))).read()
    assert errors == []
    return len(messages["record_mesgs"])


def by_fitdecode(log: RunLog, at: object) -> int:
    with fitdecode.FitReader(io.BytesIO(export.fit(log, at)), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        return sum(isinstance(f, fitdecode.FitDataMessage) and f.name == "record" for f in reader)


def by_fitparse(log: RunLog, at: object) -> int:
    parsed = fitparse.FitFile(io.BytesIO(export.fit(log, at)))
    return sum(1 for _ in parsed.get_messages("record"))


def by_gpxpy(log: RunLog, at: object) -> int:
    parsed = gpxpy.parse(xmlexport.gpx(log, at))
    return sum(len(segment.points) for track in parsed.tracks for segment in track.segments)


def by_tcxreader(log: RunLog, at: object) -> int:
    return len(TCXReader().read(io.BytesIO(xmlexport.tcx(log, at).encode()), only_gps=False).trackpoints)


def _schema(kind: str, name: str) -> Callable[[RunLog, object], int]:
    def holds(log: RunLog, at: object) -> int:
        from lxml import etree

        document = etree.fromstring(getattr(xmlexport, kind)(log, at).encode())
        etree.XMLSchema(etree.parse(str(SCHEMAS / name))).assertValid(document)
        return len(list(document.iter("{*}trkpt" if kind == "gpx" else "{*}Trackpoint")))

    return holds


READERS = {
    "Garmin's SDK": garmin, "fitdecode": by_fitdecode, "fitparse": by_fitparse, "gpxpy": by_gpxpy,
    "tcxreader": by_tcxreader,
}  # fmt: skip
BY_SCHEMA = {"GPX schema": _schema("gpx", "gpx-1.1.xsd"), "TCX schema": _schema("tcx", "TrainingCenterDatabase-v2.xsd")}


def main() -> None:
    from .test_export import NOW, SESSIONS

    readers = {**READERS, **(BY_SCHEMA if SCHEMAS.is_dir() else {})}
    wide = max(map(len, SESSIONS))
    print(" " * wide, *(f"{name:>13}" for name in readers))
    errors = 0
    for name, log in SESSIONS.items():
        cells = []
        for reader in readers.values():
            try:
                cells.append(str(reader(log, NOW)))
            except Exception as e:
                refused = "holds no places" if "no places" in str(e) else ""
                errors += not refused
                cells.append("no places" if refused else type(e).__name__)
        print(f"{name:{wide}}", *(f"{cell:>13}" for cell in cells))
    print(f"{errors} errors")


if __name__ == "__main__":
    main()
