// Which curves go on which chart, as the lines that a chart draws.

const PHASE_TONES = { train: 'train', val: 'val', test: 'test' };

/** A curve as a line, with its smoothed tail; null where it cannot be drawn on the axis. */
function lineOf(run, curve, options) {
  const at = positions(run, curve, options.axis);
  if (!at) return null;
  const order = rising(at);
  const x = order ? order.map((i) => at[i]) : Array.from(at);
  const y = order ? order.map((i) => curve.y[i]) : Array.from(curve.y);
  const line = {
    label: options.label ?? curve.name,
    color: options.color,
    x,
    y,
    dash: options.dash,
    hidden: options.hidden,
  };
  line.broken = x.filter((_, i) => !Number.isFinite(y[i]));
  line.tail = tailOf(run, curve, line, options);
  return line;
}

/** The smoothed line. Of a thinned curve it follows the levels of its stretches, not the extremes that are drawn. */
function tailOf(run, curve, line, { axis, smoothing, span }) {
  const thick = curve.level ?? line;
  const n = curve.level ? curve.n : line.x.length;
  if (!smoothing || n < 30 || (state.smoothing === null && !isNoisy(curve))) return null;
  const at = curve.level ? positions(run, { ...curve.level, axis: curve.axis }, axis) : line.x;
  if (!at) return null;
  const memory = 0.1 * smoothing ** 2 * (span[1] - span[0]);
  return { x: Array.from(at), y: smooth(at, thick.y, memory) };
}

/** Null if the positions rise and are all numbers, else the order that makes them so. */
function rising(at) {
  let tidy = Number.isFinite(at[0] ?? 0);
  for (let i = 1; i < at.length && tidy; i += 1) tidy = at[i] >= at[i - 1];
  if (tidy) return null;
  return [...at.keys()].filter((i) => Number.isFinite(at[i])).sort((a, b) => at[a] - at[b]);
}

/** The colour of a curve: its phase's, or one of the palette. */
function colorOf(curve, place) {
  const name = PHASE_TONES[curve.phase];
  return name && place === undefined ? tone(name) : tone(`line-${((place ?? 0) % 8) + 1}`);
}

/** The further curves of a run in groups: [{id, charts: [{title, curves}]}]. Counters are not worth a chart. */
function furtherGroups(run) {
  const rest = Object.values(run.curves).filter((c) => !c.headline && c.kind !== 'counter');
  const groups = [
    ['parts', (c) => c.kind === 'loss-part' || c.kind === 'loss'],
    ['metrics', (c) => ['metric-up', 'metric-down', 'reward'].includes(c.kind)],
    [
      'other',
      (c) =>
        !['loss-part', 'loss', 'metric-up', 'metric-down', 'reward', 'learning-rate', 'gradient-norm'].includes(c.kind),
    ],
  ];
  return groups
    .map(([id, belongs]) => ({ id, charts: byTopic(rest.filter(belongs)) }))
    .filter((group) => group.charts.length);
}

/** Curves of one topic ("train/accuracy", "val/accuracy") on one chart. */
function byTopic(curves) {
  const topics = new Map();
  for (const curve of curves) {
    const topic = curve.phase === 'none' ? curve.name : curve.name.replace(/^(train|val|test)\//, '');
    topics.set(topic, [...(topics.get(topic) ?? []), curve]);
  }
  return [...topics].map(([title, list]) => ({ title, curves: list }));
}

/** The range of all curves on an axis; a run of one point gets some room. */
function spanOf(run, curves, axis) {
  const all = curves.map((curve) => positions(run, curve, axis)).filter(Boolean);
  const span = extent(...all);
  if (!span) return [0, 1];
  return span[0] === span[1] ? [span[0] - 0.5, span[1] + 0.5] : span;
}
