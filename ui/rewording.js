// "Edit" beside what was searched for makes a box of it. Gradio runs this once, with `trigger`.
const REWORD = "#reword=";
const LONGEST = 2000; // as of a question

const made = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const question = () => document.querySelector("#question textarea");
const answering = () => Boolean(document.querySelector("#question .stop-button"));

function edit(link) {
  const words = link.closest(".searched").querySelector("q");
  const box = made("input", { type: "text", value: words.textContent, maxLength: LONGEST, autocomplete: "off", ariaLabel: "Search for" });
  const cancel = made("button", { type: "button", textContent: "Cancel" });
  const form = made("form", { className: "reword" }, box, made("button", { className: "again", textContent: "Search" }), cancel);
  const putBack = (focused) => {
    form.remove();
    words.hidden = link.hidden = false;
    focused?.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wording = box.value.trim();
    // one answer at a time: the box waits for the one that is on its way
    if (!wording || answering()) return;
    putBack(question());
    trigger("reword", { exchange: link.getAttribute("href").slice(REWORD.length), wording });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation(); // the sources stay as they are
    putBack(link);
  });
  cancel.addEventListener("click", () => putBack(link));
  words.hidden = link.hidden = true;
  link.after(form);
  box.focus();
  box.select();
}

const linkAt = (event) => event.target.closest?.(`#chat a[href^="${REWORD}"]`);
document.addEventListener("click", (event) => {
  const link = linkAt(event);
  if (!link) return;
  event.preventDefault();
  edit(link);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !linkAt(event)) return;
  event.preventDefault();
  edit(linkAt(event));
});
