// An exhibit's data as a file for spreadsheets, made when somebody asks for it.
(() => {
  if (!window.DecompressionStream) return;
  let files;
  // A long text that the exhibit's table has is not packed again: its place there is. Such a place
  // is a cell, or one with the first and the last letter of the text, or with nothing: its link.
  const found = (place, { cells }) => {
    const [at, from, to] = [place].flat();
    if (at === place) return cells[at].textContent;
    return to ? [...cells[at].textContent].slice(from, to).join("")
      : cells[at].querySelector("a[href^=http]").getAttribute("href");
  };
  const quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const written = (name) => {
    const { rows } = document.getElementById(name).querySelector("tbody") ?? {};
    const shown = [...rows ?? []].filter((row) => row.querySelector("td"));
    const lines = files[name][0].map((_, line) => files[name].map(({ [line]: text }) =>
      quoted(typeof text === "string" ? text : found(text, shown[line - 1]))).join(","));
    return `\ufeff${lines.join("\r\n")}\r\n`;
  };
  const save = async (name) => {
    files ??= JSON.parse(await unpacked("files"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([written(name)], { type: "text/csv" }));
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  document.querySelectorAll("[data-file]").forEach((more) => {
    const { id, firstElementChild: caption } = more.closest("figure");
    const button = document.createElement("button");
    const told = (caption.querySelector(".label") ?? caption.lastChild).textContent.trim();
    Object.assign(button, { type: "button", textContent: "Data (CSV)" });
    button.setAttribute("aria-label", `Data of ${told.replace(/^Exhibit/, "exhibit")} as CSV`);
    button.addEventListener("click", () => save(id).catch(console.error));
    more.append(button);
  });
})();
