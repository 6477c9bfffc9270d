# Run on a board by `pacer selftest`: what can't be known without the chip, a line "pacer key value" a thing.
import gc
import os
import sys
from time import sleep_ms, ticks_diff, ticks_ms, ticks_us

RUN_S = 25
WORKOUT = "/workouts/0000-self-test.txt"  # before all others, so it is the one that is chosen
TEXT = b"Workout - Self-test\n- 20s @ 5'00\"/km\n"


def say(key, value):
    print("pacer", key, value)


def largest():
    """The largest free block, in bytes."""
    low, high = 0, 8 << 20
    while high - low > 256:
        middle = (low + high) // 2
        try:
            block = bytearray(middle)
            low = middle
            del block
        except MemoryError:
            high = middle
        gc.collect()
    return low


def memory(when):
    gc.collect()
    say(when + "_heap_free", gc.mem_free())
    say(when + "_heap_used", gc.mem_alloc())
    say(when + "_largest_block", largest())
    try:
        import esp32

        regions = esp32.idf_heap_info(esp32.HEAP_DATA)
        say(when + "_system_free", sum([r[1] for r in regions]))
        say(when + "_system_largest", max([r[2] for r in regions]))
    except (ImportError, AttributeError):
        pass  # no ESP32


def flash():
    """What writing to the flash takes, ms: 32 times half a kilobyte, each synced; and the deletion."""
    data = bytes(512)
    total = most = 0
    with open("/selftest.tmp", "wb") as f:
        for _ in range(32):
            begun = ticks_us()
            f.write(data)
            f.flush()
            took = ticks_diff(ticks_us(), begun)
            total += took
            most = max(most, took)
    say("flash_write_us", total // 32)
    say("flash_write_most_us", most)
    begun = ticks_us()
    os.remove("/selftest.tmp")
    say("flash_delete_us", ticks_diff(ticks_us(), begun))
    s = os.statvfs("/")
    say("flash_free_bytes", s[0] * s[3])


class Meter:
    """Turns of the loop, measured; while a run is on under a locked heap, as the loop has it."""

    def __init__(self, watch):
        self.watch = watch
        self.gnss = watch.receiver.gnss
        self.most = self.total = self.turns = self.fullest = 0

    def turn(self):
        from micropython import heap_lock, heap_unlock

        watch = self.watch
        self.fullest = max(self.fullest, self.gnss.waiting())
        watch.locked = locked = watch.lean
        if locked:
            heap_lock()
        begun = ticks_us()
        try:
            watch.step(ticks_ms())
        finally:
            took = ticks_diff(ticks_us(), begun)
            if locked:
                heap_unlock()
        self.most = max(self.most, took)
        self.total += took
        self.turns += 1
        sleep_ms(max(0, 20 - took // 1000))

    def tell(self, name, begun):
        passed = max(1, ticks_diff(ticks_ms(), begun))
        say(name + "_turn_most_us", self.most)
        say(name + "_share_permille", self.total // passed)
        say(name + "_turns_a_second", self.turns * 1000 // passed)
        say(name + "_uart_most_waiting", self.fullest)


def for_seconds(watch, name, seconds, until=None):
    meter = Meter(watch)
    begun = ticks_ms()
    while ticks_diff(ticks_ms(), begun) < 1000 * seconds and not (until and until()):
        meter.turn()
    meter.tell(name, begun)


def main():
    gc.threshold(8_192)
    try:
        with open("/slot") as f:
            sys.path.insert(0, "/" + f.read()[0])
    except OSError:
        pass
    say("micropython", ".".join([str(n) for n in sys.implementation.version[:3]]))
    say("machine", getattr(sys.implementation, "_machine", sys.platform))
    import machine

    say("mhz", machine.freq() // 1_000_000 if isinstance(machine.freq(), int) else 0)
    memory("bare")
    flash()
    import board

    say("board", board.NAME)
    for bus in board.I2C:
        wires = machine.I2C(bus["id"], scl=machine.Pin(bus["scl"]), sda=machine.Pin(bus["sda"]), freq=bus["freq"])
        try:
            say("i2c%d" % bus["id"], " ".join(["0x%02x" % a for a in wires.scan()]) or "nobody")
        except (OSError, AttributeError) as e:
            say("i2c%d" % bus["id"], "cannot be asked (%r)" % e)
    try:
        os.mkdir("/workouts")
    except OSError:
        pass  # it is there
    with open(WORKOUT, "wb") as f:
        f.write(TEXT)
    try:
        run()
    finally:
        os.remove(WORKOUT)
    say("done", 1)


def run():
    begun = ticks_ms()
    from pacer.app import loop

    watch = loop.start()
    say("start_ms", ticks_diff(ticks_ms(), begun))
    say("missing", " ".join(watch.parts.missing) or "nothing")
    memory("ready")
    for_seconds(watch, "ready", 10)
    say("gps_messages", watch.receiver.stream.accepted)
    say("gps_unread_bytes", watch.receiver.noise)
    watch.page = watch.control.start(watch.clock_ms)
    gc.collect()
    path = watch.store.path
    for_seconds(watch, "run", RUN_S, lambda: not watch.running)
    watch.close()
    memory("after")
    say("imu_samples", 1 if watch.steps.cadence.filled else 0)
    say("bus_faults", watch.canvas.faults + watch.steps.faults + watch.power.faults + watch.parts.faults)
    if path:
        say("log_bytes", os.stat(path)[6])
        os.remove(path)


main()
