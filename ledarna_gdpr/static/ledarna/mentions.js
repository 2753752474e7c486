/* In a note, "@" offers the participants of the case. Without this one types "@2".
   The participants lie in the text area's data-mentions; nothing is fetched. */
"use strict";

(() => {
  const TYPED = /(^|[^\w.@])@([^\s@]{0,30})$/;

  function enhance(area) {
    const people = JSON.parse(area.dataset.mentions || "[]");
    if (!people.length) return;

    const list = document.createElement("ul");
    list.id = `${area.id}_mentions`;
    list.className = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "@");
    list.hidden = true;
    area.after(list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", list.id);

    let offered = [];
    let chosen = 0;

    function typed() {
      const before = area.value.slice(0, area.selectionStart);
      const match = TYPED.exec(before);
      return match && area.selectionStart === area.selectionEnd ? match[2] : null;
    }

    function close() {
      list.hidden = true;
      area.removeAttribute("aria-activedescendant");
    }

    function mark() {
      [...list.children].forEach((item, n) => {
        item.setAttribute("aria-selected", String(n === chosen));
      });
      area.setAttribute("aria-activedescendant", list.children[chosen].id);
    }

    function offer() {
      const word = typed();
      const wanted = word === null ? "" : word.toLocaleLowerCase("sv");
      offered = word === null ? [] : people.filter(
        ({ number, label }) =>
          String(number).startsWith(wanted) || label.toLocaleLowerCase("sv").includes(wanted),
      );
      if (!offered.length) return close();
      chosen = 0;
      list.replaceChildren(
        ...offered.map(({ number, label }, n) => {
          const item = document.createElement("li");
          item.id = `${list.id}_${n}`;
          item.setAttribute("role", "option");
          item.textContent = `@${number} ${label}`;
          item.addEventListener("mousedown", (event) => {
            event.preventDefault();
            insert(n);
          });
          return item;
        }),
      );
      list.hidden = false;
      mark();
    }

    function insert(n) {
      const end = area.selectionStart;
      const start = end - typed().length;
      area.setRangeText(`${offered[n].number} `, start, end, "end");
      close();
    }

    area.addEventListener("input", offer);
    area.addEventListener("click", offer);
    area.addEventListener("blur", close);
    area.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps) {
        chosen = (chosen + steps[event.key] + offered.length) % offered.length;
        mark();
      } else if (event.key === "Enter" || event.key === "Tab") {
        insert(chosen);
      } else if (event.key === "Escape") {
        close();
      } else {
        return;
      }
      event.preventDefault();
    });
    // Somebody may have begun to write before this ran.
    if (document.activeElement === area) offer();
  }

  document.querySelectorAll("textarea[data-mentions]").forEach(enhance);
})();
