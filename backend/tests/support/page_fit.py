"""Whether a page fits the window it is looked at in: `fits.js` names what does not."""

from pathlib import Path

FITS = (Path(__file__).parent / "fits.js").read_text("utf-8")
WINDOWS = ((320, 640), (360, 740), (768, 1024), (1280, 800), (1920, 1080))
ZOOMED = (320, 256)  # a window of 1280 by 1024 at 400% (WCAG 2.2, 1.4.10)
# WCAG 2.2, 1.4.12: nothing may be lost where a reader spaces the text like this. By script, which the policy allows.
SPACED = """(spaced) => {
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheet.spaced);
  if (!spaced) return;
  const sheet = Object.assign(new CSSStyleSheet(), { spaced });
  sheet.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }" +
    "p { margin-block-end: 2em !important }",
  );
  document.adoptedStyleSheets.push(sheet);
}"""
COLOURS_THERE = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const moves = document.getAnimations().filter((move) => move.effect.getTiming().iterations < Infinity);
  await Promise.allSettled(moves.map((move) => move.finished));
}"""
