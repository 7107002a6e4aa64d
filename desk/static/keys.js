// Keyboard triage. A key is its place (event.code), so ЙЦУКЕН and QWERTY press the same; what it does, the page itself says:
// data-key on an element of the current line, of the page, or of the card. Loaded only when the person has keys on.
"use strict";
(() => {
  const TYPING = "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";
  const rows = () => [...document.querySelectorAll(".risk")];
  const current = () => document.activeElement && document.activeElement.closest(".risk");

  function go(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current());
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1);
    const link = list[next].querySelector("[data-main]");
    link.focus({ preventScroll: true });
    list[next].scrollIntoView({ block: "nearest" });
  }

  function find(code) {
    const query = `[data-key="${code}"]`;
    const row = current();
    const batch = [...document.querySelectorAll(`#batch .tools ${query}`)].find((button) => !button.disabled);
    if (batch) return batch;
    return (row && row.querySelector(query)) || [...document.querySelectorAll(query)].find((e) => !e.closest(".risk") && !e.disabled);
  }

  function press(element) {
    if (element.matches("summary")) {
      const box = element.parentElement;
      box.open = true;
      box.scrollIntoView({ block: "center" });
      const field = box.querySelector("input:not([type=hidden]), select, textarea, button");
      if (field) field.focus();
    } else if (element.matches("input[type=search]")) element.focus();
    else element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const typing = event.target.closest(TYPING);
    if (event.code === "Escape" && typing && !event.target.closest("dialog")) { event.target.blur(); return; }
    if (typing || document.querySelector("dialog[open]")) return;
    if (event.key === "?" || (event.shiftKey && event.code === "Slash")) { event.preventDefault(); window.otklik.openHelp(); return; }
    if (event.shiftKey) return;
    if (event.code === "KeyJ" || event.code === "KeyK") { event.preventDefault(); go(event.code === "KeyJ" ? 1 : -1); return; }
    const element = event.code === "KeyG" ? document.querySelector("[data-show]") : find(event.code);
    if (!element) return;
    event.preventDefault();
    press(element);
  });
})();
