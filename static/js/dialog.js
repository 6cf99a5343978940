// Confirmations. [data-dialog-close] closes the dialog around it, a press on the backdrop does the same. <input data-must-equal="Reports bot"> keeps its form's [data-guarded] button off
// until exactly that was typed; the server checks it again.

document.addEventListener("click", (event) => {
  event.target.closest("[data-dialog-close]")?.closest("dialog")?.close();
});

// A press on the backdrop is a press on the dialog element, outside of its box.
document.addEventListener("pointerdown", (event) => {
  if (!(event.target instanceof HTMLDialogElement)) return;
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) event.target.close();
});

function guard(input) {
  for (const button of input.form?.querySelectorAll("[data-guarded]") ?? []) {
    button.disabled = input.value.trim() !== input.dataset.mustEqual;
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-must-equal]")) guard(event.target);
});
for (const input of document.querySelectorAll("[data-must-equal]")) guard(input);
