// Is a file the one of this edition? Its SHA-256 is computed here; nothing is sent. Without this file the page says how
// to compare by hand, and so it does where the browser cannot compute (an address without HTTPS).
const zone = document.querySelector("[data-verify]");
const verdict = zone.querySelector("[data-verdict]");
const input = zone.querySelector("input[type=file]");

function say(kind, title, text) {
  const notice = document.createElement("div");
  notice.className = `notice notice--${kind}`;
  for (const [words, name] of [[title, "notice__title"], [text, ""]]) {
    const line = document.createElement("p");
    line.className = name;
    line.textContent = words;
    notice.append(line);
  }
  verdict.replaceChildren(notice);
}

async function fingerprint(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let asked = 0;
async function check(file) {
  const turn = ++asked;
  const name = `«\u00a0${file.name}\u00a0»`;
  if (!file.size) return void say("error", "Ce fichier est vide", `${name} ne contient rien : téléchargez-le de nouveau.`);
  verdict.textContent = "Calcul de l’empreinte…";
  let found;
  try {
    found = await fingerprint(file);
  } catch {
    if (turn === asked) say("error", "Ce fichier n’a pas pu être lu", `Comparez ${name} à la main, comme il est dit plus bas.`);
    return;
  }
  // Another file was chosen meanwhile.
  if (turn !== asked) return;
  const copy = zone.querySelector(`[data-copy="${found}"]`);
  const other = zone.querySelector(`[data-other="${found}"]`);
  if (found === zone.dataset.verify) {
    const { but } = zone.dataset;
    say(but ? "warning" : "success", but ? `Conforme, mais cette édition ${but}` : "Conforme", `${name} est, à l’octet près, le fichier de l’édition ${zone.dataset.edition}.`);
  } else if (other) {
    say("warning", "Non conforme", `${name} est le fichier d’une autre édition de ce dossier : l’édition ${other.dataset.number}.`);
  } else if (copy) {
    const which = copy.dataset.number === zone.dataset.edition ? "" : ", qui est une autre édition de ce dossier,";
    say("warning", "Non conforme : exemplaire nominatif", `${name} est un exemplaire fait de l’édition ${copy.dataset.number}${which} pour un destinataire, dont il porte le nom sur chaque page. Il n’a pas été changé depuis, mais ce n’est pas le fichier de l’édition.`);
  } else {
    say("error", "Non conforme", `${name} n’est pas le fichier de l’édition ${zone.dataset.edition} : il a été changé, abîmé, ou ce n’est pas lui. Son empreinte est ${found}.`);
  }
}

if (window.isSecureContext && crypto.subtle) {
  zone.hidden = false;
  const chosen = () => input.files[0] && check(input.files[0]);
  input.addEventListener("change", chosen);
  // A browser may keep a file chosen before, or give one before this script.
  chosen();
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) check(event.dataTransfer.files[0]);
  });
}
