// The dial: where the run started, its best, where it stands now, and, if known, chance, the best constant guess, the floor and the target. Right is better.

const DIAL = { width: 320, height: 190, x: 160, y: 160, radius: 128 };

/** What stands on the dial of a run: [{key, value, at}], in the order of the list under it. */
function dialMarks(run) {
  const { reading } = run;
  const known = (key, of) =>
    run.found
      .map((found) => found.values)
      .find((values) => values[of] === reading.curve && typeof values[key] === 'number')?.[key] ?? null;
  const curve = run.curves[reading.curve];
  const judged = (key) => (run.judgement && curve?.kind === 'loss' ? fromJson(run.judgement[key]) : null);
  const began = curve?.x.length ? curve.x[0] : null;
  const ended = curve?.x.length ? curve.x[curve.x.length - 1] : null;
  return [
    { key: 'start', value: fromJson(reading.first), at: began },
    { key: 'best', value: fromJson(reading.best), at: fromJson(reading.best_at) },
    { key: 'last', value: fromJson(reading.last), at: ended },
    { key: 'chance', value: known('chance', 'curve') ?? judged('start'), at: null },
    { key: 'baseline', value: judged('baseline'), at: null },
    { key: 'floor', value: judged('floor'), at: null },
    { key: 'target', value: known('target', 'series'), at: null },
  ].filter((mark) => mark.value !== null);
}

/** The share of the way from worst to best at which a value stands, as a function. */
function dialScale(values, direction) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const log = low > 0 && high / low > 20;
  const f = log ? Math.log : (x) => x;
  return (value) => {
    const share = low === high ? 1 : shareOf(f(value), f(low), f(high));
    return 0.06 + 0.88 * Math.min(1, Math.max(0, direction > 0 ? share : 1 - share));
  };
}

function onDial(share, radius = DIAL.radius) {
  const angle = Math.PI * (1 - share);
  return [DIAL.x + radius * Math.cos(angle), DIAL.y - radius * Math.sin(angle)];
}

function arc(from, to, radius = DIAL.radius) {
  const [[x1, y1], [x2, y2]] = [onDial(Math.min(from, to), radius), onDial(Math.max(from, to), radius)];
  return `M${x1.toFixed(1)} ${y1.toFixed(1)} A${radius} ${radius} 0 0 1 ${x2.toFixed(1)} ${y2.toFixed(1)}`;
}

/** The dial and the list of what stands on it. */
function dialFigure(run) {
  const marks = dialMarks(run);
  if (!marks.some((mark) => Number.isFinite(mark.value))) return null;
  const curve = run.curves[run.reading.curve];
  const up = ['metric-up', 'reward'].includes(curve?.kind);
  const share = dialScale(
    marks.map((mark) => mark.value),
    up ? 1 : -1,
  );
  const place = Object.fromEntries(marks.filter((m) => Number.isFinite(m.value)).map((m) => [m.key, share(m.value)]));
  const text = marks.map((m) => `${t(`dial.${m.key}`)} ${num(m.value)}`).join(', ');
  return el(
    'figure',
    { class: 'dial' },
    drawDial(place, `${t('dial.title')}: ${text}`),
    el(
      'figcaption',
      {},
      el(
        'div',
        { class: 'dial-now' },
        el('strong', {}, num(marks.find((m) => m.key === 'last')?.value ?? null)),
        el('span', {}, named(curve?.name ?? ''), ` · ${t('dial.now')}`),
      ),
      el(
        'dl',
        {},
        fromWorst(marks, up).map((mark) => dialRow(mark, run.reading.axis)),
      ),
    ),
  );
}

/** In the order in which they stand on the dial; what is no number last. */
function fromWorst(marks, up) {
  const place = ({ value }) => (Number.isFinite(value) ? (up ? value : -value) : Infinity);
  return [...marks].sort((a, b) => place(a) - place(b) || 0);
}

/** The sign that the dial has for it. */
function pinSign(key) {
  const sign = { best: [5.5], start: [4.5] }[key];
  const shape =
    key === 'last'
      ? svg('path', { class: 'needle', d: 'M1 5 L15 8 L1 11Z' })
      : sign
        ? svg('circle', { class: `dial-pin ${key}`, cx: 8, cy: 8, r: sign[0] })
        : svg('line', { class: `dial-pin ${key}`, x1: 8, y1: 1, x2: 8, y2: 15 });
  return svg('svg', { class: 'pin-sign', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' }, shape);
}

function dialRow(mark, axis) {
  return el(
    'div',
    { class: `dial-row ${mark.key}` },
    el('dt', {}, pinSign(mark.key), t(`dial.${mark.key}`)),
    el(
      'dd',
      {},
      num(mark.value),
      mark.at === null || mark.at === undefined ? null : el('small', {}, position(mark.at, axis)),
    ),
  );
}

function drawDial(place, label) {
  const ticks = Array.from({ length: 25 }, (_, i) => i / 24);
  const needle = place.last === undefined ? null : place.last * 180 - 180;
  return svg(
    'svg',
    { viewBox: `0 0 ${DIAL.width} ${DIAL.height}`, role: 'img', 'aria-label': label },
    svg('path', { class: 'dial-track', d: arc(0, 1) }),
    place.start !== undefined && place.last !== undefined
      ? svg('path', {
          class: place.last >= place.start ? 'dial-way' : 'dial-way back',
          d: arc(place.start, place.last),
        })
      : null,
    ticks.map((tick) => {
      const [[x1, y1], [x2, y2]] = [
        onDial(tick, DIAL.radius - 13),
        onDial(tick, DIAL.radius - (tick % 0.25 ? 18 : 23)),
      ];
      return svg('line', { class: 'dial-tick', x1, y1, x2, y2 });
    }),
    ['chance', 'baseline', 'floor', 'target', 'start', 'best']
      .filter((key) => place[key] !== undefined)
      .map((key) => dialPin(key, place[key])),
    needle === null
      ? null
      : svg(
          'g',
          { class: 'dial-needle', style: { '--angle': `${needle}deg` } },
          svg('path', {
            class: 'needle',
            d: `M${DIAL.x + DIAL.radius - 24} ${DIAL.y} L${DIAL.x} ${DIAL.y - 7} L${DIAL.x} ${DIAL.y + 7}Z`,
          }),
          svg('path', {
            class: 'tail',
            d: `M${DIAL.x - 26} ${DIAL.y} L${DIAL.x} ${DIAL.y - 7} L${DIAL.x} ${DIAL.y + 7}Z`,
          }),
        ),
    svg('circle', { class: 'dial-hub', cx: DIAL.x, cy: DIAL.y, r: 5 }),
    svg('text', { class: 'dial-end', x: 24, y: DIAL.height - 6 }, t('dial.worse')),
    svg('text', { class: 'dial-end right', x: DIAL.width - 24, y: DIAL.height - 6 }, t('dial.better')),
  );
}

/** A mark on the rim; each kind has its own form. */
function dialPin(key, share) {
  const [x, y] = onDial(share);
  if (key === 'best') return svg('circle', { class: `dial-pin ${key}`, cx: x, cy: y, r: 7 });
  if (key === 'start') return svg('circle', { class: `dial-pin ${key}`, cx: x, cy: y, r: 5 });
  const [[x1, y1], [x2, y2]] = [onDial(share, DIAL.radius - 11), onDial(share, DIAL.radius + 11)];
  return svg('line', { class: `dial-pin ${key}`, x1, y1, x2, y2 });
}
