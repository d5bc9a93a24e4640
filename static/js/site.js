// Comforts only: every page works without this file. Hooks are data- attributes, listed in docs/design.md.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const WIDE = matchMedia("(min-width: 60rem)");
const UNSENT = new Set();
document.documentElement.classList.add("js");

// One click, one request. The button comes back with the page, or after a minute without an answer.
function release(form) {
  delete form.dataset.sent;
  for (const button of all("[data-label]", form)) {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }
  for (const button of all("[data-held]", form)) {
    button.disabled = false;
    delete button.dataset.held;
  }
}
function hold(form, clicked) {
  form.dataset.sent = UNSENT.delete(form) ? "changed" : "1";
  // After the browser has read the form: a disabled button would not be sent.
  setTimeout(() => {
    for (const button of all("button:not([type=button]):not([disabled])", form)) {
      button.disabled = true;
      button.dataset.held = "";
    }
    if (clicked && clicked.tagName === "BUTTON") {
      clicked.dataset.label = clicked.textContent;
      clicked.textContent = "Envoi en cours…";
    }
  });
  setTimeout(() => release(form), 60000);
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "repeat" in form.dataset) return;
  if (form.dataset.sent) return event.preventDefault();
  if (!navigator.onLine && !("tried" in form.dataset)) {
    event.preventDefault();
    return reach(form, event.submitter);
  }
  shelve(form);
  hold(form, event.submitter);
});

// The device says that it has no network: the page stays, with all that was typed. It may be wrong: the server is asked.
async function reach(form, clicked) {
  form.dataset.tried = "";
  const answers = await fetch("/sante/", { cache: "no-store" }).then(() => true, () => false);
  if (answers) form.requestSubmit(clicked);
  else say(form, "notice--error", "Pas de connexion : rien n’est parti. Ce que vous avez tapé reste ici ; envoyez-le quand le réseau sera revenu.");
  delete form.dataset.tried;
}
// French spaces, as the server's filter sets them.
const typo = (text) => text.replace(/ (?=[:»])/g, "\u00a0").replace(/ (?=[;!?])/g, "\u202f").replace(/« /g, "«\u00a0");
function say(form, kind, words) {
  const box = form.querySelector("[data-network]") || document.createElement("p");
  box.dataset.network = "";
  box.className = `notice ${kind}`;
  box.setAttribute("role", "alert");
  if (!box.parentNode) form.append(box);
  box.textContent = typo(words);
}
addEventListener("online", () => {
  for (const box of all("[data-network]")) say(box.closest("form"), "notice--info", "Le réseau est revenu : envoyez de nouveau.");
});
addEventListener("pageshow", () => all("form[data-sent]").forEach(release));
// The browser gave up sending (« stay on this page », Escape, Stop): the buttons work again at once.
function giveUp() {
  for (const form of all("form[data-sent]")) {
    if (form.dataset.sent === "changed") UNSENT.add(form);
    release(form);
  }
}
if (window.navigation) navigation.addEventListener("navigate", (event) => event.signal.addEventListener("abort", giveUp));

// Leaving a form with unsaved changes.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "guard" in form.dataset) UNSENT.add(form);
});
document.addEventListener("reset", (event) => UNSENT.delete(event.target));
addEventListener("beforeunload", (event) => {
  if (!UNSENT.size) return;
  event.preventDefault();
  event.returnValue = "";
  // Older browsers do not tell what the person chose: this runs after the question.
  if (!window.navigation) setTimeout(giveUp);
});

