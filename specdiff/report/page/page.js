"use strict";
(() => {
  const root = document.documentElement, form = document.getElementById("filter");
  root.classList.add("scripted");
  const all = [...document.querySelectorAll(".finding")].map(e => ({e, group: e.closest(".group"), text: null}));
  const textOf = f => f.text ??= ((f.group?.querySelector("summary").textContent ?? "") + " " + f.e.textContent).toLowerCase().replace(/\s+/g, " ");
  const shown = document.getElementById("shown");

  // say shows a message, which screen readers read out.
  let later;
  const say = (text, then) => {
    clearTimeout(later);
    shown.textContent = text;
    if (then) later = setTimeout(() => say(then), 3000);
  };
  const counted = () => {
    const n = all.filter(f => !f.e.hidden).length;
    return n + " of " + all.length + (all.length === 1 ? " finding" : " findings");
  };

  const filter = () => {
    const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wrong = form.wrong.value, onlyNew = form.new?.value === "new";
    const groups = new Map();
    for (const f of all) {
      f.e.hidden = (wrong && f.e.dataset.wrong !== wrong) || (onlyNew && !("new" in f.e.dataset)) || !words.every(w => textOf(f).includes(w));
      if (f.group) groups.set(f.group, (groups.get(f.group) ?? 0) + !f.e.hidden);
    }
    for (const [group, n] of groups) {
      group.hidden = n === 0;
      if (words.length > 0) group.open = true;
      const number = group.querySelector(".reason .number");
      if (number) number.textContent = n;
    }
    say(counted());
  };

  const openAll = open => {
    for (const f of all) {
      if (open && f.e.hidden) continue;
      f.e.open = open;
      if (f.group) f.group.open = open;
    }
  };

  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // a browser that keeps pages in files from the clipboard
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) throw new Error("refused");
    }
  };

  document.addEventListener("click", async event => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    const label = button.dataset.label ??= button.textContent;
    let text = "Copied";
    try {
      await copy(button.parentElement.querySelector("code").textContent);
    } catch {
      text = "Not copied: the browser refuses";
    }
    button.focus();
    button.textContent = text;
    say(text, counted());
    setTimeout(() => { button.textContent = label; }, 3000);
  });

  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", event => event.preventDefault());
    document.getElementById("open").addEventListener("click", () => openAll(true));
    document.getElementById("close").addEventListener("click", () => openAll(false));
    filter(); // a browser that goes back keeps what was typed
  }

  // On paper, what has to be dealt with is open.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all.filter(f => !f.group?.querySelector(".reason") && !f.e.hidden && !f.e.open);
    for (const f of opened) {
      f.e.open = true;
      if (f.group) f.group.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const f of opened) f.e.open = false;
  });
})();
