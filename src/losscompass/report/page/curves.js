// The curves of a run: the headline chart with everything that was found, rate and gradient under it, then the rest.

const CHART_HEIGHT = { main: 340, second: 190, side: 130, small: 170 };

/** The section of the curves. `draw` is called once it is in the page. */
function curvesSection(run, openFinding) {
  if (!run.series.length) return null;
  const axes = axesOf(run);
  const heads = headlines(run);
  if (!heads.length || !axes.length)
    return {
      node: el('section', { class: 'card' }, el('h2', {}, t('curves.title')), el('p', {}, t('curves.none'))),
      draw() {},
      destroy() {},
    };
  const options = chartChoices(run, axes, heads);
  let forecasts = options.forecast ? fansOf(run, options.axis) : [];
  const group = new ChartGroup(wholeSpan(run, heads, options, forecasts));

  const measures = byMeasure(run, heads);
  const ofKind = (kind) => Object.values(run.curves).filter((curve) => curve.kind === kind).slice(0, 8);
  const makers = [
    () => mainSpec(run, measures[0], options, forecasts, openFinding),
    ...measures.slice(1).map((curves) => () => secondSpec(run, curves, options)),
    () => sideSpec(run, ofKind('learning-rate'), options, t('curves.rate')),
    () => sideSpec(run, ofKind('gradient-norm'), options, t('curves.gradient')),
    () => gapSpec(run, heads, options),
    () => partsSpec(run, options),
  ].map((make) => () => {
    const spec = make();
    return spec?.lines.length ? spec : null;
  });
  const drawn = makers.map((make) => {
    const spec = make();
    return spec && chartFigure(spec, group);
  });
  const main = drawn[0] ?? chartFigure(mainSpec(run, measures[0], options, forecasts, openFinding), group);
  const figures = drawn.filter(Boolean);
  const reset = el(
    'button',
    { type: 'button', class: 'quiet', disabled: true, on: { click: () => group.reset() } },
    t('controls.reset'),
  );
  group.onZoom = (zoomed) => {
    reset.disabled = !zoomed;
  };
  const further = furtherCurves(run, options, group);
  const node = el(
    'section',
    { class: 'card curves', 'aria-labelledby': 'curves-title' },
    el('div', { class: 'section-head' }, el('h2', { id: 'curves-title' }, t('curves.title')), downloads(main, run)),
    chartControls(options, axes, reset, forecasts.length > 0 || run.forecastKnown),
    figures.map((one) => one.figure),
    keyOf(run, main, figures),
    forecasts.length
      ? el(
          'ul',
          { class: 'outlook' },
          said(run.index).forecasts.map((line) => el('li', {}, line)),
        )
      : null,
    further.node,
  );
  return {
    node,
    group,
    draw() {
      const all = [...figures, ...further.figures()];
      const widths = all.map((one) => one.width());
      all.forEach((one, i) => {
        one.chart = one.draw(widths[i]);
      });
      further.drawn(all.slice(figures.length).map((one) => one.chart));
    },
    /** Follows curves that have grown; false where that takes other charts than there are. */
    refresh() {
      const now = headlines(run);
      const wish = chartChoices(run, axesOf(run), now);
      if (now.map((curve) => curve.name).join() !== heads.map((curve) => curve.name).join() || wish.axis !== options.axis || wish.log !== options.log) return false;
      options.smoothing = wish.smoothing;
      forecasts = options.forecast ? fansOf(run, options.axis) : [];
      const full = wholeSpan(run, heads, options, forecasts);
      for (const [i, make] of makers.entries()) {
        const spec = make();
        if (!spec !== !drawn[i] || (spec && !drawn[i].refresh(spec))) return false;
      }
      if (!further.refresh()) return false;
      group.follow(full);
      return true;
    },
    destroy() {
      group.destroy();
      further.destroy();
    },
  };
}

/** From the first point to the last, or to the end of the forecast. */
function wholeSpan(run, heads, options, forecasts) {
  options.span = spanOf(run, heads, options.axis);
  return [options.span[0], Math.max(options.span[1], ...forecasts.flatMap((fan) => fan.at))];
}

