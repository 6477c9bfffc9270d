"""What is said to a receiver: more fixes, faster; less power while nobody runs; which satellites it hears.

CFG-* frames from the u-blox 8 / M8 receiver description (UBX-13003221, 32.10 and 32.11), CFG-VALSET keys from the M10
interface description (UBX-21035062, 4.9 and 5.9), $PCAS from CASIC's and $PMTK from MediaTek's protocol specifications.
All of it is made once at the start: it may have to be said again in mid-run.
"""

from struct import pack

from micropython import const

from .modes import FAST_BAUD

_RUNNING_MODEL = const(3)  # dynamic model "pedestrian": up to 30 m/s, the least delay for a runner

_RATE_MEAS = const(0x30210001)
_DYNMODEL = const(0x20110021)
_UART1_BAUD = const(0x40520001)
_PVT_UART1 = const(0x20910007)
_GSV_UART1 = const(0x209100C5)
_OTHER_NMEA_UART1 = (0x209100BB, 0x209100CA, 0x209100C0, 0x209100AC, 0x209100B1)  # GGA, GLL, GSA, RMC, VTG
_OPERATE_MODE = const(0x20D00001)
_CYCLIC = const(2)
_RAM = const(1)
_GSV = const(3)


def begin(maker, rate_hz):
    """The set-up: what is sent when the receiver is heard first. Ends in FAST_BAUD.

    Empty for a maker that is not known.
    """
    out: tuple = ()
    if maker == "u-blox" or maker == "any":
        # The new form first: an old receiver passes it over, a new one then listens at another rate.
        out = setup_new(rate_hz, FAST_BAUD) + setup_old(rate_hz, FAST_BAUD)
    if maker == "casic" or maker == "any":
        out = setup_casic(min(rate_hz, 5)) + out
    if maker == "mediatek":
        out = setup_mediatek(rate_hz)
    return out


def modes(maker, rate_hz):
    """What is sent on going to each of the four modes; empty where a maker has no word for it."""
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
        ms = 1000 // min(rate_hz, 5)
        wait = (sentence(b"PCAS03,1,0,0,5,1,0,0,0"), sentence(b"PCAS02,%d" % ms)) + wait
        save = (sentence(b"PCAS03,1,0,0,1,1,0,0,0"), sentence(b"PCAS02,1000")) + save
        run = (sentence(b"PCAS03,1,0,0,0,1,0,0,0"), sentence(b"PCAS02,%d" % ms)) + run
    if maker == "mediatek":
        off = (sentence(b"PMTK161,0"),)  # standby
    return wait, save, run, off


def _ublox(ms, gsv, save):
    """Rate, signal strengths each `gsv` fixes, power save or not: for generations up to 8, then from 9 on."""
    return (
        frame(0x06, 0x08, pack("<HHH", ms, 1, 0)),  # CFG-RATE
        frame(0x06, 0x01, bytes((0xF0, _GSV, gsv))),  # CFG-MSG
        frame(0x06, 0x11, bytes((0x08, save))),  # CFG-RXM: 1 is power save
        _valset(
            (
                pack("<IH", _RATE_MEAS, ms),
                pack("<IB", _GSV_UART1, gsv),
                pack("<IB", _OPERATE_MODE, _CYCLIC if save else 0),
            )
        ),
    )


def _valset(values):
    """CFG-VALSET into RAM: gone with the power."""
    return frame(0x06, 0x8A, bytes((0, _RAM, 0, 0)) + b"".join(values))


def frame(kind, number, payload):
    """A whole UBX frame of a class, an id and a payload."""
    body = pack("<BBH", kind, number, len(payload)) + payload
    a = b = 0
    for c in body:
        a = (a + c) & 255
        b = (b + a) & 255
    return b"\xb5\x62" + body + bytes((a, b))


def setup_old(rate_hz, baud):
    """CFG-* frames for generations up to 8: pedestrian model, rate, NAV-PVT on, of NMEA only GSV, last the port at
    `baud`.
    """
    out = [
        frame(0x06, 0x24, pack("<HBB", 1, _RUNNING_MODEL, 0) + bytes(32)),  # CFG-NAV5, only the model
        frame(0x06, 0x08, pack("<HHH", 1000 // rate_hz, 1, 0)),  # CFG-RATE
        frame(0x06, 0x01, bytes((0x01, 0x07, 1))),  # CFG-MSG: NAV-PVT each epoch on this port
    ]
    for i in range(6):
        out.append(frame(0x06, 0x01, bytes((0xF0, i, rate_hz if i == _GSV else 0))))
    # CFG-PRT: UART 1, 8N1; in UBX, NMEA and RTCM, out UBX and NMEA
    out.append(frame(0x06, 0x00, pack("<BBHIIHHHH", 1, 0, 0, 0x08D0, baud, 7, 3, 0, 0)))
    return tuple(out)


def setup_new(rate_hz, baud):
    """The same as one CFG-VALSET for generations from 9 on."""
    values = [
        pack("<IB", _DYNMODEL, _RUNNING_MODEL),
        pack("<IH", _RATE_MEAS, 1000 // rate_hz),
        pack("<IB", _PVT_UART1, 1),
        pack("<IB", _GSV_UART1, rate_hz),
    ]
    for key in _OTHER_NMEA_UART1:
        values.append(pack("<IB", key, 0))
    values.append(pack("<II", _UART1_BAUD, baud))
    return (_valset(values),)


def setup_casic(rate_hz):
    """Sentences for Quectel's L76K and others on CASIC: RMC and GGA, GSV each second, the rate, 115200 baud last."""
    return (
        sentence(b"PCAS03,1,0,0,%d,1,0,0,0" % rate_hz),
        sentence(b"PCAS02,%d" % (1000 // rate_hz)),
        sentence(b"PCAS01,5"),
    )


def setup_mediatek(rate_hz):
    """The same for MediaTek's MT33xx: only RMC and GGA, the rate, 115200 baud last."""
    return (
        sentence(b"PMTK314,0,1,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"),
        sentence(b"PMTK220,%d" % (1000 // rate_hz)),
        sentence(b"PMTK251,115200"),
    )


def sentence(body):
    """A maker's sentence with its checksum."""
    total = 0
    for c in body:
        total ^= c
    return b"$" + body + b"*%02X\r\n" % total
