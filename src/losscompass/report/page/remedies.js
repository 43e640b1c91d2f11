// What to do: the remedies in the order of effect per effort, each with its code, how to check it, what to conclude.

function remediesSection(run) {
  if (!run.prescriptions.length) return null;
  return el(
    'section',
    { class: 'remedies', 'aria-labelledby': 'remedies-title' },
    el('h2', { id: 'remedies-title' }, t('remedies.title')),
    el('p', { class: 'lead' }, t('remedies.lead')),
    el(
      'ol',
      {},
      run.prescriptions.map((one, index) => remedyCard(run, one, index)),
    ),
  );
}

function remedyCard(run, one, index) {
  const told = entry(one.remedy);
  const advice = said(run.index).prescriptions[index];
  const answers = one.answers.map((id) => {
    const place = run.found.findIndex((found) => found.id === id);
    return place < 0 ? entry(id).title : el('a', { href: `#finding-${place + 1}` }, `${place + 1}. ${entry(id).title}`);
  });
  return el(
    'li',
    {},
    el(
      'details',
      { class: 'card remedy', id: `remedy-${index + 1}`, open: index === 0 },
      el(
        'summary',
        {},
        el('span', { class: 'rank', 'aria-hidden': 'true' }, index + 1),
        el(
          'span',
          { class: 'what' },
          el(
            'span',
            { class: 'line' },
            el('strong', {}, told.title),
            el('span', { class: `tag ${one.risk}` }, t(`risk.${one.risk}`)),
            el('span', { class: 'tag' }, t(`stage.${one.stage}`)),
          ),
          advice === told.title ? null : el('span', { class: 'message' }, advice),
        ),
      ),
      el(
        'div',
        { class: 'body single' },
        el(
          'div',
          { class: 'prose' },
          told.sections.map(([name, heading, text]) => section(name, heading, text)),
          answers.length ? el('p', { class: 'answers' }, t('remedies.answers'), ' ', between(answers)) : null,
        ),
      ),
    ),
  );
}
