// "Waiting for the first request…" → "Received from 203.0.113.7, curl/8.5": asks [data-first-use]'s address until a request came.

const EVERY = 1500;
const EVERY_LATER = 5000;
const EAGER_FOR = 2 * 60 * 1000;
const AT_MOST = 60 * 60 * 1000;

async function ask(line) {
  const response = await fetch(line.dataset.firstUse, { headers: { Accept: "application/json" }, redirect: "error" });
  // The key was deleted meanwhile: nothing will come any more.
  if (response.status === 404) return { ended: true };
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return response.json();
}

function show(line, { from, agent }) {
  const use = line.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#ok"));
  line.classList.add("is-ok");
  line.querySelector("span").textContent = `Received from ${[from || "an unknown address", agent].filter(Boolean).join(", ")}`;
}

async function wait(line) {
  const began = Date.now();
  line.hidden = false;
  while (Date.now() - began < AT_MOST) {
    await new Promise((resolve) => setTimeout(resolve, Date.now() - began < EAGER_FOR ? EVERY : EVERY_LATER));
    if (document.hidden) continue;
    try {
      const answer = await ask(line);
      if (answer.received) return show(line, answer);
      if (answer.ended) break;
    } catch {
      // The server or the network is away for a moment, or the session ended: the next turn tells.
    }
  }
  line.hidden = true;
}

for (const line of document.querySelectorAll("[data-first-use]")) wait(line);
