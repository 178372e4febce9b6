// A source under an exhibit leads to its row in the register of facts, for its page's long address
// stands there and not under every exhibit; with this script it leads straight to the page.
document.querySelectorAll("a[href^='#fact-']:not(.home)").forEach((link) => {
  const page = document.getElementById(link.hash.slice(1))?.querySelector("a[href^=http]");
  if (page) link.setAttribute("href", page.getAttribute("href"));
});
