"""How this watch behaves, in /settings.txt: a word and a value a line. What concerns the runner is in the profile."""

PATH = "/settings.txt"
SCREENS = ("on", "dim", "off")  # after a while in a run
TONES = ("off", "on")
CONTRASTS = ("light", "dark")  # light on dark, dark on light


class Settings:
    """tones, contrast and screen are indexes of the words above; brightness is 1 to 5. fresh: never saved yet."""

    def __init__(self):
        self.tones = 1
        self.brightness = 3
        self.contrast = 0
        self.screen = 1
        self.fresh = False

    def load(self):
        """Read the file; what is damaged or missing stays as it comes from the maker."""
        try:
            with open(PATH) as f:
                lines = f.read(200).split("\n")
        except (OSError, UnicodeError):
            self.fresh = True
            return self
        for line in lines:
            key, _, value = line.strip().partition(" ")
            if key == "tones" and value in TONES:
                self.tones = TONES.index(value)
            elif key == "contrast" and value in CONTRASTS:
                self.contrast = CONTRASTS.index(value)
            elif key == "screen" and value in SCREENS:
                self.screen = SCREENS.index(value)
            elif key == "brightness" and value in ("1", "2", "3", "4", "5"):
                self.brightness = int(value)
        return self

    def save(self, store):
        self.fresh = False
        text = "tones %s\nbrightness %d\ncontrast %s\nscreen %s\n"
        words = (TONES[self.tones], self.brightness, CONTRASTS[self.contrast], SCREENS[self.screen])
        return store.replace(PATH, (text % words).encode())
