# A sentence of NMEA, a frame of UBX: bytes to fixes.
import harness

from pacer.core.gnss.stream import Stream

BODIES = (
    "GNRMC,093000.00,A,5130.12345,N,00418.54321,E,6.479,84.40,231126,,,A",
    "GNVTG,84.40,T,,M,6.479,N,11.999,K,A",
    "GNGGA,093000.00,5130.12345,N,00418.54321,E,1,12,0.90,12.3,M,45.6,M,,",
    "GNGSA,A,3,05,07,13,14,15,30,24,28,,,,,1.60,0.90,1.30",
    "GPGSV,3,1,12,05,40,113,32,07,58,301,41,13,69,080,38,14,24,257,29",
    "GPGSV,3,2,12,15,40,113,32,17,58,301,41,19,69,080,38,21,24,257,29",
    "GPGSV,3,3,12,22,40,113,32,24,58,301,41,28,69,080,38,30,24,257,29",
    "GNGLL,5130.12345,N,00418.54321,E,093000.00,A,A",
)


def sentence(body):
    total = 0
    for c in body.encode():
        total ^= c
    return ("$%s*%02X\r\n" % (body, total)).encode()


def frame():
    """A NAV-PVT as a u-blox 8 sends it."""
    body = bytearray(96)
    body[0:4] = b"\x01\x07\x5c\x00"
    body[8:12] = b"\xea\x07\x0b\x17"
    body[12:16] = bytes((9, 30, 0, 0x37))
    body[24:28] = bytes((3, 1, 0, 14))
    body[28:36] = b"\xa7\x86\x91\x02\xcf\x75\xb2\x1e"
    body[64:66] = b"\x05\x0d"
    body[72] = 150
    a = b = 0
    for c in body:
        a = (a + c) & 255
        b = (b + a) & 255
    return b"\xb5\x62" + bytes(body) + bytes((a, b))


def reader(data):
    stream = Stream()

    def run(times):
        for _ in range(times):
            at = 0
            while at < len(data):
                room = stream.room()
                n = len(data) - at
                if n > 230:
                    n = 230  # what a turn of the loop finds at 115,200 baud
                for i in range(n):
                    room[i] = data[at + i]
                at += n
                stream.commit(n)
                while stream.next():
                    pass

    return run


def copier(data):
    """The same without the stream: what is taken off."""
    room = bytearray(512)

    def run(times):
        for _ in range(times):
            at = 0
            while at < len(data):
                n = len(data) - at
                if n > 230:
                    n = 230
                for i in range(n):
                    room[i] = data[at + i]
                at += n

    return run


def usual(text):
    """split and float, as most examples have it."""

    def run(times):
        for _ in range(times):
            for line in text.split("\r\n"):
                if line[:1] != "$" or "*" not in line:
                    continue
                body, _, check = line[1:].partition("*")
                total = 0
                for c in body:
                    total ^= ord(c)
                if total != int(check, 16):
                    continue
                f = body.split(",")
                if f[0][2:] == "RMC" and f[2] == "A":
                    lat = float(f[3][:2]) + float(f[3][2:]) / 60
                    lon = float(f[5][:3]) + float(f[5][3:]) / 60
                    fix = (f[1], lat if f[4] == "N" else -lat, lon if f[6] == "E" else -lon, float(f[7]) * 0.514444)
                elif f[0][2:] == "GGA" and f[6] != "0":
                    fix = (int(f[7]), float(f[8]), float(f[9]))  # noqa: F841

    return run


def recorded():
    """Bytes of real receivers, where the recordings are at hand. (In a function: the top level has to stay small.)"""
    try:
        with open("stream.bin", "rb") as f:
            return f.read(40_000)
    except OSError:
        return b""


epoch = b"".join([sentence(b) for b in BODIES])
figures = []
for name, data, per in (
    ("NMEA, a sentence of an epoch of eight", epoch, 8),
    ("NMEA RMC", sentence(BODIES[0]), 1),
    ("NMEA, RMC and GGA in turn", sentence(BODIES[0]) + sentence(BODIES[2]), 2),
    ("UBX NAV-PVT", frame(), 1),
):
    figures.append((name, reader(data), copier(data), per))
stream = recorded()
if stream:
    count = stream.count(b"$")
    figures.append(("NMEA, a sentence of the recordings", reader(stream), copier(stream), count))
split_and_float = usual(epoch.decode())
harness.ready()
for name, run, less, per in figures:
    harness.report(name, run, 1 if per > 99 else 10, per, less)
harness.report("usual: split and float, a sentence of the same epoch", split_and_float, 10, 8, lean=False)
