// What is drawn on a chart beside its lines: findings, the best point, broken points, the forecast.

/** Draws beneath the lines: the spans of findings and the fan of the forecast. */
function drawBeneath(u, spec) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const span of spec.spans ?? []) {
    const left = u.valToPos(span.from, 'x', true);
    const right = u.valToPos(span.to, 'x', true);
    ctx.globalAlpha = 0.13;
    ctx.fillStyle = tone(span.tone ?? 'accent');
    ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
  }
  ctx.globalAlpha = 1;
  for (const fan of spec.fans ?? []) drawFan(u, fan);
  if (spec.zero) drawZero(u);
  spec.lines.forEach((line, k) => {
    if (!line.hidden && (spec.stacked || line.area)) drawArea(u, line, spec.stacked ? spec.lines[k - 1] : null);
  });
  ctx.restore();
}

function drawZero(u) {
  const { ctx, bbox } = u;
  const y = Math.round(u.valToPos(0, 'y', true)) + 0.5;
  ctx.strokeStyle = tone('muted');
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
}

/** The area between a line and the one below it, or zero. */
function drawArea(u, line, below) {
  const { ctx } = u;
  const kept = [...line.x.keys()].filter((i) => Number.isFinite(line.y[i]));
  if (kept.length < 2) return;
  const point = (i, y) => ctx.lineTo(u.valToPos(line.x[i], 'x', true), u.valToPos(y, 'y', true));
  ctx.fillStyle = line.color;
  ctx.globalAlpha = below === null && !line.own ? 0.16 : 0.32;
  ctx.beginPath();
  for (const i of kept) point(i, line.y[i]);
  for (const i of kept.reverse()) point(i, below?.y[i] ?? 0);
  ctx.closePath();
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** The band in which a curve is expected to go on, and its middle. */
function drawFan(u, fan) {
  const { ctx } = u;
  const x = fan.at.map((value) => u.valToPos(value, 'x', true));
  const clamp = (value) => (isLog(u) ? Math.max(value, 1e-300) : value);
  const y = (values) => values.map((value) => u.valToPos(clamp(value), 'y', true));
  const [low, middle, high] = [y(fan.low), y(fan.median), y(fan.high)];
  ctx.fillStyle = fan.color;
  ctx.globalAlpha = 0.16;
  ctx.beginPath();
  x.forEach((one, i) => (i ? ctx.lineTo(one, high[i]) : ctx.moveTo(one, high[i])));
  for (let i = x.length - 1; i >= 0; i -= 1) ctx.lineTo(x[i], low[i]);
  ctx.closePath();
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = fan.color;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  x.forEach((one, i) => (i ? ctx.lineTo(one, middle[i]) : ctx.moveTo(one, middle[i])));
  ctx.stroke();
  ctx.setLineDash([]);
}

function isLog(u) {
  return u.scales.y.distr === 3;
}

/** Draws above the lines: broken points at the foot, the best point, the lines where findings start. */
function drawAbove(u, spec) {
  const { ctx, bbox } = u;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + 2 * pixel);
  ctx.clip();
  ctx.lineWidth = 1.6 * pixel;
  for (const line of spec.lines) {
    if (line.hidden) continue;
    ctx.strokeStyle = line.color;
    for (const at of line.broken ?? [])
      drawCross(ctx, u.valToPos(at, 'x', true), bbox.top + bbox.height - 6 * pixel, 4 * pixel);
  }
  for (const finding of spec.findings ?? []) {
    const x = Math.round(u.valToPos(finding.at, 'x', true)) + 0.5;
    ctx.strokeStyle = tone(finding.severity);
    ctx.lineWidth = 1.25 * pixel;
    ctx.setLineDash([3 * pixel, 3 * pixel]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  for (const mark of spec.points ?? []) {
    if (isLog(u) && mark.y <= 0) continue;
    const [x, y] = [u.valToPos(mark.x, 'x', true), u.valToPos(mark.y, 'y', true)];
    ctx.fillStyle = tone('card');
    ctx.strokeStyle = tone('ink');
    ctx.lineWidth = 2 * pixel;
    ctx.beginPath();
    ctx.arc(x, y, 4.5 * pixel, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

function drawCross(ctx, x, y, size) {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
  ctx.stroke();
}

const MOST_ROWS = 3;

/** The flags over the chart, one a finding, each a way to it; rows keep them from lying on one another. */
function placeFlags(u, spec, row) {
  if (!spec.findings?.length && !row.children.length) return;
  const width = u.bbox.width / devicePixelRatio;
  const [low, high] = [u.scales.x.min, u.scales.x.max];
  const shown = (spec.findings ?? [])
    .filter((finding) => !finding.silent && finding.at >= low && finding.at <= high)
    .sort((a, b) => a.at - b.at);
  row.style.marginLeft = `${u.bbox.left / devicePixelRatio}px`;
  const inFull = width >= 560 && layFlags(u, shown, row, width, false) <= MOST_ROWS;
  if (!inFull) layFlags(u, shown, row, width, true);
}

/** Lays out the flags, with titles or `short` with numbers only; returns how many rows that took. */
function layFlags(u, shown, row, width, short) {
  const ends = [];
  const key = shown.map(({ rank, title, severity }) => `${rank} ${severity} ${title}`).join() + short;
  if (row.dataset.key !== key) row.replaceChildren(...shown.map((finding) => makeFlag(finding, short)));
  row.dataset.key = key;
  for (const [i, finding] of shown.entries()) {
    const flag = row.children[i];
    const space = Math.min(flag.offsetWidth, width) + 4;
    const x = Math.max(0, Math.min(u.valToPos(finding.at, 'x'), width - space));
    let line = ends.findIndex((end) => end <= x);
    if (line < 0) line = ends.push(0) - 1;
    ends[line] = x + space;
    flag.style.left = `${x}px`;
    flag.style.bottom = `${line * 26}px`;
  }
  row.style.height = `${ends.length * 26}px`;
  return ends.length;
}

function makeFlag(finding, short) {
  return el(
    'button',
    {
      type: 'button',
      class: `flag ${finding.severity}${short ? ' short' : ''}`,
      title: finding.title,
      on: { click: finding.open },
    },
    el('span', { class: 'unseen' }, t('finding-number', { n: finding.rank }), ' '),
    el('b', { 'aria-hidden': 'true' }, finding.rank),
    el('span', { class: short ? 'unseen' : '' }, finding.title),
  );
}
