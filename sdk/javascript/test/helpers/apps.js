// Brings an app to a person's tokens, through the real consent page.

import { answer } from "./person.js";
import { CraftOAuth, memoryStore } from "@craft/sdk";

/** `{ oauth, store, tokens }` once the person has let the app in. */
export async function signIn(app, person, scope, store = memoryStore(), options = {}) {
  const oauth = new CraftOAuth({ ...app, store, ...options });
  const { url, kept } = await oauth.authorizeUrl({ scope });
  const tokens = await oauth.callback(await answer(url, person.email, "allow"), kept);
  return { oauth, store, tokens };
}
