// The page from a plain data object: whoever has one (a file, a live server) calls `showDiagnosis`.

/** Shows the data in `root`; `badge` makes a further sign for the head. Returns how to show newer data in the same place. */
function showDiagnosis(root, data, badge = null) {
  const page = { root, data, runs: unpackRuns(data), parts: {}, badge };
  language.all = data.words;
  language.now = data.lang;
  state.overlay = new Set(
    (data.document.comparison?.ranked?.length ? data.document.comparison.ranked : [...page.runs.keys()]).slice(0, 5),
  );
  const slots = SECTIONS.map((section) => ({ ...section, host: el('div', { class: 'slot' }) }));
  const main = el(
    'main',
    { id: 'main' },
    slots.filter((slot) => !slot.place).map((slot) => slot.host),
  );
  const outside = (place) => slots.find((slot) => slot.place === place).host;
  root.replaceChildren(outside('before'), main, outside('after'));

  const draw = (topic) =>
    keepingPlace(root, () => {
      document.documentElement.lang = language.now;
      document.documentElement.dataset.theme = state.theme;
      tones.clear();
      document.title = pageTitle(page.runs);
      for (const slot of slots) if (topic === 'all' || slot.topics.includes(topic)) drawSlot(slot, page);
    });
  for (const topic of ['language', 'theme', 'run', 'charts', 'overlay', 'sort']) whenChanged(topic, () => draw(topic));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw('theme'));
  onPrint(page, () => draw('theme'));
  draw('all');
  followLinks(root);
  followFragment(page);
  return {
    page,
    /** Other data, with all that the reader chose. */
    show(newer, runs = unpackRuns(newer)) {
      Object.assign(page, { data: newer, runs });
      language.all = newer.words;
      draw('all');
    },
    /** The curves have grown; after a `verdict`, the words have changed too. */
    refresh(verdict) {
      keepingPlace(root, () => {
        for (const slot of slots) {
          if (slot.name === 'curves' ? !page.parts.curves?.refresh?.() : verdict && hasChanged(slot, page) && !isBusy(slot.host))
            drawSlot(slot, page);
        }
        document.title = pageTitle(page.runs);
      });
    },
  };
}

/** Whether a section would say something else now. */
function hasChanged(slot, page) {
  if (slot.live === false) return false;
  const now = stampOf(slot, page);
  return now === null || now !== slot.stamp;
}

function stampOf(slot, page) {
  const run = page.runs[state.run];
  return slot.shows && run ? JSON.stringify(slot.shows(run, said(run.index))) : null;
}

/** Whether the reader is typing or marking a text there. */
function isBusy(host) {
  const selection = getSelection();
  return host.contains(document.activeElement?.closest('input[type=search]') ?? null) || (!selection.isCollapsed && host.contains(selection.anchorNode));
}

/** What the page consists of, from top to bottom, and which changes each part must follow. */
const ALWAYS = ['language', 'run'];
const SECTIONS = [
  { name: 'head', place: 'before', live: false, topics: ALWAYS, make: (page) => pageHead(page.runs, page.badge) },
  {
    name: 'runs',
    topics: [...ALWAYS, 'sort'],
    make: (page) => runsSection(page.runs, page.data.document.comparison, openRun),
  },
  {
    name: 'overlay',
    topics: ['language', 'theme', 'overlay', 'charts'],
    make: (page) => overlaySection(page.runs, page.data.document.comparison),
  },
  {
    name: 'verdict',
    topics: ALWAYS,
    shows: (run, words) => [run.reading, run.judgement, words.verdict, words.facts, run.points, run.prescriptions[0]],
    make: ofRun((run, page) => verdictSection(run, page.runs.length > 1)),
  },
  {
    name: 'curves',
    topics: [...ALWAYS, 'theme', 'charts'],
    make: ofRun((run, page) => curvesSection(run, (index) => page.parts.findings.open(index))),
  },
  {
    name: 'findings',
    topics: [...ALWAYS, 'theme'],
    shows: (run, words) => [run.found, words.found, words.prescriptions],
    make: ofRun((run, page) => findingsSection(run, (index) => showOnChart(run, index, page.parts.curves))),
  },
  { name: 'remedies', topics: ALWAYS, shows: (run, words) => [run.prescriptions, words.prescriptions], make: ofRun(remediesSection) },
  { name: 'likely', topics: ALWAYS, shows: (run) => [run.likely], make: ofRun(likelySection) },
  { name: 'layers', topics: [...ALWAYS, 'theme'], shows: (run) => Object.values(run.layers), make: ofRun(layersSection) },
  { name: 'data', topics: ALWAYS, make: ofRun(dataSection) },
  { name: 'checklist', topics: ALWAYS, shows: (run) => [run.checklist], make: ofRun(checklistSection) },
  { name: 'unchecked', topics: ALWAYS, shows: (run, words) => [words.wanted, run.clear, run.broken], make: ofRun(notCheckedSection) },
  {
    name: 'skipped',
    topics: ALWAYS,
    make: ofRun((run) => skippedSection(t('skipped.title'), said(run.index).skipped)),
  },
  { name: 'empty', topics: ['language'], make: (page) => (page.runs.length ? null : emptySection(page.badge)) },
  {
    name: 'unreadable',
    topics: ['language'],
    make: () => skippedSection(t('unreadable.title'), language.all[language.now].unreadable),
  },
  {
    name: 'passed',
    topics: ['language'],
    make: () => skippedSection(t('skipped.all'), language.all[language.now].skipped),
  },
  { name: 'foot', place: 'after', live: false, topics: ['language'], make: (page) => pageFoot(page.data) },
];

