// SPDX-License-Identifier: Apache-2.0
// What all pages share: numbers in the reader's format, sections, tables that sort, charts with the table behind them. Everything
// that comes from the figures is put into the page as text, never as markup.
"use strict";

const jalki = (() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  // Of the page's language where it has one, else the reader's own.
  const locale = document.documentElement.lang === "en" ? navigator.language || "en" : document.documentElement.lang;
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

  // Names of columns and levels as people say them; columns of a tape's own by their name.
  const SAID = {
    income_monthly: "monthly income", limitation_on: "day of limitation", last_paid_on: "last payment", title_on: "date of title", written_off_on: "day of write-off", defaulted_on: "day of default", birth_year: "year of birth",
    housing_cost: "cost of housing", other_debt_enforced: "other debt enforced", default_marks: "payment defaults on record", payments_12m: "paid in 12 months", payments_24m: "paid in 24 months", instalment_monthly: "agreed instalment",
    original_principal: "original principal", interest_rate: "rate of interest", interest_accrued: "accrued interest", promises_kept: "promises kept", promises_broken: "promises broken", debtor_type: "kind of debtor", legal_status: "legal status",
    voluntary_arrangement: "voluntary arrangement",
  };
  const said = (name) => SAID[name] ?? String(name).replaceAll("_", " ");

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

  // A section with its heading; put(…) adds to it. `short`: its name in the list.
  function section(id, title, { short: name = title } = {}) {
    const made = element("section", { id, "aria-labelledby": `${id}-title` },
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
    // `style`: the cell's in a workbook (STYLES)
    count: { show: (value) => number(value), number: true, style: 2 },
    amount: { show: (value) => number(value, figures.decimals ?? 0), number: true, style: figures.decimals > 0 ? 3 : 2 },
    cents: { show: (value) => number(value, 2), number: true, style: 3 },
    decimal: { show: (value) => number(value, 2), number: true, style: 3 },
    share: { show: (value) => percent(value, 1), number: true, style: 4 },
    percent: { show: (value) => percent(value, 2), number: true, style: 4 },
    rate: { show: (value) => rate(value), number: true, style: 4 },
    months: { show: (value) => isNone(value) ? "never" : number(value), number: true, style: 2 },
  };

  function compare(a, b) {
    if (isNone(a) || isNone(b)) return isNone(a) - isNone(b);
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), locale, { numeric: true });
  }

  const kindOf = (column, row) => kinds[(typeof column.kind === "function" ? row && column.kind(row) : column.kind) ?? "text"];
  const isNumber = (column, row) => typeof column.kind === "function" && !row ? true : kindOf(column, row).number;

  // table({caption, note, columns: [{label, kind, value: (row) => …}], rows, sort: false, mark: (row) => class, total: row}).
  // `open: (row) => …`: the first cell is a button that does this, with the row's place as data-place. `kind` may be a function of the row; `show` makes what stands in the cell instead of the value, which still sorts; a `screen` column is not printed. The first column heads the rows. Headings are buttons that sort, unless `sort` is false; the total stays last.
  function table({ caption, note, columns, rows, sort = true, mark = () => null, total = null, open = null }) {
    const opener = (row, text) => {
      const made = element("button", { type: "button", class: "open", "aria-haspopup": "dialog", "data-place": rows.indexOf(row) }, text);
      made.addEventListener("click", () => {
        made.focus({ preventScroll: true }); // not every browser does, and the reader is to come back here
        open(row);
      });
      return made;
    };
    const cell = (row, column, place) => {
      const kind = kindOf(column, row), shown = column.show ? column.show(row) : kind.show(column.value(row));
      return element(place === 0 ? "th" : "td", { scope: place === 0 ? "row" : null, class: [kind.number && place > 0 ? "number" : column.kind === "words" ? "words" : "", column.screen ? "screen" : ""].join(" ").trim() || null },
        open && place === 0 && row !== total ? opener(row, shown) : shown);
    };
    const line = (row, classes) => element("tr", { class: classes }, columns.map((column, place) => cell(row, column, place)));
    const lines = rows.map((row) => ({ row, line: line(row, mark(row)) }));
    const body = element("tbody", null, lines.map((entry) => entry.line));
    const heads = columns.map((column, place) => {
      const head = element(column.label ? "th" : "td", { scope: column.label ? "col" : null, class: [isNumber(column) && place > 0 ? "number" : "", column.screen ? "screen" : ""].join(" ").trim() || null });
      if (!sort || rows.length < 2 || !column.label) {
        head.append(column.label);
        return head;
      }
      const button = element("button", { type: "button" }, column.label);
      button.addEventListener("click", () => {
        // Numbers come largest first; a second press turns the order.
        const first = isNumber(column) ? "descending" : "ascending";
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
    const printed = columns.filter((column) => !column.screen), wordless = !printed.some((column) => column.kind === "words");
    const narrow = columns.length <= 4 && !columns.some((column) => column.kind === "words");
    const made = element("table", { class: narrow ? "narrow" : null },
      caption ? element("caption", null, caption, note ? element("span", null, ` · ${note}`) : null, tools({ caption, columns, lines, total })) : null,
      element("thead", null, element("tr", null, heads)), body,
      total ? element("tfoot", null, line(total, "total")) : null);
    // Where it is wider than the screen it can be scrolled with the keyboard too.
    const frame = element("div", { class: wordless && printed.length <= 7 ? "wide half" : "wide" }, made);
    new ResizeObserver(() => {
      const scrolls = frame.scrollWidth > frame.clientWidth + 1;
      for (const [key, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", `Table: ${caption}`]]) {
        if (scrolls) frame.setAttribute(key, value);
        else frame.removeAttribute(key);
      }
    }).observe(frame);
    return frame;
  }

  // As CSV: numbers as they are, not as they are shown; a text that a spreadsheet would take for a formula gets a ' before it.
  function csvOf(columns, rows) {
    const field = (value) => {
      const text = isNone(value) ? "" : typeof value === "number" ? String(value) : /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns.map((column) => field(column.label)), ...rows.map((row) => columns.map((column) => field(column.value(row))))].map((line) => `${line.join(",")}\r\n`).join("");
  }

  // ---- a table as a workbook: one sheet in a zip archive of stored parts (ECMA-376, APPNOTE 6.3.3) ----

  const STYLES = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>`
    + `<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>`
    + `<cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/>${[3, 4, 10].map((format) => `<xf numFmtId="${format}" applyNumberFormat="1"/>`).join("")}</cellXfs></styleSheet>`; // plain, head, 1,234, 1,234.50, 12.34 %

  function sheetOf(columns, rows) {
    const escape = (text) => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "").replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
    const text = (value, style) => `<c t="inlineStr"${style}><is><t xml:space="preserve">${escape(String(value))}</t></is></c>`;
    const cell = (column, row) => {
      const value = column.value(row), { style } = kindOf(column, row);
      return isNone(value) ? "<c/>" : typeof value !== "number" ? text(value, "") : Number.isFinite(value) ? `<c${style ? ` s="${style}"` : ""}><v>${value}</v></c>` : text(value, "");
    };
    const width = (column) => Math.min(60, Math.max(column.label.length, ...rows.map((row) => String(kindOf(column, row).show(column.value(row))).length)) + 3);
    return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
      + `<cols>${columns.map((column, i) => `<col min="${i + 1}" max="${i + 1}" width="${width(column)}" customWidth="1"/>`).join("")}</cols><sheetData><row>${columns.map((column) => text(column.label, ' s="1"')).join("")}</row>`
      + `${rows.map((row) => `<row>${columns.map((column) => cell(column, row)).join("")}</row>`).join("")}</sheetData></worksheet>`;
  }

  function crc32(bytes) {
    let crc = -1;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  }

  // files: {name: text}
  function zipOf(files) {
    const words = (...list) => new Uint8Array(list.flatMap(([value, size]) => Array.from({ length: size }, (_, i) => value / 2 ** (8 * i) & 255)));
    const parts = [], directory = [];
    let at = 0;
    for (const [name, text] of Object.entries(files)) {
      const title = new TextEncoder().encode(name), bytes = new TextEncoder().encode(text);
      const facts = [[20, 2], [0x800, 2], [0, 2], [0, 2], [0x21, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [title.length, 2], [0, 2]]; // stored; names in UTF-8; 1 January 1980
      directory.push(words([0x02014b50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), title);
      const own = [words([0x04034b50, 4], ...facts), title, bytes];
      parts.push(...own);
      at += own.reduce((sum, one) => sum + one.length, 0);
    }
    const size = directory.reduce((sum, one) => sum + one.length, 0), count = directory.length / 2;
    return new Blob([...parts, ...directory, words([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2])], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
  }

  function xlsxOf(title, columns, rows) {
    const main = "application/vnd.openxmlformats-officedocument.spreadsheetml", links = "http://schemas.openxmlformats.org/package/2006/relationships", of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const sheet = title.replace(/[^\p{L}\p{N} ]/gu, " ").trim().slice(0, 31) || "table";
    return zipOf(Object.fromEntries(Object.entries({
      "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`
        + `${[["workbook", "sheet.main"], ["styles", "styles"], ["sheet", "worksheet"]].map(([part, type]) => `<Override PartName="/xl/${part}.xml" ContentType="${main}.${type}+xml"/>`).join("")}</Types>`,
      "_rels/.rels": `<Relationships xmlns="${links}"><Relationship Id="r1" Type="${of}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      "xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${of}"><sheets><sheet name="${sheet}" sheetId="1" r:id="r1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${links}"><Relationship Id="r1" Type="${of}/worksheet" Target="sheet.xml"/><Relationship Id="r2" Type="${of}/styles" Target="styles.xml"/></Relationships>`,
      "xl/styles.xml": STYLES,
      "xl/sheet.xml": sheetOf(columns, rows),
    }).map(([name, text]) => [name, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${text}`])));
  }

  // What stands beside a caption: the search, where there are many rows, and the rows that are shown as a file.
  const SEARCHED = 10; // rows from which on a table can be searched
  function tools({ caption, columns, lines, total }) {
    const made = element("span", { class: "tools" });
    if (lines.length >= SEARCHED) {
      const search = element("input", { type: "search", placeholder: "Search", "aria-label": `Search in ${caption}` });
      search.addEventListener("input", () => {
        const wanted = search.value.trim().toLocaleLowerCase(locale);
        for (const { line } of lines) line.hidden = !line.textContent.toLocaleLowerCase(locale).includes(wanted);
        say(`${number(lines.filter(({ line }) => !line.hidden).length)} of ${number(lines.length)} rows`);
      });
      made.append(search);
    }
    const files = { CSV: (rows) => new Blob([csvOf(columns, rows)], { type: "text/csv" }), XLSX: (rows) => xlsxOf(caption, columns, rows) };
    for (const [kind, fileOf] of Object.entries(files)) {
      const save = element("button", { type: "button", "aria-label": `Save ${caption} as ${kind}` }, kind);
      save.addEventListener("click", () => {
        const shown = lines.filter(({ line }) => !line.hidden).map(({ row }) => row);
        const all = total && shown.length === lines.length ? [...shown, total] : shown;
        const link = element("a", { href: URL.createObjectURL(fileOf(all)), download: `${caption.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${kind.toLowerCase()}` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        say(`${number(all.length)} rows saved`);
      });
      made.append(save);
    }
    return made;
  }

  // ---- something in full, over the page ----

  // The reader goes in by the heading and comes out, by the button or Escape, where she was. `left` is called then.
  function dialog(title, content, left = () => {}) {
    const close = element("button", { type: "button" }, "Close"), before = document.activeElement;
    const made = element("dialog", { "aria-labelledby": "dialog-title" }, element("div", { class: "bar-of" }, element("h2", { id: "dialog-title", tabindex: "-1" }, title), close), content);
    close.addEventListener("click", () => made.close());
    made.addEventListener("close", () => {
      made.remove();
      before?.focus();
      left();
    });
    document.body.append(made);
    made.showModal();
    made.querySelector("h2").focus();
  }

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  // ---- charts ----

  const hasCharts = typeof Plot !== "undefined";

  // chart({title, note, describe, screen, legend: [[name, colour], …], draw: (width, sheet) => svg, table}): a figure with the table behind it; the
  // table alone in a build without charts. `sheet`: it is drawn for a printed sheet, and may stand closer. `describe` says in a sentence what the chart shows, for those who do not see it.
  function chart({ title, note, describe, legend: entries = null, draw, table: behind, screen = false }) {
    const made = element("figure", { class: screen && hasCharts ? "screen" : null }, element("figcaption", null, title, note ? element("span", null, note) : null));
    if (!hasCharts) {
      made.append(element("p", { class: "quiet" }, describe), behind ?? "");
      return made;
    }
    const place = element("div", { class: "plot", role: "img", "aria-label": describe });
    let width = 0;
    const redraw = (wanted, sheet = false) => {
      if (wanted > 0 && Math.abs(wanted - width) >= 1) {
        width = wanted;
        const drawn = draw(width, sheet);
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

  // The running head of printed sheets, and their numbers; its title, where a page says nothing else.
  let headed = false;
  function heads(text) {
    headed = true;
    const quoted = `"${text.replace(/[\u0000-\u001f]/g, " ").replace(/["\\]/g, "\\$&")}"`;
    const font = "font: 8pt sans-serif; color: #566173;";
    document.head.append(element("style", null, `@page { @top-left { content: ${quoted}; ${font} } @bottom-right { content: counter(page) " / " counter(pages); ${font} } } @page :first { @top-left { content: none } }`));
  }

  // ---- the end of a page ----

  // Call it once all sections are there: writes the list of sections, the footer, and follows the reader down the page.
  function finish(...foot) {
    if (!headed) heads(document.querySelector("h1").textContent);
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
    // A sheet of A4 is about 690 pixels wide between the margins; charts stand two abreast on it.
    addEventListener("beforeprint", () => redraws.forEach((redraw) => redraw(430, true)));
    addEventListener("afterprint", () => redraws.forEach((redraw, i) => redraw(main.querySelectorAll(".plot")[i].clientWidth)));
    document.documentElement.dataset.ready = "true";
  }

  return { figures, locale, number, money, percent, rate, short, months, date, said, element, strong, paragraph, section, tiles, facts, legend, table, chart, csvOf, xlsxOf, dialog, hasCharts, heads, finish };
})();