// What is typed waits in this tab until the server has it: a line that drops, or a page that the phone unloads, loses nothing.
// One shelf for each page and person: {at, sent: what left with a form, typed: what did not}, by name of field: [value, what
// the server had then, how a list shows it].
const who = document.querySelector("[data-who]");
const OWN = who && `typed ${who.dataset.who} `;
let SHELF = OWN && `${OWN}${location.pathname}${location.search}`;
// The shelf of the form that left last, until a page answers it.
const ASKED = "asked";
// What the page has not shown again, and nobody has answered for yet.
let waiting = {};
// What a page shows again and the server does not have, refused or not saved yet: {name: what it has}.
const shownAgain = {};
const isBox = (field) => ["checkbox", "radio"].includes(field.type);
const named = (field) => field.id || field.name;
const found = (name) => document.getElementById(name) || document.getElementsByName(name)[0];
const formOf = (name) => (found(name) || {}).form;
const now = (field) => (isBox(field) ? field.checked : field.value);
function first(field) {
  if (isBox(field)) return field.defaultChecked;
  return field.options ? ([...field.options].find((one) => one.defaultSelected) || field.options[0] || { value: "" }).value : field.defaultValue;
}
const known = (field) => (named(field) in shownAgain ? shownAgain[named(field)] : first(field));
const fieldsOf = (form) => [...form.elements].filter((one) => named(one) && !("unkept" in one.dataset) && !["hidden", "file", "password", "submit", "button"].includes(one.type));
function typedIn(form) {
  const changed = fieldsOf(form).filter((one) => now(one) !== known(one));
  return Object.fromEntries(changed.map((one) => [named(one), [now(one), known(one), one.options && one.selectedOptions[0].text]]));
}
// Without a form that leaves now: the one that left and is not answered yet.
function shelve(sent = document.querySelector("form[data-guard][data-sent]")) {
  if (!who) return;
  // Whoever signs out leaves nothing behind; what others were cut from is theirs.
  if (who.contains(sent)) return Object.keys(sessionStorage).filter((key) => key.startsWith(OWN)).forEach((key) => sessionStorage.removeItem(key));
  const guarded = sent && "guard" in sent.dataset;
  const others = [...UNSENT].filter((form) => form !== sent).map(typedIn);
  // What was offered and left aside waits on, until it is typed anew or forgotten.
  if (sent) for (const name of Object.keys(typedIn(sent))) delete waiting[name];
  put(SHELF, { at: Date.now(), sent: guarded ? typedIn(sent) : {}, typed: Object.assign({}, waiting, ...others) });
  if (guarded) store(ASKED, SHELF);
}
function store(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch { /* No room, or no right to keep anything: the page works as without. */ }
}
function put(key, shelf) {
  if (Object.keys({ ...shelf.sent, ...shelf.typed }).length) store(key, JSON.stringify(shelf));
  else sessionStorage.removeItem(key);
}
const read = (key) => ({ sent: {}, typed: {}, ...JSON.parse(sessionStorage.getItem(key) || "{}") });
document.addEventListener("visibilitychange", () => {
  if (document.hidden && UNSENT.size) shelve();
});
function unshelve() {
  // Signing in again answers nothing: the form that a lost session stopped is still to be sent.
  if (document.querySelector("[data-resume]")) return;
  const asked = sessionStorage.getItem(ASKED) || "";
  sessionStorage.removeItem(ASKED);
  if (!who) return;
  const again = document.querySelector("[data-error-summary], form[data-unsaved], .kept-text");
  if (asked.startsWith(OWN) && asked in sessionStorage) {
    // « C’est fait »: what was sent is safe.
    if (!again && document.querySelector(".messages .notice--success, .messages .notice--warning")) put(asked, { ...read(asked), sent: {} });
    // The page that shows a form again may have an address of its own.
    if (again) SHELF = asked;
  }
  const shelf = read(SHELF);
  const lost = Object.entries({ ...shelf.sent, ...shelf.typed }).filter(([name, [value]]) => !formOf(name) || now(found(name)) !== value);
  waiting = Object.fromEntries(lost);
  // It shows what was typed, and says what to do; until it is sent again, nobody else has it.
  if (again) {
    Object.entries(shelf.sent).filter(([name]) => !(name in waiting)).forEach(keep);
    // The other forms of the page come back as the server has them.
    const beside = lost.filter(([name]) => !(name in shelf.sent));
    if (beside.length) offer(beside, new Date(shelf.at));
    // What it was is gone: of all that the form shows, the server has nothing.
    return all("form[data-unsaved=all]").flatMap(fieldsOf).filter(now).forEach((one) => keep([named(one), [now(one), ""]]));
  }
  if (lost.length) offer(lost, new Date(shelf.at));
  else sessionStorage.removeItem(SHELF);
}
function keep([name, [, had]]) {
  shownAgain[name] = had;
  UNSENT.add(formOf(name));
}
// Can this value be put back into the page, over what was there when it was typed?
const fits = ([name, [value, had]]) => {
  const field = found(name);
  return formOf(name) && first(field) === had && !field.readOnly && !field.disabled && (!field.options || [...field.options].some((one) => one.value === value));
};
// A value to be copied: after the label of its field or, for an amount of the plan whose line is gone, its financier and its year.
function inWords([name, [value, , words]]) {
  const field = formOf(name) && found(name);
  const [, project, financier, year] = /^p(\d+)-f(\d+)-y(\d+)$/.exec(name) || [];
  const option = !field && year && document.querySelector(`[name="financeur-${project}"] option[value="${financier}"]`);
  const label = field && ((field.labels || [])[0] || {}).textContent;
  return [(label || field && field.getAttribute("aria-label") || "").trim().replace(/\s+/g, " "), option && option.textContent, !field && year > 0 && year, words || value].filter(Boolean).join(field ? "\u00a0: " : ", ");
}
function offer(lost, at) {
  const back = lost.filter(fits);
  const rest = lost.filter((one) => !fits(one) && typeof one[1][0] === "string" && one[1][0].trim());
  if (!back.length && !rest.length) return sessionStorage.removeItem(SHELF);
  const box = document.createElement("div");
  box.className = "notice notice--warning";
  box.setAttribute("role", "status");
  box.innerHTML = typo("<p class='notice__title'>Ce que vous aviez tapé ici n’est peut-être pas parti</p><p></p><p>Leur place n’est plus dans la page, ou quelqu’un y a écrit depuis. Recopiez-les au besoin :</p><ul></ul><p class='actions'><button type='button' class='button button--small'>Le remettre</button> <button type='button' class='button button--secondary button--small'>L’oublier</button></p>");
  const [, when, gone] = all("p", box);
  const [restore, forget] = all("button", box);
  const two = (number) => String(number).padStart(2, "0");
  when.textContent = typo(`Cet appareil l’a gardé le ${at.toLocaleDateString("fr-FR")} à ${two(at.getHours())}\u00a0h\u00a0${two(at.getMinutes())} ; la page ne le montre pas.`);
  for (const one of rest) box.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: inWords(one), dir: "auto" }));
  if (!rest.length) gone.remove();
  if (!back.length) restore.remove();
  restore.addEventListener("click", () => {
    for (const [name, [value]] of back) {
      const field = found(name);
      if (isBox(field)) field.checked = value;
      else field.value = value;
      reveal(field);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      delete waiting[name];
    }
    if (rest.length) restore.remove();
    else box.remove();
    found(back[0][0]).focus();
  });
  forget.addEventListener("click", () => {
    waiting = {};
    sessionStorage.removeItem(SHELF);
    box.remove();
  });
  // Never inside a block that is closed.
  let place = back.length ? found(back[0][0]).form : document.querySelector("form[data-guard]");
  for (let outer = place; outer; outer = outer.parentElement.closest("details")) place = outer;
  if (place) place.before(box);
  else document.querySelector("main .page:last-child").prepend(box);
}
unshelve();

