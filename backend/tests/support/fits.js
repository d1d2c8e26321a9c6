// Where a page is larger than its window, or loses a part of itself: each answer names what does it.
//
// Pages of the sites with a `.app-layout` are like an app: the window never scrolls, only lists and logs inside it do. All
// other pages (the doors, the landing page, the issuer's pages, the letters) are documents: they scroll, but never sideways.
async () => {
  // A window that has just changed: the page follows it within a few frames, on a busy machine within more.
  const follows = () => Math.abs((document.querySelector(".app-layout")?.clientHeight ?? innerHeight) - innerHeight) < 1;
  for (let frame = 0; frame < 2 || (frame < 60 && !follows()); frame++) await new Promise(requestAnimationFrame);
  const page = document.documentElement;
  const app = document.querySelector(".app-layout") !== null;
  const all = [...document.body.querySelectorAll("*")].filter((it) => it.checkVisibility());
  const name = (it) => {
    const classes = [...it.classList].map((each) => `.${each}`).join("");
    const place = it.closest("[class]:not(svg, svg *)")?.className ?? "";
    return `<${it.localName}${classes || ` in .${place}`}> "${(it.textContent ?? "").trim().slice(0, 24)}"`;
  };
  const first = (found) => [...new Set(found.map(name))].slice(0, 3).join(", ") || "nothing that can be named";
  const style = (it) => getComputedStyle(it);
  const hidden = (it) => it.closest(".visually-hidden, .skip-link, svg, option, datalist, dialog:not([open])") !== null;
  const cuts = (it) => ["hidden", "clip"].includes(style(it).overflowX);
  const scrolls = (it) => ["auto", "scroll"].includes(style(it).overflowX) && it.scrollWidth > it.clientWidth;
  const inside = (it, test) => {
    for (let up = it.parentElement; up && up !== document.body; up = up.parentElement) if (test(up)) return true;
    return false;
  };
  const found = [];

  const wide = page.scrollWidth - page.clientWidth;
  if (wide > 0) {
    const out = all.filter((it) => {
      const { left, right } = it.getBoundingClientRect();
      return (right > page.clientWidth + 0.5 || left < -0.5) && !inside(it, (up) => cuts(up) || scrolls(up));
    });
    found.push(`the page is ${wide} px too wide: ${first(out)}`);
  }
  const high = page.scrollHeight - page.clientHeight;
  if (app && high > 0) {
    const out = all.filter((it) => it.getBoundingClientRect().bottom + scrollY > page.clientHeight + 0.5 && !it.children.length);
    const loose = out.filter((it) => style(it).position === "absolute");
    found.push(`the page is ${high} px too high: ${first(loose.length ? loose : out)}`);
  }

  // What is absolute inside a scroller that is no containing block hangs on the page instead, and makes the page higher.
  const loose = all.filter((it) => {
    const { overflowX, overflowY, position, contain } = style(it);
    const clipped = [overflowX, overflowY].some((way) => ["auto", "scroll"].includes(way));
    return clipped && position === "static" && !/layout|paint|strict|content/.test(contain) && it.localName !== "textarea";
  });
  if (loose.length) found.push(`scrolls, and is no containing block: ${first(loose)}`);

  // Eight letters or fewer of what is typed can be seen at a time.
  const written = 'input:is([type="text"], [type="email"], [type="password"], [type="search"])';
  const narrow = all.filter((it) => it.matches(written) && !hidden(it) && it.clientWidth < 88);
  if (narrow.length) found.push(`a field too narrow to write in: ${first(narrow)}`);

  // A button of a whole line that lies on what follows it.
  const touched = all.filter((it) => {
    let next = it.nextElementSibling;
    while (next && !next.checkVisibility()) next = next.nextElementSibling;
    if (it.localName !== "button" || hidden(it) || !next || !it.parentElement?.matches("form")) return false;
    const [own, after] = [it.getBoundingClientRect(), next.getBoundingClientRect()];
    return own.bottom <= after.top + 1 && after.top - own.bottom < 4 && after.left < own.right;
  });
  if (touched.length) found.push(`a button touches what follows: ${first(touched)}`);

  // Cut off at the side, with no way to it: an ellipsis says that there is more, a scroller leads there.
  const lost = all.filter((it) => {
    if (hidden(it) || !cuts(it) || it.scrollWidth <= it.clientWidth + 1) return false;
    return style(it).textOverflow !== "ellipsis" && !style(it).webkitLineClamp.match(/\d/);
  });
  for (const it of lost) {
    const edge = it.getBoundingClientRect();
    const out = [...it.querySelectorAll("*")].filter((child) => {
      const { left, right, width } = child.getBoundingClientRect();
      const over = right > edge.right + 1 || left < edge.left - 1;
      return over && width > 1 && !hidden(child) && !inside(child, (up) => up !== it && it.contains(up) && (cuts(up) || scrolls(up)));
    });
    if (out.length) found.push(`cut off at the side: ${first(out)}`);
  }

  // Words that lie over other words, or stick out of what they name. What floats may cover the page.
  const floats = (it) => it.matches("dialog, .menu, .reply-menu, .new-messages") || ["fixed", "sticky"].includes(style(it).position);
  const layer = (it) => {
    let up = it;
    while (up !== document.body && !floats(up)) up = up.parentElement;
    return up;
  };
  const within = (it) => {
    let box = { left: 0, top: 0, right: page.clientWidth, bottom: page.clientHeight };
    for (let up = it; up && up !== document.body; up = up.parentElement) {
      if (style(up).overflow === "visible") continue;
      const edge = up.getBoundingClientRect();
      box = {
        left: Math.max(box.left, edge.left),
        top: Math.max(box.top, edge.top),
        right: Math.min(box.right, edge.right),
        bottom: Math.min(box.bottom, edge.bottom),
      };
    }
    return box;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const it = text.parentElement;
    if (!text.data.trim() || !it?.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || hidden(it)) continue;
    const box = within(it);
    const range = document.createRange();
    range.selectNodeContents(text);
    const holder = it.closest("button, .button, .badge, .tag, .filter span, .bubble")?.getBoundingClientRect();
    for (const { left, top, right, bottom } of range.getClientRects()) {
      const cut = Math.max(left, box.left) >= Math.min(right, box.right) - 2;
      if (wide > 0 && right > page.clientWidth + 1 && !inside(it, (up) => cuts(up) || scrolls(up)))
        found.push(`sticks out of the page: ${name(it)}`);
      if (!cut && holder && (Math.min(right, box.right) > holder.right + 1 || Math.max(left, box.left) < holder.left - 1))
        found.push(`sticks out of what it names: ${name(it)}`);
      const seen = {
        it,
        left: Math.max(left, box.left),
        top: Math.max(top, box.top),
        right: Math.min(right, box.right),
        bottom: Math.min(bottom, box.bottom),
      };
      if (seen.right - seen.left > 2 && seen.bottom - seen.top > 4) texts.push(seen);
    }
  }
  texts.sort((a, b) => a.top - b.top);
  texts.forEach((one, i) => {
    for (let next = i + 1; next < texts.length && texts[next].top < one.bottom - 6; next++) {
      const other = texts[next];
      const over = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      if (over > 2 && one.it !== other.it && layer(one.it) === layer(other.it))
        found.push(`lies over other words: ${first([one.it, other.it])}`);
    }
  });

  // In a low window (zoom 400%) the messages still have half of it.
  const log = document.querySelector(".log");
  if (innerHeight <= 400 && log?.checkVisibility()) {
    const share = log.getBoundingClientRect().height / innerHeight;
    if (share < 0.5) found.push(`the messages have ${Math.round(share * innerHeight)} of ${innerHeight} px`);
  }
  return [...new Set(found)];
};
