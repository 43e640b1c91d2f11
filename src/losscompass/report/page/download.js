// A chart as a picture, its points as a table.

/** Saves a picture of the chart with its title and legend, on the ground of the theme. */
function savePicture(chart, name) {
  const source = chart.u.ctx.canvas;
  const pixel = devicePixelRatio;
  const lines = chart.spec.lines.filter((line) => !line.hidden);
  const top = 52 * pixel;
  const canvas = el('canvas', { width: source.width + 24 * pixel, height: source.height + top + 12 * pixel });
  const ctx = canvas.getContext('2d');
  ctx.fillStyle = tone('card');
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(source, 12 * pixel, top);
  ctx.textBaseline = 'middle';
  ctx.fillStyle = tone('ink');
  ctx.font = `600 ${14 * pixel}px ${tone('font')}`;
  ctx.fillText(visible(chart.spec.title), 12 * pixel, 16 * pixel);
  ctx.font = `${12 * pixel}px ${tone('font')}`;
  let x = 12 * pixel;
  for (const line of lines) {
    ctx.fillStyle = line.color;
    ctx.fillRect(x, 35 * pixel, 14 * pixel, 3 * pixel);
    ctx.fillStyle = tone('ink');
    ctx.fillText(visible(line.label), x + 19 * pixel, 37 * pixel);
    x += ctx.measureText(visible(line.label)).width + 36 * pixel;
  }
  save(canvas.toDataURL('image/png'), `${fileName(name)}.png`);
}

/** Saves the points of the chart as CSV: one row a point. */
function saveTable(spec, name) {
  const rows = [['series', spec.axis, 'value']];
  for (const line of spec.lines) {
    line.x.forEach((x, i) => rows.push([line.label, plain(x), plain(line.y[i])]));
  }
  const text = rows.map((row) => row.map(cell).join(',')).join('\r\n');
  save(`data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${text}\r\n`)}`, `${fileName(name)}.csv`);
}

/** As many digits as the page holds. */
function plain(x) {
  return Number.isFinite(x) ? String(Number.isInteger(x) ? x : Number(x.toPrecision(7))) : String(x);
}

/** A cell that no spreadsheet takes for a formula. */
function cell(value) {
  let text = visible(value);
  if (/^[=+@\t]|^-(?![\d.I])/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function fileName(name) {
  return `losscompass-${name}`
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 100);
}

function save(address, name) {
  const anchor = el('a', { href: address, download: name, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}
