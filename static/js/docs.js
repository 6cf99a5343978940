// The documentation: which heading is being read, and the language that was chosen, on this page and the next ones.

const KEY = "docs-language";

function choose(language) {
  for (const tab of document.querySelectorAll(".tabs [role=radiogroup] input")) {
    if (tab.value === language) tab.checked = true;
  }
}

document.addEventListener("change", (event) => {
  const tab = event.target.closest(".tabs [role=radiogroup] input");
  if (!tab) return;
  const place = tab.getBoundingClientRect().top;
  choose(tab.value);
  scrollBy(0, tab.getBoundingClientRect().top - place); // what grew or shrank above must not move it away
  try {
    localStorage.setItem(KEY, tab.value);
  } catch {
    // A browser that keeps nothing shows the first language on the next page.
  }
});

try {
  choose(localStorage.getItem(KEY));
} catch {
  // The same.
}

const links = new Map(
  [...document.querySelectorAll("[data-contents] a")].map((link) => [link.hash.slice(1), link]),
);

function mark() {
  const headings = [...links.keys()].map((id) => document.getElementById(decodeURIComponent(id)));
  const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const read = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4);
  const current = end ? headings.at(-1) : (read.at(-1) ?? headings[0]);
  for (const [id, link] of links) {
    if (decodeURIComponent(id) === current.id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

if (links.size) {
  let waits = false;
  document.addEventListener("scroll", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      mark();
    });
  });
  mark();
}

// Navigation that scrolls by itself shows the page one is at.
const navigation = document.querySelector(".docs-nav");
const here = navigation?.querySelector("[aria-current]");
if (here) navigation.scrollTop = Math.max(0, here.offsetTop - navigation.clientHeight / 2);
