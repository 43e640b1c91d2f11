// What is known of the data: the shares of the classes, scores by class, how labels follow one another, samples seen twice.

function dataSection(run) {
  const { classes, order, samples } = run.data;
  const parts = [
    classes ? classBars(classes) : null,
    ...scoresByClass(run).map(scoreBars),
    order || samples ? dataFacts(order ?? {}, samples ?? {}) : null,
  ].filter(Boolean);
  if (!parts.length) return null;
  return el(
    'section',
    { class: 'card data', 'aria-labelledby': 'data-title' },
    el('h2', { id: 'data-title' }, t('data.title')),
    el('div', { class: 'data-parts' }, parts),
  );
}

function classBars({ bars, count }) {
  const even = 1 / count;
  const most = Math.max(...bars.map(([, share]) => share), even);
  return el(
    'figure',
    {},
    el('figcaption', {}, el('h3', {}, t('data.classes'))),
    barList(bars.map(([k, share]) => [t('data.class', { k: String(k) }), share / most, percentOf(share)]), even / most),
    el('p', { class: 'settle' }, t('data.even', { share: percentOf(even) }), count > bars.length ? ` ${t('data.more', { count: count - bars.length })}` : null),
  );
}

function percentOf(share) {
  return `${num(share * 100, 2)} %`;
}

/** Names, bars and values; `mark` is a share at which every bar has a line. */
function barList(rows, mark) {
  return el(
    'ul',
    { class: 'bars', style: { '--mark': mark ?? -1 } },
    rows.map(([name, share, value]) =>
      el(
        'li',
        {},
        el('bdi', { class: 'bar-name', title: name }, name),
        el('span', { class: 'bar-room', 'aria-hidden': 'true' }, el('i', { style: { '--share': Math.min(Math.max(share, 0), 1) } })),
        el('span', { class: 'bar-value' }, value),
      ),
    ),
  );
}

const SCORE = /^(.*?\b(?:ap\d*|map\d*|acc(?:uracy)?|f1|iou|dice|recall|precision|auc))(?:[-_/ .:]+)(.+)$/i;
const MANY = 3; // scores that make a picture by class

/** Scores that several series give for one class each: [{name, rows}], the weakest class first. */
function scoresByClass(run) {
  const groups = new Map();
  for (const curve of Object.values(run.curves)) {
    const found = curve.kind === 'metric-up' && SCORE.exec(curve.name);
    if (found) groups.set(found[1], [...(groups.get(found[1]) ?? []), [found[2], lastFinite(curve.y)]]);
  }
  return [...groups]
    .map(([name, rows]) => ({ name, rows: rows.filter(([, value]) => Number.isFinite(value)).sort((a, b) => a[1] - b[1]) }))
    .filter(({ rows }) => rows.length >= MANY);
}

function scoreBars({ name, rows }) {
  const most = Math.max(...rows.map(([, value]) => value), rows.every(([, value]) => value <= 1) ? 1 : 0) || 1;
  return el(
    'figure',
    {},
    el('figcaption', {}, el('h3', {}, t('data.scores'), ' ', named(name))),
    barList(rows.slice(0, 40).map(([part, value]) => [part, value / most, num(value, 3)])),
    el('p', { class: 'settle' }, t('data.weakest')),
  );
}

/** How the labels follow one another, and what training and validation share. */
function dataFacts(order, samples) {
  const share = (x) => percent(fromJson(x));
  const rows = [
    ['samples-train', samples.train, num],
    ['samples-val', samples.val, num],
    ['overlap', samples.val_seen ? samples.val_in_train / samples.val_seen : undefined, share],
    ['repeats', samples.train_repeats, share],
    ['purity', order.purity, (x) => t('data.of-expected', { value: share(x), expected: share(order.purity_expected) })],
    ['changes', order.changes, (x) => t('data.of-expected', { value: share(x), expected: share(order.changes_expected) })],
  ].filter(([, value]) => value !== undefined && value !== null);
  return rows.length
    ? el(
        'figure',
        {},
        el('figcaption', {}, el('h3', {}, t('data.facts'))),
        el('dl', { class: 'facts' }, rows.map(([key, value, form]) => el('div', {}, el('dt', {}, t(`data.${key}`)), el('dd', {}, form(value))))),
      )
    : null;
}
