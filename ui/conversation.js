// Which conversation this tab shows: its id is in the address, what was said comes from the server.
const citewell = (() => {
  const WAITING = '<div class="searched">Searching';
  const ADDRESS = /^#conversation=([\w-]{1,64})$/;
  let stopped = false; // since the last question was asked
  let current = "";
  let wanted = ""; // the conversation that was chosen last
  let choosing = false; // since then nothing was asked: what is still told of another conversation counts no more
  let anew = null; // the question that is to begin a conversation of its own
  let list = null; // the list of conversations, once it is there
  let scope = null; // the control of what is asked, once it is there
  const textOf = (content) =>
    typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
  const named = () => location.hash.match(ADDRESS)?.[1] ?? "";

  addEventListener("popstate", () => {
    // a link in an answer that is pressed before its script is there names no conversation, and leaves this one
    if (!/^#(cite|rate|reword)=/.test(location.hash) && named() !== current) list?.open(named());
  });

  return {
    // For Gradio's events: what comes in are an event's inputs, what goes out is given to its function.
    named: () => [(wanted = named())],
    chosen: () => ((stopped = true), [wanted]),
    still: () => [choosing ? wanted : current],
    stop: (...inputs) => ((stopped = true), inputs),
    show(id) {
      current = id ?? "";
      if (!choosing) wanted = current;
      if (named() !== current) history.pushState(null, "", current ? `#conversation=${current}` : location.pathname + location.search);
      list?.refresh();
      document.dispatchEvent(new Event("citewell:shown"));
      return [id];
    },
    listed: () => (list?.refresh(), scope?.refresh(), []),
    // Of the documents that are chosen, their ids as the last input.
    asking: async (...inputs) => ((choosing = false), [...inputs.slice(0, -1), JSON.stringify((await scope?.chosen()) ?? [])]),
    // A question that is to stand alone begins a conversation, and asks all documents.
    submitted(question, id, documents) {
      const alone = anew !== null && question.trim() === anew.trim();
      anew = null;
      if (alone) scope?.follow("");
      return citewell.asking(question, alone ? "" : id, documents);
    },
    asked(turns) {
      if (turns?.length && textOf(turns.at(-1).content).startsWith(WAITING)) stopped = false;
      return [];
    },
    failed(turns, message) {
      // A question that was stopped or left has not failed, whatever its last request says.
      if (stopped) return [turns];
      const kept = turns.length && textOf(turns.at(-1).content).startsWith(WAITING) ? turns.slice(0, -1) : turns;
      return [[...kept, { role: "assistant", content: [{ type: "text", text: message }] }]];
    },
    // For the Evaluation tab.
    askAnew: (question) => (anew = question),
    // For the list.
    current: () => current,
    choose: (id) => (scope?.follow(id), (choosing = true), (wanted = id)),
    attach: (made) => (list = made),
    attachScope: (made) => (scope = made),
  };
})();

// What the Copy buttons take is the answer as it is read, with [n] for a citation, instead of its markup.
if (navigator.clipboard) {
  const write = navigator.clipboard.writeText.bind(navigator.clipboard);
  const readable = (markup) => {
    const page = new DOMParser().parseFromString(markup, "text/html"); // inert: nothing in it runs or loads
    page.querySelectorAll(".searched, .rate").forEach((aside) => aside.remove());
    page.querySelectorAll("a.cite:not(.near)").forEach((chip) => chip.replaceWith(` [${chip.textContent}]`));
    page.querySelectorAll(".verdict").forEach((note) => note.replaceWith(`(${note.textContent})`));
    page.querySelectorAll("p, li").forEach((block) => block.append("\n"));
    return page.body.textContent.trim();
  };
  navigator.clipboard.writeText = (text) => write(text.includes('<div class="searched">') ? readable(text) : text);
}
