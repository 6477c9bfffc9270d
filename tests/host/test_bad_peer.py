"""A watch on the cable that lies or is broken: what it says is bounded, and a sentence comes of it."""

import os
import pty
import tty

import pytest

from pacer_watch import link


@pytest.fixture
def peer(monkeypatch):
    """A Link whose requests a function answers."""

    def made(answer):
        watch = link.Link.__new__(link.Link)
        asked = []

        def request(kind, payload, tries=8):
            asked.append(kind)
            assert len(asked) < 30_000, "no end"
            return answer(kind, payload)

        watch.request = request
        return watch

    return made


@pytest.mark.parametrize(
    "text",
    [b"5 runs/0001.run\n", b"\n\n", b"x y\n", b"-1 a\n", b"5 \xff\xfe\n", b"5 a\x00b\n", b"1000000000000 runs/1.run\n",
             b"5 runs/../../x.run\n"],
)  # fmt: skip
def test_a_listing_without_end_or_sense_is_a_sentence(peer, text):
    with pytest.raises(link.LinkError, match="watch"):
        peer(lambda kind, payload: text).files()


@pytest.mark.parametrize("stat", [b"1000000000000 00000000", b"-5 00000000", b"5", b"", b"a b", b"5 zz", b"\xff \xff"])
def test_a_file_of_no_size_that_a_file_has_is_a_sentence(peer, stat):
    with pytest.raises(link.LinkError):
        peer(lambda kind, payload: stat if kind == "S" else b"x" * 160).get("runs/0001.run")


@pytest.mark.parametrize("at", [b"0", b"999999999", b"-1", b"x", b"", b"\xff", b"9" * 5000])
def test_loading_that_never_advances_or_leaps_is_a_sentence(peer, at):
    seen = []
    with pytest.raises(link.LinkError):
        peer(lambda kind, payload: b"0" if kind == "P" else at).put("a", b"y" * 500, lambda a, n: seen.append((a, n)))
    assert all(0 <= a <= n for a, n in seen)


def test_status_and_hello_in_no_utf_8_are_read_as_far_as_they_go(peer):
    status = peer(lambda kind, payload: b"state \xffready\x00\nrun_ms " + b"9" * 5000 + b"\n").status()
    assert set(status) == {"state", "run_ms"}
    assert "\x00" not in status["state"]


def test_a_frame_without_end_takes_no_memory():
    decoder = link.Decoder()
    decoder.feed(b"\x7e" + b"a" * 1_000_000)
    assert decoder.feed(b"\x7e" + link.encode("H", 1, b"x")) == [("H", 1, b"x")]
    assert len(decoder.body or b"") < 1000


def test_a_port_is_opened_by_one_command_at_a_time():
    outer, inner = pty.openpty()
    tty.setraw(inner)
    name = os.ttyname(inner)
    first = link.Link(name)
    with pytest.raises(link.LinkError, match="another program"):
        link.Link(name)
    first.close()
    link.Link(name).close()
    for fd in (outer, inner):
        os.close(fd)
