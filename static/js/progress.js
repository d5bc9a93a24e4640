// An edition that is being made: looks every few seconds whether there is something new, and shows it in place.
// Without this file, the link « Actualiser » does it.
const PAUSE = 4000;
let place = document.querySelector("[data-progress]");
const said = document.querySelector("[data-progress-said]");

function show(page) {
  const next = page.querySelector("[data-progress]");
  if (!next) return location.reload();
  // The rest of the page (the form to give up) is open or shut as the state wants: a failure is a new page.
  if ("progressEnd" in next.dataset) return location.reload();
  place.replaceWith(next);
  place = next;
  said.textContent = next.dataset.progressState;
}
async function look() {
  try {
    const answer = await fetch(`?vu=${place.dataset.progress}`);
    // Made, or given up by somebody else: the server leads to the page that says so.
    if (answer.redirected) return location.replace(answer.url);
    if (answer.ok && answer.status !== 204) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The line is down: the next look may pass.
  }
  setTimeout(look, PAUSE);
}
if (place && !("progressEnd" in place.dataset)) setTimeout(look, PAUSE);
