// A box beside each password that shows it while it is typed. Without this script there is no box, and nothing is missing.

for (const input of document.querySelectorAll('input[type="password"]')) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.addEventListener("change", () => {
    input.type = box.checked ? "text" : "password";
  });
  // A shown password is sent as a hidden one: browsers remember what was typed into a field of text.
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
  const label = document.createElement("label");
  label.className = "show";
  label.append(box, "Show password");
  const hint = document.getElementById(`${input.id}-hint`);
  (hint ?? input).after(label);
}
