// An exhibit's data as a file for spreadsheets, made when somebody asks for it.
(() => {
  if (!window.DecompressionStream) return;
  let files;
  const save = async (name) => {
    files ??= JSON.parse(await unpacked("files"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([files[name]], { type: "text/csv" }));
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  document.querySelectorAll("[data-file]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => save(button.dataset.file).catch(console.error));
  });
})();
