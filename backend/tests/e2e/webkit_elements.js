// Finds elements as Playwright's locators do. `steps` is a locator: each step searches in what the step before found.
const { queryAllByRole, queryAllByLabelText } = TestingLibraryDom;
const normal = (text) => text.replace(/\s+/g, " ").trim();
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const matcher = ({ text, exact, source }) =>
  source !== undefined ? new RegExp(source) : exact ? new RegExp(`^${escaped(text)}$`) : new RegExp(escaped(text), "i");
const says = (element, pattern) => pattern.test(normal(element.textContent));
const STEPS = {
  css: (root, { selector }) => [...root.querySelectorAll(selector)],
  role: (root, { role, name }) => queryAllByRole(root, role, name ? { name: matcher(name) } : {}),
  label: (root, { name }) => queryAllByLabelText(root, matcher(name)),
  placeholder: (root, { name }) =>
    [...root.querySelectorAll("[placeholder]")].filter((it) => matcher(name).test(it.placeholder)),
  text: (root, { name }) =>
    [...root.querySelectorAll("*")].filter(
      (it) =>
        !it.matches("script, style") &&
        says(it, matcher(name)) &&
        ![...it.children].some((child) => says(child, matcher(name))),
    ),
};
const find = (steps, roots = [document.body]) =>
  steps.reduce((found, step) => {
    if (step.by === "first") return found.slice(0, 1);
    if (step.by === "has") return found.filter((it) => find(step.steps, [it]).length > 0);
    if (step.by === "and") {
      const others = new Set(find(step.steps));
      return found.filter((it) => others.has(it));
    }
    return [...new Set(found.flatMap((root) => STEPS[step.by](root, step)))];
  }, roots);
const isVisible = (element) =>
  element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 0;
