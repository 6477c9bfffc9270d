"""What can't be known without the chip, measured on it: memory, flash, parts, and what the loop takes."""

from pathlib import Path
from typing import Any

from .flash import FlashError, mpremote

_SCRIPT = Path(__file__).parent / "benches" / "scripts" / "selftest.py"
_MOST_S = 150.0
_TURN_MOST_US = 100_000  # a longer one is felt: a press, a tone, a frame that is late
_SPARE_BYTES = 8_192  # a run that leaves less has no room for a laptop that speaks


def run(port: str) -> dict[str, Any]:
    """The figures of a board by name, numbers as int, all else as str; it is reset afterwards. Raises FlashError."""
    found: dict[str, Any] = {}
    said = mpremote(port, "run", str(_SCRIPT), timeout=_MOST_S)
    for line in said.splitlines():
        words = line.split(" ", 2)
        if words[0] == "pacer" and len(words) == 3:
            value = words[2].strip()
            found[words[1]] = int(value) if value.lstrip("-").isdigit() else value
    mpremote(port, "reset")
    if not found.pop("done", 0):
        last = said.strip().splitlines()[-1] if said.strip() else "nothing came"
        raise FlashError(f"the self-test stopped half-way ({last}); is Pacer on the board? pacer flash puts it on")
    return found


def words(found: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """(what, how it is, whether that is well), a line a thing."""
    out = [
        (
            "board",
            f"{found['board']}: {found['machine']}, MicroPython {found['micropython']}, {found['mhz']} MHz",
            True,
        ),
        ("parts missing", str(found["missing"]), found["missing"] == "nothing"),
    ]
    out += [(f"on {key}", str(value), value != "nobody") for key, value in found.items() if key.startswith("i2c")]
    for when, name in (("bare", "MicroPython alone"), ("ready", "ready to run"), ("after", "after a run")):
        if f"{when}_heap_free" in found:
            free, block = found[f"{when}_heap_free"], found[f"{when}_largest_block"]
            system = found.get(f"{when}_system_free")
            more = f", {system // 1024} KB of the system's" if system else ""
            told = f"{free // 1024} KB free, the largest block {block // 1024} KB{more}"
            out.append((f"memory, {name}", told, max(free, system or 0) >= _SPARE_BYTES))
    write, most = found["flash_write_us"] / 1000, found["flash_write_most_us"] / 1000
    out.append(
        ("flash", f"512 bytes synced in {write:.1f} ms, {most:.1f} at most; deleted in "
         f"{found['flash_delete_us'] / 1000:.1f} ms; {found['flash_free_bytes'] // 1024} KB free", True)
    )  # fmt: skip
    out.append(("start", f"{found['start_ms'] / 1000:.1f} s", True))
    for when in ("ready", "run"):
        if f"{when}_turn_most_us" in found:
            turn, share = found[f"{when}_turn_most_us"], found[f"{when}_share_permille"]
            waiting = found[f"{when}_uart_most_waiting"]
            told = (
                f"{share / 10:.1f} % of the time, the longest turn {turn / 1000:.1f} ms, {waiting} bytes waited at most"
            )
            out.append((f"the loop, {when}", told, turn <= _TURN_MOST_US))
    out.append(("receiver", f"{found['gps_messages']} messages read in 10 s", found["gps_messages"] > 0))
    if "imu_samples" in found:
        out.append(("imu", "counts" if found["imu_samples"] else "no samples", bool(found["imu_samples"])))
        out.append(("bus", f"{found['bus_faults']} faults", not found["bus_faults"]))
    return out
