// The layers of a watched run, by depth and step: colour is the size of the gradient, of the update, the share of dead units.

const STRIP_ROOM = { most: 420, row: [7, 20] };

/** Dark blue to yellow, told apart by every kind of eye and in grey. */
const RAMP = ['00224e', '18366e', '434e6c', '666970', '838079', '9f9a76', 'bdae6e', 'dcc75b', 'fee838'].map((hex) =>
  [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)),
);

function layersSection(run) {
  const strips = ['gradient', 'update', 'dead'].filter((id) => run.layers[id]).map((id) => stripFigure(id, run));
  if (!strips.length) return null;
  return {
    node: el(
      'section',
      { class: 'card layers', 'aria-labelledby': 'layers-title' },
      el('h2', { id: 'layers-title' }, t('layers.title')),
      el('p', { class: 'lead' }, t('layers.lead'), ' ', t('layers.hint')),
      strips.map((strip) => strip.node),
    ),
    draw() {
      for (const strip of strips) strip.draw();
    },
  };
}

/** One strip: names of the layers, one row each, and a cell a step; a readout for mouse and keys, a table for all others. */
function stripFigure(id, run) {
  const strip = run.layers[id];
  const [rows, columns] = [strip.names.length, strip.step.length];
  const scale = stripScale(id, strip.value);
  const height = Math.min(Math.max(STRIP_ROOM.most / rows, STRIP_ROOM.row[0]), STRIP_ROOM.row[1]);
  const canvas = el('canvas', { width: columns, height: rows, 'aria-hidden': 'true' });
  const readout = el('p', { class: 'readout', 'aria-live': 'polite' });
  const mark = el('i', { class: 'cell-mark', hidden: true });
  const at = { row: 0, column: columns - 1 };
  const say = () => {
    const value = strip.value[at.row * columns + at.column];
    readout.replaceChildren(named(strip.names[at.row]), ` · ${position(strip.step[at.column], 'step')} · `, write(id, value));
    mark.hidden = false;
    const place = { left: at.column / columns, top: at.row / rows, width: 1 / columns, height: 1 / rows };
    for (const [key, share] of Object.entries(place)) mark.style.setProperty(key, `${share * 100}%`);
  };
  const stage = el(
    'div',
    { class: 'strip-stage', tabindex: 0, role: 'group', 'aria-label': t(`layers.${id}`), style: { '--rows': `${rows * height}px` } },
    canvas,
    mark,
  );
  stage.addEventListener('pointermove', (event) => {
    const box = stage.getBoundingClientRect();
    const cell = (share, n) => Math.min(Math.max(Math.floor(share * n), 0), n - 1);
    at.row = cell((event.clientY - box.top) / box.height, rows);
    at.column = cell((event.clientX - box.left) / box.width, columns);
    say();
  });
  stage.addEventListener('keydown', (event) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move) return;
    event.preventDefault();
    at.row = Math.min(Math.max(at.row + move[0], 0), rows - 1);
    at.column = Math.min(Math.max(at.column + move[1], 0), columns - 1);
    say();
  });
  const every = Math.ceil(14 / height);
  const node = el(
    'figure',
    { class: 'strip' },
    el('figcaption', {}, el('h3', {}, t(`layers.${id}`)), rampLegend(id, scale)),
    el('p', { class: 'settle' }, t(`layers.${id}-means`)),
    el(
      'div',
      { class: 'strip-body' },
      el(
        'ol',
        { class: 'strip-names', 'aria-hidden': 'true', style: { '--rows': `${rows * height}px` } },
        strip.names.map((name, i) => el('li', {}, i % every ? '' : named(name, { title: name }))),
      ),
      stage,
    ),
    el('p', { class: 'strip-steps' }, el('span', {}, position(strip.step[0], 'step')), el('span', {}, position(strip.step[columns - 1], 'step'))),
    readout,
    stripTable(id, strip),
  );
  return { node, draw: () => paintStrip(canvas, strip, scale) };
}

function write(id, value) {
  return Number.isNaN(value) ? t('layers.unseen') : id === 'dead' ? percent(value) : num(value, 3);
}

/** From a value to its share of the ramp. Norms and ratios by their powers of ten, without the outermost twentieths. */
function stripScale(id, values) {
  if (id === 'dead') return { low: 0, high: 1, share: (x) => x };
  const known = Array.from(values).filter((x) => x > 0 && Number.isFinite(x)).sort((a, b) => a - b);
  if (!known.length) return { low: 0, high: 0, share: () => 0 };
  const [low, high] = [known[Math.floor(known.length * 0.02)], known[Math.ceil(known.length * 0.98) - 1]];
  const width = Math.log(high / low) || 1;
  return { low, high, share: (x) => (x > 0 ? Math.log(x / low) / width : 0) };
}

function paintStrip(canvas, strip, scale) {
  const ctx = canvas.getContext('2d');
  const image = ctx.createImageData(canvas.width, canvas.height);
  const infinite = hexOf(tone('critical'));
  strip.value.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const color = Number.isFinite(value) ? rampColor(scale.share(value)) : infinite;
    image.data.set([...color, 255], i * 4);
  });
  ctx.putImageData(image, 0, 0);
}

function hexOf(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

function rampColor(share) {
  const at = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const below = Math.min(Math.floor(at), RAMP.length - 2);
  return RAMP[below].map((x, i) => Math.round(x + (RAMP[below + 1][i] - x) * (at - below)));
}

function rampLegend(id, { low, high }) {
  return el('span', { class: 'ramp' }, write(id, low), el('i', { 'aria-hidden': 'true' }), write(id, high));
}

/** The same in numbers: each layer's first and last value. */
function stripTable(id, strip) {
  const columns = strip.step.length;
  const known = (row) => Array.from(strip.value.slice(row * columns, (row + 1) * columns)).filter((x) => !Number.isNaN(x));
  return el(
    'details',
    { class: 'plain' },
    el('summary', {}, t('layers.numbers')),
    el(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('layers.numbers') },
      el(
        'table',
        { class: 'narrow' },
        el('thead', {}, el('tr', {}, ['layer', 'first', 'last'].map((key) => el('th', { scope: 'col' }, t(`layers.${key}`))))),
        el(
          'tbody',
          {},
          strip.names.map((name, row) => {
            const values = known(row);
            return el(
              'tr',
              {},
              el('th', { scope: 'row' }, named(name)),
              [values[0], values[values.length - 1]].map((x) => el('td', { class: 'number' }, write(id, x ?? NaN))),
            );
          }),
        ),
      ),
    ),
  );
}
