"""What is said to a receiver, by maker: rate and baud rate at the start, then power save and signal strengths by mode.

CFG-* frames from the u-blox 8 / M8 receiver description (UBX-13003221, 32.10 and 32.11), CFG-VALSET keys from the M10
interface description (UBX-21035062, 4.9 and 5.9), $PCAS from CASIC's and $PMTK from MediaTek's protocol specifications.
All commands are made at the start, since they may have to be sent again during a run; then this module is let go.
"""

from struct import pack

from micropython import const

from .modes import FAST_BAUD
from .nmea import sentence
from .ubx import frame, valset

_RUNNING_MODEL = const(3)  # dynamic model "pedestrian": up to 30 m/s, the least delay for a runner
# "Wrist" (protocol 18 and newer) is made for an arm that swings; asked for by itself and last, so that a receiver that
# has no such model refuses only that and stays at "pedestrian".
_WRIST_MODEL = const(9)

_RATE_MEAS = const(0x30210001)
_DYNMODEL = const(0x20110021)
_UART1_BAUD = const(0x40520001)
_PVT_UART1 = const(0x20910007)
_GSV_UART1 = const(0x209100C5)
_OTHER_NMEA_UART1 = (0x209100BB, 0x209100CA, 0x209100C0, 0x209100AC, 0x209100B1)  # GGA, GLL, GSA, RMC, VTG
_OPERATE_MODE = const(0x20D00001)
_CYCLIC = const(2)
_GSV = const(3)
_CASIC_MOST_HZ = const(5)


def begin(maker, rate_hz):
    """The set-up: commands for a receiver that is heard for the first time, the last of them FAST_BAUD.

    maker: "u-blox", "casic", "mediatek", or "any" for the first two; empty for a maker that is not known
    """
    out: tuple = ()
    if maker == "u-blox" or maker == "any":
        # The new form first: an old receiver ignores it, and a new one has changed its baud rate by the old form.
        out = ublox_from_9(rate_hz) + ublox_to_8(rate_hz)
    if maker == "casic" or maker == "any":
        out = casic(min(rate_hz, _CASIC_MOST_HZ)) + out
    if maker == "mediatek":
        out = mediatek(rate_hz)
    return out


def modes(maker, rate_hz):
    """Commands for each of the modes of modes.py, in their order; empty where a maker has none."""
    wait: tuple = ()
    save: tuple = ()
    run: tuple = ()
    off: tuple = ()
    if maker == "u-blox" or maker == "any":
        wait = _ublox(1000 // rate_hz, rate_hz, 0)
        save = _ublox(1000, 1, 1)
        run = _ublox(1000 // rate_hz, 0, 0)
        off = (frame(0x02, 0x41, pack("<BBHIII", 0, 0, 0, 0, 6, 8)), frame(0x02, 0x41, pack("<II", 0, 2)))  # RXM-PMREQ
    if maker == "casic" or maker == "any":
        ms = 1000 // min(rate_hz, _CASIC_MOST_HZ)
        wait = (sentence(b"PCAS03,1,0,0,5,1,0,0,0"), sentence(b"PCAS02,%d" % ms)) + wait
        save = (sentence(b"PCAS03,1,0,0,1,1,0,0,0"), sentence(b"PCAS02,1000")) + save
        run = (sentence(b"PCAS03,1,0,0,0,1,0,0,0"), sentence(b"PCAS02,%d" % ms)) + run
    if maker == "mediatek":
        off = (sentence(b"PMTK161,0"),)  # standby
    return wait, save, run, off


def _ublox(ms, gsv, save):
    """A fix each `ms`, GSV each `gsv` fixes, power save or not: for generations up to 8, then from 9 on."""
    return (
        frame(0x06, 0x08, pack("<HHH", ms, 1, 0)),  # CFG-RATE
        frame(0x06, 0x01, bytes((0xF0, _GSV, gsv))),  # CFG-MSG
        frame(0x06, 0x11, bytes((0x08, save))),  # CFG-RXM: 1 is power save
        valset(
            (
                pack("<IH", _RATE_MEAS, ms),
                pack("<IB", _GSV_UART1, gsv),
                pack("<IB", _OPERATE_MODE, _CYCLIC if save else 0),
            )
        ),
    )


def ublox_to_8(rate_hz):
    """CFG-* frames for generations up to 8: pedestrian model, rate, NAV-PVT and GSV only, baud rate last."""
    out = [
        frame(0x06, 0x24, pack("<HBB", 1, _RUNNING_MODEL, 0) + bytes(32)),  # CFG-NAV5, only the model
        frame(0x06, 0x08, pack("<HHH", 1000 // rate_hz, 1, 0)),  # CFG-RATE
        frame(0x06, 0x01, bytes((0x01, 0x07, 1))),  # CFG-MSG: NAV-PVT each epoch on this port
    ]
    out.append(frame(0x06, 0x24, pack("<HBB", 1, _WRIST_MODEL, 0) + bytes(32)))
    for i in range(6):
        out.append(frame(0x06, 0x01, bytes((0xF0, i, rate_hz if i == _GSV else 0))))
    # CFG-PRT: UART 1, 8N1; in UBX, NMEA and RTCM, out UBX and NMEA
    out.append(frame(0x06, 0x00, pack("<BBHIIHHHH", 1, 0, 0, 0x08D0, FAST_BAUD, 7, 3, 0, 0)))
    return tuple(out)


def ublox_from_9(rate_hz):
    """The same as CFG-VALSETs for generations from 9 on; the baud rate last."""
    wrist = valset((pack("<IB", _DYNMODEL, _WRIST_MODEL),))
    values = [
        pack("<IB", _DYNMODEL, _RUNNING_MODEL),
        pack("<IH", _RATE_MEAS, 1000 // rate_hz),
        pack("<IB", _PVT_UART1, 1),
        pack("<IB", _GSV_UART1, rate_hz),
    ]
    for key in _OTHER_NMEA_UART1:
        values.append(pack("<IB", key, 0))
    values.append(pack("<II", _UART1_BAUD, FAST_BAUD))
    return valset(values[:-1]), wrist, valset(values[-1:])


def casic(rate_hz):
    """Sentences for Quectel's L76K and others on CASIC: RMC and GGA, GSV each second, the rate, 115200 baud last."""
    return (
        sentence(b"PCAS03,1,0,0,%d,1,0,0,0" % rate_hz),
        sentence(b"PCAS02,%d" % (1000 // rate_hz)),
        sentence(b"PCAS01,5"),
    )


def mediatek(rate_hz):
    """The same for MediaTek's MT33xx: only RMC and GGA, the rate, the baud rate last."""
    return (
        sentence(b"PMTK314,0,1,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"),
        sentence(b"PMTK220,%d" % (1000 // rate_hz)),
        sentence(b"PMTK251,%d" % FAST_BAUD),
    )
