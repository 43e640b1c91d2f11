// One chart: lines on common positions, drawn by uPlot, with a cursor that is shared by all charts of its group.
//
// A line is {label, color, x, y, [tail: {x, y}], dash, broken, hidden}: `tail` is the smoothed line over the pale raw one.

/** Charts that zoom together and share the cursor. */
class ChartGroup {
  constructor(full) {
    this.full = full;
    this.range = full;
    this.charts = [];
    this.key = freshId('charts');
    uPlot.sync(this.key);
  }

  zoom(low, high) {
    const [left, right] = this.full;
    const least = (right - left) * 1e-4 || 1;
    const width = Math.max(high - low, least);
    const from = Math.min(Math.max(low, left), right - width);
    this.range = width >= right - left ? this.full : [from, from + width];
    for (const chart of this.charts) chart.u.setScale('x', { min: this.range[0], max: this.range[1] });
    this.onZoom?.(this.range !== this.full);
  }

  reset() {
    this.zoom(...this.full);
  }

  /** The curves have grown: who sees the whole goes on seeing it. */
  follow(full) {
    const whole = this.range === this.full;
    this.full = full;
    if (whole) this.range = full;
    for (const chart of this.charts) chart.u.setScale('x', { min: this.range[0], max: this.range[1] });
  }

  destroy() {
    for (const chart of this.charts) chart.destroy();
    this.charts = [];
  }
}

/** Draws a chart into `host` and puts it into `group`. */
function drawChart(host, spec, group, width) {
  const shape = onCommonPositions(spec.lines, spec.log);
  const flags = el('div', { class: 'flags' });
  const plot = el('div', { class: 'plot' });
  host.append(flags, plot);
  const size = (wide) => ({ width: Math.max(wide, 120), height: spec.height });
  const u = new uPlot(chartOptions(spec, group, shape, size(width), flags), shape.columns, plot);
  u.over.setAttribute('aria-hidden', 'true');
  listenToTouch(u, group);
  const watch = new ResizeObserver(() => {
    if (plot.clientWidth && Math.abs(plot.clientWidth - u.width) > 1) u.setSize(size(plot.clientWidth));
  });
  watch.observe(plot);
  const chart = {
    u,
    spec,
    host,
    /** Draws what the lines hold now; false where they have other parts than before. */
    refresh() {
      const newer = onCommonPositions(spec.lines, spec.log);
      if (newer.where.length !== shape.where.length) return false;
      Object.assign(shape, newer);
      u.setData(shape.columns, false);
      return true;
    },
    destroy() {
      watch.disconnect();
      u.destroy();
    },
  };
  group.charts.push(chart);
  return chart;
}

function chartOptions(spec, group, shape, size, flags) {
  const ink = tone('muted');
  const grid = { stroke: tone('grid'), width: 1 };
  const font = `11.5px ${tone('font') || 'sans-serif'}`;
  const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font, gap: 5 };
  return {
    ...size,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => group.range },
      y: { distr: spec.log ? 3 : 1, range: (u, low, high) => rangeOfY(group.range, spec, low, high) },
    },
    axes: [
      { ...axis, show: !spec.bare, size: 30, space: 60, values: (u, marks) => axisTexts(marks, spec.axis) },
      {
        ...axis,
        size:
          spec.class === 'main' || spec.class === 'side'
            ? 62
            : (u, values) => 14 + 6.6 * Math.max(3, ...(values ?? []).map((v) => v.length)),
        values: (u, marks) => axisTexts(marks),
        incrs: (u, _, low, high) => [Math.max(high - low, 5)],
        splits: (u, _, low, high) => marksOfY(spec, low, high),
        filter: (u, marks) => marks,
      },
    ],
    series: [{}, ...shape.where.map(({ line, part }) => seriesOptions(line, part))],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: { size: 7 },
      dataIdx: (u, series, index) => nearestRow(shape.where[series - 1]?.rows, index),
      sync: {
        key: group.key,
        setSeries: false,
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: {
        dblclick: () => () => {
          group.reset();
        },
      },
    },
    hooks: {
      drawAxes: [(u) => drawBeneath(u, spec)],
      draw: [(u) => drawAbove(u, spec), (u) => placeFlags(u, spec, flags)],
      setSelect: [
        (u) => {
          if (u.select.width < 6) return;
          const [low, high] = [u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')];
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          group.zoom(low, high);
        },
      ],
      setCursor: [(u) => spec.onCursor?.(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, 'x') : null)],
    },
  };
}

function seriesOptions(line, part) {
  const pale = part === 'raw' && line.tail;
  return {
    show: !line.hidden,
    stroke: line.color,
    width: part === 'tail' ? 2.25 : pale ? 1 : 1.75,
    alpha: pale ? 0.42 : 1,
    dash: pale ? undefined : line.dash,
    points: { show: () => part === 'raw' && !pale && line.x.length <= 60, size: 5, fill: line.color },
    spanGaps: false,
  };
}

/** As many marks as there is room for. */
function marksOfY(spec, low, high) {
  return spec.log
    ? logMarks(low, high)
    : evenMarks(low, high, Math.max(3, Math.floor((spec.height - 40) / (spec.height < 250 ? 28 : 42))));
}

const FARTHEST = 1e300; // beyond it the arithmetic of an axis overflows

/** All lines on one rising list of positions. A point that a line does not have is undefined; one that is no number, null. */
function onCommonPositions(lines, log) {
  const parts = lines.flatMap((line) => [
    { line, part: 'raw', x: line.x, y: line.y },
    ...(line.tail ? [{ line, part: 'tail', ...line.tail }] : []),
  ]);
  const next = parts.map(() => 0);
  const columns = [[], ...parts.map(() => [])];
  const where = parts.map(({ line, part }) => ({ line, part, rows: [] }));
  for (;;) {
    let x = Infinity;
    parts.forEach((part, i) => {
      if (next[i] < part.x.length && part.x[next[i]] < x) x = part.x[next[i]];
    });
    if (x === Infinity) break;
    const row = columns[0].push(x) - 1;
    parts.forEach((part, i) => {
      if (part.x[next[i]] !== x) return;
      const y = part.y[next[i]];
      const good = Number.isFinite(y) && (!log || y > 0);
      columns[i + 1][row] = good ? Math.min(Math.max(y, -FARTHEST), FARTHEST) : null;
      if (good) where[i].rows.push(row);
      next[i] += 1;
    });
  }
  for (const column of columns) column.length = columns[0].length;
  return { columns, where };
}

function nearestRow(rows, index) {
  return rows?.length ? rows[nearest(rows, index)] : null;
}

/** The values in sight with some air around; the fan of a forecast counts where it is in sight. */
function rangeOfY([left, right], spec, low, high) {
  const seen = [low, high];
  for (const fan of spec.fans ?? []) {
    fan.at.forEach((x, i) => {
      if (x >= left && x <= right) seen.push(fan.low[i], fan.high[i]);
    });
  }
  if (spec.stacked) return [0, 1];
  if (spec.zero) seen.push(0);
  const values = seen.filter((y) => Number.isFinite(y) && (!spec.log || y > 0));
  if (!values.length) return spec.log ? [0.1, 10] : [0, 1];
  let [least, most] = [Math.min(...values), Math.max(...values)];
  if (spec.log) {
    const air = Math.max((most / least) ** 0.06, 1.02);
    return [least / air, most * air];
  }
  if (least === most) [least, most] = [least - (Math.abs(least) * 0.1 || 1), most + (Math.abs(most) * 0.1 || 1)];
  const air = (most - least) * 0.06;
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air];
}
