// The runs and what is shown below them. Gradio runs this once for each of the two, with `element`, `trigger` and `watch`.
const ticked = () => [...element.querySelectorAll("input[type=checkbox]:checked")];

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.run) trigger("open", { run: button.dataset.run });
  else if (button.dataset.question) askInChat(button.dataset.question);
  else if ("compare" in button.dataset) {
    const [first, second] = ticked().map((box) => box.value);
    trigger("compare", { first, second });
  }
});

// Two runs are compared: the third tick takes the place of the one before it.
let latest = null;
element.addEventListener("change", (event) => {
  if (event.target.type !== "checkbox") return;
  const others = ticked().filter((box) => box !== event.target);
  if (event.target.checked && others.length > 1) (others.find((box) => box !== latest) ?? others[0]).checked = false;
  latest = event.target;
  element.querySelector("[data-compare]").disabled = ticked().length !== 2;
});

// What was asked for with the table's buttons is gone to when it is there; what comes by itself moves nothing.
watch("value", () => {
  const heading = element.querySelector("h2[tabindex]");
  if (!heading || !document.activeElement?.closest("#evaluation-runs")) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  heading.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  heading.focus({ preventScroll: true });
});

function askInChat(question) {
  [...document.querySelectorAll("[role=tab]")].find((tab) => tab.textContent.trim() === "Chat")?.click();
  const box = document.querySelector("#question textarea");
  citewell.askAnew(question); // what was said before is not what it is about
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  // while another answer is on its way there is no such button, and the question stands ready
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector("#question .submit-button")?.click()));
}
