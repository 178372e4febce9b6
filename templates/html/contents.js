// The contents open at the chapter that is being read. Without this script all of them are listed.
(() => {
  const entries = [...document.querySelectorAll(".contents li")].map((entry) => {
    const link = entry.querySelector("a");
    const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return { entry, link, place, isChapter: entry.matches(".level-1") };
  });
  const follow = () => {
    const passed = entries.filter(({ place }) => place.getBoundingClientRect().top < 120);
    const current = passed.at(-1) ?? entries[0];
    const chapter = passed.findLast(({ isChapter }) => isChapter) ?? entries[0];
    let isOpen = false;
    for (const each of entries) {
      if (each.isChapter) isOpen = each === chapter;
      each.entry.hidden = !each.isChapter && !isOpen;
      if (each === current) each.link.setAttribute("aria-current", "location");
      else each.link.removeAttribute("aria-current");
    }
  };
  if (entries.filter(({ isChapter }) => isChapter).length < 2) return;
  follow();
  let isWaiting = false;
  addEventListener("scroll", () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; follow(); });
  }, { passive: true });
})();
