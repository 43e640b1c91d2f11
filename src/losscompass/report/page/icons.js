// Small drawings: the shape of a curve for each label, a sign for each severity. Colour is never the only difference.

const SHAPES = {
  'healthy-converged': 'M2 3 C6 17 12 18 30 18',
  'still-improving': 'M2 3 C8 9 18 13 30 20',
  overfitting: 'M2 3 C7 20 14 20 30 6',
  'underfitting-flat': 'M2 6 L8 7 L14 6 L20 7 L30 6',
  diverged: 'M2 14 C10 20 20 20 27 2',
  nan: 'M2 4 C6 12 10 14 15 15 M20 9 L28 17 M28 9 L20 17',
  oscillating: 'M2 12 C4 2 7 2 9 12 S14 22 16 12 S21 2 23 12 S28 22 30 12',
  plateau: 'M2 3 C4 12 8 12 30 12',
  'spike-recovered': 'M2 6 C6 14 10 16 13 16 L16 3 L19 17 L30 18',
  'val-below-train': 'M2 3 C8 11 18 12 30 12 M2 8 C8 17 18 19 30 19',
  'too-short-to-say': 'M2 6 L8 9 M14 11 h.01 M20 12 h.01 M26 13 h.01',
  'not-a-training-log': 'M4 4 L28 18 M28 4 L4 18',
};

/** How a label feels: good, fair, poor, bad or open. */
const FEELING = {
  'healthy-converged': 'good',
  'still-improving': 'good',
  'val-below-train': 'fair',
  'spike-recovered': 'fair',
  overfitting: 'poor',
  plateau: 'poor',
  oscillating: 'poor',
  'underfitting-flat': 'bad',
  diverged: 'bad',
  nan: 'bad',
};

function feeling(label) {
  return FEELING[label] ?? 'open';
}

/** The shape that a label names. */
function shapeIcon(label) {
  return svg(
    'svg',
    { class: 'shape', viewBox: '0 0 32 22', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: SHAPES[label] ?? SHAPES['too-short-to-say'] }),
  );
}

/** A label as a badge: its shape and its words. */
function labelBadge(label, words) {
  return el('span', { class: `badge ${feeling(label)}` }, shapeIcon(label), capital(words));
}

const SIGNS = {
  critical: 'M8 1.2 14.8 8 8 14.8 1.2 8Z M8 4.6 V8.6 M8 11.1 v.01',
  warning: 'M8 1.8 15 14.2 H1Z M8 6.2 V10 M8 12.1 v.01',
  note: 'M8 1.5 A6.5 6.5 0 1 1 7.99 1.5Z M8 7.4 V11.4 M8 4.8 v.01',
};

/** A severity: its sign and its word. */
function severityBadge(severity) {
  return el(
    'span',
    { class: `severity ${severity}` },
    svg(
      'svg',
      { viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
      svg('path', { d: SIGNS[severity] ?? SIGNS.note }),
    ),
    capital(t(`severity.${severity}`)),
  );
}

/** The mark of the house: a compass whose needle points down the slope. */
function compassMark() {
  return svg(
    'svg',
    { class: 'mark', viewBox: '0 0 32 32', 'aria-hidden': 'true', focusable: 'false' },
    svg('circle', { cx: 16, cy: 16, r: 14 }),
    svg('path', { class: 'needle', d: 'M24.5 24.5 13.6 18.4 18.4 13.6Z' }),
    svg('path', { class: 'tail', d: 'M7.5 7.5 18.4 13.6 13.6 18.4Z' }),
  );
}
