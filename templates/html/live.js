// Charts come alive as they are scrolled to. Without this script the page shows them as pictures.
(() => {
  let library, specs;
  const ready = () => library ??= (async () => {
    const script = document.createElement("script");
    script.textContent = await unpacked("library");
    document.head.append(script);
    specs = JSON.parse(await unpacked("charts"));
  })();
  // Data are packed in columns; Vega asks for rows.
  const inRows = (data) => {
    if (!data.columns) return;
    const names = Object.keys(data.columns);
    data.values = data.columns[names[0]].map((_, row) =>
      Object.fromEntries(names.map((name) => [name, data.columns[name][row]])));
  };
  const enliven = async (picture) => {
    await ready();
    const live = document.createElement("div");
    live.className = "live";
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", picture.querySelector("svg").getAttribute("aria-label"));
    picture.append(live);
    try {
      const chart = specs[picture.dataset.chart];
      chart.data?.forEach(inRows);
      await drawChart(live, chart);
      live.querySelector("svg").setAttribute("aria-hidden", "true");
      picture.classList.add("enlivened");
    } catch (error) {
      live.remove();
      console.error(error);
    }
  };
  if (!window.DecompressionStream || !window.IntersectionObserver) return;
  const watcher = new IntersectionObserver((seen) => {
    for (const each of seen.filter((each) => each.isIntersecting)) {
      watcher.unobserve(each.target);
      enliven(each.target);
    }
  }, { rootMargin: "25%" });
  document.querySelectorAll("[data-chart]").forEach((picture) => watcher.observe(picture));
  // A screen that is turned has another width.
  matchMedia("(orientation: portrait)").addEventListener("change", () => {
    document.querySelectorAll(".enlivened").forEach((picture) => {
      picture.classList.remove("enlivened");
      picture.querySelector(".live").remove();
      watcher.observe(picture);
    });
  });

  // A slider beside the buttons of a chart that is stepped through.
  document.querySelectorAll(".stepper").forEach((stepper) => {
    const buttons = [...stepper.querySelectorAll("input[type=radio]")];
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: buttons.length - 1, value: 0 });
    const show = () => {
      slider.setAttribute("aria-valuetext", buttons[slider.value].nextElementSibling.textContent);
    };
    slider.setAttribute("aria-label", stepper.querySelector("legend").textContent);
    slider.addEventListener("input", () => { buttons[slider.value].checked = true; show(); });
    stepper.addEventListener("change", () => {
      slider.value = buttons.findIndex((button) => button.checked); show();
    });
    show();
    stepper.querySelector("legend").after(slider);
  });
})();
