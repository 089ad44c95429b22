// Files and folders that are dropped or chosen: sent to the server, then followed while it adds them. Gradio runs this once.
const drop = element.querySelector(".drop");
const jobs = element.querySelector(".jobs");
const endings = new Set(drop.dataset.endings.split(" "));
const mostBytes = Number(drop.dataset.maxBytes);
const mostFiles = Number(drop.dataset.maxFiles);
const BATCH_FILES = 50;
const BATCH_BYTES = 16e6;
const LOOK_AGAIN = 300; // milliseconds
const PATIENCE = 30; // so often is a job asked for that the server does not know yet
const TOKENS = "citewell-jobs"; // in the tab's session: the jobs are found again after a reload

// Choosing

for (const button of drop.querySelectorAll("button[data-for]")) {
  const input = drop.querySelector(`input.${button.dataset.for}`);
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    input.value = "";
  });
}
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
});
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  // the items are gone once this function has waited for anything
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  const chosen = [];
  for (const entry of entries) await collect(entry, chosen);
  add(chosen);
});

// The files below an entry, each with its name below what was dropped; hidden ones too, which are counted later.
async function collect(entry, chosen) {
  if (entry instanceof File) chosen.push({ file: entry, name: entry.name });
  else if (entry.isFile) {
    const file = await new Promise((done) => entry.file(done, () => done(null)));
    const name = entry.fullPath.replace(/^\//, "");
    chosen.push({ file, name: name.includes("/") ? name : (file?.name ?? name) });
  } else {
    const reader = entry.createReader();
    for (;;) {
      // a reader gives at most a hundred at a time
      const some = await new Promise((done) => reader.readEntries(done, () => done([])));
      if (!some.length) return;
      for (const inner of some) await collect(inner, chosen);
    }
  }
}

// Sending

async function add(chosen) {
  const files = chosen.filter(({ name }) => !isHidden(name));
  const hidden = chosen.length - files.length;
  if (!files.length) return void (chosen.length && card("Adding files").end(`Only hidden files were found: ${hidden} left out.`));
  if (files.length > mostFiles) {
    const text = `${files.length.toLocaleString("en")} files are more than the limit of ${mostFiles.toLocaleString("en")} at once. Add the folder in parts.`;
    return void card("Adding files").end(text, true);
  }
  const shown = card(`Sending ${files.length === 1 ? "1 file" : `${files.length.toLocaleString("en")} files`}`);
  const stop = new AbortController();
  shown.onCancel(() => stop.abort());
  try {
    const sent = await send(files, shown, stop.signal);
    begin((token) => trigger("add_files", { token, hidden, files: sent }), shown);
  } catch (error) {
    const text = stop.signal.aborted ? "Cancelled while the files were sent: nothing was added." : `${error.message} Nothing was added.`;
    shown.end(text, !stop.signal.aborted);
  }
}

const isHidden = (name) => name.includes("/") && name.split("/").some((part) => part.startsWith("."));

// Why it would not be read is said by the server; it is only not sent in vain.
function isWanted({ file, name }) {
  const ending = name.slice(name.lastIndexOf("/") + 1).match(/.(\.[^.]*)$/)?.[1].toLowerCase();
  return file && file.size <= mostBytes && endings.has(ending);
}

async function send(files, shown, signal) {
  const told = files.map(({ file, name }) => ({ name, size: file?.size ?? 0, path: "" }));
  const wanted = files.flatMap((chosen, place) => (isWanted(chosen) ? [{ file: chosen.file, place }] : []));
  const whole = wanted.reduce((sum, { file }) => sum + file.size, 1);
  let before = 0;
  for (const batch of batches(wanted)) {
    const bytes = batch.reduce((sum, { file }) => sum + file.size, 0);
    const paths = await sendBatch(batch, (done) => shown.show((before + Math.min(done, bytes)) / whole, told[batch[0].place].name, ""), signal);
    batch.forEach(({ place }, number) => (told[place].path = paths[number]));
    before += bytes;
  }
  return told;
}

function* batches(wanted) {
  let batch = [];
  let bytes = 0;
  for (const one of wanted) {
    if (batch.length && (batch.length === BATCH_FILES || bytes + one.file.size > BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(one);
    bytes += one.file.size;
  }
  if (batch.length) yield batch;
}

// Where the server has put each file; "" for one that could not be read here, or that it refused.
async function sendBatch(batch, progress, signal) {
  try {
    return await post(batch, progress, signal);
  } catch (error) {
    if (signal.aborted || error.final) throw error;
    if (batch.length === 1) return [""];
    const paths = [];
    for (const one of batch) paths.push(...(await sendBatch([one], () => {}, signal)));
    return paths;
  }
}

function post(batch, progress, signal) {
  const form = new FormData();
  // names of our own, so that no two files meet in one place on the server
  for (const { file } of batch) form.append("files", file, `${randomHex()}.part`);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const fail = (text, final) => failed(Object.assign(new Error(text), { final }));
    request.open("POST", `${window.gradio_config?.root ?? ""}${window.gradio_config?.api_prefix ?? "/gradio_api"}/upload`);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status === 200) done(JSON.parse(request.responseText));
      else if (request.status === 401) fail("You are no longer signed in. Reload the page and sign in again.", true);
      else fail(`The server refused the files (${request.status}).`, request.status >= 500);
    });
    request.addEventListener("error", () => fail("The server cannot be reached, or a file cannot be read.", false));
    request.addEventListener("abort", () => fail("Cancelled.", true));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

// Following

document.addEventListener("citewell:job", (event) => begin(event.detail.start, card(event.detail.heading)));
for (const token of kept()) follow(token, card("Adding files"));

function begin(start, shown) {
  const token = randomHex();
  keep([...kept(), token]);
  start(token);
  follow(token, shown);
}

async function follow(token, shown) {
  shown.onCancel(() => trigger("cancel", { token }));
  shown.onDismiss(() => {
    keep(kept().filter((other) => other !== token));
    trigger("dismiss", { token });
  });
  for (let asked = 0, lost = false; ; ) {
    let at = null;
    try {
      at = await server.progress(token);
    } catch {
      lost = true;
      shown.show(null, "", "The server cannot be reached. What it has begun goes on; this page asks again.");
    }
    if (at?.state === "done") {
      shown.endWith(at.html);
      document.dispatchEvent(new Event("citewell:documents"));
      return;
    }
    if (at?.state === "unknown" && (lost || ++asked > PATIENCE)) {
      return shown.end("The server knows nothing of this: it was restarted meanwhile, or has too much to do. The table says what is in the library.", true);
    }
    if (at && at.state !== "unknown") {
      shown.head(at.heading);
      shown.show(at.share, at.name, at.line);
    }
    await new Promise((done) => setTimeout(done, lost ? 4 * LOOK_AGAIN : LOOK_AGAIN));
  }
}

function kept() {
  return JSON.parse(sessionStorage.getItem(TOKENS) ?? "[]");
}
function keep(tokens) {
  sessionStorage.setItem(TOKENS, JSON.stringify(tokens));
}
function randomHex() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What is seen of one job

function make(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function card(heading) {
  const box = make("section", "job");
  const title = make("p", "heading", heading);
  const bar = make("div", "bar");
  const fill = make("div", "fill");
  const name = make("bdi", "name");
  const line = make("p", "line");
  const report = make("div", "report");
  const cancel = make("button", "cancel", "Cancel");
  const dismiss = make("button", "dismiss", "Dismiss");
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", heading);
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", "100");
  report.setAttribute("role", "status");
  for (const button of [cancel, dismiss]) button.type = "button";
  dismiss.hidden = true;
  bar.append(fill);
  box.append(title, bar, name, line, report, cancel, dismiss);
  jobs.prepend(box);
  let cancelled = () => {};
  let dismissed = () => {};
  cancel.addEventListener("click", () => {
    cancel.disabled = true;
    line.textContent = "Stopping …";
    cancelled();
  });
  dismiss.addEventListener("click", () => {
    dismissed();
    box.remove();
    drop.querySelector("button").focus();
  });
  const finish = () => {
    const hadFocus = box.contains(document.activeElement);
    for (const part of [title, bar, name, line, cancel]) part.remove();
    dismiss.hidden = false;
    if (hadFocus) dismiss.focus();
  };
  return {
    onCancel: (act) => (cancelled = act),
    onDismiss: (act) => (dismissed = act),
    head(text) {
      title.textContent = text;
      bar.setAttribute("aria-label", text);
    },
    show(share, file, text) {
      if (share !== null) {
        fill.style.width = `${share * 100}%`;
        bar.setAttribute("aria-valuenow", Math.round(share * 100));
      }
      name.textContent = file;
      line.textContent = text;
    },
    // the server's HTML, in which it has escaped whatever came from files
    endWith(html) {
      report.innerHTML = html;
      finish();
    },
    end(text, wrong = false) {
      report.replaceChildren(make("p", wrong ? "skipped" : "", text));
      finish();
    },
  };
}
