// Readers move one assumption or two. Each text that can follow was written beforehand, for exactly
// these values; without this script the page shows a table of the ends.
(() => {
  const enliven = (mover, { sliders, figures, conclusions, points }) => {
    const inputs = [...mover.querySelectorAll("input")];
    const [status] = mover.querySelectorAll("[role=status]");
    const places = [...mover.querySelectorAll("[data-told]")];
    const rows = [...figures, ...conclusions];
    let moved = [];
    const at = (number) => sliders[number].texts[inputs[number].value];
    const place = (number, value) => {
      inputs[number].value = value;
      inputs[number].setAttribute("aria-valuetext", at(number));
      inputs[number].previousElementSibling.textContent = at(number);
    };
    const putBack = (number) => place(number, sliders[number].start);
    const point = () => points[moved.map((number) => `${number}:${inputs[number].value}`).sort().join(" ")];
    const show = () => {
      const now = point();
      rows.forEach(({ texts }, row) => {
        const isOther = now[row] !== points[""][row];
        places[row].textContent = texts[now[row]];
        places[row].parentElement.classList.toggle("other", isOther);
      });
      inputs.forEach((input, number) => input.parentElement.classList.toggle("other", moved.includes(number)));
    };
    // For readers who do not see what changes.
    const tell = () => {
      const now = point();
      const others = rows.map(({ label, texts }, row) => now[row] === points[""][row] ? ""
        : `${label}${label.endsWith("?") ? "" : ":"} ${texts[now[row]]}`).filter(Boolean);
      const where = moved.map((number) => `${sliders[number].label} at ${at(number)}`).join(", ");
      status.textContent = `${where || "As in this set"}. ${others.join("; ") || "No figure changes"}.`;
    };
    const move = (number) => {
      moved = moved.filter((other) => other !== number);
      if (Number(inputs[number].value) !== sliders[number].start) moved.push(number);
      if (moved.length > 2) putBack(moved.shift());
      place(number, inputs[number].value);
      show();
    };
    const reset = () => { moved = []; inputs.forEach((_, number) => putBack(number)); show(); };
    inputs.forEach((input, number) => {
      input.addEventListener("input", () => move(number));
      input.addEventListener("change", tell);
    });
    mover.querySelector("button").addEventListener("click", () => { reset(); tell(); });
    reset();
    mover.hidden = false;
    mover.closest("figure").classList.add("moving");
  };
  const movers = [...document.querySelectorAll("[data-choices]")];
  if (!window.DecompressionStream) return;
  unpacked("choices").then(JSON.parse)
    .then((all) => movers.forEach((mover) => enliven(mover, all[mover.dataset.choices])))
    .catch(console.error);
})();
