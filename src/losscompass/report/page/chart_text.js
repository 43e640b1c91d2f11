// A chart for those who do not see it or do not use a mouse: a summary in words, a legend with values, keys.

/** The chart with its heading, legend and summary. Returns the figure and how to draw into it once it is in the page. */
function chartFigure(spec, group) {
  const summary = freshId('summary');
  const values = spec.lines.map((line) => el('span', { class: 'value' }, shownValue(line, lastFinite(line.own ?? line.y))));
  const legend = el('div', { class: 'legend', role: 'group', 'aria-label': t('legend') });
  const where = el('span', { class: 'where' });
  const spoken = el('span', { class: 'unseen', 'aria-live': 'polite' });
  const stage = el('div', {
    class: 'stage',
    tabindex: 0,
    role: 'group',
    'aria-label': spec.title,
    'aria-describedby': summary,
  });
  const said = el('p', { id: summary, class: 'unseen' }, summarise(spec), ' ', t('chart-keys'));
  const figure = el(
    'figure',
    { class: `chart ${spec.class ?? ''}` },
    el('figcaption', {}, spec.heading === false ? null : el('h4', {}, spec.titleNode ?? spec.title), legend, where),
    stage,
    said,
    spoken,
  );
  let chart = null;
  const at = { x: null };
  spec.onCursor = (x) => {
    at.x = x;
    where.textContent = x === null ? '' : position(roundPosition(x, group), spec.axis);
    spec.lines.forEach((line, i) => {
      values[i].textContent = shownValue(line, x === null ? lastFinite(line.own ?? line.y) : valueAt(line, x));
    });
  };
  spec.lines.forEach((line, i) => {
    const button = el(
      'button',
      {
        type: 'button',
        'aria-pressed': String(!line.hidden),
        class: 'line-switch',
        style: { '--line-color': line.color },
      },
      el('i', { class: line.dash ? 'dashed' : '' }),
      named(line.label),
      values[i],
    );
    button.addEventListener('click', () => {
      line.hidden = !line.hidden;
      button.setAttribute('aria-pressed', String(!line.hidden));
      let column = 0;
      for (const other of spec.lines)
        for (const part of other.tail ? ['raw', 'tail'] : ['raw']) {
          column += 1;
          if (other === line && part) chart?.u.setSeries(column, { show: !line.hidden });
        }
    });
    legend.append(button);
  });
  stage.addEventListener('keydown', (event) => {
    if (event.target !== stage || !chart || !chartKey(event, chart, group, at)) return;
    event.preventDefault();
    if (at.x !== null)
      spoken.textContent = `${where.textContent}: ${spec.lines.map((line, i) => `${line.label} ${values[i].textContent}`).join(', ')}`;
  });
  return {
    figure,
    spec,
    /** Asked for of all charts before the first is drawn: between drawings, the answer would cost a layout each. */
    width: () => stage.clientWidth,
    draw(width = stage.clientWidth) {
      chart = drawChart(stage, spec, group, width);
      return chart;
    },
    /** Shows the same lines with newer values; false where they are not the same lines. */
    refresh(newer) {
      if (!chart || newer.log !== spec.log || newer.lines.map((x) => x.label).join() !== spec.lines.map((x) => x.label).join())
        return false;
      newer.lines.forEach((line, i) => Object.assign(spec.lines[i], line, { hidden: spec.lines[i].hidden }));
      for (const key of ['fans', 'findings', 'points']) spec[key] = newer[key];
      if (at.x === null) spec.onCursor(null);
      said.textContent = `${summarise(spec)} ${t('chart-keys')}`;
      return chart.refresh();
    },
  };
}

/** Arrow keys move the cursor, plus and minus zoom, Escape or 0 resets. Returns whether the key was one of these. */
function chartKey(event, chart, group, at) {
  const [low, high] = group.range;
  const middle = at.x ?? (low + high) / 2;
  const points = chart.u.data[0];
  const stride = event.shiftKey ? Math.max(1, Math.round(points.length / 20)) : 1;
  const move = (x) => chart.u.setCursor({ left: chart.u.valToPos(x, 'x'), top: 0 });
  const from = nearest(points, middle);
  switch (event.key) {
    case 'ArrowLeft':
      move(points[Math.max(0, at.x === null ? from : from - stride)]);
      return true;
    case 'ArrowRight':
      move(points[Math.min(points.length - 1, at.x === null ? from : from + stride)]);
      return true;
    case 'Home':
      move(points[Math.min(lowerBound(points, low), points.length - 1)]);
      return true;
    case 'End':
      move(points[nearest(points, high)]);
      return true;
    case '+':
    case '=':
      group.zoom(middle - (middle - low) / 2, middle + (high - middle) / 2);
      return true;
    case '-':
      group.zoom(middle - (middle - low) * 2, middle + (high - middle) * 2);
      return true;
    case '0':
    case 'Escape':
      group.reset();
      return true;
    default:
      return false;
  }
}

function shownValue(line, value) {
  return line.form && Number.isFinite(value) ? line.form(value) : num(value);
}

/** A position as exact as the width of a pixel allows. */
function roundPosition(x, group) {
  const unit = 10 ** Math.floor(Math.log10((group.range[1] - group.range[0]) / 1000 || 1));
  return unit >= 1 ? Math.round(x) : Number(x.toPrecision(4));
}

function valueAt(line, x) {
  const part = line.tail ?? line;
  if (!part.x.length || x > part.x[part.x.length - 1] + (part.x[part.x.length - 1] - part.x[0]) * 0.02) return null;
  return (part.own ?? part.y)[nearest(part.x, x)];
}

function lastFinite(values) {
  for (let i = values.length - 1; i >= 0; i -= 1) if (Number.isFinite(values[i])) return values[i];
  return values.length ? NaN : null;
}

/** What a chart shows, in words. */
function summarise(spec) {
  const lines = spec.lines.map((line) => {
    const shown = line.own ?? line.y;
    const range = extent(shown);
    if (!range) return t('summary.empty', { name: line.label });
    const first = shown.find(Number.isFinite);
    const text = t('summary.line', {
      name: line.label,
      first: num(first),
      last: num(lastFinite(shown)),
      low: num(range[0]),
      high: num(range[1]),
    });
    return line.broken?.length ? `${text} ${t('summary.broken', { count: line.broken.length })}` : text;
  });
  return `${spec.title}. ${lines.join(' ')}`;
}
