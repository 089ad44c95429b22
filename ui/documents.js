// The table of documents: a page of it at a time, filtered, sorted, and what is done to its rows. Gradio runs this once.
const $ = (selector) => element.querySelector(selector);
const [rows, filter, pages, told, dialog] = [".rows", ".filter", ".pages", ".told", "dialog"].map($);
const question = $("#confirm-remove-question");
const removeSelected = $(".remove-selected");
const sortBy = $(".sort select");
const query = { filter: "", column: "source", descending: false, page: 0 };
const selected = new Set();
let asked = 0;
let toRemove = [];

async function load() {
  const number = ++asked;
  const page = await server.rows(query);
  if (number !== asked) return; // asked for something else meanwhile
  const focused = rows.contains(document.activeElement) ? document.activeElement.dataset.column : null;
  rows.innerHTML = page.html; // the server has escaped whatever came from documents
  if (focused) rows.querySelector(`button[data-column="${focused}"]`)?.focus();
  query.page = page.page;
  pages.hidden = page.pages < 2;
  pages.querySelector("span").textContent = `Page ${page.page + 1} of ${page.pages}`;
  pages.querySelector(".previous").disabled = page.page === 0;
  pages.querySelector(".next").disabled = page.page === page.pages - 1;
  sortBy.value = query.column;
  for (const box of boxes()) box.checked = selected.has(box.value);
  showSelected();
}

const boxes = () => [...rows.querySelectorAll(".select input:not(.all)")];

function showSelected() {
  removeSelected.hidden = selected.size === 0;
  removeSelected.textContent = `Remove ${selected.size.toLocaleString("en")} selected`;
  const all = rows.querySelector("input.all");
  if (!all) return;
  const on = boxes().filter((box) => box.checked).length;
  all.checked = on > 0 && on === boxes().length;
  all.indeterminate = on > 0 && !all.checked;
}

function ask(changes) {
  Object.assign(query, { page: 0 }, changes);
  load();
}

let typing;
filter.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => ask({ filter: filter.value }), 150);
});
sortBy.addEventListener("change", () => ask({ column: sortBy.value, descending: false }));
pages.addEventListener("click", (event) => {
  const step = { previous: -1, next: 1 }[event.target.className];
  if (!step) return;
  ask({ page: query.page + step });
  element.scrollIntoView({ block: "start" });
});

rows.addEventListener("change", (event) => {
  const box = event.target.closest(".select input");
  if (!box) return;
  for (const one of box.matches(".all") ? boxes() : [box]) {
    one.checked = box.checked;
    if (box.checked) selected.add(one.value);
    else selected.delete(one.value);
  }
  showSelected();
});

rows.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  told.textContent = "";
  const column = button.dataset.column;
  if (column) return ask({ column, descending: query.column === column && !query.descending });
  const id = button.closest("tr").dataset.document;
  if (button.matches(".remove")) return confirmRemoval([id], `Remove “${button.dataset.title}” from the library?`, "It is");
  if (button.getAttribute("aria-disabled")) told.textContent = button.title;
  else begin("Reading again", (token) => trigger("again", { token, documents: [id] }));
});

removeSelected.addEventListener("click", () => {
  const count = selected.size === 1 ? "the selected document" : `${selected.size.toLocaleString("en")} documents`;
  confirmRemoval([...selected], `Remove ${count} from the library?`, selected.size === 1 ? "It is" : "They are");
});

function confirmRemoval(ids, text, subject) {
  toRemove = ids;
  question.textContent = text;
  const files = ids.length > 1 ? "The files that they were read from are" : "The file that it was read from is";
  dialog.querySelector(".note").textContent = `${subject} no longer searched or cited. ${files} not touched.`;
  dialog.querySelector(".keep").textContent = ids.length > 1 ? "Keep them" : "Keep it";
  dialog.returnValue = "keep";
  dialog.showModal();
}

dialog.addEventListener("close", () => {
  if (dialog.returnValue !== "remove") return;
  const ids = toRemove;
  begin("Removing", (token) => trigger("remove", { token, documents: ids }));
  for (const id of ids) selected.delete(id);
  showSelected();
});

// The job is shown where files are added.
function begin(heading, start) {
  document.dispatchEvent(new CustomEvent("citewell:job", { detail: { heading, start } }));
}

document.addEventListener("citewell:documents", load);
load();
