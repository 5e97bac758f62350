// SPDX-License-Identifier: Apache-2.0
// The page in its reader's language: what scripts put into it is English, and is found in the catalogue that the program wrote here
// (src/base/texts_*.def), whole or by parts: {1} in a key stands for a figure, a name or another text of it. Names and figures stay.
"use strict";

(() => {
  const texts = new Map(Object.entries(JSON.parse(document.getElementById("texts").textContent)));
  const quoted = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const SHORT = 8; // letters: a pattern that says little is tried when nothing else fits
  // The longest first: what says most of a text knows it best.
  const patterns = [...texts].filter(([key]) => /\{\d\}/.test(key)).sort(([a], [b]) => b.length - a.length).map(([key, words]) => {
    const places = [...key.matchAll(/\{(\d)\}/g)].map(([, place]) => place);
    return { words: words.trim(), places, short: key.replace(/\{\d\}|\P{L}/gu, "").length < SHORT, shape: new RegExp(`^${key.trim().split(/\{\d\}/).map(quoted).join("(.+?)")}$`, "su") };
  });
  const SEPARATORS = ["\n", " · ", "; ", ", ", ": "];
  const seen = new Map();

  function found(text) {
    if (texts.has(text)) return texts.get(text);
    const core = text.trim();
    if (core !== text) {
      const inner = say(core), at = text.indexOf(core);
      return inner === core ? text : text.slice(0, at) + inner + text.slice(at + core.length);
    }
    const ends = (one) => text.includes(one) && texts.has(text.slice(text.indexOf(one) + one.length));
    const between = SEPARATORS.find(ends) ?? SEPARATORS.find((one) => text.includes(one));
    return fitted(text, false) ?? (between ? apart(text, between) : null) ?? figured(text) ?? fitted(text, true) ?? text;
  }
  function apart(text, between) {
    const at = text.indexOf(between);
    return say(text.slice(0, at)) + between + say(text.slice(at + between.length));
  }
  function fitted(text, short) {
    for (const pattern of patterns) {
      const match = pattern.short === short ? pattern.shape.exec(text) : null;
      if (match) {
        const parts = Object.fromEntries(pattern.places.map((place, i) => [place, say(match[i + 1])]));
        return pattern.words.replace(/\{(\d)\}/g, (_, place) => parts[place]);
      }
    }
    return null;
  }
  // A text with a figure behind it.
  function figured(text) {
    const [, words, figure] = /^(.*\p{L})( [−–\d(-].*)$/su.exec(text) ?? [];
    return texts.has(words) ? texts.get(words) + figure : null;
  }
  function say(text) {
    if (!/\p{L}{2}/u.test(text)) return text;
    if (!seen.has(text)) seen.set(text, found(text));
    return seen.get(text);
  }

  // ---- the page ----

  const ATTRIBUTES = ["aria-label", "aria-valuetext", "placeholder", "title"];
  const written = new WeakMap(); // what we wrote into a node: not to be taken for English again
  function turn(node) {
    if (written.get(node) === node.data || node.parentElement?.closest("script, style, textarea, code, [data-own]")) return;
    const words = say(node.data);
    written.set(node, words);
    if (words !== node.data) node.data = words;
  }
  function turnAttributes(one) {
    for (const name of ATTRIBUTES) {
      const words = one.hasAttribute(name) ? say(one.getAttribute(name)) : null;
      if (words !== null && words !== one.getAttribute(name)) one.setAttribute(name, words);
    }
  }
  function turnAll(root) {
    if (root.nodeType === Node.TEXT_NODE) return turn(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) turn(node);
      else turnAttributes(node);
    }
  }
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "characterData") turn(target);
      else if (type === "attributes") turnAttributes(target);
      else addedNodes.forEach(turnAll);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
})();
