// The citation chips and the sources panel. Gradio runs this once, with `element`, `props` and `server`.
const panel = element.closest("#sources-column"); // under 768 px a sheet that comes up from below
const tip = document.createElement("div");
tip.id = "cite-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);

let opened = null; // the chip whose source was opened last, to go back to
let described = null; // the chip that the preview belongs to
const previews = new Map();
let pictured = true; // whether pages are shown beside the cited words where there is room, as the person last left it

const chipAt = (event) => event.target.closest?.('a.cite[href^="#cite="]');
const numberOf = (reference) => reference.slice("#cite=".length).split(".")[0];

// What the question was: as it was searched for, else as it stands above the answer.
function questionAbove(message) {
  const searched = message.querySelector(".searched q");
  if (searched) return searched.textContent;
  const before = [...document.querySelectorAll("#chat .user.message")].filter(
    (user) => user.compareDocumentPosition(message) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return before.at(-1)?.textContent.trim() ?? "";
}

async function open(chip) {
  const message = chip.closest(".message") ?? document.body;
  const references = [...message.querySelectorAll("a.cite")].map((link) => link.getAttribute("href"));
  opened = chip;
  hideTip();
  const html = await server.sources({ references, question: questionAbove(message) });
  if (opened !== chip) return; // another one was opened in the meantime
  if (props.value !== html) {
    props.value = html;
    await new Promise(requestAnimationFrame);
  }
  document.querySelectorAll("a.cite.on").forEach((link) => link.classList.remove("on"));
  chip.classList.add("on");
  panel.classList.add("open");
  if (getComputedStyle(panel).position === "fixed") chip.scrollIntoView({ block: "start" }); // clear of the sheet
  focusWords(numberOf(chip.getAttribute("href")));
}

async function focusWords(number) {
  panel.querySelectorAll(".on").forEach((marked) => marked.classList.remove("on"));
  const words = panel.querySelector(`[data-number="${number}"]`);
  if (!words) return;
  words.classList.add("on");
  words.closest(".source").classList.add("on");
  turnTo(words);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  words.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  // a sheet that has just been opened is hidden for a frame yet, and takes no focus
  for (let frames = 0; frames < 30 && getComputedStyle(words).visibility === "hidden"; frames++) await new Promise(requestAnimationFrame);
  words.focus({ preventScroll: true });
}

// More of the document around a card's words; the words stay where they are on the screen.
async function showMore(button) {
  if (button.ariaBusy === "true") return;
  const card = button.closest(".source");
  const steps = Number(button.dataset.steps ?? 0) + 1;
  button.ariaBusy = "true"; // disabled, it would lose the focus
  try {
    const { text, more } = await server.around({ references: button.value.split(" "), steps });
    const shown = card.querySelector(".text");
    const [words, on] = [shown.querySelector("mark"), shown.querySelector("mark.on")?.dataset.number];
    const before = words?.getBoundingClientRect().top;
    shown.innerHTML = text; // escaped by the server
    shown.querySelector(`mark[data-number="${on}"]`)?.classList.add("on");
    panel.scrollTop += (shown.querySelector("mark")?.getBoundingClientRect().top ?? 0) - (before ?? 0);
    button.dataset.steps = steps;
    button.hidden = !more;
    if (!more) shown.querySelector("mark")?.focus({ preventScroll: true });
  } finally {
    button.ariaBusy = "false";
  }
}

// The picture of the page that these words stand on. Beside the answer it opens by itself, and those of other cards close.
function turnTo(words) {
  const beside = getComputedStyle(panel).position !== "fixed";
  for (const details of panel.querySelectorAll("details.page")) {
    const theirs = details.closest(".source").contains(words);
    if (theirs && words.dataset.picture) Object.assign(details.dataset, { page: words.dataset.page, picture: words.dataset.picture });
    details.querySelector("summary").textContent = `Picture of page ${details.dataset.page}`;
    if (beside) details.open = theirs && pictured;
    comeNear(details);
  }
}

// Pictures are loaded when they are open and about to come into sight.
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    showPage(target);
  }
}, { root: panel, rootMargin: "200px 0px" });
function comeNear(details) {
  near.unobserve(details); // one that is in sight is told of again
  if (details.open) near.observe(details);
}

