// Charts come alive as they are scrolled to. Without this script the page shows them as pictures.
(() => {
  const LEAST_PLOT = 120;
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
  const draw = async (live, chart) => {
    const drawing = live.appendChild(document.createElement("div"));
    await drawChart(drawing, chart);
    const { width } = drawing.firstElementChild.getBoundingClientRect();
    return { drawing, over: width - live.clientWidth };
  };
  // A chart wider than the screen is drawn anew with a narrower plot, unless words then meet.
  const fit = async (live, chart) => {
    const wide = await draw(live, chart);
    if (wide.over < 1) return;
    const words = meetings(wide.drawing);
    for (const columns of [2, 1]) {
      const legends = chart.legends?.map((legend) => ({ ...legend, columns }));
      let width = chart.width - wide.over;
      for (let tries = 3; tries && width >= LEAST_PLOT; tries -= 1) {
        const narrow = await draw(live, structuredClone({ ...chart, legends, width }));
        const fits = narrow.over < 1, reads = meetings(narrow.drawing) <= words;
        (fits && reads ? wide : narrow).drawing.remove();
        if (fits && reads) return;
        if (fits) break;
        width -= 2 * narrow.over; // of words below the middle, half stands over at either side
      }
    }
  };
  // Pairs of words that lie upon one another.
  const meetings = (chart) => {
    const boxes = [...chart.querySelectorAll("text:not([opacity='0'])")].map((text) => text.getBoundingClientRect());
    return boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)).length;
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
      await fit(live, chart);
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
