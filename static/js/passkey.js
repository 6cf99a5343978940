// <form data-passkey="get|create" data-options='{…}' hidden>: its button makes or uses a passkey and sends the form. The options stand in the form, or data-options-url gives them to a POST.
// With data-autofill the browser also offers passkeys in a field whose autocomplete ends in "webauthn". Where the browser knows no passkeys the form stays hidden, [data-no-passkeys] shows.

const SAID = {
  NotAllowedError: "No passkey was chosen. Try again when you are ready.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys work only at Craft's own address.",
};

async function optionsOf(form, signal) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsUrl, { method: "POST", body: new FormData(form), signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function ask(form, more = {}) {
  const { publicKey } = await optionsOf(form, more.signal);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey), ...more })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey), ...more });
}

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

let offered = new AbortController();

async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    send(form, await ask(form, { mediation: "conditional", signal: offered.signal }));
  } catch {
    // Not chosen, or the button was pressed: the form works as before.
  }
}

async function pressed(event) {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter ?? form.querySelector("button");
  const error = form.querySelector("[data-passkey-error]");
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  error.hidden = true;
  offered.abort();
  try {
    send(form, await ask(form));
  } catch (problem) {
    error.querySelector("span").textContent = SAID[problem.name] ?? "That did not work. Load the page again, then try once more.";
    error.hidden = false;
    button.ariaBusy = null;
  }
}

const works = Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !works;
  form.addEventListener("submit", pressed);
  if (works && "autofill" in form.dataset) offer(form);
}
// Whatever is sent from this page renews its session: options that came after that would bring back the old one.
document.addEventListener("submit", () => offered.abort());
for (const note of document.querySelectorAll("[data-no-passkeys]")) note.hidden = works;