/** The headline curves by what they measure, so that a loss and a score do not share a scale; that of the verdict first. */
function byMeasure(run, heads) {
  const measure = (curve) =>
    ['loss', 'loss-part', 'metric-down'].includes(curve.kind) ? 'loss' : curve.name.replace(/^(train|val|test)\//, '');
  const groups = new Map();
  for (const curve of heads) groups.set(measure(curve), [...(groups.get(measure(curve)) ?? []), curve]);
  const isFirst = (curves) => curves.some((curve) => curve.name === run.reading.curve);
  return [...groups.values()].sort((a, b) => isFirst(b) - isFirst(a));
}

/** What the reader chose, or what the data ask for. */
function chartChoices(run, axes, heads) {
  const positive = heads.some((curve) => extent(curve.y)?.[1] > 0);
  run.forecastKnown = Object.keys(run.forecast ?? {}).length > 0;
  return {
    axis: axes.includes(state.axis) ? state.axis : axes[0],
    log: positive && (state.log ?? asksForLog(heads)),
    mayLog: positive,
    smoothing: smoothingFor(heads),
    forecast: state.forecast,
  };
}

function mainSpec(run, heads, options, fans, openFinding) {
  const lines = heads.map((curve) => lineOf(run, curve, { ...options, color: colorOf(curve) })).filter(Boolean);
  return {
    title: heads.map((curve) => curve.name).join(' · '),
    heading: false,
    class: 'main',
    height: CHART_HEIGHT.main,
    axis: options.axis,
    log: options.log,
    lines,
    fans: fans.filter((fan) => heads.includes(fan.curve)),
    findings: flaggedFindings(run, options.axis, openFinding),
    points: bestPoint(run, heads, options.axis),
  };
}

/** The other headline curves, smaller. */
function secondSpec(run, curves, options) {
  const lines = curves.map((curve) => lineOf(run, curve, { ...options, color: colorOf(curve) })).filter(Boolean);
  const title = curves.map((curve) => curve.name).join(' · ');
  return {
    title,
    titleNode: curves.map((curve, i) => [i ? ' · ' : null, named(curve.name)]),
    height: CHART_HEIGHT.second,
    axis: options.axis,
    log: options.log && asksForLog(curves),
    lines,
    class: 'side',
  };
}

/** The findings that start somewhere, by their rank. */
function flaggedFindings(run, axis, open) {
  return run.found
    .map((found, index) => {
      const curve = run.curves[found.exhibits[0]?.series] ?? run.curves[run.reading.curve];
      const at = curve && translate(run, curve, fromJson(found.onset), axis);
      return { rank: index + 1, at, severity: found.severity, title: entry(found.id).title, open: () => open(index) };
    })
    .filter((flag) => flag.at !== null && flag.at !== undefined && Number.isFinite(flag.at));
}

function bestPoint(run, heads, axis) {
  const { reading } = run;
  const curve = run.curves[reading.curve];
  const [at, best] = [fromJson(reading.best_at), fromJson(reading.best)];
  if (!curve || !heads.includes(curve) || at === null || best === null) return [];
  const x = translate(run, curve, at, axis);
  return Number.isFinite(x) && Number.isFinite(best) ? [{ x, y: best }] : [];
}

/** The forecasts of the headline curves on the axis of the chart. */
function fansOf(run, axis) {
  return headlines(run).flatMap((curve) => {
    const forecast = run.forecast?.[curve.name];
    if (!forecast?.at.length) return [];
    const at = forecast.at.map((x) => translate(run, { ...curve, axis: forecast.axis }, fromJson(x), axis));
    if (at.some((x) => !Number.isFinite(x))) return [];
    return [
      {
        curve,
        at,
        color: colorOf(curve),
        ...Object.fromEntries(['low', 'median', 'high'].map((key) => [key, forecast[key].map(fromJson)])),
      },
    ];
  });
}

function sideSpec(run, curves, options, title) {
  const lines = curves
    .map((curve, i) =>
      lineOf(run, curve, {
        ...options,
        smoothing: curve.kind === 'gradient-norm' ? smoothingFor([curve]) : 0,
        color: colorOf(curve, i),
      }),
    )
    .filter(Boolean);
  return {
    title,
    height: CHART_HEIGHT.side,
    axis: options.axis,
    log: curves.length > 0 && asksForLog(curves),
    lines,
    class: 'side',
  };
}

/** What the signs on the chart mean; only those that are there. */
function keyOf(run, main, figures) {
  const { spec } = main;
  const inAny = (has) => figures.some((figure) => figure.spec.lines.some(has));
  const items = [
    spec.points.length && ['ring', t('key.best')],
    spec.fans.length && ['fan', t('key.forecast')],
    inAny((line) => line.broken.length) && ['cross', t('key.broken')],
    inAny((line) => line.tail) && ['pale', t('key.smoothed')],
    Object.values(run.curves).some((curve) => curve.headline && curve.level) && ['thin', t('key.thinned')],
  ].filter(Boolean);
  return items.length
    ? el(
        'ul',
        { class: 'key' },
        items.map(([sign, text]) => el('li', { class: sign }, text)),
      )
    : null;
}

function downloads(main, run) {
  const name = run.name || run.source.split(/[\\/]/).pop() || 'run';
  return el(
    'div',
    { class: 'downloads' },
    el(
      'button',
      { type: 'button', class: 'quiet', on: { click: () => savePicture(main.chart, name) } },
      t('download.png'),
    ),
    el(
      'button',
      { type: 'button', class: 'quiet', on: { click: () => saveDrawing(main.chart, name) } },
      t('download.svg'),
    ),
    el(
      'button',
      { type: 'button', class: 'quiet', on: { click: () => saveTable(main.spec, name) } },
      t('download.csv'),
    ),
  );
}
