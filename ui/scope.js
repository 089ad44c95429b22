// The control below the question's box: all documents, or some. Gradio runs this once, with `element` and `server`.
// Titles come from documents: they become text, never markup.
const [opener, clear] = element.querySelectorAll("button");
const label = opener.querySelector("span");
const names = element.querySelector("#scope-names");
const MOST = 5000;
const UNASKED = "citewell-scope"; // what was chosen in this tab since the last question, to outlive a reload
let chosen = new Set(); // none of them means all
let gone = []; // chosen, and removed from the library since
let coming = Promise.resolve(); // what is still to be heard of a conversation that was opened
let turn = 0;

const made = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const counted = (number) => `${number.toLocaleString("en")} document${number === 1 ? "" : "s"}`;
const all = () => [...chosen, ...gone];

// What is chosen.

function keep() {
  try {
    sessionStorage.setItem(UNASKED, JSON.stringify({ conversation: citewell.current(), ids: all() }));
  } catch {
    // the browser keeps nothing more: the choice holds until the page is left
  }
}

// The choice that was left in this conversation, or null; whatever stands there, the server reads it strictly.
function left(conversation) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(UNASKED));
    return kept.conversation === conversation ? kept.ids : null;
  } catch {
    return null;
  }
}

function show(described = []) {
  const removed = gone.length ? `${gone.length.toLocaleString("en")} removed` : "";
  label.textContent = all().length ? [chosen.size ? counted(chosen.size) : "", removed].filter(Boolean).join(" · ") : "All documents";
  clear.hidden = !all().length;
  names.textContent = described.join(", ");
  opener.title = all().length ? described.join("\n") : "Choose which documents are asked";
}

function take({ ids, gone: missing, names: described }) {
  chosen = new Set(ids);
  gone = missing;
  show(described);
}

async function hear(asking) {
  const mine = ++turn;
  try {
    const found = await asking;
    if (mine === turn) take(found);
  } catch {
    // the page has lost its server, which the next question says
  }
}

function forget() {
  turn++;
  take({ ids: [], gone: [], names: [] });
}
function askAll() {
  forget();
  keep();
}

const refresh = () => (all().length ? (coming = hear(server.chosen({ ids: all() }))) : coming);
const follow = (conversation) => {
  forget();
  sessionStorage.removeItem(UNASKED);
  if (conversation) coming = hear(server.kept({ conversation }));
};

// The dialog.

const search = made("input", { type: "search", ariaLabel: "Search documents", placeholder: "Search titles and files", autocomplete: "off", maxLength: 200 });
const note = made("p", { className: "note" });
note.setAttribute("role", "status");
const missing = made("p", { className: "missing", hidden: true });
const these = made("button", { type: "button", className: "these" });
const only = made("input", { type: "checkbox" });
const list = made("ul", { className: "list" });
const more = made("button", { type: "button", className: "more", textContent: "Show more" });
const none = made("button", { type: "button", className: "none", textContent: "Ask all documents" });
const done = made("button", { type: "button", className: "done", textContent: "Done" });
const dialog = made(
  "dialog",
  { id: "scope-dialog" },
  made("h2", { id: "scope-title", textContent: "Which documents are asked?" }),
  search,
  made("div", { className: "tools" }, note, made("label", {}, only, "Chosen only"), these),
  missing,
  made("div", { className: "scroll" }, list, more),
  made("div", { className: "end" }, none, done),
);
dialog.setAttribute("aria-labelledby", "scope-title");
document.body.append(dialog);
let page = 0;
let listing = 0;
let total = 0;
let matching = 0;
let filter = ""; // what the list shows, which may lag behind what is being typed

async function fill(next) {
  const mine = ++listing;
  const asked = { filter: search.value, page: next, ids: only.checked ? all() : null };
  let found;
  try {
    found = await server.listed(asked);
  } catch {
    note.textContent = "The documents cannot be shown. Reload the page.";
    return;
  }
  if (mine !== listing) return; // asked for again
  [page, total, matching, filter] = [next, found.total, found.matching, asked.filter];
  const rows = found.documents.map(row);
  if (next) list.append(...rows);
  else list.replaceChildren(...rows);
  if (!rows.length && !next) list.append(made("li", { className: "hint", textContent: hint() }));
  if (next) rows[0]?.querySelector("input").focus();
  more.hidden = !found.more;
  tell();
}

function hint() {
  if (search.value.trim()) return "No document has all of these words in its title or file.";
  return only.checked ? "None is chosen: all documents are asked." : "The library is empty.";
}

function row({ id, title, source }) {
  const box = made("input", { type: "checkbox", value: id, checked: chosen.has(id) });
  const text = made("span", {}, made("bdi", { textContent: title }), made("small", {}, made("bdi", { textContent: source })));
  return made("li", {}, made("label", {}, box, text));
}

function tell() {
  note.textContent = chosen.size ? `${chosen.size.toLocaleString("en")} of ${counted(total)} chosen` : `All ${counted(total)}`;
  these.textContent = filter.trim() ? `Choose these ${matching.toLocaleString("en")}` : `Choose all ${matching.toLocaleString("en")}`;
  these.hidden = only.checked || matching === 0 || matching > MOST;
  none.hidden = !all().length;
  missing.hidden = !gone.length;
  missing.textContent = `${gone.length === 1 ? "A chosen document is" : `${gone.length.toLocaleString("en")} chosen documents are`} no longer in the library. `;
  missing.append(made("button", { type: "button", className: "forget", textContent: "Leave it out" }));
}

function changed() {
  keep();
  tell();
}

async function open() {
  dialog.showModal();
  [search.value, only.checked] = ["", false];
  await refresh();
  await fill(0);
}

function leave() {
  refresh();
  show();
}

opener.addEventListener("click", open);
clear.addEventListener("click", () => {
  askAll();
  opener.focus();
});
none.addEventListener("click", () => {
  askAll();
  dialog.close();
});
done.addEventListener("click", () => dialog.close());
more.addEventListener("click", () => fill(page + 1));
only.addEventListener("change", () => fill(0));
missing.addEventListener("click", (event) => {
  if (!event.target.closest(".forget")) return;
  gone = [];
  changed();
  search.focus();
});
these.addEventListener("click", async () => {
  for (const id of await server.matching({ filter })) if (chosen.size < MOST) chosen.add(id);
  list.querySelectorAll("input").forEach((box) => (box.checked = chosen.has(box.value)));
  changed();
});
list.addEventListener("change", ({ target }) => {
  if (target.checked && chosen.size < MOST) chosen.add(target.value);
  else chosen.delete(target.value);
  target.checked = chosen.has(target.value);
  changed();
});
let typing = null;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => fill(0), 150);
});
dialog.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const boxes = [search, ...list.querySelectorAll("input")];
  boxes[boxes.indexOf(document.activeElement) + by]?.focus();
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
dialog.addEventListener("close", leave);

show();
// What was asked with comes back with its conversation.
const asked = async () => (await coming, sessionStorage.removeItem(UNASKED), all());
citewell.attachScope({ chosen: asked, follow, refresh });
const opened = citewell.named()[0];
const ids = left(opened);
if (ids) coming = hear(server.chosen({ ids }));
else follow(opened);
