// What a block pasted in the financing matrix says, and the cells that it goes to. plan.js fetches it when a cell is entered.
import { at, changed, columns, fcfa, form, grid, lines, parse, pastes, put, read, say, SPACES, WARNING } from "./plan.js";

// The rows of a copied block, all as wide; sizes: as they came. Spreadsheets put between quotes a cell that holds a line
// break, a tab or a quote.
function rowsOf(text) {
  const rows = [[]];
  for (const [, quoted, raw, end] of text.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/g)) {
    // An input would join the lines of a cell, and make one amount of two.
    rows[rows.length - 1].push(quoted === undefined ? raw : quoted.replace(/""/g, '"').trim().replace(/[\t\n]+/g, " / "));
    if (!end) break;
    if (end === "\n") rows.push([]);
  }
  const sizes = rows.map((row) => row.length);
  return Object.assign(rows.map((row) => [...row, ...Array(Math.max(...sizes) - row.length).fill("")]), { sizes });
}
// A block whose place is not sure is refused whole, in words: a false amount is worse than a second copy.
class Doubt extends Error {}
const doubt = (why) => { throw new Doubt(why); };
// What is left of a text when capitals, accents, spaces, apostrophes and the ends of its lines do not count.
const bare = (value) => (value || "").replace(SPACES, "").toLowerCase().normalize("NFD").replace(/[\p{M}/]/gu, "");
// The year that a heading says, alone or with words that change nothing: « Prévision 2028 (FCFA) ». Any other word may
// make another figure of it: « Avant 2028 », « Coût (valeur 2028) », « 2028 M ».
const year = (value) => {
  const [, said] = /^(?:annees?|exercices?|montants?|previsions?|budgets?|cper|plan)?(?:en|de|pour)?(\d{4})\*?\(?(?:en)?(?:f|francs?|f\.?cfa|francscfa|cfa|xof)?\)?\*?$/.exec(bare(value)) || [];
  return said || bare(value);
};
const YEAR = /^((19|20|21)[0-9]{2}|nonreparti)$/;
const WORD_TOTAL = /(?<!\p{L})(s(ous)?[-\s/]*)?tota(l|ux)(?!\p{L})/iu;
const SUM = new RegExp(`^\\s*${WORD_TOTAL.source}`, "iu");
const TITLE = /^(projets?(structurants?)?(etfinanceurs?)?|financeurs?|bailleurs?)$/;
// What the columns of projects and of financiers are called.
const NAMED = [/^((intitule|libelle|titre|nom)s?d[ue]s?)?projets?(structurants?)?$/, /^(((co)?financeur|bailleur|contributeur|financement|partie)s?|bailleursdefonds|bailleurdefonds|partenaires?(financiers?)?|sources?(d[eu]s?(financements?|fonds))?)$/];
const isCalled = (title) => [TITLE, ...NAMED].some((pattern) => pattern.test(bare(title)));
const ABOVE_YEARS = /^(annees?|exercices?|(montants?|previsions?)?(\(?(en)?(f|francs?)?cfa\)?)?)$/;
const OTHER_UNIT = /(?<!\p{L})(mill(e|iers?|ions?|iards?)?|m(r?d|io|n)s?|(k|mm?)\.? ?(de )?(f\.? ?(cfa)?|cfa|xof|€|\$)|euros?|eur|dollars?|usd|chf|dts|uc|thousands?|kilo-?f\p{L}*|guin[ée]ens?|nairas?|ngn)(?!\p{L})|[€$£¥]|(^|[(\s-])(en )?(k|mm?)\.?\)?$|[x×*] ?1[ \u00a0\u202f.]?000|10 ?(\^ ?[369]|[³⁶⁹])|^[^0-9]*['’]?000 *(f|cfa|xof|$)|((?<!\p{L})(unit[ée][^0-9]*|en[\s:(]+)|\p{L}[^0-9]*\()1[\s.]?000([\s.]?000)?(?!\s?[0-9])/iu;
// « Arrêté à la somme de neuf cents millions (900 000 000) de francs » is a total.
const isInWords = (value) => /arrete.*(somme|montant)|^(soit|((montant|total)*enlettres))/.test(bare(value));
const NUMBERS = "une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|cents?|mille";
const IN_WORDS = new RegExp(`(?<!\\p{L})(?!(?<=\\(|(?<!\\p{L})en\\s)(cent\\s)?mille)(${NUMBERS})([\\s-]+(et|${NUMBERS}|millions?|milliards?)(?!\\p{L}))*`, "giu");
const columnName = (input) => (input.name.endsWith("-y0") ? "Non réparti" : input.name.slice(-4));
const projects = () => [...form.querySelectorAll("[data-project]")];
const projectOf = (line) => lines[line]?.closest("[data-project]");
const lineName = (line) => line.querySelector("th span, legend, label").textContent.trim();
// The projects, or the lines, of this name; a financier is known by its usual label and by its whole name.
const projectsNamed = (name) => projects().filter((one) => bare(one.dataset.project) === bare(name));
const linesNamed = (name) => lines.filter((one) => bare(name) && [lineName(one), one.dataset.name].some((own) => bare(own) === bare(name)));
const isKnown = (name) => projectsNamed(name).length > 0 || linesNamed(name).length > 0;
// The project that it names, alone or among other words: « P1 bis », and not « P1 », where both are there.
const about = (value) => projects().filter((one) => bare(value).includes(bare(one.dataset.project))).sort((one, other) => other.dataset.project.length - one.dataset.project.length)[0];
const isOfPage = (value) => isKnown(value) || about(value);
// What is said beside the names of this page: « P1 (en milliers de FCFA) » says a unit, « Mille puits » may be a name.
function apart(value) {
  const spaced = (text) => text.replace(/\s+/g, " ").replace(/’/g, "'");
  const rest = projects().reduce((text, one) => text.replace(spaced(one.dataset.project), ""), spaced(value));
  return isKnown(value) || (rest === spaced(value) && isOfPage(value)) ? "" : rest;
}
const isSum = (name) => SUM.test(name || "") && !isKnown(name);
// « Total 2027-2031 », « Coût total du projet », and not « Total 2028 », which may be what the plan says of that year, nor
// « Total hors taxes ».
const isSumTitle = (title) => WORD_TOTAL.test(title) && !isKnown(title) && OF_ALL.test(bare(title.replace(WORD_TOTAL, ""))) && (title.match(/\d{4}/g) || []).length !== 1;
const isColumn = (value) => grid[0].some((input) => bare(columnName(input)) === year(value));

// Where a row of headings has its first year or total, -1 for another row.
function firstYear(row, r) {
  let first = row.findIndex((value) => YEAR.test(year(value)) || isSum(value));
  // « Coût total », next to them.
  while (first > 1 && isSumTitle(row[first - 1])) first -= 1;
  const years = row.map(year).filter((value) => YEAR.test(value));
  if (!years.length) return -1;
  if (years.filter(isColumn).length > 1 || row.slice(0, first).some(isCalled)) return first;
  // Headings in other words.
  if (!r && first > 0 && years.some(isColumn) && row.slice(0, first).every((value) => /^[^0-9]+$/.test(value) && !isKnown(value))) return first;
  return (!r || years.some(isColumn)) && row.every((value) => !bare(value) || YEAR.test(year(value)) || isSum(value)) ? first : -1;
}
// How many columns of names begin these rows, which have no headings.
function namesIn(rows) {
  const isBlank = (column) => rows.every((row) => !bare(row[column]));
  const isWords = (column) => !isBlank(column) && rows.every((row) => !bare(row[column]) || /^\p{L}/u.test(row[column].trim()) || isKnown(row[column]));
  if (isWords(1) && (isWords(0) || isBlank(0))) return 2;
  return isWords(0) ? 1 : 0;
}
// A year of the page among words that may make another figure of it.
function refuseWords(title) {
  const isYear = /\d{4}/.test(title) && grid[0].some((input) => bare(title).includes(bare(columnName(input))));
  if (isYear && !YEAR.test(year(title))) doubt(`« ${title.trim()} » ne dit peut-être pas les montants du plan. Si c’est eux, écrivez l’année seule en titre ; sinon, copiez le bloc sans cette colonne.`);
}
// The column of the page under each heading, -1 for a total.
function headed(titles, rows) {
  const inPage = grid[0].map((input) => bare(columnName(input)));
  const found = titles.map((title, column) => {
    if (isSumTitle(title)) return -1;
    refuseWords(title);
    if (isSum(title) && DONE.test(bare(title))) otherFigures(title);
    // « Total P1 », and not « Total hors P1 ».
    if (isSum(title) && about(title) && OF_ALL.test(bare(title.replace(WORD_TOTAL, "")).replace(bare(about(title).dataset.project), ""))) return -1;
    if (!bare(title) && rows.every((row) => !bare(row[column]))) return -1;
    if (!bare(title)) doubt("une de ses colonnes de montants n’a pas de titre. Écrivez son année, ou copiez le bloc sans elle.");
    const to = inPage.indexOf(year(title));
    return to < 0 ? doubt(`« ${title.trim()} » n’est pas une colonne de cette page (${grid[0].map(columnName).join(", ")}). Copiez le bloc sans elle${location.search ? ", ou collez-le dans le plan entier" : ""}.`) : to;
  });
  found.forEach((to, column) => to >= 0 && found.indexOf(to) < column && doubt(`la colonne « ${titles[column].trim()} » dit une année déjà dite. Copiez une seule colonne par année.`));
  return found;
}
// A total that may be of something else than the years: « Coût total du projet ».
const isCost = (title) => /cout|projet/.test(bare(title));
// The columns that the one numbered `at` may add up: those of the years that its title says; else all, those before it, or
// those since the total before it.
function added(titles, places, at) {
  const laid = places.flatMap((column, c) => (column >= 0 ? [c] : []));
  const said = (titles[at].match(/\d{4}/g) || []).map(Number);
  const yearAt = (c) => Number(columnName(grid[0][places[c]]));
  const within = laid.filter((c) => yearAt(c) >= Math.min(...said) && yearAt(c) <= Math.max(...said));
  const isAll = within.length === laid.filter(yearAt).length;
  const since = places.reduce((last, column, c) => (column < 0 && c < at ? c : last), -1);
  const found = said.length ? [within, isAll ? laid : []] : [laid, laid.filter((c) => c < at), laid.filter((c) => c < at && c > since)];
  return found.filter((some) => some.length > 1);
}
// The rows whose amounts one total may be of: those of a project, or of a financier (k); each row of sums is alone.
function runsOf(names, k, isFilled) {
  const runs = [];
  let [own, last] = [null, ""];
  names.forEach((name, r) => {
    const isOfSum = name.some(isSum);
    const said = isOfSum || (name.length < 2 && !projectsNamed(name[0]).length) ? "" : bare(name[k] || name[0]);
    if (!own || (said && said !== last)) runs.push(own = []);
    last = said || last;
    if (isFilled(r)) isOfSum ? runs.push([r]) : own.push(r);
  });
  return runs;
}
// A block under headings, as its totals are checked. Numbers of rows: runs (see runsOf: names, k), filled, of which sums and
// plain; of columns: laid in the page, totals, and the sets of those that each total may add up.
function tableOf(values, titles, places, names, k) {
  const amounts = values.map(amountsOf);
  const runs = runsOf(names, k, (r) => amounts[r].some((one, c) => one && places[c] >= 0) && !values[r].some((value) => parse(value)[1]));
  const filled = runs.flat();
  const sums = filled.filter((r) => names[r].some(isSum));
  const plain = filled.filter((r) => !sums.includes(r));
  const laid = places.flatMap((column, c) => (column >= 0 ? [c] : []));
  const totals = titles.flatMap((title, c) => (places[c] < 0 && (isSum(title) || isSumTitle(title)) ? [c] : []));
  const sets = titles.map((_, c) => (totals.includes(c) ? added(titles, places, c) : []));
  return { values, titles, names, amounts, runs, filled, sums, plain, laid, totals, sets };
}
const partsOf = ({ amounts }, r, some) => some.map((c) => amounts[r][c]).filter(Boolean);
const sumIn = (table, rows, some) => sumOf(rows.flatMap((r) => partsOf(table, r, some)));
const isOwnTotal = (table, r, c) => table.amounts[r][c] && table.sets[c].some((some) => isNear(table.amounts[r][c], sumIn(table, [r], some)));
// A row of sums that has its total, and is to the franc that of these rows, proves them: it did not slip with them.
const isProved = (table, rows) => table.sums.some((s) => table.totals.some((c) => isOwnTotal(table, s, c))
  && table.laid.every((c) => table.amounts[s][c] === sumOf(rows.map((r) => table.amounts[r][c]))));
// A total that is said once for a project, or on each of its rows, may be of them all.
function isMerged(table, run, at, some) {
  const own = run.map((r) => table.amounts[r][at]).filter(Boolean);
  return own.length > 0 && own.every((one) => one === own[0]) && isNear(own[0], sumIn(table, run, some));
}
// Without a total at its end, the last amount of a row may be one.
const isTotal = (some, least) => some.length > least && isNear(some[some.length - 1], sumOf(some.slice(0, -1)));
// In a column of totals that is empty, each row may have slipped, that of their sums too. Two equal amounts alone are nothing.
function allSlipped(table, at) {
  return [table.laid, ...table.sets[at]].map((some) => table.filled.filter((r) => partsOf(table, r, some).length > 1).map((r) => [r, partsOf(table, r, some)]))
    .find((rows) => (rows.length > 2 || rows.some(([, one]) => one.length > 2)) && rows.every(([, one]) => isTotal(one, 1)))?.map(([r]) => r);
}
// May a row that says nothing in a column of totals, where others do (valued), have slipped, its total in a year?
function isSlipped(table, r, { run, at, some, valued }) {
  const { amounts, filled, laid, totals } = table;
  const isUsual = valued.length * 2 >= filled.length;
  const last = partsOf(table, r, some).pop();
  const hasNone = totals.every((c) => !amounts[r][c]);
  const isOwn = valued.length && [some, hasNone ? laid : some].some((all) => isTotal(partsOf(table, r, all), isUsual ? 1 : 2));
  const isOfRun = run.length > 1 && !run.some((other) => amounts[other][at]) && partsOf(table, r, some).length > 1 && isNear(last, sumIn(table, run, some) - last);
  // A partial total too.
  const isPart = isUsual && totals.length > 1 && hasNone && partsOf(table, r, laid).some((_, n, said) => n && isTotal(said.slice(0, n + 1), 1));
  const isLast = !amounts[r].slice(at).some(Boolean);
  return (isPart || ((isOwn || isOfRun) && isLast)) && !isProved(table, table.plain) && !isProved(table, run);
}
// Under headings, does each column of totals say what the rows do? One cell less in a row, and it slips.
function checkTotals(table) {
  const { values, titles, names, amounts, runs, filled, totals, sets } = table;
  totals.forEach((at) => {
    const title = titles[at];
    const valued = filled.filter((r) => amounts[r][at]);
    const allSlip = !valued.length && allSlipped(table, at);
    const isWrong = (r, run, some) => (amounts[r][at] ? !isNear(amounts[r][at], sumIn(table, [r], some)) : isSlipped(table, r, { run, at, some, valued }));
    const wrongs = sets[at].map((some) => runs.flatMap((run) => (isMerged(table, run, at, some) ? [] : run.filter((r) => isWrong(r, run, some)))));
    const wrong = allSlip || wrongs.sort((one, other) => one.length - other.length)[0];
    if (!wrong?.length) return;
    // « Coût total », « Sous-total » may be of something else, but when the rows say that they are not.
    const lies = wrong.filter((r) => amounts[r][at]).length;
    if (isCost(title) ? lies || !(valued.length || allSlip) : /^s(ous)?-?tota/.test(bare(title)) && lies * 2 >= valued.length) return;
    doubt(`sa colonne « ${title.trim()} » n’est pas la somme des autres (${[...names[wrong[0]], ...values[wrong[0]]].filter(bare).join(", ")}) : une case y manque peut-être. Vérifiez-le, ou copiez-le sans cette colonne.`);
  });
}
// The rows where an amount is in no total that is right: its own, one of its run, or of all.
function unprovedRows(table) {
  const { values, titles, amounts, runs, sums, plain, laid, totals, sets } = table;
  const told = values.map(() => new Set());
  const tell = (rows, some) => rows.forEach((r) => some.forEach((c) => told[r].add(c)));
  const groups = [...runs.map((run) => run.filter((r) => !sums.includes(r))), plain];
  // A cost is a total when it is one wherever it is said.
  const isTrue = (r, c) => !amounts[r][c] || isOwnTotal(table, r, c) || runs.some((run) => run.includes(r) && sets[c].some((some) => isMerged(table, run, c, some)));
  const proofs = totals.filter((c) => !isCost(titles[c]) || values.every((_, r) => isTrue(r, c)));
  const isSaid = (c) => !isCost(titles[c]) || values.some((_, r) => amounts[r][c]);
  if (laid.length < 2 || !proofs.some(isSaid)) return [];
  for (const c of proofs) for (const some of sets[c]) {
    plain.filter((r) => amounts[r][c] && isNear(amounts[r][c], sumIn(table, [r], some))).forEach((r) => tell([r], some));
    groups.filter((rows) => amounts.some((row) => row[c] && isNear(row[c], sumIn(table, rows, some)))).forEach((rows) => tell(rows, some));
  }
  groups.filter((rows) => isProved(table, rows)).forEach((rows) => tell(rows, laid));
  return plain.filter((r) => laid.some((c) => amounts[r][c] && !told[r].has(c)));
}
// Displayed amounts are rounded: within a hundredth, a sum may be meant.
const isNear = (amount, sum) => (amount > sum ? amount - sum : sum - amount) * 100n <= sum;
const amountAt = (line, column) => (grid[line][column] ? read.get(grid[line][column])[0] : 0n);
const amountsOf = (row) => row.map((value) => parse(value)[0]);
const sumOf = (amounts) => amounts.reduce((sum, one) => sum + one, 0n);
// [[amount, the sum of those beside it], …], row after row: are most of them sums?
const areSums = (told) => told.filter(([one, sum]) => isNear(one, sum)).length * 2 > told.length;
// Is one amount the sum of those of several rows: the cost of a project, said on its first row, on its last one, or on each?
// begins: where a project does.
function areCosts(told, begins) {
  const inRuns = (rows, isNew) => {
    const runs = [];
    rows.forEach(([one, sum], r) => {
      if (!runs.length || isNew(one, runs[0][0], r)) runs.unshift([0n, 0n, 0]);
      runs[0] = [runs[0][0] || one, runs[0][1] + sum, runs[0][2] + 1];
    });
    return runs;
  };
  const isOther = (one, cost) => one && cost && one !== cost;
  return [inRuns(told, isOther), inRuns([...told].reverse(), isOther), inRuns(told, (one, cost, r) => begins[r])]
    .some((runs) => areSums(runs) && runs.some(([one, sum, size]) => one && size > 1 && isNear(one, sum)));
}
// Is the last column the total of its rows? It is refused when only nearly so.
function endsWithTotal(filled, width, begins) {
  const told = filled.map((row) => [row[width - 1], sumOf(row.slice(0, -1)), row.slice(0, -1).filter(Boolean).length]);
  if ((width < 3 || !areSums(told)) && !areCosts(told, begins)) return false;
  const isSure = told.every(([last, sum]) => last === sum) && told.filter(([, , parts]) => parts > 1).length > 1;
  return isSure || doubt("sa dernière colonne semble être un total. Copiez-le avec sa ligne de titres, ou sans elle.");
}
// The column of the page where each column without a heading goes, -1 for a total. Without names, from the caret on; with
// them, a block that is as wide as the plan begins with it. None goes beyond. What would be of no year is perhaps a
// cost, but beside a total that counts it.
function unheaded(rows, names, j) {
  const hasNames = names[0].length > 0;
  let width = rows[0].length;
  while (width > 1 && !rows.some((row) => bare(row[width - 1]))) width -= 1;
  const amounts = rows.map((row) => amountsOf(row.slice(0, width)));
  const filled = amounts.filter((row) => row.some(Boolean));
  const begins = names.map(([name], r) => bare(name) && bare(name) !== bare(names[r - 1]?.[0])).filter((_, r) => amounts[r].some(Boolean));
  const isOfAll = (row) => row.filter(Boolean).length > 1 && row.filter(Boolean).pop() * 2n === sumOf(filled.flat());
  if (filled.length > 2 && filled.some(isOfAll)) doubt("un de ses montants est la somme de tous les autres : un total, décalé peut-être. Copiez-le avec sa ligne de titres, ou sans lui.");
  const told = filled.map(([first, ...others]) => [first, sumOf(others)]);
  if (width > 1 && ((width > 2 && areSums(told)) || areCosts(told, begins))) doubt("sa première colonne semble être un total. Copiez-le avec sa ligne de titres, ou sans elle.");
  if (hasNames && filled.length > 1 && filled.every((row) => row.length === 2 && row[0] === row[1])) doubt("sa seconde colonne semble être un total. Copiez-le avec sa ligne de titres, ou sans elle.");
  const [all, shared] = [grid[0].length, grid[0].filter((input) => !input.name.endsWith("-y0")).length];
  const whole = (size) => hasNames && (size === all || size === shared);
  const size = endsWithTotal(filled, width, begins) ? width - 1 : rows[0].length;
  const from = whole(size) ? 0 : j;
  if (from + size > all) doubt(`ses ${size} colonnes de montants n’entrent pas à partir de « ${columnName(grid[0][j])} ». Copiez-le avec sa ligne de titres.`);
  const isCounted = size < rows[0].length && from === 0 && rows.some((row) => bare(row[0]));
  if (from < shared && shared < all && !isCounted && rows.some((row) => parse(row[shared - from] || "").some(Boolean))) doubt("une de ses colonnes irait dans « Non réparti ». Copiez-le avec sa ligne de titres, ou sans elle.");
  return rows[0].map((_, column) => (column < size ? from + column : -1));
}
const [SUMS, NOWHERE] = [-1, -2];
// What a row alone under a table says, when it is not a name.
const NOTE = /^(sources?:|not[ae]s?:|n\.?b|arrete|lepresent|soit|fait|lu|[*(])/;
// The line that each row of names says. A financier alone is the project's above it or, before any, of the project of line i.
// rows: whole; from the row numbered end on, notes.
function named(names, i, { rows, end, isByFinancier }) {
  // One column of names, spread over two.
  const isProjectBelow = ([first, second]) => second && !bare(first) && !linesNamed(second).length && projectsNamed(second).length;
  const saysProject = ([name, financier]) => (financier === undefined ? projectsNamed(name).length : bare(name) && !isSum(name));
  const into = names.some((row) => isProjectBelow(row) || saysProject(row)) ? null : projectOf(i);
  if (into) checkInto(into, names.flat().filter((name) => !isInWords(name)));
  // The project of the rows: null for none, undefined for one that this page has not.
  let project = into;
  const seen = new Set();
  // isAlone: without a financier. Named again so, after its lines, it is summed up, and what follows is of none.
  const enter = (name, isAlone) => {
    const [found, other] = projectsNamed(name);
    if (other) doubt(`plusieurs projets de cette page s’appellent « ${name} ».`);
    project = isAlone && seen.has(found) ? null : found;
    seen.add(found);
    return SUMS;
  };
  // What follows the sum of a project is of another one; what follows the title of all, without amounts, is their sum.
  const close = (r) => {
    project = r !== undefined && rows[r].filter(bare).length < 2 ? SUMS : null;
    return SUMS;
  };
  const isOfAll = (name) => isSum(name) || (/^ensemble(desprojets)?$/.test(bare(name)) && !isKnown(name));
  const unknown = (name) => doubt(`« ${name} » n’est ni un projet ni un financeur de cette page. Écrivez-le comme elle, ajoutez-le d’abord, ou copiez le bloc sans lui (et, si c’est un projet, sans ses lignes).${ELSEWHERE()}`);
  const lineOf = (name) => {
    if (project === SUMS) return SUMS;
    if (project === null) doubt(`rien n’y dit le projet de la ligne « ${name} ». Écrivez-le sur chaque ligne, dans une colonne « Projet », ou copiez un projet à la fois, sans ses totaux.`);
    const own = linesNamed(name).filter((line) => project?.contains(line));
    if (own.length > 1) doubt(`plusieurs lignes du même projet s’appellent « ${name} ».`);
    return own.length ? lines.indexOf(own[0]) : NOWHERE;
  };
  const pair = ([first, name], r) => {
    // Sorted by financier, what has no project is its sum, or its heading.
    if (isByFinancier && !bare(first)) return SUMS;
    if (isOfAll(first)) return close(r);
    const begins = bare(first) && !seen.has(projectsNamed(first)[0]);
    if (bare(first)) enter(first, !bare(name));
    else if (bare(name) && !isSum(name) && !linesNamed(name).length) {
      if (projectsNamed(name).length) return enter(name, true);
      // A project that the page has not, a sum? What follows would go to the one above.
      unknown(name);
    }
    // The sum of a project may be its first row.
    if (isSum(name) && begins) return SUMS;
    if (isSum(name) || !(bare(name) || bare(first))) return close();
    return bare(name) ? lineOf(name) : project === undefined ? NOWHERE : SUMS;
  };
  const single = ([name], r) => {
    if (isOfAll(name) || !bare(name)) return close(bare(name) ? r : undefined);
    const isLine = linesNamed(name).length;
    if (projectsNamed(name).length) return isLine ? doubt(`« ${name} » est à la fois un projet et un financeur.`) : enter(name, true);
    if (isLine) return lineOf(name);
    return r < end || !NOTE.test(bare(name)) ? unknown(name) : NOWHERE;
  };
  // A blank row ends a project, but where the block has one alone, or before any.
  const isBlank = (r) => !rows[r].some(bare) && (into || !names.slice(0, r).flat().some(bare));
  const line = names[0].length > 1 ? pair : single;
  // « dont État », under a total, is a share of it.
  const to = names.map((row, r) => (isBlank(r) || /^\s*dont(?!\p{L})/iu.test(row.find(bare)) ? SUMS : line(row, r)));
  const twice = to.find((line, row) => line >= 0 && to.indexOf(line) < row);
  if (twice !== undefined) doubt(`la ligne « ${projectOf(twice).dataset.project}, ${lineName(lines[twice])} » y est deux fois. Additionnez-les, ou copiez le bloc sans l’une d’elles.`);
  return Object.assign(to, { into: projects().length > 1 && into });
}
const otherProject = (said, wayOut = "") => doubt(`« ${said.trim()} » y dit peut-être un autre projet. Écrivez-le sur chaque ligne, dans une colonne « Projet », ${wayOut ? "" : "ou "}collez le bloc dans ce projet${wayOut}.`);
// What a sum, or a title, says when it names nothing.
const OF_ALL = /^(general|global|(pluri)?annuel|annee|previsionnel|tableau(n°)?\d*|plan|projet|contrat|cper|partenaire|cout|montant|financement|financeur|franc|f?cfa|unite|exprime|valeur(?=s?en)|en|et|d[eu]|par|l[ea]|s|\d{4}|[^a-z0-9])*$/;
const SUMMED = /^(ensemble|couts?|montants?|budget|enveloppe|financementtotal).*(contrat|cper|projets(?!tructurant|ur(?!bain|gent)))/;
// « Coût total du contrat », « Ensemble des projets »; a plan of financing is that of a project too.
const isSumOfAll = (name, project) => isSumOfSeveral(name, project) && (isSumTitle(name) ? !/plandefinancement$/.test(bare(name)) : SUMMED.test(bare(name)));
// The name of another project, among words or as a sum, in a block that goes to this one.
function checkInto(project, names) {
  const isOther = (name) => {
    const rest = bare(name).replace(bare(project.dataset.project), "");
    return !linesNamed(name).length && (!OF_ALL.test(rest) || isSumOfSeveral(rest, project));
  };
  const stranger = names.find((name) => (about(name) || project) !== project || (isSum(name) && isOther(name.replace(SUM, "")))
    || (!linesNamed(name).length && isSumOfAll(name, project)));
  if (stranger) otherProject(stranger, isSumOfSeveral(stranger, project) ? "" : ", ou copiez-le sans cette ligne");
}
// On a row where the project (k = 0), or the financier, is the one above: « Total », beside, is of none, and a cell merged with
// one before it was copied in that one.
function checkMerged(rows, names, own, k, width) {
  const last = [];
  const amounts = (row) => amountsOf(row.slice(width));
  // Does it add up those of its name above, but perhaps in one year? least: when they are that many.
  const isAgain = (r, least) => {
    const above = rows.slice(0, r).filter((_, other) => bare(names[other][1 - k]) === bare(names[r][1 - k])).map(amounts);
    const own = amounts(rows[r]);
    const differ = own.filter((amount, c) => !isNear(amount, sumOf(above.map((one) => one[c])))).length;
    return above.length >= least && own.some(Boolean) && (!differ || (differ < 2 && own.filter(Boolean).length > 2));
  };
  // Nothing says a summing up that ends the block, but its amounts.
  const end = names.reduce((last, name, r) => (name.some(isSum) || !bare(name[1 - k]) ? last : r), -1);
  const without = `sans ${k ? "financeur" : "projet"}`;
  rows.forEach((row, r) => row.slice(0, width).forEach((text, c) => {
    const value = own.includes(c) ? "" : text.trim();
    if (!bare(names[r][k]) && row.filter(bare).length > 1) {
      const isLabel = /\p{L}/u.test(value) && value !== last[c];
      if (isLabel && isSum(value)) names[r] = [value, value];
      else if (isLabel && (c < own[k] || /^(ensemble|recap|tou[st]|global)/.test(bare(value)) || isAgain(r, 1))) doubt(`« ${value} » y est sur une ligne ${without}. Écrivez-le sur chaque ligne, ou copiez le bloc sans cette colonne.`);
      else if (r === end && isAgain(r, 2)) doubt(`une ligne ${without} (« ${names[r][1 - k]} ») y est la somme de celles du même nom. Écrivez-le sur chaque ligne, ou copiez le bloc sans elle.`);
    }
    last[c] = value || last[c];
  }));
}
// A row of no line is the sum of lines above it, below it, or that it names; the row of a project, of those next to it. Else,
// they may not be what they seem. What the page has not (« Grand total »?) is among them or not.
function checkSums(names, values, to) {
  const amounts = values.map(amountsOf);
  const adds = (row, some) => {
    const sums = row.map(() => 0n);
    return some.some((other) => {
      other.forEach((amount, c) => (sums[c] += amount));
      return row.every((amount, c) => isNear(amount, sums[c]));
    });
  };
  amounts.forEach((row, r) => {
    if (to[r] !== SUMS || !row.some(Boolean)) return;
    const said = names[r].join("");
    const isFound = [NOWHERE, 0].some((least) => {
      const parts = amounts.map((one, other) => to[other] !== SUMS && to[other] >= least && one);
      const near = (some) => (names[r].some(isSum) || !bare(said) ? some.filter(Boolean) : some.slice(0, [...some, false].indexOf(false)));
      const isOwn = (one, other) => one && names[other].some((name) => bare(name) && bare(said).includes(bare(name)));
      const own = parts.filter(isOwn);
      return [near(parts.slice(0, r).reverse()), near(parts.slice(r + 1)), own, parts.slice(0, r).filter(isOwn).reverse()].some((some) => adds(row, some));
    });
    // « Total P1 » is of the rows of P1, where they are all of this page.
    const project = isSum(names[r].find(bare)) && about(said) && isTitleOf(about(said), said.replace(WORD_TOTAL, "")) && about(said);
    const ofProject = amounts.filter((_, other) => to[other] >= 0 && projectOf(to[other]) === project);
    const isOfOthers = project && !to.includes(NOWHERE) && !adds(row, ofProject);
    if (!isFound || isOfOthers) doubt(`sa ligne « ${[...names[r], ...values[r]].filter(bare).join(", ")} » ne se retrouve pas dans les autres. Copiez-le sans elle.`);
  });
}
// The lines of rows without names, from line i on, in one project: what follows its lines is its sum or nothing. columns: of
// the page.
function placed(rows, i, columns) {
  const hint = "Copiez-le avec ses colonnes « Projet » et « Financeur », ou un projet à la fois.";
  const amounts = rows.map(amountsOf);
  const adds = (row, some, isEqual = (one, other) => one === other) => row.some(Boolean) && some.filter((row) => row.some(Boolean)).length > 1 && row.every((amount, c) => isEqual(amount, sumOf(some.map((one) => one[c]))));
  const page = grid.map((_, k) => columns.map((column) => amountAt(k, column)));
  const own = page.filter((_, k) => projectOf(k) === projectOf(i));
  const first = lines.findIndex((_, k) => projectOf(k) === projectOf(i));
  const [above, room] = [own.slice(0, i - first), first + own.length - i];
  const group = amounts.slice(0, room);
  const isSumOf = (row) => adds(row, group) || adds(row, [...above, ...group]);
  if (rows.length > room + 1 || (rows.length > room && !isSumOf(amounts[room]))) doubt(`il va plus loin que le projet « ${projectOf(i).dataset.project} », où rien ne dit à qui vont ses montants. ${hint}`);
  const totals = [page, ...projects().map((project) => page.filter((_, k) => project.contains(lines[k])))];
  // Displayed sums are rounded; one amount alone may be near by chance.
  const addsNearly = (row, some) => adds(row, some, row.filter(Boolean).length > 1 ? isNear : undefined);
  const within = (r) => [group.filter((_, other) => other !== r), group.slice(0, r), group.slice(r + 1)];
  if (group.some((row, r) => within(r).some((some) => addsNearly(row, some)))) doubt("une de ses lignes en additionne d’autres : un total, ou un financeur qui apporte autant qu’elles. Copiez-le avec sa colonne « Financeur ».");
  if (group.some((row) => totals.some((some) => adds(row, some)))) doubt(`des lignes de ce bloc semblent être des sous-totaux. ${hint}`);
  return rows.map((_, r) => (r < room ? i + r : SUMS));
}
// What is no amount shifts those beside it: names, years, titles, numbers of rows.
function checkAmounts(values, titles, names) {
  const isUnread = (value) => parse(value)[1] !== "";
  const isYear = (value) => /^(19|20|21)[0-9]{2}$/.test(bare(value)) || isColumn(value);
  const isOfYears = (some) => some.length && some.every(isYear);
  const isLost = (some) => some.length && some.every((value) => isUnread(value) || isYear(value)) && some.some(isUnread);
  const refused = (value) => doubt(`${parse(value)[1].replace(/\.?$/, ".")} Si c’est un titre ou un numéro, copiez le bloc sans lui, ou avec une ligne de titres qui dit les années.`);
  const [down, across] = [columns(values), values].map((parts) => parts.map((part) => part.filter(bare)));
  const isTable = down.length > 1 && across.length > 1;
  const words = !titles && isTable && down.find((column) => column.length > 1 && isLost(column) && !isOfYears(column.filter((value) => !isUnread(value))));
  const first = words && words.find(isUnread);
  if (first && /[0-9#]/.test(first)) refused(first);
  const stray = values.flat().find((value) => isUnread(value) && isKnown(value)) || first;
  if (values.some((row) => row.filter((value) => linesNamed(value).length).length > 1)) doubt("ses financeurs y sont en titres. Mettez les années en titres et les financeurs en lignes (dans Excel : Collage spécial, Transposé).");
  if (stray) doubt(`« ${stray.trim()} » n’est pas un montant : ${titles ? "écrivez chaque année en titre, au-dessus de ses montants" : "mettez les noms en premières colonnes"}, ou copiez seulement les montants.`);
  const years = down.findIndex((column) => isOfYears(column.filter((value) => !isUnread(value))));
  if (years >= 0) doubt(`${years ? "une de ses colonnes" : "sa première colonne"} dit des années, qui ne sont pas des montants. Mettez-les en titres.`);
  if (titles) return;
  const row = across.find((some, r) => isOfYears(some) && (some.length > 1 || (names[r].some(bare) && !names[r].some(isKnown))));
  if (row) doubt(`une de ses lignes dit des années (${row.join(", ")}), qui ne sont pas des montants. Mettez-les en titres, en haut.`);
  // In a block of one row or column, what comes first.
  const title = isTable ? across.find(isLost) : [[values[0][0]].filter(bare)].find(isLost);
  if (title) refused(title.find(isUnread));
}
// Less than 1 000 francs beside 10 000 is a number, a share, or another unit.
function checkSizes(amounts) {
  const small = amounts.flat().find((value) => parse(value)[0] > 0n && parse(value)[0] < 1000n);
  if (small && amounts.flat().some((value) => parse(value)[0] >= 10000n)) doubt(`« ${small.trim()} » serait un montant de moins de ${fcfa(1000n)} parmi de bien plus grands. Copiez le bloc sans numéros ni parts ; un montant si petit se tape dans sa case.`);
}
const amountIn = ([input]) => read.get(input)[0];
const inOrder = (cells) => cells.filter(amountIn).sort((one, other) => (amountIn(one) < amountIn(other) ? -1 : 1));
const median = (cells) => (cells.length ? amountIn(cells[cells.length >> 1]) : 0n);
// Codes and dates are whole numbers too: a cell a hundred times smaller or larger than most.
function odd(cells) {
  const filled = inOrder(cells);
  const most = median(filled);
  return filled.find((one) => amountIn(one) * 100n < most || amountIn(one) > most * 100n);
}
// Are half of these cells, [[input, its text before], …], thousands or millions of what they replace or, where nothing was,
// of the rest of the page or, in an empty one, of what a contract gives?
const USUAL = 100_000_000n;
function isSmaller(cells) {
  const inputs = new Set(cells.map(([input]) => input));
  const others = median(inOrder(grid.flat().filter((input) => !inputs.has(input)).map((input) => [input])));
  const found = cells.map(([input, text]) => [amountIn([input]), parse(text)[0]]).filter(([now, old]) => now && now !== old);
  return found.filter(([now, old]) => (old ? now * 500n < old : now * 100n < (others || USUAL))).length * 2 >= (found.length || 1);
}
// Which columns before the amounts say the project and the financier (own): as they are called, else the first ones.
// stranger: a heading that may say neither.
function columnsOfNames(heads) {
  const called = NAMED.map((pattern) => heads.flatMap((title, c) => (pattern.test(bare(title)) ? [c] : [])));
  const isCalledSo = called.every((found) => found.length === 1);
  if (heads.length > 2 && !isCalledSo) doubt(`il a plus de deux colonnes avant celles des années. ${KEEP}`);
  const own = isCalledSo ? called.flat() : heads.map((_, c) => c);
  const beside = heads.filter((title, c) => bare(title) && !own.includes(c));
  const stranger = heads.length === 2 && !isCalledSo && heads.find((title) => bare(title) && !isCalled(title));
  return { own, isCalledSo, beside, stranger };
}
const KEEP = "Copiez-le avec « Projet » et « Financeur » seuls devant les années.";
const ELSEWHERE = () => (location.search ? " S’il est dans une autre page du plan, collez le bloc là." : "");
const otherUnit = (said) => `« ${said.trim()} » annonce une autre unité que le franc CFA, et rien n’est converti. Copiez des francs CFA entiers, sans ces mots ; si c’est un nom, ajoutez-le d’abord.`;
const otherFigures = (said) => doubt(`« ${said.trim()} » dit peut-être autre chose que les montants du plan. Si c’est eux, copiez le bloc sans ces mots.`);
// Words of what is spent, or still to be found: other figures than those of a plan.
const DONE = /cumul|realis|decaiss|encaiss|depens|execut|solde|mandat|consomm|paie|paye|ordonnanc|liquid|versement|(?<!im)mobilis|ecart|(?<!fo)reste|nonco[nu]v/;
// CSV, names and amounts one under another, or sentences: « État : 101 000 000 FCFA », and not « Budget 2028 ».
const isText = (text, rows) => !text.includes("\t") && ((rows.some(([line]) => isKnown(line)) && rows.some(([line]) => parse(line)[0] && !isColumn(line)))
  || rows.some(([line]) => /^\p{L}.*\d[\s\d]{3,}\d/u.test(line))
  || text.split("\n").some((row) => /;.*;|;\s*\d|\p{L}.*,.*,|\p{L},\s*\d/u.test(row)));
// Where row r has its first year, -1 for a row that is no heading. Titles, which are alone on their rows, come before.
const yearIn = (rows, r) => firstYear(rows[r], r - Math.max(rows.findIndex((row) => row.filter(bare).length > 1), 0));
const yearRows = (rows) => rows.filter((_, r) => yearIn(rows, r) >= 0);
// The rows without what was selected beside them: what is blank to the end of the block and, before names or headings, what
// is blank at its left (before amounts alone, it is a place). Under headings, a column that is blank down to its own is none.
function trimmed(rows) {
  while (rows.length > 1 && !rows[rows.length - 1].some(bare)) rows.pop();
  const isBlank = (column) => rows.every((row) => !bare(row[column]));
  const hasWords = rows.some((row) => row.some(isKnown)) || yearRows(rows).length;
  while (hasWords && rows[0].length > 1 && isBlank(0)) rows.forEach((row) => row.shift());
  // Beside names, a blank year of the plan is one to empty.
  const whole = namesIn(rows) + grid[0].length;
  const least = hasWords && rows[0].length <= whole ? whole : 1;
  while (rows[0].length > least && isBlank(rows[0].length - 1)) rows.forEach((row) => row.pop());
  const unit = rows.flat().find((value) => OTHER_UNIT.test(isInWords(value) ? value.replace(IN_WORDS, "") : apart(value)));
  if (unit) doubt(otherUnit(unit));
  return yearRows(rows).length ? rows.map((row) => row.filter((_, column) => !isBlank(column))) : rows;
}
// Which row says the years, -1 for none. There is one, with no amount above; a title of names without years is refused.
function headingOf(rows) {
  const years = yearRows(rows);
  // « Contrat-plan 2027 » above the headings is none.
  if (years.length > 1 && years[0].filter(bare).length < 2 && /\p{L}/u.test(years[0].join(""))) years.shift();
  const top = rows.indexOf(years[0]);
  // A year is no amount.
  const again = years[1] || rows.find((row, r) => top >= 0 && r > top && row.slice(yearIn(rows, top)).some((value) => YEAR.test(year(value))));
  if (again || rows.slice(0, Math.max(top, 0)).flat().some((value) => parse(value)[0])) doubt(`sa ligne de titres (${(again || years[0]).filter(bare).join(", ")}) n’est pas seule, en haut. Copiez un tableau à la fois, sans rien de chiffré au-dessus de ses titres.`);
  // « Projet | P1 » above them is a title.
  const isOfProject = (row, r) => r < top && row.every((value) => !bare(value) || isCalled(value) || projectsNamed(value).length) && row.some((value) => projectsNamed(value).length);
  const yearless = rows.find((row, r) => row.some((value) => TITLE.test(bare(value)) && !isKnown(value)) && !isOfProject(row, r) && !years.includes(row) && !(r === top - 1 && row.length > 1 && !bare(rows[top][0])));
  if (yearless) {
    yearless.filter((value) => !isSum(value)).forEach(refuseWords);
    doubt(`sa ligne de titres (${yearless.filter(bare).join(", ")}) ne dit pas les années des colonnes. Écrivez chaque année en titre de sa colonne, puis copiez de nouveau.`);
  }
  return top;
}
// What stands above the headings, in rows: over, what is no part of them and is not what our own tables say there; upper,
// the headings of names when they are one row higher. « (1 000 F CFA) » there is a unit, whatever stands around.
function readAbove(rows, titles, width, notes) {
  const above = rows.flat();
  const scale = [...above, ...notes].find((value) => /(^|[^0-9])1?(000)+(?![0-9a-eg-z])|centaine|^\(?unites?(:|=|en|mon)(?!(etaires?)?[:=]?(en)?(f|francs?(cfa)?|fcfa|xof)\)?$)/.test(bare(apart(value)).replace(/[.,÷]/g, "")));
  if (scale) doubt(otherUnit(scale));
  const last = rows[rows.length - 1] || [];
  // A title alone on its row is no heading.
  const upper = last.filter(bare).length > 1 || last.some(isCalled) ? last : [];
  const isOurs = (title) => document.title.split("—").some((part) => bare(part) === bare(title)) || /^montantsenfrancscfa/.test(bare(title));
  const over = rows.flatMap((row) => row.filter((title, c) => bare(title) && !(row === upper && c < width && !titles[c].trim()) && !isCalled(title) && !(row === last && titles?.[c] === title) && !ABOVE_YEARS.test(bare(title)) && !isOurs(title)));
  // « Total », merged with the cell under it, is the title of its column.
  const stated = rows.flatMap((row) => row.filter((title, c) => !(row === last && titles?.[c] === title)));
  return { above, upper, over, notes, stated };
}
// What says more than one project: « Plan du CPER », « Total des projets ».
// project: where the block goes, the line of the whole contract or the only project perhaps.
const isWhole = (project) => project?.matches("[data-whole]") || (projects().length < 2 && !form.matches("[data-part]"));
const isOfSeveral = (title, project) => !isWhole(project) && /contrat|cper|general|global|projets/.test(bare(title));
const isSumOfSeveral = (title, project) => !isWhole(project) && /contrat|cper|projets|plan/.test(bare(title));
// « Plan du CPER de Kayes 2018-2022 », by the words and the years of this one.
function isOfContract(title) {
  if (!/contrat|cper|ensemble/.test(bare(title))) return OF_ALL.test(bare(title));
  const words = (text) => text.split(/[\s:,;.()/’'\p{Pd}]+/u).map(bare).filter((word) => word && !/^[adlns]$/.test(word));
  const ours = [...words(document.title), ...grid[0].map((input) => bare(columnName(input)))];
  return words(title.replace(/^\s*(\d{1,2}(\.\d+)*|[IVX]+)[.):]?\s+(?=\p{L})|(tableau|annexe)\s*(n°)?\s*\d+/iu, "")).every((word) => ours.includes(word)
    || (OF_ALL.test(word) && !/\d/.test(word)) || /^(ensemble|entre|total|recapitulatif|maquette|annexe|financiere|projets)$/.test(word));
}
// « 2. P1 », « Plan de financement – P1 », or no name at all; and not « P1 bis », « Hors P1 », « Projet 2 » nor « Projets ».
function isTitleOf(project, title) {
  if (!about(title)) return isWhole(project) ? isOfContract(title) : OF_ALL.test(bare(title)) && !isOfSeveral(title, project);
  return about(title) === project && OF_ALL.test(bare(title).replace(bare(project.dataset.project), "").replace(/^\d{1,2}(\.\d+)*[.):–—-]/, ""));
}
// The [project, financier], or [name], of each row, and the headings of the columns of words left beside.
function readNames(rows, titles, width, { above, upper, notes, stated }, i) {
  const heads = Array.from({ length: width }, (_, c) => (titles && (titles[c].trim() || (upper[c] || "").trim())) || "");
  heads.forEach(refuseWords);
  const { own, isCalledSo, beside, stranger } = columnsOfNames(heads);
  const marks = rows.flatMap((row) => row.filter((value, c) => c < width && !own.includes(c) && (value.length < 30 || (rows.length > 1 && rows.every((other) => other[c] === value)))));
  const done = [...above, ...marks, ...notes].find((value) => DONE.test(bare(apart(value))));
  if (done) otherFigures(done);
  const names = rows.map((row) => own.map((c) => row[c].trim()));
  // Sorted by financier: a cell merged with the one above says the same.
  const isByFinancier = isCalledSo && own[1] < own[0];
  if (isCalledSo) checkMerged(rows, names, own, isByFinancier ? 1 : 0, width);
  // Its sum says it too, first, and not after its lines.
  const isSaid = (r) => names[r][0] || !names.slice(0, r).some((row) => row[1] === names[r][1]);
  if (isByFinancier) names.forEach((row, r) => r && row[0] && !row[1] && isSaid(r - 1) && (row[1] = names[r - 1][1]));
  // Without a column of projects, what stands above says perhaps which one this is.
  const isNameless = titles && names.every((row) => !row[1] || !bare(row[0])) && !names.flat().some((name) => projectsNamed(name).length);
  const sums = (titles || []).filter((title) => isSum(title) || isSumTitle(title));
  const headline = isNameless && ([...stated, ...own.map((c) => titles[c])].find((title) => (isOfSeveral(title, projectOf(i)) || !isCalled(title)) && !ABOVE_YEARS.test(bare(title)) && !isTitleOf(projectOf(i), title))
    || sums.find((title) => (about(title) || projectOf(i)) !== projectOf(i) || isSumOfSeveral(title, projectOf(i))) || notes.find((note) => /tous(les)?projets|projetsconfondus/.test(bare(note))));
  const strange = sums.find((title) => about(title) && names.flat().some((name) => projectsNamed(name).length && !projectsNamed(name).includes(about(title))));
  if (strange) otherProject(strange);
  if (headline) otherProject(headline, (about(headline) || projectOf(i)) !== projectOf(i) || isOfSeveral(headline, projectOf(i)) || sums.includes(headline) ? "" : ", ou copiez-le sans ce titre");
  if (stranger) doubt(`« ${stranger} » dit peut-être autre chose que le projet ou le financeur. ${KEEP}`);
  return { names, beside, isByFinancier };
}
// The amounts of the columns that are no total, and the column of the page of each.
function readAmounts(values, titles, { names, isByFinancier }, j) {
  if (!values.length || !values[0].length) doubt("il ne porte aucun montant.");
  checkAmounts(values, titles, names);
  const places = titles ? headed(titles, values) : unheaded(values, names, j);
  const table = titles && tableOf(values, titles, places, names, isByFinancier ? 1 : 0);
  if (table) checkTotals(table);
  const kept = places.filter((column) => column >= 0);
  if (!kept.length) doubt("il ne porte aucun montant.");
  const amounts = values.map((row) => row.filter((_, c) => places[c] >= 0));
  checkSizes(amounts);
  return { amounts, columns: kept, unproved: table ? unprovedRows(table) : [], total: values.some((row) => row.some((value, c) => places[c] < 0 && bare(value))) };
}
// Spreadsheets give as many cells to each row. A page gives none for a cell merged with the one above, nor a text for those
// at the end: what stands beside shifts. sizes: of the rows from the headings on.
function checkShape(sizes, rows) {
  const first = rows.length - sizes.length;
  // A row of sums, or a note, goes nowhere.
  const isRow = (r) => {
    const row = rows[r + first];
    const name = row?.find(bare) || "";
    const isOfPlan = (value) => isKnown(value) || (about(value) && !isSum(value));
    return !row || (row.some((value) => parse(value)[0]) && (!/\p{L}/u.test(name) || row.some(isOfPlan)));
  };
  const usual = sizes.find((_, r) => isRow(r));
  const short = sizes.findIndex((size, r) => size !== usual && isRow(r));
  if (short >= 0) doubt(`ses lignes n’ont pas toutes autant de cases (« ${rows[short + first].filter(bare).join(", ")} ») : une page, ou un texte, perd ses cases vides ou fusionnées. Collez-le d’abord dans un tableur, ou importez le fichier.`);
}
// What a block says: its names, its amounts, the line of each row and the column of each amount. Throws Doubt.
function understood(text, i, j) {
  const copied = rowsOf(text);
  if (isText(text, copied)) doubt("ce texte n’a pas de cases. Copiez celles d’un tableur, ou importez le fichier.");
  const all = trimmed(copied);
  const top = headingOf(all);
  // « Total », merged with the cell under it, was copied in the upper one.
  const titles = top < 0 ? null : all[top].map((title, c) => (bare(title) || !(isSum(all[top - 1]?.[c]) || isSumTitle(all[top - 1]?.[c] || "")) ? title : all[top - 1][c]));
  const width = titles ? yearIn(all, top) : namesIn(all);
  const rows = all.slice(top + 1);
  checkShape(copied.sizes.slice(Math.max(top, 0), all.length), rows);
  // What is alone on its row, at the end, is a note.
  let end = rows.length;
  while (width && end && rows[end - 1].filter(bare).length < 2) end -= 1;
  const head = readAbove(all.slice(0, Math.max(top, 0)), titles, width, rows.slice(end).flatMap((row) => row.filter((value, c) => (c < width || parse(value)[1]) && !isInWords(value))));
  const said = readNames(rows, titles, width, head, i);
  const { names, beside, isByFinancier } = said;
  const values = rows.map((row) => row.slice(width));
  const found = readAmounts(values, titles && titles.slice(width), said, j);
  const to = width ? named(names, i, { rows, end, isByFinancier }) : placed(found.amounts, i, found.columns);
  if (to.every((line) => line < 0)) {
    const absent = names.find((_, r) => to[r] === NOWHERE);
    doubt(absent ? `aucune de ses lignes n’est dans cette page (« ${absent.filter(bare).join(", ")} »). Écrivez les noms comme elle, le projet d’abord, ou ajoutez-les.${ELSEWHERE()}` : "il ne porte que des totaux. Copiez-le avec une colonne « Financeur ».");
  }
  if (width) checkSums(names, found.amounts, to);
  if ((to.into || !width) && ![...head.above, ...(titles || []), ...names.slice(0, end).flat()].some(about)) checkShare(found.amounts, to, found.columns);
  // Words on a row that is none of the page: other headings?
  const words = width && values.flatMap((row, r) => (to[r] < 0 ? row.filter((value) => parse(value)[1] && (names[r].some(bare) || !ABOVE_YEARS.test(bare(value)))) : []))[0];
  if (words && /^[-−–(]?[0-9]/.test(words.trim())) doubt(`${parse(words)[1]} Dans un tableur, affichez les nombres sans décimales ni autre monnaie, puis copiez de nouveau.`);
  if (words) otherFigures(words);
  return { ...found, names, to, titles, beside, over: head.over };
}
// Amounts of one project that are, financier by financier, those of all: the synthesis of the plan.
function checkShare(amounts, to, columns) {
  const same = (line) => lines.flatMap((other, k) => (lineName(other) === lineName(lines[line]) ? [k] : []));
  const found = amounts.flatMap((row, r) => (to[r] < 0 ? [] : amountsOf(row).map((amount, c) => {
    const shares = same(to[r]).map((k) => amountAt(k, columns[c]));
    return [amount, sumOf(shares), shares.filter(Boolean).length];
  }))).filter(([amount]) => amount);
  if (found.length > 1 && found.every(([amount, sum]) => amount === sum) && found.some(([, , size]) => size > 1)) doubt("ses montants sont ceux de tous les projets de cette page, et rien n’y dit un projet. Copiez-le avec sa colonne « Projet ».");
}
const isOfParagraphs = (text) => /^([^\t\n]+\n[^\S\n]*\n)+[^\t\n]+$/.test(text);
// Lays a block pasted in this cell, or says why it is not.
// isOfText: it does not end as the copy of a spreadsheet does.
export function lay(target, text, isOfText) {
  try {
    if (isOfText && isOfParagraphs(text)) doubt("une ligne sur deux y est vide : des paragraphes d’un texte, peut-être. Copiez ses montants un par un ou, d’un tableur, avec leurs noms.");
    fill(target, understood(text, ...at(target)));
  } catch (error) {
    if (!(error instanceof Doubt)) throw error;
    say(`Rien n’est collé : ${error.message}`, WARNING);
  }
}
// Writes what a block says in the cells, and says what it did with it.
function fill(target, block) {
  const { amounts, to, columns } = block;
  const before = [];
  let [left, sums, unread] = [0, 0, 0];
  amounts.forEach((row, down) => {
    if (to[down] < 0) return void (sums += to[down] === SUMS && row.some((value) => parse(value)[0]));
    row.forEach((value, right) => {
      const input = grid[to[down]]?.[columns[right]];
      if (input && !input.readOnly) {
        before.push([input, input.value]);
        put(input, value);
        if (read.get(input)[1]) unread += 1;
      } else if (value.trim()) left += 1;
    });
  });
  changed(target, before.length ? [...pastes, before] : pastes);
  const told = report(block, { before, left, sums, unread });
  say(told.join(" "), unread || told.length > 1 ? WARNING : "notice");
}
// The sentences about what was filled in (before: what it replaced) and what was not.
function report({ names, to, columns, titles, total, unproved, beside = [], over = [] }, { before, left, sums, unread }) {
  const s = before.length > 1 ? "s" : "";
  const emptied = before.filter(([input, old]) => bare(old) && !input.value).length;
  const absent = names.filter((_, down) => to[down] === NOWHERE);
  const told = [`${before.length} case${s} remplie${s}${unread ? `, dont ${unread} illisible${unread > 1 ? "s" : ""}` : ""}.`];
  // Without years, or names, the place is the one of the caret: its corners are said, so that a shift is seen.
  const isPlaced = before.length > 1 && !(titles && names[0].length);
  const stray = isPlaced && odd(before);
  if (isPlaced) told.push(`De ${corner(before[0])} à ${corner(before[before.length - 1])} : sans tous ses titres, relisez chaque montant.`);
  if (isSmaller(before)) told.push("Un montant est bien plus petit qu’avant, que les autres ou que d’ordinaire : vérifiez que tous sont en francs.");
  if (emptied) told.push(`Le bloc, vide par endroits, efface ${emptied} montant${emptied > 1 ? "s" : ""}.`);
  if (stray) told.push(`${corner(stray)} est d’un autre ordre que la plupart : vérifiez-le.`);
  if (titles) told.push(`La ligne de titres (${titles.filter(bare).join(", ")}) n’est pas collée.`);
  if (over.length) told.push(`Au-dessus, et non collé : ${over.map((title) => `« ${title.trim()} »`).join(" ; ")}. Est-ce bien le plan ?`);
  if (beside.length) told.push(`Colonnes non collées : ${beside.join(", ")}.`);
  if (total) told.push("La colonne des totaux n’est pas collée.");
  const alone = unproved.filter((down) => to[down] >= 0);
  if (alone.length) told.push(`Sans leur total, à relire : ${list(alone.map((down) => [projects().length > 1 ? projectOf(to[down]).dataset.project : "", lineName(lines[to[down]])]))}.`);
  if (names[0].length) told.push("Les noms ne sont pas collés.");
  if (to.into) told.push(`Le bloc ne nomme aucun projet : il va à « ${to.into.dataset.project} », celui de la case choisie.`);
  if (names[0].length && !titles) told.push(`Colonnes remplies : ${columns.map((column) => columnName(grid[0][column])).join(", ")}.`);
  if (sums) told.push(`Lignes de total, ou sans financeur, non collées : ${sums}.`);
  if (absent.length) told.push(`Sans ligne dans cette page, et non collé${absent.length > 1 ? "s" : ""} : ${list(absent)}.`);
  if (left) told.push(`Valeurs hors du tableau, ou sur des cases fermées, non collées : ${left}.`);
  return told;
}
const list = (rows) => {
  const left = rows.length - MOST;
  return `${rows.slice(0, MOST).map((row) => `« ${row.filter(bare).join(", ")} »`).join(" ; ")}${left > 0 ? ` et ${left} autre${left > 1 ? "s" : ""}` : ""}`;
};
const MOST = 8;
const corner = ([input]) => `« ${lineName(lines.find((line) => line.contains(input)))}, ${columnName(input)} » (${read.get(input)[1] ? "illisible" : fcfa(read.get(input)[0])})`;
