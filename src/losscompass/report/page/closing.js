// The closing parts: likely causes, the checklist, what was not checked and why, what was skipped, what went wrong with us.

function likelySection(run) {
  if (!run.likely.length) return null;
  return el(
    'section',
    { class: 'card', 'aria-labelledby': 'likely-title' },
    el('h2', { id: 'likely-title' }, t('likely.title')),
    el('p', { class: 'lead' }, t('likely.lead')),
    el(
      'ul',
      { class: 'likely' },
      run.likely.map((one, i) =>
        el(
          'li',
          {},
          el(
            'span',
            { class: 'line' },
            el('strong', {}, said(run.index).likely[i][0]),
            el('span', { class: 'sure' }, confidence(one.confidence)),
          ),
          el('span', { class: 'settle' }, t('likely.settled'), ' ', said(run.index).likely[i][1]),
        ),
      ),
    ),
  );
}

const STATES = { tick: '✓', cross: '✕', 'not-seen': '–' };

function checklistSection(run) {
  if (!run.checklist.length) return null;
  const areas = new Map();
  run.checklist.forEach((item, i) =>
    areas.set(item.area, [...(areas.get(item.area) ?? []), { ...item, words: said(run.index).checklist[i] }]),
  );
  return el(
    'section',
    { class: 'card', 'aria-labelledby': 'checklist-title' },
    el('h2', { id: 'checklist-title' }, t('checklist.title')),
    el(
      'div',
      { class: 'checklist' },
      [...areas.values()].map((items) =>
        el(
          'div',
          {},
          el('h3', {}, items[0].words[0]),
          el(
            'ul',
            {},
            items.map((item) =>
              el(
                'li',
                { class: item.state },
                el('span', { class: 'state', 'aria-hidden': 'true' }, STATES[item.state] ?? '–'),
                el('span', { class: 'unseen' }, t(`checklist.${item.state}`), ': '),
                el('span', {}, item.words[1], evidence(item)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Which checks say so; those that could not look say nothing. */
function evidence(item) {
  if (!item.because.length || item.state === 'not-seen') return null;
  return el(
    'small',
    {},
    t(item.state === 'cross' ? 'checklist.found' : 'checklist.clear'),
    ' ',
    between(item.because.map((id) => entry(id).title)),
  );
}

function notCheckedSection(run) {
  const { wanted } = said(run.index);
  if (!wanted.length && !run.clear.length && !run.broken.length) return null;
  return el(
    'section',
    { class: 'card', 'aria-labelledby': 'unchecked-title' },
    el('h2', { id: 'unchecked-title' }, t('unchecked.title')),
    wanted.length ? el('p', { class: 'lead' }, t('unchecked.lead')) : null,
    wanted.length
      ? el(
          'dl',
          { class: 'unchecked' },
          wanted.map(([missing, ids]) =>
            el('div', {}, el('dt', {}, missing), el('dd', {}, between(ids.map((id) => entry(id).title)))),
          ),
        )
      : null,
    run.clear.length
      ? el(
          'details',
          { class: 'plain' },
          el('summary', {}, t('unchecked.clear', { count: run.clear.length })),
          el('p', {}, between(run.clear.map((id) => entry(id).title))),
        )
      : null,
    run.broken.length
      ? el(
          'details',
          { class: 'plain', open: true },
          el('summary', {}, t('unchecked.broken', { count: run.broken.length })),
          el(
            'ul',
            {},
            run.broken.map((one) => el('li', {}, named(one.id), ': ', named(one.error))),
          ),
        )
      : null,
  );
}

const MOST_LINES = 8;

/** What the reader could not use, of one run or of all. */
function skippedSection(title, lines) {
  if (!lines.length) return null;
  const list = el(
    'ul',
    { class: 'skipped' },
    lines.map((line) => el('li', {}, line)),
  );
  const folded =
    lines.length > MOST_LINES
      ? el('details', { class: 'plain' }, el('summary', {}, t('skipped.show', { count: lines.length })), list)
      : list;
  return el('section', { class: 'card' }, el('h2', {}, title), folded);
}
