// The findings of a run, ranked: what was seen, what it means, where on the curve, what to do.

function findingsSection(run, show) {
  const cards = run.found.map((found, index) => findingCard(run, found, index, show));
  const node = el(
    'section',
    { class: 'findings', 'aria-labelledby': 'findings-title' },
    el(
      'h2',
      { id: 'findings-title' },
      t('findings.title'),
      el('small', {}, t('findings.count', { count: cards.length })),
    ),
    cards.length ? cards.map((card) => card.node) : el('p', { class: 'card calm' }, t('findings.none')),
  );
  return {
    node,
    /** Opens the card of a finding and goes there. */
    open(index) {
      cards[index].node.open = true;
      goTo(cards[index].node.querySelector('summary'));
    },
    draw() {
      for (const card of cards) card.draw();
    },
    destroy() {
      for (const card of cards) card.destroy();
    },
  };
}

function findingCard(run, found, index, show) {
  const told = entry(found.id);
  const exhibit = exhibitOf(run, found);
  const node = el(
    'details',
    { class: `card finding ${found.severity}`, id: `finding-${index + 1}`, open: index === 0 },
    el(
      'summary',
      {},
      el('span', { class: 'rank', 'aria-hidden': 'true' }, index + 1),
      el(
        'span',
        { class: 'what' },
        el('span', { class: 'line' }, el('strong', {}, told.title), severityBadge(found.severity)),
        el('span', { class: 'message' }, said(run.index).found[index]),
      ),
    ),
    el(
      'div',
      { class: 'body' },
      el(
        'div',
        { class: 'prose' },
        codeOf(found),
        told.sections.filter(([name]) => FIRST.includes(name)).map((one) => section(...one)),
        tryThis(run, found),
        furtherWords(told),
        links(run, found),
      ),
      el(
        'div',
        { class: 'evidence' },
        exhibit?.figure,
        tablesOf(found),
        facts(run, found),
        el(
          'div',
          { class: 'card-buttons' },
          exhibit
            ? el('button', { type: 'button', class: 'quiet', on: { click: () => show(index) } }, t('findings.show'))
            : null,
          linkButton(run, found),
        ),
      ),
    ),
  );
  const card = {
    node,
    draw() {
      if (node.open && exhibit && !card.chart && node.isConnected) card.chart = exhibit.draw();
    },
    destroy() {
      exhibit?.group.destroy();
    },
  };
  node.addEventListener('toggle', () => card.draw());
  return card;
}

const FIRST = ['what-it-means', 'why-it-happens'];

/** The rest of what the rule's words say, folded. */
function furtherWords(told) {
  const rest = told.sections.filter(([name]) => !FIRST.includes(name));
  return rest.length
    ? el(
        'details',
        { class: 'plain' },
        el('summary', {}, t('findings.further')),
        el(
          'div',
          { class: 'prose' },
          rest.map((one) => section(...one)),
        ),
      )
    : null;
}

/** The first remedy for it: what to try, how one sees that it helped, what to conclude if it did not. */
function tryThis(run, found) {
  const index = run.prescriptions.findIndex((one) => found.remedies.includes(one.remedy));
  if (index < 0) return null;
  const { remedy } = run.prescriptions[index];
  const told = entry(remedy);
  const advice = said(run.index).prescriptions[index];
  const part = (name, word) => {
    const text = told.sections.find(([id]) => id === name)?.[2];
    return text ? el('div', {}, el('dt', {}, word), el('dd', {}, markdown(text))) : null;
  };
  return el(
    'div',
    { class: 'try' },
    el(
      'p',
      {},
      el('span', {}, t('findings.try')),
      ' ',
      el('a', { href: `#remedy-${index + 1}` }, told.title),
    ),
    advice === told.title ? null : el('p', { class: 'message' }, advice),
    el('dl', {}, part('how-to-check', t('findings.helped')), part('if-it-does-not-help', t('findings.if-not'))),
  );
}

/** One section of a rule's or a remedy's words. */
function section(name, heading, text) {
  return el('section', { class: `told ${name}` }, el('h4', {}, heading), markdown(text));
}

/** How sure, where, since when, in which line. */
function facts(run, found) {
  const shown = found.exhibits.find((exhibit) => run.curves[exhibit.series])?.series;
  const curve = run.curves[shown ?? run.reading.curve];
  const rows = [
    found.onset === null
      ? null
      : [t('findings.since'), position(fromJson(found.onset), curve?.axis ?? run.reading.axis)],
    [t('findings.confidence'), confidence(found.confidence)],
    shown ? [t('findings.series'), named(shown)] : null,
  ];
  return el(
    'dl',
    { class: 'facts' },
    rows.filter(Boolean).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
}

/** A confidence as a share, with a bar for the eye. */
function confidence(value) {
  return [bar(value), percent(fromJson(value))];
}

function bar(value) {
  return el('span', { class: 'bar', 'aria-hidden': 'true' }, el('i', { style: { '--share': fromJson(value) } }));
}

/** What explains this, and which remedies answer it. */
function links(run, found) {
  const parts = [];
  const causes = found.explained_by.map((id) => {
    const index = run.found.findIndex((other) => other.id === id);
    return index < 0 ? entry(id).title : el('a', { href: `#finding-${index + 1}` }, `${index + 1}. ${entry(id).title}`);
  });
  if (causes.length) parts.push(el('p', { class: 'because' }, t('findings.explained'), ' ', between(causes)));
  const remedies = found.remedies
    .map((id) => {
      const index = run.prescriptions.findIndex((one) => one.remedy === id);
      return index < 0 ? null : el('a', { href: `#remedy-${index + 1}` }, entry(id).title);
    })
    .filter(Boolean);
  if (remedies.length) parts.push(el('p', { class: 'answers' }, t('findings.remedies'), ' ', between(remedies)));
  return parts;
}

function between(nodes) {
  return nodes.flatMap((node, i) => (i ? [t('list-comma'), node] : [node]));
}

/** The piece of the curve that shows it. */
function exhibitOf(run, found) {
  const shown = found.exhibits.filter((exhibit) => run.curves[exhibit.series]);
  if (!shown.length) return null;
  const curve = run.curves[shown[0].series];
  const span = shown[0].steps?.map(fromJson) ?? null;
  const full = spanOf(run, [curve], curve.axis);
  const view = span ? widened(span, full) : full;
  const others = shown
    .slice(1)
    .map((exhibit) => run.curves[exhibit.series])
    .filter((other) => other !== curve && positions(run, other, curve.axis));
  const lines = [curve, ...new Set(others)]
    .map((one, i) =>
      lineOf(run, one, {
        axis: curve.axis,
        smoothing: 0,
        span: full,
        color: colorOf(one, one.phase === 'none' ? i : undefined),
      }),
    )
    .filter(Boolean);
  const onset = fromJson(found.onset);
  const group = new ChartGroup(view);
  const spec = {
    title: t('findings.exhibit', { name: curve.name }),
    heading: false,
    class: 'exhibit',
    height: 180,
    axis: curve.axis,
    log: asksForLog([curve]),
    lines,
    spans: span ? [{ from: span[0], to: span[1], tone: found.severity }] : [],
    findings: onset === null ? [] : [{ at: onset, severity: found.severity, rank: '', title: '', silent: true }],
  };
  return { ...chartFigure(spec, group), group };
}

/** The span with some of the curve on both sides, so that one sees what is unusual about it. */
function widened([from, to], [low, high]) {
  const air = Math.max((to - from) * 0.6, (high - low) * 0.06);
  return [Math.max(low, from - air), Math.min(high, to + air)];
}
