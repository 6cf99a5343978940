// What ends something asks first: <a href="/…/delete/" data-ask> fetches the question with its facts of this moment into
// [data-ask-dialog]. Whatever goes wrong, the link leads to the page that asks the same.

const dialog = document.querySelector("[data-ask-dialog]");

async function question(href) {
  const response = await fetch(`${href}?dialog`, { redirect: "error" });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const form = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("form");
  if (!form) throw new Error("no form came");
  return document.adoptNode(form);
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-ask]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    dialog.replaceChildren(await question(link.href));
  } catch {
    location.assign(link.href);
    return;
  }
  // The dialog gives the focus back to what has it now: not to a link in a menu that is closed.
  const menu = link.closest("details");
  if (menu) menu.open = false;
  (menu?.querySelector("summary") ?? link).focus();
  dialog.showModal();
  // dialog.js looks at what is typed: tell it that nothing is, so that the button starts disabled.
  dialog.querySelector("[data-must-equal]")?.dispatchEvent(new Event("input", { bubbles: true }));
});
