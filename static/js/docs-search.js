// Search of the documentation: "/" goes to its field, and what is typed is answered from an index that is fetched
// when the field is first used. The words are compared as craft/docs/search.py does. Enter opens the page of results.

const ENDINGS = /(?:ations?|ating|ation|ates?|ings?|ies|ed|es|s|e)$/;
const BEGUN = new Set(["a", "at", "ati", "atio", "e", "i", "ie", "in"]); // an ending that is still being typed
const SHOWN = 6;

const form = document.querySelector("[data-search]");
const field = form.querySelector("input");
const list = form.querySelector("[data-suggestions]");
const announcer = document.querySelector("[data-announcer]");
let fetched;

function load() {
  fetched ??= fetch(form.dataset.search).then((response) => response.json());
  return fetched;
}

function stem(word) {
  const short = word.replace(ENDINGS, "");
  return short.length > 2 ? short : word;
}

function stems(text) {
  return (text.toLowerCase().match(/[a-z0-9_]+/g) ?? []).map(stem);
}

// Whether a word of the docs may be what somebody has typed, or begun to.
function isMeant(known, word) {
  return known.startsWith(word) || (word.startsWith(known) && BEGUN.has(word.slice(known.length)));
}

export function find({ entries, words }, query) {
  let scores;
  for (const word of stems(query)) {
    const found = new Map();
    for (const [known, places] of Object.entries(words)) {
      if (!isMeant(known, word)) continue;
      const worth = known === word ? 3 : 1;
      for (let at = 0; at < places.length; at += 2) {
        found.set(places[at], Math.max(found.get(places[at]) ?? 0, places[at + 1] * worth));
      }
    }
    for (const [at, score] of scores ?? []) {
      if (found.has(at)) found.set(at, score * found.get(at));
    }
    scores = scores ? new Map([...found].filter(([at]) => scores.has(at))) : found;
  }
  const ranked = [...(scores ?? [])].sort(([a, one], [b, other]) => other - one || a - b);
  return ranked.map(([at]) => entries[at]);
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

function line([title, url, kind], sought) {
  const link = element("a", { href: url });
  const name = element("b");
  for (const piece of title.split(/([a-z0-9_]+)/i)) {
    const [known] = stems(piece);
    const isSought = known && sought.some((word) => isMeant(known, word));
    name.append(isSought ? element("mark", { textContent: piece }) : piece);
  }
  link.append(name, element("small", { textContent: kind }));
  return link;
}

async function answer() {
  const query = field.value.trim();
  const found = query ? find(await load(), query) : [];
  if (query !== field.value.trim()) return; // another letter was typed meanwhile
  const sought = stems(query);
  list.replaceChildren(...found.slice(0, SHOWN).map((entry) => line(entry, sought)));
  list.hidden = !found.length;
  announcer.textContent = query ? `${found.length} results` : "";
}

function close() {
  list.hidden = true;
}

field.addEventListener("focus", load);
field.addEventListener("input", answer);

form.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    field.focus();
    close();
  } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? field : links[Math.min(next, links.length - 1)]).focus();
  }
});

form.addEventListener("focusout", (event) => {
  if (!form.contains(event.relatedTarget)) close();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field.focus();
  field.select();
});
