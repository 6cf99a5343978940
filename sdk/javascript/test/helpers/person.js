// A person at a browser without JavaScript: follows an app's link, signs in, says yes or no.

import { PASSWORD, url as site } from "./craft.js";

const ENTITIES = { "&amp;": "&", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&lt;": "<", "&gt;": ">" };

const KNOWN = "known_browser";
const known = new Map(); // the cookie of a browser in which somebody signed in before, by e-mail

/** Open an authorize link as this account and "allow" or "deny": the address of the callback. */
export async function answer(authorizeUrl, email, yesOrNo) {
  const browser = new Browser(known.get(email));
  let page = await browser.open(authorizeUrl);
  if (page.url.startsWith(`${site}/login/`)) {
    page = await browser.follow(await browser.send(page, { login: email, password: PASSWORD }));
  }
  known.set(email, browser.cookie(KNOWN));
  if (page.text === null) return page.url; // let in before: nobody was asked
  const response = await browser.send(page, { answer: yesOrNo });
  if (response.status !== 302) throw new Error(`the consent page answered ${response.status}`);
  return response.headers.get("Location");
}

class Browser {
  #cookies = new Map();

  constructor(knownBrowser) {
    if (knownBrowser) this.#cookies.set(KNOWN, knownBrowser);
  }

  cookie(name) {
    return this.#cookies.get(name);
  }

  async open(address) {
    return this.follow(await this.#fetch(address));
  }

  /** Follow the site's own redirects to a page: `{ url, text }`; the text is null where they lead to the app. */
  async follow(response) {
    while (response.status === 302) {
      const address = new URL(response.headers.get("Location"), response.url).href;
      if (!address.startsWith(`${site}/`)) return { url: address, text: null };
      response = await this.#fetch(address);
    }
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.url} answered ${response.status}: ${text}`);
    return { url: response.url, text };
  }

  /** Fill in the form that asks for these, and send it. */
  send(page, typed) {
    const form = forms(page.text).find((each) => Object.keys(typed).every((name) => each.names.has(name)));
    if (!form) throw new Error(`no form asks for ${Object.keys(typed)} at ${page.url}`);
    const body = new URLSearchParams({ ...form.hidden, ...typed });
    return this.#fetch(new URL(form.action || page.url, page.url).href, { method: "POST", body });
  }

  async #fetch(address, init = {}) {
    const headers = { Cookie: [...this.#cookies].map((cookie) => cookie.join("=")).join("; ") };
    const response = await fetch(address, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      this.#cookies.set(name, value);
    }
    return response;
  }
}

/** The forms of a page: action, what they carry unseen, and the names they have. */
function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes, inside]) => {
    const hidden = {};
    const names = new Set();
    for (const [, tag] of inside.matchAll(/<(?:input|button)\b([^>]*)>/g)) {
      const name = attribute(tag, "name");
      if (!name) continue;
      names.add(name);
      if (attribute(tag, "type") === "hidden") hidden[name] = attribute(tag, "value") ?? "";
    }
    return { action: attribute(attributes, "action"), hidden, names };
  });
}

function attribute(tag, name) {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(/&(?:amp|quot|#x27|#39|lt|gt);/g, (entity) => ENTITIES[entity]);
}
