"""docs/report.png: a report beside itself on a phone, as Chromium shows them. python -m tests.web.picture PAGE PNG"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from .conftest import FLAGS

_SIZES = ((1280, 1100, "light"), (390, 1100, "dark"))


def main() -> None:
    page_file, png = map(Path, sys.argv[1:])
    shots = []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for width, height, scheme in _SIZES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(page_file.resolve().as_uri())
            box = page.locator("[data-chart=cadence] .u-over").bounding_box()
            page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 20)
            shots.append(Image.open(io.BytesIO(page.screenshot())))
    sheet = Image.new("RGB", (sum(s.width for s in shots) + 20, shots[0].height), (128, 138, 148))
    at = 0
    for shot in shots:
        sheet.paste(shot, (at, 0))
        at += shot.width + 20
    sheet.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(png, optimize=True)


if __name__ == "__main__":
    main()
