// The head of a run: where it came from, the verdict in one sentence, the dial.

function verdictSection(run, several) {
  const words = said(run.index);
  const { reading } = run;
  return el(
    'section',
    { class: `card verdict ${words.headline ? gravityOf(run.found[0]) : feeling(reading.labels[0])}`, 'aria-labelledby': 'verdict' },
    el(
      'div',
      { class: 'verdict-words' },
      several ? el('p', { class: 'run-name' }, named(run.label)) : null,
      el(
        'p',
        { class: 'labels' },
        words.confidence === null ? null : reading.labels.map((label) => labelBadge(label, t(`label.${label}`))),
      ),
      el('h1', { id: 'verdict', tabindex: -1 }, words.headline || words.verdict),
      words.headline ? el('p', { class: 'judgement' }, words.verdict) : null,
      words.confidence === null ? null : el('p', { class: 'sure' }, bar(words.confidence), capital(words.sure)),
      words.judgement ? el('p', { class: 'judgement' }, words.judgement) : null,
      words.taken.length ? el('ul', { class: 'sure' }, words.taken.map((line) => el('li', {}, line))) : null,
      nextStep(run),
    ),
    dialFigure(run),
    sourceList(run, words),
  );
}

/** How a run feels that is named by what was found in it. */
function gravityOf(found) {
  return { critical: 'bad', warning: 'open' }[found?.severity] ?? 'good';
}

/** What the reader should do first. */
function nextStep(run) {
  const { next } = said(run.index);
  const first = run.prescriptions[0];
  if (!next && !first) return null;
  return el(
    'div',
    { class: 'next-step' },
    next ? el('p', {}, next) : null,
    first
      ? el('p', {}, el('span', {}, t('verdict.first')), ' ', el('a', { href: '#remedy-1' }, entry(first.remedy).title))
      : null,
  );
}

function sourceList(run, words) {
  const few = words.facts.length <= 8;
  const shown = words.facts.filter(([, , known]) => known || few);
  const rest = words.facts.filter(([, , known]) => !known && !few);
  const row = ([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, named(value)));
  return el(
    'dl',
    { class: 'facts source' },
    row([t('source.path'), run.source]),
    run.name ? row([t('source.run'), run.name]) : null,
    run.series.length
      ? el(
          'div',
          {},
          el('dt', {}, t('source.points')),
          el('dd', {}, t('source.count', { points: run.points, series: run.series.length })),
        )
      : null,
    shown.map(row),
    rest.length
      ? el(
          'details',
          { class: 'plain' },
          el('summary', {}, t('source.more', { count: rest.length })),
          el('dl', { class: 'facts' }, rest.map(row)),
        )
      : null,
  );
}
