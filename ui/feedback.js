// The thumbs below the answers. Gradio runs this once, with `element` and `server`.
const card = element.querySelector(".card");
const RATE = "#rate=";
const FAILED = "This could not be filed: Citewell cannot be reached, or you are signed out. Reload the page.";
const verdicts = new Map(); // exchange → what was said of its answer, "" for nothing

const made = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const thumbs = () => [...document.querySelectorAll(`#chat a[href^="${RATE}"]`)];
const read = (thumb) => {
  const [exchange, side] = thumb.getAttribute("href").slice(RATE.length).split(".");
  return { exchange, side };
};
const place = (exchange) => ({ conversation: citewell.current(), exchange });

// Which thumbs are pressed.

function mark() {
  for (const thumb of thumbs()) {
    const { exchange, side } = read(thumb);
    const verdict = verdicts.get(exchange) ?? "";
    const pressed = String(verdict !== "" && (verdict === "right") === (side === "right"));
    if (thumb.getAttribute("aria-pressed") !== pressed) thumb.setAttribute("aria-pressed", pressed);
  }
}

let asking = false;
async function refresh() {
  mark();
  if (asking || !citewell.current() || thumbs().every((thumb) => verdicts.has(read(thumb).exchange))) return;
  asking = true;
  try {
    Object.entries(await server.verdicts({ conversation: citewell.current() })).forEach(([exchange, verdict]) => verdicts.set(exchange, verdict));
    mark();
  } catch {
    // the next question says that the server is gone
  } finally {
    asking = false;
  }
}
new MutationObserver(refresh).observe(element.closest("#conversation"), { subtree: true, childList: true });
document.addEventListener("citewell:shown", () => {
  hide(); // it was about an answer of another conversation
  refresh();
});

// What was said goes to the server, and what became of it is told above the question's box.

async function tried(call, asked) {
  try {
    return await call(asked);
  } catch {
    return { problem: FAILED };
  }
}

async function rate(exchange, said) {
  const done = await tried(server.rate, { ...place(exchange), ...said });
  if (!done.problem) verdicts.set(exchange, done.verdict);
  mark();
  tell(exchange, done);
}

async function withdraw(exchange) {
  const done = await tried(server.withdraw, place(exchange));
  if (!done.problem) verdicts.set(exchange, "");
  mark();
  if (done.problem) tell(exchange, done);
  else say(made("p", { textContent: "Taken back: nothing is filed of this answer." }));
}

function tell(exchange, done) {
  if (done.problem) return say(made("p", { className: "problem", textContent: done.problem }));
  const undo = made("button", { type: "button", className: "undo", textContent: "Undo" });
  undo.addEventListener("click", () => withdraw(exchange));
  const what = done.verdict === "right" ? "as a right answer" : "as an answer that went wrong";
  const lines = [made("p", {}, `Filed ${what} among the gold questions, in `, made("code", { textContent: done.file }))];
  if (done.review) lines.push(command(`It is not asked before a person has said ${done.open}:`, done.review));
  lines.push(command(done.review ? "Then measure with all that was filed:" : "Measure with all that was filed:", done.run));
  say(...lines, undo);
}

const command = (text, line) => made("p", {}, `${text} `, made("code", { textContent: line }));

function say(...parts) {
  const close = made("button", { type: "button", className: "close", textContent: "×", ariaLabel: "Close this note" });
  close.addEventListener("click", hide);
  card.replaceChildren(made("div", { className: "said" }, ...parts), close);
  card.querySelector(".said").setAttribute("role", "status");
  card.hidden = false;
  const frame = element.closest("#feedback");
  makeRoom(frame.offsetHeight + (parseFloat(getComputedStyle(frame.parentElement).rowGap) || 0));
  pressed?.scrollIntoView({ block: "nearest" });
}
const makeRoom = (height) => document.documentElement.style.setProperty("--note", `${height}px`); // room for the note

let pressed = null; // the thumb that was pressed last, to go back to
function hide() {
  const inside = card.contains(document.activeElement);
  card.hidden = true;
  makeRoom(0);
  if (inside) (pressed?.isConnected ? pressed : document.querySelector("#question textarea"))?.focus();
}
card.addEventListener("keydown", (event) => event.key === "Escape" && hide());

// The dialog of a thumb that is down.

const REASONS = {
  wrong: "It is wrong",
  incomplete: "Something is missing",
  source: "The source does not say this",
  refuse: "The documents do not answer this, and it should have said so",
};
const TO_A_REFUSAL = { wrong: "The documents do answer this" };
const reasons = made("fieldset", {});
const note = made("textarea", { id: "feedback-note", rows: 3, maxLength: 2000 });
const cited = made("input", { type: "checkbox" });
const citedLine = made("label", { className: "cited" }, cited, "What it cites is right, as far as it goes");
const takeBack = made("button", { type: "button", className: "take-back", textContent: "Take it back" });
const cancel = made("button", { type: "button", textContent: "Cancel" });
const form = made(
  "form",
  { method: "dialog" },
  made("h2", { id: "feedback-title", textContent: "What was wrong?" }),
  reasons,
  made("label", { htmlFor: note.id, className: "ask" }, "What would be right? ", made("small", { textContent: "Optional. Words of a document can be measured at once." })),
  note,
  citedLine,
  made("div", { className: "end" }, takeBack, cancel, made("button", { className: "done", textContent: "File it" })),
);
const dialog = made("dialog", { id: "feedback-dialog" }, form);
dialog.setAttribute("aria-labelledby", "feedback-title");
reasons.setAttribute("aria-labelledby", "feedback-title");
document.body.append(dialog);
let judged = "";

function openDialog(thumb, exchange) {
  const refused = Boolean(thumb.closest(".message").querySelector(".refusal"));
  const said = verdicts.get(exchange) ?? "";
  const options = Object.entries(refused ? TO_A_REFUSAL : REASONS);
  reasons.replaceChildren(
    ...options.map(([value, text], at) => {
      const checked = value === said || (at === 0 && !options.some(([other]) => other === said));
      return made("label", {}, made("input", { type: "radio", name: "verdict", value, checked }), text);
    }),
  );
  [judged, note.value, cited.checked, citedLine.hidden, takeBack.hidden] = [exchange, "", false, refused, !said];
  fit();
  dialog.showModal();
  reasons.querySelector(":checked").focus();
}

const verdict = () => reasons.querySelector(":checked").value;
const fit = () => (cited.disabled = ["source", "refuse"].includes(verdict()));
reasons.addEventListener("change", fit);
form.addEventListener("submit", () => rate(judged, { verdict: verdict(), text: note.value, cited_right: cited.checked && !cited.disabled }));
cancel.addEventListener("click", () => dialog.close());
takeBack.addEventListener("click", () => {
  dialog.close();
  withdraw(judged);
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
dialog.addEventListener("close", () => pressed?.isConnected && pressed.focus());

function press(thumb) {
  const { exchange, side } = read(thumb);
  pressed = thumb;
  if (side !== "right") openDialog(thumb, exchange);
  else if (verdicts.get(exchange) === "right") withdraw(exchange);
  else rate(exchange, { verdict: "right" });
}
const thumbAt = (event) => event.target.closest?.(`#chat a[href^="${RATE}"]`);
document.addEventListener("click", (event) => {
  const thumb = thumbAt(event);
  if (!thumb) return;
  event.preventDefault();
  press(thumb);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !thumbAt(event)) return;
  event.preventDefault();
  press(thumbAt(event));
});
refresh();
