"use strict";
// Everything shows without this; it only adds the filter.
const field = document.getElementById("filter");
const found = document.getElementById("found");
const parts = [...document.querySelectorAll("main section, main section .scroll, details")];
const folds = [...document.querySelectorAll("details")];
const entries = [...document.querySelectorAll("nav li")];
const builds = [...document.querySelectorAll(".build")].map((build) => {
  const told = [build.closest("section").querySelector("h2"), ...build.querySelectorAll(".told")];
  return [build, told.map((each) => each.textContent).join(" ").toLowerCase()];
});

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const [build, told] of builds) {
    build.hidden = !words.every((word) => told.includes(word));
    count += build.hidden ? 0 : 1;
  }
  for (const part of parts) part.hidden = !part.querySelector(".build:not([hidden])");
  for (const fold of folds) fold.open = words.length > 0 && !fold.hidden;
  for (const entry of entries) {
    const target = decodeURIComponent(entry.firstElementChild.hash.slice(1));
    entry.hidden = document.getElementById(target).closest("section").hidden;
  }
  const total = builds.length.toLocaleString("en");
  found.textContent = words.length ? `${count.toLocaleString("en")} of ${total} builds` : "";
}

document.querySelector(".filter").hidden = false;
field.addEventListener("input", filter);
