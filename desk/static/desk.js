// Live queue, forms over the page, small conveniences. Without this file every page works by forms and links.
"use strict";
(() => {
  const $ = (query, within = document) => within.querySelector(query);
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const list = $("#list"), batch = $("#batch");

  // On a phone the menu is wider than the screen: the open page's entry is brought into it.
  const row = $(".bar nav"), here = $(".bar nav [aria-current]");
  if (row && here) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;

  // --- A form over the page: fetched as a page of its own, shown in a dialog ---
  let dialog = null;

  function openDialog(content, title) {
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.addEventListener("close", () => { dialog.replaceChildren(); });
      document.body.append(dialog);
    }
    const close = document.createElement("form");
    close.method = "dialog";
    close.className = "shut";
    close.innerHTML = '<button class="thin">Закрыть</button>';
    dialog.replaceChildren(close, content);
    dialog.setAttribute("aria-label", title);
    if (!dialog.open) dialog.showModal();
    const first = $("form:not([method=dialog]) :is(input:not([type=hidden]), select, textarea, button)", dialog);
    (first || $("button", close)).focus();
  }

  async function openSheet(link) {
    const row = link.closest(".risk");
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const body = $("#sheet-body", page);
      if (!body) throw new Error("not a form");
      const form = $("form", body);
      if (form && row) back(form, row);
      const title = $("h1", body);
      openDialog(document.adoptNode(body), title ? title.textContent : "");
      body.removeAttribute("class");
    } catch {
      location.href = link.href;
    }
  }

  // After the form the queue comes back where it was: at the next line.
  function back(form, row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "back";
    field.value = location.pathname + location.search + (next ? "#" + next.id : "");
    form.append(field);
  }

  // A link to a folded step opens it, in browsers too that do not by themselves.
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details:not([open])");
    if (!folded) return;
    folded.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openSheet(link);
  });

  function openHelp() {
    const help = $("#help");
    if (help) openDialog(help.content.cloneNode(true), "Клавиши");
  }

  // One press is one command: a second press of an impatient hand must not send the form twice.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else if (event.target.method === "post") event.target.dataset.sent = "1";
    if (event.submitter && event.submitter.dataset.wait) event.submitter.textContent = event.submitter.dataset.wait;
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // The card's address may name a form: open it.
  function openTarget() {
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!named) return;
    if (named.matches("details")) named.open = true;
    const link = named.matches(".risk") && $("[data-main]", named);
    if (link) link.focus();
  }
  window.addEventListener("hashchange", openTarget);
  // Going to a fragment moves the focus to the document at the end of loading: ours must come after that.
  window.addEventListener("load", () => setTimeout(openTarget));

  // A ready text is copied with one press; without this the text stands selected-by-hand in its read-only box.
  all("[data-copy]").forEach((button) => {
    const box = document.getElementById(button.dataset.copy);
    if (!box) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      box.select();
      try { await navigator.clipboard.writeText(box.value); } catch { document.execCommand("copy"); }
      button.textContent = "Скопировано";
    });
  });

  // --- Ticks: buttons that need them wait for them ---
  function countTicks() {
    const ticked = all("input[name=risk]:checked", batch).length;
    all("[data-needs-tick]", batch).forEach((button) => { button.disabled = ticked < (+button.dataset.needsTick || 1); });
  }
  if (batch) {
    batch.addEventListener("change", countTicks);
    countTicks();
  }

  // --- Live: the server says that something changed, the page asks for its own list and changes nothing under the hand ---
  if (list && list.dataset.live && window.EventSource) live();

  function live() {
    const pulse = $("#pulse"), pause = $("#pause"), news = $("#news");
    let stream = null, fresh = null, timer = 0, paused = false, met = false;

    function start() {
      if (stream || paused || document.hidden) return;
      stream = new EventSource(list.dataset.live);
      stream.onopen = () => say("Обновляется само");
      stream.addEventListener("change", later);
      // Back after a break or a hidden tab: something may have come meanwhile.
      stream.addEventListener("hello", () => { if (met) later(); met = true; });
      stream.onerror = () => {
        say("Связь потеряна, восстанавливаю…");
        if (stream.readyState === EventSource.CLOSED) { stop(); setTimeout(start, 30000); }
      };
    }
    function stop() { if (stream) stream.close(); stream = null; }
    function say(text) { if (pulse.textContent !== text) pulse.textContent = text; }
    // A busy crawl changes something every second: look at most every three.
    function later() { if (!timer) timer = setTimeout(() => { timer = 0; look(); }, fresh ? 3000 : 300); }

    async function look() {
      if (paused) return;
      const address = new URL(location.href);
      address.hash = "";
      address.searchParams.set("shown", list.dataset.shown);
      try {
        const answer = await fetch(address);
        if (answer.redirected && new URL(answer.url).pathname === "/login") { stop(); say("Сеанс закончился: войдите снова"); return; }
        if (!answer.ok) return;
        fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      } catch { return; }
      $("#levels").replaceWith(document.adoptNode($("#levels", fresh)));
      news.replaceChildren(...$("#news", fresh).cloneNode(true).childNodes);
      all(".risk", list).forEach(refresh);
    }
    // A line whose risk changed is renewed where it stands; one that left the list stays, dimmed, until the person asks.
    function refresh(row) {
      const other = fresh.getElementById(row.id);
      row.classList.toggle("gone", !other);
      if (!other || row.contains(document.activeElement) || $("details[open]", row)) return;
      if (other.dataset.version === row.dataset.version && $(".when", other).textContent === $(".when", row).textContent) return;
      const ticked = $("input[name=risk]", row).checked;
      const renewed = document.importNode(other, true);
      $("input[name=risk]", renewed).checked = ticked;
      row.replaceWith(renewed);
    }
    function show(event) {
      const link = event.target.closest("[data-show]");
      // A page that was drawn empty has no tools for the list: it is better asked for anew.
      if (!link || !fresh || !list.children.length) return;
      event.preventDefault();
      const ticked = new Set(all("input[name=risk]:checked", list).map((tick) => tick.value));
      const renewed = $("#list", fresh);
      list.replaceChildren(...[...renewed.children].map((row) => document.importNode(row, true)));
      list.dataset.shown = renewed.dataset.shown;
      for (const part of [".head > p.quiet", ".chips"]) $(part).replaceWith(document.importNode($(part, fresh), true));
      all("input[name=risk]", list).forEach((tick) => { tick.checked = ticked.has(tick.value); });
      news.replaceChildren();
      countTicks();
      const first = $("[data-main]", list);
      if (first) first.focus();
    }
    news.addEventListener("click", show);
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.textContent = paused ? "Продолжить" : "Пауза";
      if (paused) { stop(); say("Обновление остановлено"); } else start();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) stop();
      else start();
    });
    window.addEventListener("pagehide", stop);
    start();
  }

  window.otklik = { openHelp };
})();
