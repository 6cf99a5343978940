// A page that shows a secret is the answer to a form, and no browser keeps it: gone back to, it would ask whether to send the form again. So [data-afterwards], the page of what was made, takes its place in the history, where replaceState makes an entry one of GET. Without script the browser asks; a form that is sent again makes nothing, and says so.

for (const made of document.querySelectorAll("[data-afterwards]")) {
  history.replaceState(null, "", made.dataset.afterwards);
}
