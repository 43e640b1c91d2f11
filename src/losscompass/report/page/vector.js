// A chart as a drawing (SVG): what is in sight, with axes, legend and findings, drawn from the numbers and not from the screen.

const PAPER_SIZE = { width: 960, left: 70, right: 20, top: 64, bottom: 40 };

/** Saves the chart as SVG. */
function saveDrawing(chart, name) {
  const text = new XMLSerializer().serializeToString(drawingOf(chart));
  save(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, `${fileName(name)}.svg`);
}

function drawingOf({ u, spec }) {
  const { width, left, right, top, bottom } = PAPER_SIZE;
  const height = spec.height + top + bottom;
  const inside = { width: width - left - right, height: height - top - bottom };
  const [x, y] = [u.scales.x, u.scales.y];
  const f = spec.log ? Math.log : (value) => value;
  const toX = (value) => left + ((value - x.min) / (x.max - x.min)) * (width - left - right);
  const toY = (value) => height - bottom - ((f(value) - f(y.min)) / (f(y.max) - f(y.min))) * (height - top - bottom);
  const text = (at, words, props) => svg('text', { ...at, fill: tone('muted'), ...props }, words);
  const marksX = evenMarks(x.min, x.max, 8);
  const marksY = marksOfY(spec, y.min, y.max);
  return svg(
    'svg',
    { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, 'font-family': 'system-ui, sans-serif', 'font-size': 12 },
    svg('title', {}, spec.title),
    svg('rect', { width, height, fill: tone('card') }),
    text({ x: left, y: 22 }, spec.title, { 'font-weight': 600, 'font-size': 14, fill: tone('ink') }),
    drawnLegend(spec, left),
    axisTexts(marksY).map((mark, i) => [
      svg('line', { x1: left, x2: width - right, y1: toY(marksY[i]), y2: toY(marksY[i]), stroke: tone('grid') }),
      text({ x: left - 6, y: toY(marksY[i]) + 4, 'text-anchor': 'end' }, mark),
    ]),
    axisTexts(marksX, spec.axis).map((mark, i) =>
      text({ x: toX(marksX[i]), y: height - bottom + 18, 'text-anchor': 'middle' }, mark),
    ),
    svg(
      'svg', // a drawing within: what leaves its frame is cut off
      { x: left, y: top, ...inside, viewBox: `${left} ${top} ${inside.width} ${inside.height}`, fill: 'none' },
      (spec.fans ?? []).map((fan) => drawnFan(fan, toX, toY, spec)),
      spec.lines.filter((line) => !line.hidden).map((line) => drawnLine(line, toX, toY, spec)),
      (spec.findings ?? []).map((one) =>
        svg('line', { x1: toX(one.at), x2: toX(one.at), y1: top, y2: height - bottom, stroke: tone(one.severity), 'stroke-dasharray': '3 3' }),
      ),
      (spec.points ?? []).map((one) =>
        svg('circle', { cx: toX(one.x), cy: toY(one.y), r: 4.5, fill: tone('card'), stroke: tone('ink'), 'stroke-width': 2 }),
      ),
    ),
  );
}

function drawnLegend(spec, left) {
  let x = left;
  return spec.lines
    .filter((line) => !line.hidden)
    .map((line) => {
      const entry = [
        svg('line', { x1: x, x2: x + 16, y1: 42, y2: 42, stroke: line.color, 'stroke-width': 3 }),
        svg('text', { x: x + 22, y: 46, fill: tone('ink') }, line.label),
      ];
      x += 46 + 7 * [...visible(line.label)].length;
      return entry;
    });
}

function drawnLine(line, toX, toY, spec) {
  const path = (x, y) => {
    let d = '';
    let pen = 'M';
    for (let i = 0; i < x.length; i += 1) {
      const good = Number.isFinite(y[i]) && (!spec.log || y[i] > 0);
      if (good) d += `${pen}${toX(x[i]).toFixed(1)} ${toY(y[i]).toFixed(1)}`;
      pen = good ? 'L' : 'M';
    }
    return d;
  };
  const raw = svg('path', { d: path(line.x, line.y), stroke: line.color, 'stroke-width': line.tail ? 1 : 1.75, opacity: line.tail ? 0.42 : 1 });
  return line.tail ? [raw, svg('path', { d: path(line.tail.x, line.tail.y), stroke: line.color, 'stroke-width': 2.25 })] : raw;
}

function drawnFan(fan, toX, toY, spec) {
  const point = (x, y) => `${toX(x).toFixed(1)} ${toY(spec.log ? Math.max(y, 1e-300) : y).toFixed(1)}`;
  const along = (values) => fan.at.map((x, i) => point(x, values[i]));
  return [
    svg('path', { d: `M${[...along(fan.high), ...along(fan.low).reverse()].join('L')}Z`, fill: fan.color, opacity: 0.16 }),
    svg('path', { d: `M${along(fan.median).join('L')}`, stroke: fan.color, 'stroke-width': 1.5, 'stroke-dasharray': '5 4' }),
  ];
}