// The server says whether the cited words are boxed in the picture. One that is there stays until the next one has come.
async function showPage(details) {
  const { picture: link, page, title, shown } = details.dataset;
  if (!details.open || shown === link) return;
  details.dataset.shown = link;
  const note = details.querySelector("p") ?? document.createElement("p");
  note.setAttribute("role", "status");
  details.append(note);
  note.textContent = details.querySelector("img") ? "" : "The page is being drawn …";
  const response = await fetch(link).catch(() => null);
  const boxed = response?.headers.get("X-Words-Found") === "yes";
  const picture = response?.ok ? await drawn(await response.blob()) : null;
  const reason = response?.status === 404 ? await response.text() : "The page could not be loaded. Close this and open it again.";
  if (details.dataset.shown !== link) return; // turned to other words in the meantime
  details.querySelector("a")?.remove();
  if (!picture) {
    if (response?.status !== 404) details.dataset.shown = ""; // to be tried again
    note.textContent = reason;
    return;
  }
  picture.alt = `Page ${page} of ${title}${boxed ? ", the cited words boxed" : ""}`;
  const larger = document.createElement("a");
  Object.assign(larger, { href: link, target: "_blank", rel: "noopener", title: "Open the picture" });
  larger.append(picture);
  details.append(larger);
  note.textContent = boxed ? "" : "The cited words were not found in the page's own text, so they are not boxed.";
}
async function drawn(blob) {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  await picture.decode().catch(() => null);
  URL.revokeObjectURL(picture.src);
  return picture;
}

function close() {
  hideTip();
  panel.classList.remove("open");
  if (opened?.isConnected && panel.contains(document.activeElement)) opened.focus({ focusVisible: true });
}

async function showTip(chip) {
  const reference = chip.getAttribute("href");
  described = chip;
  if (!previews.has(reference)) previews.set(reference, server.preview(reference));
  const { place, quote } = await previews.get(reference);
  if (described !== chip || !chip.isConnected) return;
  const [head, words] = [document.createElement("b"), document.createElement("span")];
  head.textContent = place;
  words.textContent = quote.length > 280 ? `${quote.slice(0, 280)} …` : quote;
  tip.replaceChildren(head, words);
  tip.hidden = false;
  placeTip(chip.getBoundingClientRect());
}

// Under the chip, or above it where there is no room below; beside the sources, not over them.
function placeTip(chip) {
  const { width, height } = tip.getBoundingClientRect();
  const below = chip.bottom + 8;
  const right = document.querySelector("#chat").getBoundingClientRect().right;
  tip.style.left = `${Math.max(8, Math.min(chip.left - 12, right - width))}px`;
  tip.style.top = `${below + height < innerHeight ? below : chip.top - height - 8}px`;
}

function hideTip() {
  described = null;
  tip.hidden = true;
}

document.addEventListener("click", (event) => {
  const chip = chipAt(event);
  if (!chip) return;
  event.preventDefault();
  open(chip);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key === " " && chipAt(event)) {
    event.preventDefault();
    open(chipAt(event));
  }
});
for (const name of ["mouseover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const chip = chipAt(event);
    if (!chip || chip === described || chip.classList.contains("on")) return; // the words of one that is on stand in the panel
    if (name === "mouseover" || chip.matches(":focus-visible")) showTip(chip);
  });
}
for (const name of ["mouseout", "focusout"]) {
  document.addEventListener(name, (event) => chipAt(event) && hideTip());
}
panel.addEventListener("toggle", (event) => event.target.matches("details.page") && comeNear(event.target), true);
panel.addEventListener("click", (event) => {
  if (event.target.matches(".page summary")) pictured = !event.target.parentElement.open;
  if (event.target.closest(".close")) close();
  if (event.target.matches(".more")) showMore(event.target);
});

// Gradio names each answer by its markup, which a screen reader would spell out.
new MutationObserver(() => {
  for (const answer of document.querySelectorAll('#chat [data-testid="bot"]')) {
    if (answer.ariaLabel !== "Answer") answer.ariaLabel = "Answer";
  }
  // and calls its examples, which are buttons, a list that has no items
  for (const examples of document.querySelectorAll("#chat .examples[role=list]")) examples.setAttribute("role", "group");
}).observe(panel.closest("#conversation"), { subtree: true, childList: true, attributeFilter: ["aria-label"] });
