// <button data-print hidden> prints the page. It arrives hidden, since nothing can be printed by a button without a script.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
