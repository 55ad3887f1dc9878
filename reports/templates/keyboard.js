/* Rows open with the keyboard too; the table is drawn anew after each click. */
(() => {
  const reachable = () => document.querySelectorAll("tr.collapsible:not([tabindex])").forEach((row) => { row.tabIndex = 0; });
  new MutationObserver(reachable).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr.collapsible");
    if (!row || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    const again = row.dataset.id;
    row.querySelector("td:not(.col-links)").click();
    reachable();
    document.querySelector(`tr.collapsible[data-id="${CSS.escape(again)}"]`)?.focus();
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
