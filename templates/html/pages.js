// A source under an exhibit leads to its row in the register of facts, for its page's long address
// stands there and not under every exhibit; with this script it leads straight to the page. Where a
// fact is called by its id, its row is meant.
document.querySelectorAll("a[href^='#fact-']").forEach((link) => {
  if (link.hash === `#fact-${link.textContent}`) return;
  const page = document.getElementById(link.hash.slice(1))?.querySelector("a[href^=http]");
  if (page) link.setAttribute("href", page.getAttribute("href"));
});
