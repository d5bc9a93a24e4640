// The financing matrix while typing: totals, refusals, arrow keys, a block pasted from a spreadsheet.
// A comfort: the server reads, sums and refuses by the same rules (negotiation/money.py). Amounts are BigInt, never floats.
const form = document.querySelector("form[data-plan]");
const NBSP = "\u00a0";
const SPACES = /[ \u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff'’]+/g;
const MISPLACED = new RegExp(`[0-9]{4}${SPACES.source}[0-9]|[0-9]${SPACES.source}(?![0-9]{3}(?![0-9]))[0-9]`);
const UNIT = /(F\.?CFA|XOF|F)\.?$/i;
const MAX_DIGITS = 15;
let lines = [];
let grid = [];
const read = new Map();
// What each paste replaced, [[input, its text], …], the last one last, until something else is typed.
let pastes = [];

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
  if (["", "-", "–", "—"].includes(bare)) return [0n, ""];
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
  line.textContent = text;
  line.className = shown;
}
function put(input, text) {
  const [amount, why] = parse(text);
  read.set(input, [amount, why]);
  input.value = why || !text.trim() ? text.trim() : digits(amount);
}

function move(event, i, j) {
  const { key, shiftKey, target } = event;
  const edge = target.selectionStart === target.selectionEnd || target.selectionEnd - target.selectionStart === target.value.length;
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
// The rows of a copied block. Spreadsheets put between quotes a cell that holds a line break, a tab or a quote.
function rowsOf(text) {
  const rows = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/g)) {
    // An input would join the lines of a cell, and make one amount of two.
    rows[rows.length - 1].push(quoted === undefined ? bare : quoted.replace(/""/g, '"').trim().replace(/[\t\n]+/g, " / "));
    if (!end) break;
    if (end === "\n") rows.push([]);
  }
  return rows;
}
// Is this row the headings of the columns that it falls on? What goes beyond the table has none.
function isHeading(row, inputs) {
  const under = row.slice(0, inputs.length);
  return under.every((value, right) => year(value) === (/-y0$/.test(inputs[right].name) ? "nonréparti" : inputs[right].name.slice(-4)));
}
const bare = (value) => (value || "").replace(SPACES, "").toLowerCase();
const year = (value) => bare(value).replace(/^(année|exercice)/, "");
// Years of other columns: no plan has a line of such small amounts.
const isYears = (row) => /^[12]/.test(year(row[0])) && row.every((value) => /^((19|20|21)[0-9]{2}|nonréparti|total)$/.test(year(value)));
const NAMES = /^(projet|financeur)s?(etfinanceurs)?$/;
const SUM = /^(sous-?)?tota(l|ux)/;
// How many columns of names begin these rows: under « Projet » and « Financeur », or words among which one is of this page.
function namesIn(rows) {
  const known = (text) => SUM.test(bare(text)) || lines.some((line, k) => [projectName(k), lineName(line)].some((name) => bare(name) === bare(text)));
  const isTitled = (column) => NAMES.test(bare(rows[0][column]));
  const isWords = (column) => rows.every((row) => !bare(row[column]) || /^\p{L}/u.test(row[column].trim()));
  const isNames = (column) => column + 1 < rows[0].length && (isTitled(column)
    || (isWords(column) && rows.some((row) => bare(row[column]) && known(row[column]))));
  if (isNames(1) && (isTitled(0) || isWords(0))) return 2;
  return isNames(0) ? 1 : 0;
}
const projectOf = (line) => lines[line]?.closest("[data-project]");
const projectName = (line) => projectOf(line).dataset.project;
const lineName = (line) => line.querySelector("th span, legend, label").textContent.trim();
const [SUMS, NOWHERE] = [-1, -2];
// The line that each row of names says; without a project, the next from line i on.
function named(names, i) {
  let [line, project] = [i, ""];
  return names.map((row) => {
    const name = row[row.length - 1];
    if (row.length > 1 && row[0] && !SUM.test(bare(row[0]))) [project] = row;
    // A project above its financiers, with its total.
    if (row.length < 2 && lines.some((one, k) => bare(projectName(k)) === bare(name) && bare(lineName(one)) !== bare(name))) {
      project = name;
      return SUMS;
    }
    if (!name || SUM.test(bare(name))) return SUMS;
    if (!project) return line++;
    const found = lines.findIndex((one, k) => bare(projectName(k)) === bare(project) && bare(lineName(one)) === bare(name));
    return found < 0 ? NOWHERE : found;
  });
}
// The line of each row from line i on: told by its names or, without them, by what it adds up where a project ends. null when
// sums cannot be told from lines.
function placed(rows, names, i, j) {
  if (names[0].length) return named(names, i);
  let line = i;
  const amounts = rows.map((row) => row.map((value) => parse(value)[0]));
  const adds = (r, some) => rows[r].some(bare) && amounts[r].every((amount, c) => amount === some.reduce((sum, one) => sum + (one[c] || 0n), 0n));
  const page = grid.map((row) => row.slice(j, j + rows[0].length).map((input) => read.get(input)[0]));
  let above = page.slice(0, i).filter((_, k) => projectOf(k) === projectOf(i));
  const before = page.filter((_, k) => i && !above.length && projectOf(k) === projectOf(i - 1));
  // The sums of the project above, or of the plan, come first: what follows is one line lower than it seems.
  const several = (some) => some.filter((row) => row.some(Boolean)).length > 1;
  if (amounts[0].some(Boolean) && [before, page].some((some) => several(some) && adds(0, some))) return null;
  let [group, sure, missed, doubt] = [[], -1, false];
  const all = [];
  const to = rows.map((_, r) => {
    const ends = group.length && projectOf(line) !== projectOf(line - 1);
    // Of how many lines this row is the sum.
    const sum = ends && (adds(r, group) ? group.length : adds(r, [...above, ...group]) && 2);
    if (lines[line] && ends) {
      // Zeros, or a row under its double, may be lines as well.
      if (sum) sure = Math.max(sure, amounts[r].some(Boolean) ? Math.min(sum, 2) : 0);
      else missed = true;
    }
    if (ends) above = group = [];
    if (sum || (!lines[line] && adds(r, all))) return SUMS;
    // Here the page has more lines than the block, or this line is worth the others.
    if (group.length > 1 && amounts[r].some(Boolean) && adds(r, group)) doubt = line;
    group = [...group, amounts[r]];
    all.push(amounts[r]);
    return line++;
  });
  if (sure < 0 || (sure === 2 && !missed)) return Object.assign(to, { doubt, missed });
  return sure || !missed ? null : rows.map((_, r) => i + r);
}
const nothing = (why) => say(`Rien n’est collé${NBSP}: ${why}`, "notice notice--warning");
function paste(event, i, j) {
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const inputs = grid[i].slice(j);
  let rows = rowsOf(text);
  rows = rows.slice(Math.max(0, rows.findIndex((row) => NAMES.test(bare(row[0])))));
  const width = isHeading(rows[0], inputs) ? 0 : namesIn(rows);
  const names = rows.map((row) => row.splice(0, width));
  const headings = isHeading(rows[0], inputs) ? rows.shift() : null;
  if (!headings && rows.length > 1 && ((isYears(rows[0]) && !rows.slice(1).some(isYears)) || NAMES.test(bare(names[0][0])))) return nothing(`les années copiées (${rows[0].join(", ")}) ne sont pas celles des colonnes. Placez-vous sous la première d’entre elles.`);
  if (headings) names.shift();
  if (headings && bare(headings[headings.length - 1]) === "total") for (const row of rows) row.splice(headings.length - 1);
  const to = rows.length ? placed(rows, names, i, j) : [];
  if (!to) return nothing("des lignes de ce bloc semblent être des sous-totaux. Copiez-le avec ses colonnes « Projet » et « Financeur », ou un projet à la fois.");
  const before = [];
  let [left, sums, unread, last] = [0, 0, 0, i];
  let moved = "";
  const absent = names.filter((_, down) => to[down] === NOWHERE);
  if (absent.length && to.every((line) => line < 0)) return nothing("aucune ligne de ce bloc n’est dans cette page.");
  rows.forEach((row, down) => {
    if (to[down] < 0) return void (sums += to[down] === SUMS && row.some(bare));
    const line = lines[to[down]];
    if (line) last = to[down];
    const name = names[down][width - 1];
    const under = line && lineName(line);
    if (line && name && bare(name) !== bare(under)) moved = moved || `« ${name} » est collé sur la ligne « ${under} ».`;
    row.forEach((value, right) => {
      const input = grid[to[down]]?.[j + right];
      if (input && !input.readOnly) {
        before.push([input, input.value]);
        put(input, value);
        if (read.get(input)[1]) unread += 1;
      } else if (value.trim()) left += 1;
    });
  });
  changed(event.target, before.length ? [...pastes, before] : pastes);
  const s = before.length > 1 ? "s" : "";
  const told = [`${before.length} case${s} remplie${s}${unread ? `, dont ${unread} illisible${unread > 1 ? "s" : ""}` : ""}.`];
  if (headings) told.push(`La ligne de titres (${headings.join(", ")}) n’est pas collée.`);
  if (width) told.push("Les noms ne sont pas collés.");
  if (moved) told.push(moved);
  if (sums === 1) told.push("La ligne de sous-total n’est pas collée.");
  if (sums > 1) told.push(`Les ${sums} lignes de sous-total ne sont pas collées.`);
  if (lines[to.doubt]) told.push(`La ligne « ${lineName(lines[to.doubt])} » reçoit la somme des précédentes : vérifiez que ce n’est pas un sous-total.`);
  if (absent.length) told.push(`Sans ligne dans cette page, et non collé${absent.length > 1 ? "s" : ""}${NBSP}: ${absent.slice(0, 3).map((row) => `« ${row.join(", ")} »`).join(" ; ")}${absent.length > 3 ? "…" : ""}.`);
  if (!width && (!sums || to.missed) && projectOf(last) !== projectOf(i)) told.push(`Le bloc va jusqu’à « ${projectName(last)}, ${lineName(lines[last])} ».`);
  if (left === 1) told.push("1 valeur dépasse le tableau, ou tombe sur une case fermée, et n’est pas collée.");
  if (left > 1) told.push(`${left} valeurs dépassent le tableau, ou tombent sur des cases fermées, et ne sont pas collées.`);
  say(told.join(" "), unread || told[1] ? "notice notice--warning" : "notice");
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
  for (const [input, text] of before) put(input, text);
  changed(before[0][0], pastes.slice(0, -1));
  before[0][0].focus();
  say("Le collage est annulé : les cases disent de nouveau ce qu’elles disaient.");
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
  total();
  if (!pastes.length) return;
  offer([]);
  form.querySelector("[data-said][class=notice]")?.classList.replace("notice", "visually-hidden");
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
form?.addEventListener("paste", (event) => read.has(event.target) && paste(event, ...at(event.target)));
