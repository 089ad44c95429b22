// What the server says beside the answers: why a question was not taken, and who is signed in.
const citewellServer = (() => {
  let joined = 200; // the status of the last question's request; 0 where nobody answered
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const asks = String(request[0]?.url ?? request[0]).includes("/queue/join");
    try {
      const response = await fetched(...request);
      if (asks) joined = response.status;
      return response;
    } catch (error) {
      if (asks) joined = 0;
      throw error;
    }
  };
  return { reason: (messages) => messages[joined] ?? messages[200] };
})();

// The name, and the way out; where nobody signs in there is nothing.
if (window.gradio_config?.username) {
  const form = document.createElement("form");
  Object.assign(form, { id: "account", method: "post", action: "/sign-out" });
  form.append(document.createElement("bdi"), document.createElement("button"));
  form.firstChild.textContent = window.gradio_config.username;
  form.lastChild.textContent = "Sign out";
  form.addEventListener("submit", () => sessionStorage.clear()); // the next person sees no conversation of this one
  document.body.prepend(form);
}
