// The list of kept conversations. Gradio runs this once, with `element`, `trigger` and `server`.
// Titles are other people's words perhaps: they become text, never markup.
const column = element.closest("#history-column");
const panel = element.querySelector("#history-list");
const [toggle, begin] = element.querySelectorAll(".bar button");
const search = element.querySelector("input");
const note = element.querySelector(".note");
const list = element.querySelector(".list");
const PAGE = 100;
const UNSHOWN = "The conversations cannot be shown. Reload the page.";
const CLOSED = "citewell-conversations-closed";
const wide = matchMedia("(min-width: 1101px)"); // else it is a drawer over the chat
let most = PAGE;
let asking = 0;
let failure = ""; // what could not be done; said until the next thing is done

const made = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

// The list.

const day = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const MONTH = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
function group(date) {
  const days = Math.round((day(new Date()) - day(date)) / 86_400_000);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 7 ? "This week" : MONTH.format(date);
}

// Gradio hands back undefined where its server did not answer, and null where there is nothing to say.
async function attempt(action, problem) {
  tell("");
  const done = (await action()) !== undefined;
  if (!done) tell(`${problem} See that Citewell is running and that you are signed in, then try again.`);
  return done;
}
function tell(text) {
  note.textContent = failure = text;
}

async function refresh() {
  const turn = ++asking;
  const found = (await server.listed({ search: search.value, most })) ?? { conversations: [], more: false, problem: UNSHOWN };
  if (turn !== asking || list.querySelector("input")) return; // asked for again, or a title is being written
  note.textContent = failure || found.problem;
  const focused = list.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.id : null;
  list.replaceChildren(...groups(found.conversations));
  if (!found.conversations.length) {
    const nothing = search.value.trim() ? "No conversation has all of these words." : "What you ask is kept here.";
    list.append(made("p", { className: "hint", textContent: nothing }));
  }
  if (found.more) list.append(made("button", { type: "button", className: "older", textContent: "Show older ones" }));
  if (focused) itemOf(focused)?.querySelector("button").focus();
}

function groups(conversations) {
  const parts = [];
  let name = null;
  for (const conversation of conversations) {
    const next = group(new Date(conversation.updated));
    if (next !== name) parts.push(made("h3", { textContent: (name = next) }), made("ul"));
    parts.at(-1).append(item(conversation));
  }
  return parts;
}

function item({ id, title, shown }) {
  const opener = made("button", { type: "button", className: "open", textContent: shown, title: shown });
  if (id === citewell.current()) opener.setAttribute("aria-current", "true");
  const more = made("button", { type: "button", className: "more", textContent: "⋯", ariaLabel: `Rename, export or delete “${shown}”` });
  more.setAttribute("aria-haspopup", "menu");
  const row = made("li", {}, opener, more);
  Object.assign(row.dataset, { id, title });
  return row;
}

const itemOf = (id) => [...list.querySelectorAll("li")].find((row) => row.dataset.id === id);

function open(id) {
  citewell.choose(id);
  trigger("select", { id });
  if (!wide.matches) show(false);
}

list.addEventListener("click", (event) => {
  const row = event.target.closest("li");
  if (event.target.closest(".open")) open(row.dataset.id);
  if (event.target.closest(".more")) openMenu(row);
  if (event.target.closest(".older")) {
    most += PAGE;
    refresh();
  }
});
let typing = null;
search.addEventListener("input", () => {
  most = PAGE;
  clearTimeout(typing);
  typing = setTimeout(refresh, 150);
});
search.addEventListener("keydown", (event) => event.key === "ArrowDown" && step(event, -1, 1));
list.addEventListener("keydown", (event) => {
  if (event.target.matches("input")) return;
  const at = rows().indexOf(event.target.closest("li"));
  if (event.key === "ArrowDown") step(event, at, 1);
  if (event.key === "ArrowUp") step(event, at, -1);
});
const rows = () => [...list.querySelectorAll("li")];
function step(event, at, by) {
  event.preventDefault();
  const next = rows()[at + by];
  (next ? next.querySelector(".open") : by < 0 ? search : document.activeElement).focus();
}

// The menu of one conversation.

