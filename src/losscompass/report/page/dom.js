// Elements, made without markup: every string ends up as a text node or an attribute value, never as HTML, and characters
// that steer a terminal or the direction of writing are shown, not obeyed.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with properties and children. `props`: class, on (listeners), style (custom properties only), else attributes. */
function el(tag, props, ...children) {
  return furnish(document.createElement(tag), props, children);
}

/** The same for a drawing. */
function svg(tag, props, ...children) {
  return furnish(document.createElementNS(SVG, tag), props, children);
}

function furnish(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (name === 'style') for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
    else node.setAttribute(name, value === true ? '' : visible(value));
  }
  append(node, children);
  return node;
}

/** Children may be nodes, strings, numbers, lists of these, or nothing. A text that needs its line ends comes as a node. */
function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return node;
}

/** A name that comes from a log: set apart, so that its writing direction cannot turn round the sentence it stands in. */
function named(text, props) {
  return el('bdi', { class: 'name', ...props }, text);
}

/** Control characters (escape codes) as their escapes, marks that turn the writing direction as "�": as `plain.py` does. */
function visible(text) {
  return String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (c) => {
      const code = c.charCodeAt(0);
      if (c === '\n' || c === '\r' || c === '\t') return ' ';
      return code < 0xa0 ? `\\x${code.toString(16).padStart(2, '0')}` : '\ufffd';
    },
  );
}

let lastId = 0;

/** An id that no other element has. */
function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** The value of a style's custom property, as the theme of the moment sets it; asked for once, since each question costs. */
function tone(name) {
  if (!tones.has(name)) tones.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return tones.get(name);
}

const tones = new Map(); // emptied when the theme changes

/** Whether the reader asked the system for less movement. */
function prefersStill() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Scrolls to an element and puts the focus there. */
function goTo(node) {
  node.scrollIntoView({ behavior: prefersStill() ? 'auto' : 'smooth', block: 'start' });
  node.focus({ preventScroll: true });
}
