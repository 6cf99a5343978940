// Copy buttons: <button data-copy hidden><svg…><span>Copy</span></button> copies the shown <code> of its .code or .secret; <button data-copy="id"> that element's text.
// They arrive hidden, since nothing can be copied without a script. "craft:copied" bubbles for whoever waits for it.

const SHOWN_FOR = 2000;

function source(button) {
  if (button.dataset.copy) return document.getElementById(button.dataset.copy);
  const codes = button.closest(".code, .secret")?.querySelectorAll("code") ?? [];
  return [...codes].find((code) => code.checkVisibility());
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on another name than localhost has no clipboard: let the browser copy a selection.
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "sr" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copying was refused");
}

function say(button, word, icon) {
  const use = button.querySelector("use");
  const label = button.querySelector("span");
  button.dataset.idleLabel ??= label.textContent.trim();
  label.textContent = word;
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const from = button && source(button);
  if (!from) return;
  const announcer = document.querySelector("[data-announcer]");
  try {
    await copy(from.textContent);
  } catch {
    getSelection().selectAllChildren(from);
    announcer.textContent = "Copying was not allowed. The text is selected: copy it with your keyboard.";
    return;
  }
  say(button, "Copied", "check");
  announcer.textContent = "Copied";
  button.dispatchEvent(new CustomEvent("craft:copied", { bubbles: true }));
  clearTimeout(button.copyTimer);
  button.copyTimer = setTimeout(() => {
    say(button, button.dataset.idleLabel, "copy");
    announcer.textContent = "";
  }, SHOWN_FOR);
});

// A secret that gets the focus is selected, ready for the keyboard's own copy.
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".secret code")) getSelection().selectAllChildren(event.target);
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
