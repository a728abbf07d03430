// Comfort only: every page works without this file. Keys, the なぜ? window, the palette, and fresh regions when
// something happens elsewhere. Nothing here decides or stores anything but one switch (keys on or off).
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const announce = (text) => { const box = one("#announce"); if (box) box.textContent = text; };
  const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Rows: j and k walk the rows of the page's lists, Enter opens, x chooses.
  const rows = () => all("[data-rows] > tr, [data-rows] > li").filter((row) => row.offsetParent !== null);
  let at = null;
  const walk = (by) => {
    const list = rows();
    if (!list.length) return;
    const next = list[Math.min(list.length - 1, Math.max(0, list.indexOf(at) + by))];
    at?.classList.remove("is-at");
    at = next;
    at.classList.add("is-at");
    (one("a[href]", at) || at).focus({ preventScroll: true });
    at.scrollIntoView({ block: "nearest" });
  };

  // なぜ?: the link leads to a page; here the same page's inner part opens in a window.
  const explain = async (link) => {
    const dialog = one("#why-dialog");
    const answer = await fetch(link.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = one("[data-why-part]", page) || one("main", page);
    const body = one(".dialog-body", dialog);
    body.replaceChildren(...part.childNodes);
    dialog.showModal();
    body.focus();
  };

  // Palette: where to go and what can be done on this page, found by a few letters.
  const palette = one("#palette");
  const places = () => all(".side a, main a.button[href]").map((link) => ({ word: link.textContent.trim(), href: link.href }));
  const fill = (typed) => {
    const found = places().filter((place) => place.word.toLowerCase().includes(typed.toLowerCase()));
    const search = { word: `「${typed}」を案件から探す`, href: `/cases?q=${encodeURIComponent(typed)}` };
    const list = typed ? [...found, search] : found;
    one("ul", palette).replaceChildren(...list.map(({ word, href }, index) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = href;
      link.textContent = word;
      item.classList.toggle("is-at", index === 0);
      item.append(link);
      return item;
    }));
  };
  const openPalette = () => { one("input", palette).value = ""; fill(""); palette.showModal(); };
  palette?.addEventListener("input", (event) => fill(event.target.value.trim()));
  palette?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const items = all("li", palette);
    const now = items.findIndex((item) => item.classList.contains("is-at"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = (now + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
      items.forEach((item, index) => item.classList.toggle("is-at", index === next));
      items[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && now >= 0) {
      event.preventDefault();
      one("a", items[now]).click();
    }
  });

  let going = 0;
  const key = (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if (event.ctrlKey || event.metaKey || one("dialog[open]") || typing(event.target) || !keysOn()) return;
    const pressed = event.key;
    if (Date.now() - going < 1200) {
      going = 0;
      const place = one(`.side a[data-key="${CSS.escape(pressed)}"]`);
      if (place) { event.preventDefault(); place.click(); return; }
    }
    const row = at ?? event.target.closest("[data-rows] > *");
    switch (pressed) {
      case "/": event.preventDefault(); one("#search")?.select(); break;
      case "j": walk(1); break;
      case "k": walk(-1); break;
      case "x": { const box = row && one("input[type=checkbox]", row); if (box) { box.click(); } break; }
      case "Enter": if (row && event.target === row) one("a[href]", row)?.click(); break;
      case "e": { const why = (row && one("a[data-why]", row)) || one("main a[data-why]"); if (why) explain(why); break; }
      case "g": going = Date.now(); break;
      case "?": one("#keys")?.showModal(); break;
    }
  };
  document.addEventListener("keydown", key);

  document.addEventListener("click", (event) => {
    const why = event.target.closest("a[data-why]");
    if (why && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      explain(why).catch(() => { location.href = why.href; });
    }
    const opener = event.target.closest("[data-open]");
    if (opener) one(`#${opener.dataset.open}`)?.showModal();
    if (event.target.closest("[data-print]")) window.print();
    if (event.target instanceof HTMLDialogElement) event.target.close();
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach((menu) => { menu.open = false; one("summary", menu).focus(); });
  });

  // Choosing many rows: the box in the head, and the count beside the button.
  const count = (table) => {
    const chosen = all("[data-rows] input[type=checkbox]:checked", table).length;
    all("[data-chosen]", table).forEach((place) => { place.textContent = chosen; });
  };
  document.addEventListener("change", (event) => {
    const target = event.target;
    const form = target.closest("[data-choose]");
    if (form && target.matches("[data-choose-all]")) all("[data-rows] input[type=checkbox]", form).forEach((box) => { box.checked = target.checked; });
    if (form) count(form);
    if (target.matches("[data-keys-switch]")) try { localStorage.setItem("keys", target.checked ? "on" : "off"); } catch { /* not kept */ }
    const preview = target.closest("form[data-preview]");
    if (preview) refreshPreview(preview);
  });

  // A form that shows, before it is saved, what would follow: the same page asked with what stands in it.
  const refreshPreview = async (form) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("preview", "1");
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of all("[data-previewed]", form.closest("main"))) {
      const fresh = page.getElementById(region.id);
      if (fresh) region.replaceChildren(...fresh.childNodes);
    }
  };

  // A page that came back because its form was refused stands under the address that the form was sent to: it gets its own.
  const own = document.body.dataset.address;
  if (own) history.replaceState(null, "", own);

  // Something happened elsewhere: the regions marked data-live are fetched again; what is being typed stays.
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of all("[data-live][id]")) {
      const fresh = page.getElementById(region.id);
      if (!fresh || region.contains(document.activeElement) && region !== document.activeElement && typing(document.activeElement)) continue;
      if (one("details[open], input:checked", region) || fresh.innerHTML === region.innerHTML) continue;
      const focused = region.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      region.replaceChildren(...fresh.childNodes);
      if (focused) one(`a[href="${CSS.escape(focused)}"]`, region)?.focus({ preventScroll: true });
      at = null;
    }
    const stamp = one("[data-refreshed]");
    if (stamp) stamp.textContent = `（${new Date().toLocaleTimeString("ja-JP")} 更新）`;
  };
  let due = 0;
  const soon = () => { if (due) return; due = setTimeout(() => { due = 0; refresh().catch(() => {}); }, 400); };
  // A page that only answers a form shows what came of it and stays so: its address cannot be asked again.
  // One stream per visible page: a hidden page gives its connection back and catches up when it is seen again.
  if (!document.body.hasAttribute("data-past") && one("main [data-live]:not(#alarms)") && "EventSource" in window) {
    let source = null;
    const listen = () => {
      source?.close();
      source = document.hidden ? null : new EventSource("/changes");
      source?.addEventListener("changed", soon);
    };
    document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden) soon(); });
    window.addEventListener("pagehide", () => source?.close());
    listen();
  }

  // Files dropped anywhere on a page that takes some go into its field and are sent with the form.
  const drop = one("form[data-drop]");
  const carries = (event) => drop && [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    drop.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => { if (drop && !event.relatedTarget) drop.classList.remove("is-over"); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    drop.classList.remove("is-over");
    one("input[type=file]", drop).files = event.dataTransfer.files;
    announce(`${event.dataTransfer.files.length} 件のファイルを送ります`);
    drop.requestSubmit();
  });

  all("[data-choose]").forEach(count);
  // A field drawn again with what was refused: the next number replaces it.
  one("input[autofocus][aria-invalid]")?.select();
  all("[data-open][hidden]").forEach((button) => { button.hidden = false; });
  const keysSwitch = one("[data-keys-switch]");
  if (keysSwitch) keysSwitch.checked = keysOn();
  const notice = one(".notice[role=status]");
  if (notice) announce(notice.textContent.trim());

  // Who scans sheets looks at the sheets: one high tone is well, two middle ones need a look, three low ones were refused.
  const sound = one("[data-sound]")?.dataset.sound;
  const tones = { good: [1175], care: [660, 660], bad: [220, 220, 220] }[sound];
  if (tones && "AudioContext" in window) {
    const audio = new AudioContext();
    tones.forEach((pitch, index) => {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const loudness = new GainNode(audio, { gain: 0.15 });
      tone.connect(loudness).connect(audio.destination);
      tone.start(audio.currentTime + index * 0.16);
      tone.stop(audio.currentTime + index * 0.16 + 0.11);
    });
  }
})();
