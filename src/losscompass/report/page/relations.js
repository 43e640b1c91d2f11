// Two charts that come of several curves: the gap between training and validation, and what share each part of a loss has.

/** Validation less training, where both measure the same; null where there are not both. */
function gapSpec(run, heads, options) {
  const [train, val] = ['train', 'val'].map((phase) => heads.find((curve) => curve.headline === phase));
  if (!train || !val || train.name.replace(/^train\//, '') !== val.name.replace(/^val\//, '')) return null;
  const [low, high] = [levelLine(run, train, options), levelLine(run, val, options)];
  if (!low || !high || low.x.length < 3 || high.x.length < 3) return null;
  const [from, to] = [low.x[0], low.x[low.x.length - 1]];
  const near = (to - from) * 0.02; // validation is often logged a step after the last of training
  const kept = [...high.x.keys()].filter((i) => high.x[i] >= from - near && high.x[i] <= to + near);
  if (kept.length < 3) return null;
  const x = kept.map((i) => high.x[i]);
  const y = kept.map((i) => high.y[i] - interpolate(low.x, low.y, Math.min(Math.max(high.x[i], from), to)));
  return {
    title: t('curves.gap'),
    height: CHART_HEIGHT.side,
    axis: options.axis,
    log: false,
    zero: true,
    class: 'side',
    lines: [{ label: t('gap.line', { val: val.name, train: train.name }), color: tone('line-4'), x, y, broken: [], area: true }],
  };
}

/** The parts of a loss as shares of their sum, one over the other. */
function partsSpec(run, options) {
  const parts = Object.values(run.curves).filter((curve) => curve.kind === 'loss-part');
  const phase = ['train', 'val', 'test', 'none'].find((one) => parts.filter((curve) => curve.phase === one).length > 1);
  const lines = parts
    .filter((curve) => curve.phase === phase)
    .map((curve) => ({ curve, ...levelLine(run, curve, options) }))
    .filter((line) => line.x?.length > 1)
    .slice(0, 8);
  if (lines.length < 2) return null;
  const { x } = lines.reduce((most, line) => (line.x.length > most.x.length ? line : most));
  const sizes = lines.map((line) => Array.from(x, (at) => Math.abs(interpolate(line.x, line.y, at))));
  const sums = Array.from(x, (_, i) => sizes.reduce((sum, one) => sum + one[i], 0));
  const shares = sizes.map((one) => one.map((size, i) => (sums[i] ? size / sums[i] : NaN)));
  const tops = new Array(x.length).fill(0);
  const stacked = lines.map((line, k) => ({
    label: line.curve.name,
    color: tone(`line-${k + 1}`),
    x,
    y: shares[k].map((share, i) => (tops[i] += share)),
    own: shares[k],
    form: percent,
    broken: [],
  }));
  return { title: t('curves.parts'), height: CHART_HEIGHT.second, axis: options.axis, log: false, lines: stacked, stacked: true, class: 'side' };
}

/** A curve without its noise: its levels where it was thinned, smoothed where it is noisy, only its finite points. */
function levelLine(run, curve, { axis, span }) {
  const thick = curve.level ?? curve;
  const at = curve.level ? positions(run, { ...curve.level, axis: curve.axis }, axis) : positions(run, curve, axis);
  if (!at) return null;
  const kept = [...at.keys()].filter((i) => Number.isFinite(at[i]) && Number.isFinite(thick.y[i]));
  const x = kept.map((i) => at[i]);
  const y = kept.map((i) => thick.y[i]);
  return { x, y: isNoisy(curve) ? smooth(x, y, (span[1] - span[0]) / 60) : y };
}
