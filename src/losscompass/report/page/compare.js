// Several runs: a table that ranks them, or says why it cannot.

function runsSection(runs, comparison, choose) {
  if (runs.length < 2) return null;
  const order = comparison?.ranked ?? [];
  const rows = runs.map((run) => runRow(run, order)).sort(compareRows);
  const body = el('tbody', {});
  const more = el('button', { type: 'button', class: 'quiet', id: 'runs-more' });
  const count = el('span', { role: 'status' });
  let shown = ROWS;
  const fill = () => {
    const wish = state.filter.trim().toLowerCase();
    const left = rows.filter((row) => !wish || `${row.name} ${row.verdict}`.toLowerCase().includes(wish));
    body.replaceChildren(...left.slice(0, shown).map((row) => keptRow(row, choose, comparison)));
    more.hidden = left.length <= shown;
    more.textContent = t('runs.more', { count: left.length - shown });
    count.textContent = wish ? t('runs.left', { count: left.length }) : '';
  };
  const further = () => {
    shown += ROWS;
    fill();
  };
  more.addEventListener('click', further);
  fill();
  return el(
    'section',
    { class: 'card runs', 'aria-labelledby': 'runs-title' },
    el('h2', { id: 'runs-title' }, t('runs.title'), el('small', {}, t('runs.count', { count: runs.length }))),
    comparison ? comparisonWords(comparison, runs) : null,
    runs.length > FEW_RUNS ? filterField(count, fill) : null,
    el(
      'div',
      {
        class: 'scroll',
        tabindex: 0,
        role: 'region',
        'aria-labelledby': 'runs-title',
        on: { scroll: ({ target }) => !more.hidden && target.scrollTop + 2 * target.clientHeight > target.scrollHeight && further() },
      },
      el(
        'table',
        { 'aria-rowcount': runs.length + 1 },
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            el('th', { scope: 'col' }, el('span', { class: 'unseen' }, t('runs.overlay'))),
            COLUMNS.map(sortHead),
          ),
        ),
        body,
      ),
    ),
    more,
  );
}

const FEW_RUNS = 12; // more than these want a field to look for one
const ROWS = 60; // at once; the others as one scrolls

/** A field in which what is typed leaves the rows whose name or verdict holds it. */
function filterField(count, fill) {
  const field = el('input', { type: 'search', id: 'runs-filter', autocomplete: 'off', value: state.filter || null });
  field.addEventListener('input', () => {
    state.filter = field.value;
    fill();
  });
  return el('p', { class: 'filter' }, el('label', { for: 'runs-filter' }, t('runs.filter')), field, count);
}

const keptRows = new WeakMap();

/** The row of a run, made once for what it says: a thousand rows are sorted, not made anew. */
function keptRow(row, choose, comparison) {
  const depends = [row.run.found, language.now, comparison];
  const kept = keptRows.get(row.run);
  const same = kept?.depends.every((one, i) => one === depends[i]);
  const node = same ? kept.node : rowNode(row, choose);
  if (!same) keptRows.set(row.run, { node, depends });
  const shown = row.run.index === state.run;
  node.classList.toggle('shown', shown);
  const button = node.querySelector('.open-run');
  if (shown) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
  node.querySelector('input').checked = state.overlay.has(row.run.index);
  return node;
}

const COLUMNS = ['rank', 'name', 'verdict', 'curve', 'first', 'best', 'last', 'findings'];

function runRow(run, order) {
  const { reading } = run;
  const place = order.indexOf(run.index);
  return {
    run,
    rank: place < 0 ? null : place + 1,
    name: run.label,
    verdict: t(`label.${reading.labels[0]}`),
    curve: reading.curve ?? '',
    first: fromJson(reading.first),
    best: fromJson(reading.best),
    last: fromJson(reading.last),
    findings: run.found.length,
  };
}

function compareRows(a, b) {
  const { by, down } = state.sort;
  const [x, y] = [a[by], b[by]];
  const empty = (v) => v === null || Number.isNaN(v);
  if (empty(x) || empty(y)) return empty(x) - empty(y) || a.run.index - b.run.index;
  const order = typeof x === 'number' ? x - y : x.localeCompare(y, language.now, { numeric: true });
  return (down ? -order : order) || a.run.index - b.run.index;
}

function sortHead(name) {
  const { by, down } = state.sort;
  const button = el(
    'button',
    { type: 'button', id: `sort-${name}` },
    t(`runs.${name}`),
    el('span', { 'aria-hidden': 'true' }, by === name ? (down ? ' ↓' : ' ↑') : ''),
  );
  button.addEventListener('click', () => {
    state.sort = { by: name, down: by === name && !down };
    changed('sort');
  });
  return el(
    'th',
    { scope: 'col', 'aria-sort': by === name ? (down ? 'descending' : 'ascending') : 'none', class: `col-${name}` },
    button,
  );
}

function rowNode(row, choose) {
  const { run } = row;
  const box = el('input', {
    type: 'checkbox',
    'aria-label': t('runs.overlay-one', { name: row.name }),
  });
  box.addEventListener('change', () => {
    state.overlay[box.checked ? 'add' : 'delete'](run.index);
    changed('overlay');
  });
  const counts = ['critical', 'warning', 'note']
    .map((severity) => [severity, run.found.filter((found) => found.severity === severity).length])
    .filter(([, n]) => n);
  return el(
    'tr',
    {},
    el('td', {}, box),
    el('td', { class: 'number' }, row.rank ?? '–'),
    el(
      'th',
      { scope: 'row' },
      el(
        'button',
        {
          type: 'button',
          class: 'open-run',
          on: { click: () => choose(run.index) },
        },
        named(row.name),
      ),
    ),
    el('td', {}, labelBadge(run.reading.labels[0], row.verdict)),
    el('td', { class: 'trace' }, sparkline(run)),
    ['first', 'best', 'last'].map((key) => el('td', { class: 'number' }, num(row[key]))),
    el(
      'td',
      {},
      counts.length ? counts.map(([severity, n]) => el('span', { class: 'count' }, severityBadge(severity), n)) : '–',
    ),
  );
}

/** The ranking, or why there is none. */
function comparisonWords(comparison, runs) {
  const text = language.all[language.now].comparison;
  const best = runs[comparison.ranked[0]];
  return el(
    'p',
    { class: comparison.refused ? 'refused' : 'ranked' },
    el('span', {}, text),
    best ? el('span', {}, t('runs.best-run'), ' ', el('strong', {}, named(best.label))) : null,
  );
}

/** The headline curve, in the height of a line. */
function sparkline(run) {
  const curve = run.curves[run.reading.curve] ?? headlines(run)[0];
  if (!curve) return null;
  const ys = Array.from(curve.y);
  const log = asksForLog([curve]);
  const value = (y) => (log ? Math.log(y) : y);
  const range = extent(ys.map(value));
  if (!range) return null;
  const [left, right] = [curve.x[0], curve.x[curve.x.length - 1]];
  const stride = Math.max(1, Math.floor(ys.length / 200));
  let path = '';
  ys.forEach((y, i) => {
    if (i % stride && i !== ys.length - 1) return;
    if (!Number.isFinite(value(y))) return;
    const x = 2 + 96 * shareOf(curve.x[i], left, right);
    path += `${path ? 'L' : 'M'}${x.toFixed(1)} ${(26 - 24 * shareOf(value(y), ...range)).toFixed(1)}`;
  });
  return svg(
    'svg',
    {
      class: 'sparkline',
      viewBox: '0 0 100 28',
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
      focusable: 'false',
    },
    svg('path', { d: path, class: curve.phase }),
  );
}
