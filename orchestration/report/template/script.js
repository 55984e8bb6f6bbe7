"use strict";
(function () {
  var pages = Array.from(document.querySelectorAll(".page"));
  document.documentElement.classList.add("js");
  function show() {
    var wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!pages.length) return;
    var page = (wanted && wanted.closest(".page")) || pages[0];
    pages.forEach(function (one) { one.classList.toggle("open", one === page); });
    document.querySelectorAll("nav a").forEach(function (link) {
      if (link.hash === "#" + page.id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    if (!wanted) return;
    if (wanted.matches("details")) wanted.open = true;
    if (wanted === page) scrollTo(0, 0);
    else wanted.scrollIntoView();
  }
  addEventListener("hashchange", show);
  show();

  function valueOf(row, place) {
    var cell = row.cells[place];
    var held = cell.querySelector("[value], time");
    var text = held ? held.getAttribute("value") || held.dateTime : cell.textContent.trim();
    if (text === "–") return null;
    var number = cell.className === "n" ? Number(text.replace(/,/g, "")) : NaN;
    return isNaN(number) ? text : number;
  }
  function sort(head, place) {
    var isUp = head.getAttribute("aria-sort") !== "ascending";
    var body = head.closest("table").tBodies[0];
    head.parentNode.querySelectorAll("th").forEach(function (one) { one.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    Array.from(body.rows).sort(function (one, other) {
      var a = valueOf(one, place), b = valueOf(other, place);
      if (a === null || b === null) return (a === null) - (b === null);
      var order = typeof a === "number" && typeof b === "number" ? a - b
        : String(a).localeCompare(String(b), document.documentElement.lang);
      return isUp ? order : -order;
    }).forEach(function (row) { body.appendChild(row); });
  }
  document.querySelectorAll("table[data-model]").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, place) {
      var button = document.createElement("button");
      button.textContent = head.textContent;
      button.setAttribute("aria-label", table.dataset.sort.replace("{0}", head.textContent));
      button.addEventListener("click", function () { sort(head, place); });
      head.replaceChildren(button);
    });
    if (table.tBodies[0].rows.length < 9) return;
    var box = document.createElement("input");
    box.type = "search";
    box.className = "rows";
    box.placeholder = table.dataset.filter;
    box.setAttribute("aria-label", table.dataset.filter);
    box.addEventListener("input", function () {
      var wanted = box.value.trim().toLowerCase();
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
      });
    });
    table.parentNode.before(box);
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("td button[popovertarget]");
    if (!button) return;
    var table = button.closest("table");
    var name = table.tHead.rows[0].cells[button.closest("td").cellIndex].dataset.column;
    var dialog = document.getElementById(button.getAttribute("popovertarget"));
    dialog.querySelectorAll("dl div").forEach(function (one) {
      one.classList.toggle("this", one.dataset.column === name);
      if (one.dataset.column === name) setTimeout(function () { one.scrollIntoView({ block: "nearest" }); });
    });
  });
})();
