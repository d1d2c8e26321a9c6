// What is too low for whoever touches it (WCAG 2.2, target size; links in a text are free). Whether a page fits: fits.js.
(least) => {
  const controls = "a, button, input:not([type=radio], [type=checkbox], [type=file]), textarea, select, label:has(input)";
  const low = [...document.querySelectorAll(controls)].flatMap((it) => {
    const { width, height } = it.getBoundingClientRect();
    const shown = it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && width > 1 && height > 0;
    const free = it.closest("p, dd") !== null || it.matches(".skip-link, dialog *:not(dialog[open] *)");
    if (!shown || free || height >= least - 0.5) return [];
    return [`${it.tagName.toLowerCase()}.${it.className} "${it.textContent.slice(0, 24)}" is ${Math.round(height)} px high`];
  });
  return [...new Set(low)];
};