// How much may still be typed, once the limit is near; said aloud only when the typing pauses.
const plural = (count) => `${count.toLocaleString("fr-FR")} caractère${count > 1 ? "s" : ""}`;
for (const area of all("textarea[data-limit]")) {
  const line = document.createElement("p");
  line.className = "counter";
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  area.after(line, spoken);
  const near = Math.min(2000, area.dataset.limit / 5);
  let pause;
  const count = (event) => {
    const left = area.dataset.limit - [...area.value].length;
    line.textContent = left < 0 ? `${plural(-left)} de trop` : `Il reste ${plural(left)}`;
    line.classList.toggle("counter--over", left < 0);
    line.classList.toggle("counter--far", left >= near);
    clearTimeout(pause);
    if (event) pause = setTimeout(() => { spoken.textContent = left < near ? line.textContent : ""; }, 1200);
  };
  area.addEventListener("input", count);
  count();
}

// Errors first: the summary takes the focus; its links reach the field, or the first choice of a group.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  reveal(target);
  const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
  if (field) field.focus({ preventScroll: true });
  (target.closest(".field") || target).scrollIntoView();
});

// What an address points to is never hidden in a closed block.
function reveal(target) {
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}
function follow() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !target.closest("details:not([open])")) return;
  reveal(target);
  target.scrollIntoView();
}
addEventListener("hashchange", follow);
follow();

// Guidance is open beside the work on a wide screen, folded above it on a phone.
if (WIDE.matches) all("details[data-open-wide]").forEach((box) => { box.open = true; });
// The reverse: what is offered first on a phone folds on a wide screen.
if (WIDE.matches) all("details[data-fold-wide]").forEach((box) => { box.open = false; });

// An address to send is copied in one click.
for (const field of all("[data-copied]")) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button button--secondary button--small", textContent: "Copier" });
  button.addEventListener("click", async () => {
    field.select();
    // Older browsers, and pages that are not served securely, have the second way only.
    const copied = navigator.clipboard ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
      : document.execCommand("copy");
    button.textContent = copied ? "Copié" : "Copiez avec Ctrl + C";
  });
  field.after(" ", button);
}

// The account menu closes when attention goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of all("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Definitions open towards the middle of the page, and close with Escape.
for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const term = event.target.closest(".term");
    if (term) term.classList.toggle("term--end", term.getBoundingClientRect().left > innerWidth / 2);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!window.navigation) giveUp();
  all("details[data-menu][open]").forEach((menu) => { menu.open = false; });
  const shown = all(".term:hover, .term:focus");
  shown.forEach((term) => term.classList.add("term--closed"));
  setTimeout(() => shown.forEach((term) => term.classList.remove("term--closed")), 4000);
});
