const form = document.getElementById("filter");
const questions = [...document.querySelectorAll("#questions details")].map((element) => [element, element.textContent.toLowerCase()]);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", show);
show();

function show() {
  const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [element, text] of questions) {
    const fits = words.every((word) => text.includes(word)) && (!form.elements.wrong.checked || element.classList.contains("wrong"));
    element.hidden = !fits;
    shown += fits;
  }
  form.querySelector("output").textContent = `${shown} of ${questions.length} shown`;
}
