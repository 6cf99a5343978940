// The sentence above the button that says what the key will be able to do: [data-review] in a form [data-key-form].

const PAUSE = 300; // a screen reader hears the name once it is typed, not letter by letter

for (const form of document.querySelectorAll("[data-key-form]")) {
  const review = form.querySelector("[data-review]");
  const name = form.querySelector("[data-key-name]");
  const expires = form.querySelector("[data-expires]");
  const day = form.querySelector("[data-expires-on]");
  let timer;

  // The end of the sentence about how long: each choice names its day, a date is one by itself.
  const until = () => {
    const date = day.querySelector("input").valueAsDate;
    const typed = date && date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    const chosen = expires.value === "date" ? typed : expires.selectedOptions[0].dataset.until;
    return chosen ? `, until ${chosen}` : expires.value === "date" ? "" : ", until you delete it";
  };

  const show = () => {
    const permission = form.querySelector("[name=permission]:checked")?.value;
    for (const sentence of review.querySelectorAll("[data-review-of]")) sentence.hidden = sentence.dataset.reviewOf !== permission;
    for (const place of review.querySelectorAll("[data-review-name]")) place.textContent = name.value.trim() || "This key";
    for (const place of review.querySelectorAll("[data-review-until]")) place.textContent = until();
    review.hidden = !permission;
  };

  // The date is asked for only where it counts.
  const showDay = () => {
    day.hidden = expires.value !== "date";
  };
  expires.addEventListener("change", showDay);
  showDay();

  form.addEventListener("change", show);
  name.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  show();
}
