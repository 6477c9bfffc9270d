"""What is on the screen, a class a page; docs/extend.md shows how to add one.

A page draws what it shows and takes the buttons:

    draw(canvas, watch)         reads the watch's public values and nothing else
    press(lap, back, ms)        returns the next page. lap: LAP was pressed; back: SHORT, LONG or NONE
    take(kind)                  an event of the run has happened; returns the next page, too

The pages of a run are made at the start, since a run allocates nothing; the others are borrowed (spare.py).
"""


class Page:
    """watch: whose verbs the page calls when a button is pressed."""

    live = False  # drawn four times a second, and only what has changed; other pages whole, once a second
    rests = True  # the receiver may save power while it is up, and an idle watch go down
    asks = False  # a question after a run

    def __init__(self, watch):
        self.watch = watch

    def press(self, lap, back, ms):
        """A button does nothing here."""
        return self

    def take(self, kind):
        """No event leads away from here."""
        return self