/** A section of the run that is shown; none where there is no run. */
function ofRun(make) {
  return (page) => (page.runs[state.run] ? make(page.runs[state.run], page) : null);
}

/** Makes a section anew in its place. A section is a node, or {node, draw, destroy} where it has charts. */
function drawSlot(slot, page) {
  page.parts[slot.name]?.destroy?.();
  slot.stamp = stampOf(slot, page);
  const made = slot.make(page);
  const part = made instanceof Node || !made ? { node: made } : made;
  page.parts[slot.name] = part;
  slot.host.replaceChildren(...[part.node].flat().filter(Boolean));
  part.draw?.();
}

function pageTitle(runs) {
  const run = runs[state.run];
  return run ? `${t(`label.${run.reading.labels[0]}`)} · ${visible(run.label)} · losscompass` : 'losscompass';
}

/** Runs `draw` and gives back the focus, the open cards and the place on the page. */
function keepingPlace(root, draw) {
  const focused = document.activeElement?.id;
  const cards = [...root.querySelectorAll('details[id]')].map((card) => [card.id, card.open]);
  const top = scrollY;
  draw();
  for (const [id, open] of cards) {
    const card = document.getElementById(id);
    if (card) card.open = open;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  scrollTo(0, top);
}

const PAPER = '700px'; // the width of a page of A4 between its margins, for charts drawn before the paper is known

/** Paper is white and cannot be unfolded: print in the light theme with all cards open. */
function onPrint(page, draw) {
  const before = {};
  addEventListener('beforeprint', () => {
    Object.assign(before, {
      theme: state.theme,
      open: [...page.root.querySelectorAll('details')].map((card) => card.open),
    });
    state.theme = 'light';
    page.root.style.width = PAPER;
    draw();
    for (const card of page.root.querySelectorAll('details')) card.open = true;
    page.parts.findings?.draw?.();
  });
  addEventListener('afterprint', () => {
    state.theme = before.theme;
    page.root.style.width = '';
    draw();
    page.root.querySelectorAll('details').forEach((card, i) => {
      card.open = before.open[i];
    });
  });
}

function pageHead(runs, badge) {
  const picker =
    runs.length > 1
      ? el(
          'label',
          { class: 'picker' },
          el('span', {}, t('runs.pick')),
          el(
            'select',
            { id: 'run-picker', on: { change: (event) => showRun(Number(event.target.value)) } },
            runs.map((run) => el('option', { value: run.index, selected: run.index === state.run }, run.label)),
          ),
        )
      : null;
  return {
    node: [
      el('a', { class: 'skip', href: '#main' }, t('skip')),
      el(
        'header',
        { class: 'page-head' },
        el(
          'div',
          { class: 'bar-inside' },
          el('div', { class: 'brand' }, compassMark(), el('span', {}, 'losscompass')),
          badge?.(),
          picker,
          pageControls(),
        ),
      ),
    ],
  };
}

function showRun(index) {
  state.run = index;
  state.panel = null;
  for (const card of document.querySelectorAll('details[id]')) card.removeAttribute('id');
  changed('run');
}

/** Shows a run and goes to its verdict. */
function openRun(index) {
  showRun(index);
  goTo(document.getElementById('verdict'));
}

/** Zooms the main chart to where a finding was seen. */
function showOnChart(run, index, curves) {
  const found = run.found[index];
  const exhibit = found.exhibits.find((one) => run.curves[one.series]);
  const curve = run.curves[exhibit?.series];
  const axis = curves.group?.charts[0]?.spec.axis;
  const span = (exhibit?.steps ?? [found.onset, found.onset]).map((x) =>
    curve && axis ? translate(run, curve, fromJson(x), axis) : null,
  );
  if (span.every(Number.isFinite)) curves.group.zoom(...widened(span, curves.group.full));
  goTo(curves.node.querySelector('.stage') ?? curves.node);
}

function emptySection(badge) {
  if (badge) return el('section', { class: 'card' }, el('h1', {}, t('live.waiting')), el('p', {}, t('live.waiting-text')));
  return el('section', { class: 'card' }, el('h1', {}, t('empty.title')), el('p', {}, t('empty.text')));
}

function pageFoot(data) {
  return el(
    'footer',
    { class: 'page-foot' },
    el('p', {}, t('foot.made', { version: data.document.losscompass })),
    el(
      'p',
      {},
      t('foot.chart'),
      ' ',
      el('a', { href: 'https://github.com/leeoniya/uPlot', rel: 'noopener noreferrer' }, 'uPlot'),
      ' (MIT)',
    ),
  );
}
