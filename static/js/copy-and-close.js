// The way on from a secret: [data-copy-and-close] reads "Copy and close" and copies first, until something with the secret was copied.

for (const link of document.querySelectorAll("[data-copy-and-close]")) {
  const done = link.textContent;
  const copy = document.querySelector(".secret [data-copy]");
  let isClosing = false;
  let isCopied = false;
  link.textContent = "Copy and close";

  document.addEventListener("craft:copied", () => {
    isCopied = true;
    link.textContent = done;
    link.classList.add("button-primary");
    copy.classList.remove("button-primary");
    if (isClosing) location.assign(link.href);
  });

  // Copying by hand after a refusal is copying, not closing.
  document.addEventListener("click", (event) => {
    if (event.isTrusted && event.target.closest("[data-copy]")) isClosing = false;
  }, true);

  link.addEventListener("click", (event) => {
    if (isCopied) return;
    event.preventDefault();
    // Where copying is refused, copy.js selects the secret and says so, and the page stays.
    isClosing = true;
    copy.click();
  });
}
