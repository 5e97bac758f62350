// SPDX-License-Identifier: Apache-2.0
// What all pages share: numbers in the reader's format, sections, tables that sort, charts with the table behind them. Everything
// that comes from the figures is put into the page as text, never as markup.
"use strict";

const jalki = (() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const locale = navigator.language || "en";
  const main = document.getElementById("content");
  const redraws = [];

  // ---- numbers ----

  const formats = new Map();
  function format(options) {
    const key = JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(locale, options));
    return formats.get(key);
  }
  const isNone = (value) => value === null || value === undefined || Number.isNaN(value);
  const number = (value, decimals = 0) =>
    isNone(value) ? "–" : format({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value + 0);
  // The currency as its code, after or before the amount as the reader's language has it; a code that is none stands behind.
  const money = (value, decimals = figures.decimals ?? 0) => {
    if (isNone(value)) return "–";
    try {
      return format({ style: "currency", currency: figures.currency, currencyDisplay: "code",
        minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value + 0);
    } catch {
      return `${number(value, decimals)} ${figures.currency}`;
    }
  };
  // A fraction as per cent.
  const percent = (fraction, decimals = 1) =>
    isNone(fraction) ? "–" : format({ style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(fraction);
  // A yearly rate with the decimals it needs.
  const rate = (fraction) => isNone(fraction) ? "–" : format({ style: "percent", maximumFractionDigits: 2 }).format(fraction);
  const short = (value) => isNone(value) ? "–" : format({ notation: "compact", maximumSignificantDigits: 3 }).format(value);
  const months = (value) => {
    if (isNone(value)) return "never";
    const years = Math.floor(value / 12), rest = value % 12;
    const part = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
    return years === 0 ? part(rest, "month") : rest === 0 ? part(years, "year") : `${part(years, "year")} ${part(rest, "month")}`;
  };
  const date = (text) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text ?? "")) return text ?? "–";
    return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`));
  };

  // ---- elements ----

  // element("p", {class: "lead"}, "text", child, …); what is null is left out.
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return made;
  }
  const strong = (...children) => element("strong", null, ...children);
  const paragraph = (...children) => element("p", null, ...children);

  // A section with its heading; put(…) adds to it. `page`: starts a new sheet where it is printed. `short`: its name in the list.
  function section(id, title, { short: name = title, page = false } = {}) {
    const made = element("section", { id, class: page ? "page" : null, "aria-labelledby": `${id}-title` },
      element("h2", { id: `${id}-title` }, title));
    made.dataset.name = name;
    main.append(made);
    return { element: made, put: (...children) => made.append(...children.flat(Infinity).filter(Boolean)) };
  }

  // [{name, value, note, main}, …]
  function tiles(list) {
    return element("dl", { class: "tiles" }, list.map(({ name, value, note, main: important }) =>
      element("div", { class: important ? "main" : null }, element("dt", null, name),
        element("dd", null, value, note ? element("small", null, note) : null))));
  }
  const facts = (list) => element("dl", { class: "facts" }, list.map(([name, value]) => [element("dt", null, name), element("dd", null, value)]));
  const legend = (list) => element("ul", { class: "legend", "aria-hidden": "true" },
    list.map(([name, colour]) => element("li", null, element("i", { style: `background:${colour}` }), name)));

  // ---- tables ----

  const kinds = {
    text: { show: (value) => value ?? "–" },
    words: { show: (value) => value ?? "–" },
    count: { show: (value) => number(value), number: true },
    amount: { show: (value) => number(value, figures.decimals ?? 0), number: true },
    cents: { show: (value) => number(value, 2), number: true },
    decimal: { show: (value) => number(value, 2), number: true },
    share: { show: (value) => percent(value, 1), number: true },
    percent: { show: (value) => percent(value, 2), number: true },
    rate: { show: (value) => rate(value), number: true },
    months: { show: (value) => isNone(value) ? "never" : number(value), number: true },
  };

  function compare(a, b) {
    if (isNone(a) || isNone(b)) return isNone(a) - isNone(b);
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), locale, { numeric: true });
  }

  // table({caption, note, columns: [{label, kind, value: (row) => …}], rows, sort: false, mark: (row) => class, total: row}).
  // The first column heads the rows. Headings are buttons that sort, unless `sort` is false; the total stays last.
  function table({ caption, note, columns, rows, sort = true, mark = () => null, total = null }) {
    const cell = (row, column, place) => {
      const kind = kinds[column.kind ?? "text"];
      return element(place === 0 ? "th" : "td", { scope: place === 0 ? "row" : null, class: kind.number && place > 0 ? "number" : column.kind === "words" ? "words" : null },
        kind.show(column.value(row)));
    };
    const line = (row, classes) => element("tr", { class: classes }, columns.map((column, place) => cell(row, column, place)));
    const lines = rows.map((row) => ({ row, line: line(row, mark(row)) }));
    const body = element("tbody", null, lines.map((entry) => entry.line));
    const heads = columns.map((column, place) => {
      const head = element(column.label ? "th" : "td", { scope: column.label ? "col" : null, class: kinds[column.kind ?? "text"].number && place > 0 ? "number" : null });
      if (!sort || rows.length < 2 || !column.label) {
        head.append(column.label);
        return head;
      }
      const button = element("button", { type: "button" }, column.label);
      button.addEventListener("click", () => {
        // Numbers come largest first; a second press turns the order.
        const first = kinds[column.kind ?? "text"].number ? "descending" : "ascending";
        const other = first === "descending" ? "ascending" : "descending";
        const order = head.getAttribute("aria-sort") === first ? other : first;
        const none = (entry) => isNone(column.value(entry.row));
        lines.sort((a, b) => none(a) || none(b) ? none(a) - none(b)
          : (order === "ascending" ? 1 : -1) * compare(column.value(a.row), column.value(b.row)));
        for (const entry of heads) entry.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", order);
        body.append(...lines.map((entry) => entry.line));
        say(`Sorted by ${column.label}, ${order}`);
      });
      head.append(button);
      return head;
    });
    const narrow = columns.length <= 4 && !columns.some((column) => column.kind === "words");
    const made = element("table", { class: narrow ? "narrow" : null },
      caption ? element("caption", null, caption, note ? element("span", null, ` · ${note}`) : null) : null,
      element("thead", null, element("tr", null, heads)), body,
      total ? element("tfoot", null, line(total, "total")) : null);
    // Where it is wider than the screen it can be scrolled with the keyboard too.
    const frame = element("div", { class: "wide" }, made);
    new ResizeObserver(() => {
      const scrolls = frame.scrollWidth > frame.clientWidth + 1;
      for (const [key, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", `Table: ${caption}`]]) {
        if (scrolls) frame.setAttribute(key, value);
        else frame.removeAttribute(key);
      }
    }).observe(frame);
    return frame;
  }

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  // ---- charts ----

  const hasCharts = typeof Plot !== "undefined";

  // chart({title, note, describe, legend: [[name, colour], …], draw: (width) => svg, table}): a figure with the table behind it; the
  // table alone in a build without charts. `describe` says in a sentence what the chart shows, for those who do not see it.
  function chart({ title, note, describe, legend: entries = null, draw, table: behind }) {
    const made = element("figure", null, element("figcaption", null, title, note ? element("span", null, note) : null));
    if (!hasCharts) {
      made.append(element("p", { class: "quiet" }, describe), behind ?? "");
      return made;
    }
    const place = element("div", { class: "plot", role: "img", "aria-label": describe });
    let width = 0;
    const redraw = (wanted) => {
      if (wanted > 0 && Math.abs(wanted - width) >= 1) {
        width = wanted;
        const drawn = draw(width);
        drawn.setAttribute("aria-hidden", "true");
        place.replaceChildren(drawn);
      }
    };
    redraws.push(redraw);
    if (entries) made.append(legend(entries));
    made.append(place);
    if (behind) made.append(element("details", null, element("summary", null, "The figures of this chart"), behind));
    new ResizeObserver(() => {
      if (!matchMedia("print").matches) redraw(place.clientWidth);
    }).observe(place);
    return made;
  }

  // ---- the end of a page ----

  // Call it once all sections are there: writes the list of sections, the footer, and follows the reader down the page.
  function finish(...foot) {
    const sections = [...main.querySelectorAll("section")];
    const links = new Map(sections.map((made) => [made, element("a", { href: `#${made.id}` }, made.dataset.name)]));
    document.getElementById("contents").append(element("ul", null, [...links.values()].map((link) => element("li", null, link))));
    document.getElementById("foot").append(...foot);
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target).setAttribute("aria-current", "true");
      }
    }, { rootMargin: "-15% 0px -75% 0px" });
    for (const made of sections) seen.observe(made);
    // A sheet of A4 is about 680 pixels wide between the margins.
    addEventListener("beforeprint", () => redraws.forEach((redraw) => redraw(680)));
    addEventListener("afterprint", () => redraws.forEach((redraw, i) => redraw(main.querySelectorAll(".plot")[i].clientWidth)));
    document.documentElement.dataset.ready = "true";
  }

  return { figures, locale, number, money, percent, rate, short, months, date, element, strong, paragraph, section, tiles, facts, legend, table, chart, hasCharts, finish };
})();
