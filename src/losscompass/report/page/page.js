// The page from a plain data object: whoever has one (a file, a live server) calls `showDiagnosis`.

/** Shows the data in `root`. Returns a function that shows newer data in the same place, keeping what the reader chose. */
function showDiagnosis(root, data) {
  language.all = data.words;
  language.now = data.lang;
  let runs = unpackRuns(data);
  let live = [];
  const parts = { head: el('header', { class: 'page-head' }), main: el('main', { id: 'main' }), foot: el('footer', { class: 'page-foot' }) };
  root.replaceChildren(el('a', { class: 'skip', href: '#main' }, t('skip')), parts.head, parts.main, parts.foot);
  state.overlay = new Set((data.document.comparison?.ranked?.length ? data.document.comparison.ranked : runs.map((run) => run.index)).slice(0, 5));

  const draw = () => keepingPlace(root, () => {
    for (const part of live) part.destroy();
    document.documentElement.lang = language.now;
    document.title = pageTitle(runs);
    root.firstChild.textContent = t('skip');
    drawHead(parts.head, runs);
    live = drawMain(parts.main, data, runs, draw);
    drawFoot(parts.foot, data);
    for (const part of live) part.draw();
  });
  whenChanged(['language', 'theme', 'run', 'charts', 'overlay', 'sort'], () => {
    document.documentElement.dataset.theme = state.theme;
    draw();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  onPrint(root, draw);
  draw();
  return (newer) => {
    data = newer;
    language.all = newer.words;
    runs = unpackRuns(newer);
    draw();
  };
}

/** Paper is white and cannot be unfolded: print in the light theme with all cards open. */
function onPrint(root, draw) {
  let closed = [];
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.theme = 'light';
    draw();
    closed = [...root.querySelectorAll('details:not([open])')];
    for (const card of closed) card.open = true;
  });
  addEventListener('afterprint', () => {
    document.documentElement.dataset.theme = state.theme;
    for (const card of closed) card.open = false;
    draw();
  });
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

function drawHead(head, runs) {
  const picker = runs.length > 1
    ? el('label', { class: 'picker' }, el('span', {}, t('runs.pick')), el('select', { id: 'run-picker', on: { change: (event) => showRun(Number(event.target.value)) } }, runs.map((run) => el('option', { value: run.index, selected: run.index === state.run }, run.label))))
    : null;
  head.replaceChildren(el('div', { class: 'bar-inside' }, el('div', { class: 'brand' }, compassMark(), el('span', {}, 'losscompass')), picker ?? '', pageControls()));
}

function showRun(index) {
  state.run = index;
  state.panel = null;
  for (const card of document.querySelectorAll('details[id]')) card.removeAttribute('id');
  changed('run');
}

function drawMain(main, data, runs, redraw) {
  const { document: facts } = data;
  const comparison = facts.comparison;
  const run = runs[state.run];
  const openRun = (index) => {
    showRun(index);
    goTo(document.getElementById('verdict'));
  };
  const overlay = overlaySection(runs, comparison);
  const parts = [runsSection(runs, comparison, openRun), overlay?.node];
  const live = overlay ? [overlay] : [];
  if (run) {
    const findings = findingsSection(run, (index) => { showOnChart(run, index, curves); });
    const curves = curvesSection(run, (index) => findings.open(index));
    parts.push(verdictSection(run, runs.length > 1), curves.node, findings.node, remediesSection(run), likelySection(run), checklistSection(run), notCheckedSection(run), skippedSection(t('skipped.title'), said(run.index).skipped));
    live.push(curves, findings);
  } else {
    parts.push(el('section', { class: 'card' }, el('h1', {}, t('empty.title')), el('p', {}, t('empty.text'))));
  }
  const words = language.all[language.now];
  parts.push(skippedSection(t('unreadable.title'), words.unreadable), skippedSection(t('skipped.all'), words.skipped));
  main.replaceChildren(...parts.filter(Boolean));
  return live;
}

/** Zooms the main chart to where a finding was seen. */
function showOnChart(run, index, curves) {
  const found = run.found[index];
  const exhibit = found.exhibits.find((one) => run.curves[one.series]);
  const curve = run.curves[exhibit?.series];
  const axis = curves.group.charts[0]?.spec.axis;
  const span = (exhibit?.steps ?? [found.onset, found.onset]).map((x) => curve && translate(run, curve, fromJson(x), axis));
  if (span.every(Number.isFinite)) curves.group.zoom(...widened(span, curves.group.full));
  goTo(curves.node.querySelector('.stage'));
}

function drawFoot(foot, data) {
  foot.replaceChildren(
    el('p', {}, t('foot.made', { version: data.document.losscompass })),
    el('p', {}, t('foot.chart'), ' ', el('a', { href: 'https://github.com/leeoniya/uPlot', rel: 'noopener noreferrer' }, 'uPlot'), ' (MIT)'),
  );
}
