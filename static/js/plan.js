// The financing matrix while typing: totals, refusals, arrow keys; a block pasted from a spreadsheet is read by paste.js.
// A comfort: the server reads, sums and refuses by the same rules (negotiation/money.py). Amounts are BigInt, never floats.
const form = document.querySelector("form[data-plan]");
const NBSP = "\u00a0";
const SPACES = /[ \u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff'’]+/g;
const MISPLACED = new RegExp(`[0-9]{4}${SPACES.source}[0-9]|[0-9]${SPACES.source}(?![0-9]{3}(?![0-9]))[0-9]`);
const UNIT = /((F\.?)?CFA|XOF|F)\.?$/i;
const MAX_DIGITS = 15;
let lines = [];
let grid = [];
const read = new Map();
// What each paste replaced, [[input, its text], …], the last one last, until something else is typed.
let pastes = [];
const WARNING = "notice notice--warning";

// The lines and their inputs, as the page has them now.
function survey() {
  lines = [...form.querySelectorAll("[data-line]")];
  grid = lines.map((line) => [...line.querySelectorAll("input[name^=p]")]);
  for (const input of grid.flat()) if (!read.has(input)) read.set(input, parse(input.value));
}

// [amount, why it cannot be read]
function parse(text) {
  const typed = text.trim();
  let bare = typed.replace(SPACES, "");
  if (!bare || ["-", "–", "—"].includes(bare.replace(UNIT, ""))) return [0n, ""];
  const shown = `«${NBSP}${typed.replace(/\s+/g, " ").slice(0, 40)}${NBSP}»`;
  if (/[\t\r\n\v\f]/.test(typed)) return [0n, `${shown} contient plusieurs montants : mettez-en un seul par case.`];
  bare = bare.replace(UNIT, "");
  if (/^[-−–(]/.test(bare)) return [0n, `${shown} est négatif : un montant est un nombre positif de francs.`];
  if (/^[0-9]+$/.test(bare)) {
    bare = bare.replace(/^0+/, "") || "0";
    if (bare.length > MAX_DIGITS) {
      return [0n, `Ce montant dépasse ${MAX_DIGITS} chiffres : vérifiez qu’il est bien en francs.`];
    }
    if (MISPLACED.test(typed)) {
      return [0n, `${shown} : ces espaces ne séparent pas les milliers. Si c’est bien ce montant, écrivez ${digits(BigInt(bare))}.`];
    }
    return [BigInt(bare), ""];
  }
  if (/^[0-9]*([.,][0-9]*)+$/.test(bare) && /[0-9]/.test(bare)) {
    return [0n, `${shown} contient un point ou une virgule : écrivez le montant en francs entiers, par exemple ${digits(400000000n)}.`];
  }
  return [0n, `${shown} n’est pas un montant : écrivez-le en chiffres, par exemple ${digits(400000000n)}.`];
}
const digits = (amount) => String(amount).replace(/\B(?=(\d{3})+$)/g, NBSP);
const fcfa = (amount) => `${digits(amount)}${NBSP}FCFA`;

// The sum of some inputs, null while one of them cannot be read.
function sum(inputs) {
  let total = 0n;
  for (const input of inputs) {
    const [amount, why] = read.get(input);
    if (why) return null;
    total += amount;
  }
  return total;
}
function show(element, amount, told = digits) {
  if (element) element.textContent = amount === null ? "à corriger" : amount ? told(amount) : told === fcfa ? fcfa(0n) : "—";
}
const columns = (rows) => (rows[0] || []).map((_, column) => rows.map((row) => row[column]));
function total() {
  lines.forEach((line, i) => show(line.querySelector("[data-sum=line]"), sum(grid[i])));
  for (const project of form.querySelectorAll("[data-project]")) {
    const rows = grid.filter((_, i) => project.contains(lines[i]));
    const cells = project.querySelectorAll("[data-sum=column]");
    columns(rows).forEach((column, i) => show(cells[i], sum(column)));
    show(project.querySelector("[data-sum=project]"), sum(rows.flat()));
  }
  const cells = form.querySelectorAll("[data-sum=all-column]");
  columns(grid).forEach((column, i) => show(cells[i], sum(column)));
  const shown = sum(grid.flat());
  const all = shown === null ? null : shown + BigInt(form.dataset.others);
  show(form.querySelector("[data-sum=all]"), all);
  show(form.querySelector("[data-sum=plan]"), all, fcfa);
  if (!form.dataset.announced) return;
  const gap = all === null ? null : all - BigInt(form.dataset.announced);
  show(form.querySelector("[data-sum=gap]"), gap !== null && gap < 0n ? -gap : gap, fcfa);
  const side = gap > 0n ? "au-dessus du total annoncé" : "en dessous du total annoncé";
  form.querySelector("[data-side]").textContent = gap ? side : "";
}

// What cannot be read is said above its line, or under the name of its project: one sentence a cell.
const slotOf = (line) => line.querySelector(".field__error") || line.closest("[data-project]").querySelector(".field__error");
const label = (input) => input.labels[0]?.textContent || input.getAttribute("aria-labelledby").split(" ").slice(1)
  .map((id) => document.getElementById(id).textContent).join(", ");
function refuse(i) {
  const slot = slotOf(lines[i]);
  const inputs = grid.filter((_, j) => slotOf(lines[j]) === slot).flat();
  slot.replaceChildren();
  for (const input of inputs) {
    const why = read.get(input)[1];
    if (why) {
      const told = document.createElement("li");
      told.id = `e${input.name}`;
      told.textContent = `${label(input)} : ${why}`;
      slot.append(told);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", told.id);
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }
}
const at = (input) => {
  const i = grid.findIndex((row) => row.includes(input));
  return [i, i < 0 ? -1 : grid[i].indexOf(input)];
};
// Said aloud; shown too, in a notice of this kind, when something is lost or can be undone.
function say(text, shown = "visually-hidden") {
  const line = form.querySelector("[data-said]");
  // French spaces, as site.js sets them.
  line.textContent = text.replace(/ (?=[:»])/g, NBSP).replace(/ (?=[;!?])/g, "\u202f").replace(/« /g, `«${NBSP}`);
  line.className = shown;
}
function put(input, text) {
  const [amount, why] = parse(text);
  read.set(input, [amount, why]);
  input.value = why || !text.trim() ? text.trim() : digits(amount);
}

// Nothing, or all, of this cell is selected.
const isWhole = ({ selectionStart: start, selectionEnd: end, value }) => start === end || end - start === value.length;
function move(event, i, j) {
  const { key, shiftKey, target } = event;
  const edge = isWhole(target);
  const [start, end] = [target.selectionStart === 0, target.selectionEnd === target.value.length];
  const down = key === "ArrowDown" || (key === "Enter" && !shiftKey);
  const up = key === "ArrowUp" || (key === "Enter" && shiftKey);
  let next = null;
  if (down) next = grid[i + 1]?.[j];
  else if (up) next = grid[i - 1]?.[j];
  else if (key === "ArrowLeft" && edge && start) next = grid[i][j - 1];
  else if (key === "ArrowRight" && edge && end) next = grid[i][j + 1];
  if (!next && key === "Enter" && down) next = [...form.querySelectorAll("button:not([name])")].pop();
  if (next || down || up) event.preventDefault();
  next?.focus();
  next?.select?.();
}
// What reads a pasted block comes when a cell is entered: the plan is read without it. A browser may remember an address that
// failed, hence another one.
let again = "";
const reader = () => import(form.dataset.paste + again).catch(() => void (again += "?"));
const late = () => new Promise((done) => setTimeout(done, 15000));
// How many times something was typed, or an amount pasted: a block that comes late does not write over it.
let typed = 0;
const NOT_LAID = "Rien n’est collé : ";
async function paste(event) {
  const { target } = event;
  const copied = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
  const text = copied.replace(/\n+$/, "");
  if (/[\t\n]/.test(text)) {
    event.preventDefault();
    form.ariaBusy = "true";
    say("Lecture du bloc…", "notice");
    const before = typed;
    const reading = await Promise.race([reader(), late()]);
    form.ariaBusy = null;
    if (!reading) say(`${NOT_LAID}de quoi lire un bloc n’est pas arrivé. Vérifiez la connexion et collez de nouveau, ou importez le fichier.`, WARNING);
    else if (typed !== before) say(`${NOT_LAID}vous avez écrit depuis. Collez de nouveau.`, WARNING);
    else {
      // Spreadsheets end each row, the last one too.
      reading.lay(target, text, !/[^\n]\n$/.test(copied));
      // From under what is said of it.
      target.scrollIntoView({ block: "nearest" });
    }
  // An amount alone takes the place of the one in its cell, as in a spreadsheet; any other text is typed there.
  } else if (text.trim() && !parse(text)[1] && isWhole(target) && !target.readOnly) {
    event.preventDefault();
    typed += 1;
    const before = [[target, target.value]];
    put(target, text);
    changed(target, [...pastes, before]);
    say("1 case remplie.", "notice");
  }
}
// After cells were filled in by the page: what cannot be read, the totals, and what keeps or guards what is typed.
function changed(input, undoable) {
  lines.forEach((_, line) => refuse(line));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  offer(undoable);
}
function offer(undoable) {
  pastes = undoable;
  form.querySelector("[data-undo]").hidden = !pastes.length;
}
function undo() {
  const before = pastes[pastes.length - 1];
  for (const [input, text] of [...before].reverse()) put(input, text);
  changed(before[0][0], pastes.slice(0, -1));
  before[0][0].focus();
  say("Le collage est annulé.");
}

// One more financier in a table, without a page: the line above is copied, and emptied. Elsewhere the button sends the form.
function add(button) {
  const project = button.closest("[data-project]");
  const above = [...project.querySelectorAll("tr[data-line]")].pop();
  const list = project.querySelector("select");
  const chosen = list?.selectedOptions[0];
  if (!above || !chosen?.value) return false;
  const [, old] = /-f(\d+)-/.exec(above.querySelector("input").name);
  const line = above.cloneNode(true);
  const name = line.querySelector("th span");
  name.textContent = chosen.text;
  delete line.dataset.name;
  if (chosen.dataset.label) line.dataset.name = chosen.dataset.label;
  name.id = `r${button.value}-${chosen.value}`;
  for (const input of line.querySelectorAll("input")) {
    input.name = input.name.replace(`-f${old}-`, `-f${chosen.value}-`);
    input.setAttribute("aria-labelledby", input.getAttribute("aria-labelledby").replace(/ r\d+-\d+ /, ` ${name.id} `));
    input.value = "";
    for (const left of ["id", "aria-invalid", "aria-describedby", "autofocus"]) input.removeAttribute(left);
  }
  above.after(line);
  chosen.remove();
  if (list.options.length < 2) list.closest("tr").remove();
  survey();
  total();
  line.querySelector("input").focus();
  say(`${name.textContent} est ajouté.`);
  return true;
}

if (form) survey();
form?.addEventListener("click", (event) => {
  if (event.target.closest("[data-undo] button")) undo();
  const button = event.target.closest("button[name=ajouter]");
  if (button && add(button)) event.preventDefault();
});
form?.addEventListener("input", (event) => {
  if (!read.has(event.target)) return;
  read.set(event.target, parse(event.target.value));
  typed += event.isTrusted;
  total();
  offer([]);
  const said = form.querySelector("[data-said]");
  if (said.className === "notice" || said.textContent.startsWith("Rien")) said.className = "visually-hidden";
  else said.classList.add("is-read");
});
form?.addEventListener("focusout", ({ target }) => {
  if (!read.has(target) || target.readOnly) return;
  put(target, target.value);
  refuse(at(target)[0]);
});
form?.addEventListener("keydown", (event) => {
  if (pastes.length && (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && read.has(event.target)) {
    event.preventDefault();
    undo();
  }
  if (read.has(event.target) && !event.ctrlKey && !event.altKey && !event.metaKey) move(event, ...at(event.target));
});
form?.addEventListener("paste", (event) => read.has(event.target) && paste(event));
form?.addEventListener("focusin", reader, { once: true });
form?.addEventListener("submit", (event) => {
  if (!form.ariaBusy) return;
  event.preventDefault();
  say("Le bloc collé n’est pas encore là : rien n’est envoyé. Enregistrez quand il y est.", WARNING);
});

// For paste.js.
export { at, changed, columns, fcfa, form, grid, lines, parse, pastes, put, read, say, SPACES, WARNING };
