// The sentence above the button that says what the key will be able to do: [data-review] in a form [data-key-form].

const PAUSE = 300; // a screen reader hears the name once it is typed, not letter by letter

for (const form of document.querySelectorAll("[data-key-form]")) {
  const review = form.querySelector("[data-review]");
  const name = form.querySelector("[data-key-name]");
  let timer;

  const show = () => {
    const permission = form.querySelector("[name=permission]:checked")?.value;
    for (const sentence of review.querySelectorAll("[data-review-of]")) sentence.hidden = sentence.dataset.reviewOf !== permission;
    for (const place of review.querySelectorAll("[data-review-name]")) place.textContent = name.value.trim() || "This key";
    review.hidden = !permission;
  };

  // The date is asked for only where it counts.
  const expires = form.querySelector("[data-expires]");
  const day = form.querySelector("[data-expires-on]");
  const showDay = () => {
    day.hidden = expires.value !== "date";
  };
  if (expires && day) {
    expires.addEventListener("change", showDay);
    showDay();
  }

  form.addEventListener("change", show);
  name.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  show();
}