const menu = made("div", { id: "history-menu", popover: "auto", role: "menu" });
const ACTIONS = { rename: "Rename", markdown: "Export as Markdown", html: "Export as HTML", json: "Export as JSON", delete: "Delete …" };
for (const [action, text] of Object.entries(ACTIONS)) {
  const entry = made("button", { type: "button", role: "menuitem", textContent: text });
  entry.dataset.action = action;
  menu.append(entry);
}
document.body.append(menu);
let chosen = null; // the row that the menu or the question is about

function openMenu(row) {
  chosen = row;
  menu.showPopover();
  const button = row.querySelector(".more").getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(button.left, innerWidth - width - 8))}px`;
  menu.style.top = `${button.bottom + height + 8 < innerHeight ? button.bottom + 2 : Math.max(8, button.top - height - 2)}px`;
  menu.firstChild.focus();
}

menu.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (!by) return;
  event.preventDefault();
  const entries = [...menu.children];
  entries.at((entries.indexOf(document.activeElement) + by) % entries.length).focus();
});
menu.addEventListener("click", (event) => {
  const action = event.target.dataset.action;
  if (!action) return;
  menu.hidePopover();
  if (action === "rename") rename(chosen);
  else if (action === "delete") askToDelete(chosen);
  else save(chosen.dataset.id, action);
});

function rename(row) {
  const opener = row.querySelector(".open");
  const box = made("input", { type: "text", value: row.dataset.title, maxLength: 200, ariaLabel: "Title of the conversation" });
  let done = false;
  const end = async (keep) => {
    if (done) return;
    done = true;
    const { id, title } = row.dataset;
    const changed = keep && box.value.trim() && box.value !== title;
    const kept = !changed || (await attempt(() => server.rename({ id, title: box.value }), `“${opener.title}” was not renamed.`));
    const focused = document.activeElement === box || document.activeElement === document.body;
    box.replaceWith(opener);
    if (focused) opener.focus();
    if (kept) refresh();
  };
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") end(true);
    if (event.key === "Escape") end(false);
  });
  box.addEventListener("blur", () => end(true));
  opener.replaceWith(box);
  box.select();
}

async function save(id, form) {
  let file = null;
  if (!(await attempt(async () => (file = await server.export({ id, form })), "The conversation was not exported."))) return;
  if (!file) return refresh();
  const url = URL.createObjectURL(new Blob([file.text], { type: file.type }));
  made("a", { href: url, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const dialog = made("dialog", { id: "confirm-delete" });
const question = made("p", { id: "confirm-delete-question" });
const actions = made("form", { method: "dialog" });
for (const [value, text] of [["keep", "Keep it"], ["remove", "Delete"]]) {
  actions.append(made("button", { value, textContent: text, className: value }));
}
dialog.setAttribute("aria-labelledby", question.id);
dialog.append(question, made("p", { className: "note", textContent: "Its questions and answers are gone for good. The documents stay." }), actions);
document.body.append(dialog);

function askToDelete(row) {
  question.textContent = `Delete “${row.querySelector(".open").title}”?`;
  dialog.returnValue = "keep";
  dialog.showModal();
}
dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "remove" || !chosen) return;
  const { id } = chosen.dataset;
  if (!(await attempt(() => server.remove({ id }), "The conversation was not deleted."))) return search.focus();
  if (id === citewell.current()) open("");
  await refresh();
  search.focus();
});

// The column, or the drawer.

function show(shown) {
  column.classList.toggle("shown", shown);
  toggle.setAttribute("aria-expanded", String(shown));
}
function ask(shown) {
  show(shown);
  if (wide.matches) localStorage.setItem(CLOSED, shown ? "" : "yes");
  else if (shown) search.focus();
}
toggle.addEventListener("click", () => ask(!column.classList.contains("shown")));
begin.addEventListener("click", () => {
  open("");
  document.querySelector("#question textarea")?.focus();
});
panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || wide.matches) return;
  show(false);
  toggle.focus();
});
document.addEventListener("pointerdown", (event) => {
  if (!wide.matches && !event.target.closest?.("#history-column, #history-menu, #confirm-delete")) show(false);
});
const settle = () => show(wide.matches && !localStorage.getItem(CLOSED));
wide.addEventListener("change", settle);
settle();

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
citewell.attach({ refresh, open });
refresh();
