// Curves that grow while they are looked at, in bounded memory: when there are too many points, the extremes stay.

const MOST_POINTS = 6000; // of one curve; then it is thinned to half of them

/** Appends points: positions, values, epochs, times (seconds since 1970), and how many points of the log they stand for. */
function growCurve(run, curve, [x, y, epoch, time, count]) {
  for (const key of ['x', 'y', 'epoch', 'time']) if (curve[key] && !Array.isArray(curve[key])) curve[key] = Array.from(curve[key]);
  const before = curve.x.length;
  const append = (key, values) => {
    if (!values && !curve[key]) return;
    curve[key] ??= new Array(before).fill(NaN);
    for (let i = 0; i < x.length; i += 1) curve[key].push(values ? values[i] : NaN);
  };
  append('epoch', epoch?.map(fromJson));
  append('time', time?.map((at) => fromJson(at) - run.began));
  append('y', y.map(fromJson));
  append('x', x.map(fromJson));
  curve.n += count;
  curve.points += count;
  if (curve.level) growLevel(curve, before);
  if (curve.x.length > MOST_POINTS) thinCurve(curve);
}

/** The level of the new points: of a thinned curve, the smoothed line follows these. */
function growLevel(curve, from) {
  const { level } = curve;
  for (const key of ['x', 'y', 'epoch', 'time']) if (level[key] && !Array.isArray(level[key])) level[key] = Array.from(level[key]);
  pushLevel(curve, level, from, curve.x.length);
  if (level.x.length > MOST_POINTS / 2) {
    for (const key of ['x', 'y', 'epoch', 'time']) level[key] &&= level[key].filter((_, i) => i % 2 === 0);
  }
}

function pushLevel(curve, level, from, to) {
  const values = curve.y.slice(from, to).filter(Number.isFinite).sort((a, b) => a - b);
  if (!values.length) return;
  const middle = (from + to - 1) >> 1;
  level.y.push(values[values.length >> 1]);
  for (const key of ['x', 'epoch', 'time']) level[key]?.push(curve[key]?.[middle] ?? NaN);
}

/** Keeps of each stretch the lowest and the highest point, where the curve breaks off, and the ends. */
function thinCurve(curve) {
  const n = curve.x.length;
  const stretches = MOST_POINTS / 4;
  const kept = new Set([0, n - 1]);
  const known = curve.level ?? { axis: curve.axis, x: [], y: [], epoch: curve.epoch && [], time: curve.time && [] };
  for (let k = 0; k < stretches; k += 1) {
    const [from, to] = [Math.floor((k * n) / stretches), Math.floor(((k + 1) * n) / stretches)];
    let [low, high] = [-1, -1];
    for (let i = from; i < to; i += 1) {
      const y = curve.y[i];
      if (!Number.isFinite(y)) {
        if (i === 0 || Number.isFinite(curve.y[i - 1])) kept.add(i);
      } else {
        if (low < 0 || y < curve.y[low]) low = i;
        if (high < 0 || y > curve.y[high]) high = i;
      }
    }
    if (low >= 0) kept.add(low).add(high);
    if (!curve.level) pushLevel(curve, known, from, to);
  }
  curve.level = known;
  const order = [...kept].sort((a, b) => a - b);
  for (const key of ['x', 'y', 'epoch', 'time']) if (curve[key]) curve[key] = order.map((i) => curve[key][i]);
}
