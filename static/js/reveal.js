// <button data-reveal="id" hidden> beside a password field shows what was typed, and hides it again.
// It arrives hidden, since nothing can be shown without a script. A form is always sent hidden: what was
// shown is no password to a browser that remembers what was typed.

function set(button, isShown) {
  document.getElementById(button.dataset.reveal).type = isShown ? "text" : "password";
  button.querySelector("span > span").textContent = isShown ? "Hide" : "Show";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (button) set(button, document.getElementById(button.dataset.reveal).type === "password");
});

document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-reveal]")) set(button, false);
});

for (const button of document.querySelectorAll("[data-reveal]")) button.hidden = false;
