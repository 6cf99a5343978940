// A form is sent once: its button turns busy, and reads as data-busy says ("Creating key…").

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  const button = event.submitter;
  if (!button) return;
  // After this turn, so that the form is sent with the button's own name and value.
  setTimeout(() => {
    button.setAttribute("aria-busy", "true");
    const label = button.querySelector("span") ?? button;
    if (button.dataset.busy && !label.querySelector("*")) {
      button.dataset.idle = label.textContent;
      label.textContent = button.dataset.busy;
    }
  });
});

// Back brings the page as it was left: make its forms usable again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    if (button.dataset.idle) (button.querySelector("span") ?? button).textContent = button.dataset.idle;
  }
});
