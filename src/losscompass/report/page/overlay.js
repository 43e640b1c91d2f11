// Several runs over one another: the ones that are ticked in the table.

const MOST_OVERLAID = 8;

/** The chosen runs on one chart, by the series they are compared on, else each by its headline curve. */
function overlaySection(runs, comparison) {
  if (runs.length < 2) return null;
  const chosen = runs.filter((run) => state.overlay.has(run.index)).slice(0, MOST_OVERLAID);
  const pick = (run) => run.curves[comparison?.on] ?? run.curves[run.reading.curve] ?? headlines(run)[0];
  const pairs = chosen.map((run) => [run, pick(run)]).filter(([, curve]) => curve);
  const axis = commonAxis(pairs);
  const drawable = pairs.filter(([run, curve]) => positions(run, curve, axis));
  const node = el(
    'section',
    { class: 'card overlay', 'aria-labelledby': 'overlay-title' },
    el('h2', { id: 'overlay-title' }, t('overlay.title')),
  );
  if (!drawable.length) {
    node.append(el('p', {}, t('overlay.none')));
    return { node, draw() {}, destroy() {} };
  }
  const spans = drawable.map(([run, curve]) => spanOf(run, [curve], axis));
  const span = extent(...spans);
  const smoothing = smoothingFor(drawable.map(([, curve]) => curve));
  const lines = drawable.map(([run, curve], i) =>
    lineOf(run, curve, {
      axis,
      span,
      smoothing,
      color: tone(`line-${i + 1}`),
      dash: i > 3 ? [6, 4] : undefined,
      label: `${run.label} · ${curve.name}`,
    }),
  );
  const group = new ChartGroup(span);
  const log = state.log ?? asksForLog(drawable.map(([, curve]) => curve));
  const figure = chartFigure(
    { title: t('overlay.title'), heading: false, class: 'main', height: 300, axis, log, lines },
    group,
  );
  const left = chosen.length - drawable.length;
  append(node, [
    el(
      'p',
      { class: 'lead' },
      t('overlay.lead', { most: MOST_OVERLAID }),
      left ? ` ${t('overlay.left-out', { count: left, axis: t(`axis.${axis}`) })}` : null,
    ),
    figure.figure,
  ]);
  return {
    node,
    draw() {
      figure.draw();
    },
    destroy() {
      group.destroy();
    },
  };
}

/** The axis on which most of the chosen curves can be drawn; the reader's own choice where all can. */
function commonAxis(pairs) {
  const count = (axis) => pairs.filter(([run, curve]) => positions(run, curve, axis)).length;
  if (state.axis && count(state.axis) === pairs.length) return state.axis;
  return ['step', 'epoch', 'row', 'time'].reduce((best, axis) => (count(axis) > count(best) ? axis : best));
}
