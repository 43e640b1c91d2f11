// From the packed data to curves: typed arrays, the positions of a curve on any axis, smoothing.

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array };

function unpackArray(packed) {
  if (packed.kind === 'range') {
    const range = new Float64Array(packed.count);
    for (let i = 0; i < range.length; i += 1) range[i] = packed.start + packed.stride * i;
    return range;
  }
  const text = atob(packed.data);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new KINDS[packed.kind](bytes.buffer);
}

// Of the runs that are `known`, in the same order, the curves are taken that do not come with the data; null where one lacks.
/** The runs with their curves: what stands in the JSON about a series, and its numbers. */
function unpackRuns(data, known = []) {
  const cache = new Map();
  const array = (index) => {
    if (!cache.has(index)) cache.set(index, unpackArray(data.arrays[index]));
    return cache.get(index);
  };
  const unpackInto = (curve, packed) => {
    for (const key of ['x', 'y', 'epoch', 'time'])
      lazily(curve, key, () => (packed[key] === undefined ? null : array(packed[key])));
    return curve;
  };
  const shared = sharedFolder(data.document.runs.map((run) => run.source));
  return data.document.runs.map((run, index) => {
    const packed = data.curves[index];
    const curves = {};
    for (const series of run.series) {
      const one = packed.series[series.name];
      const old = known[index]?.curves[series.name];
      if (!one) {
        if (!old) return null;
        curves[series.name] = Object.assign(old, { ...series, points: Math.max(old.points, series.points) });
        continue;
      }
      const level = one.level?.x === undefined ? null : unpackInto({ axis: series.axis }, one.level);
      curves[series.name] = unpackInto(Object.assign(old ?? {}, { ...series, n: one.n, level }), one);
    }
    const source = run.source.slice(shared) || run.source;
    const label = run.name ? `${source} [${run.name}]` : source;
    const { layers, data: seen } = data.inside[index];
    for (const strip of Object.values(layers)) {
      for (const key of ['step', 'value']) if (typeof strip[key] === 'number') strip[key] = array(strip[key]);
    }
    return { ...run, label, index, curves, layers, data: seen, began: packed.began };
  });
}

/** A property that is made when it is first asked for: of a thousand runs, few are looked at. */
function lazily(target, key, make) {
  const put = (value) => Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(target, key, { get: () => (put(make()), target[key]), set: put, enumerable: true, configurable: true });
}

/** How many characters the folder takes that all paths share; 0 where there is but one path. */
function sharedFolder(paths) {
  if (new Set(paths).size < 2) return 0;
  let length = 0;
  while (paths.every((path) => length < path.length && path[length] === paths[0][length])) length += 1;
  return Math.max(paths[0].lastIndexOf('/', length - 1), paths[0].lastIndexOf('\\', length - 1)) + 1;
}

/** The axes on which the headline curves of a run can be drawn, the axis of its verdict first. */
function axesOf(run) {
  const heads = headlines(run);
  const all = Object.values(run.curves);
  const seen = new Set([run.reading.axis, ...all.map((curve) => curve.axis)]);
  if (all.some((curve) => curve.epoch)) seen.add('epoch');
  if (all.some((curve) => curve.time)) seen.add('time');
  const able = [...seen].filter((axis) => heads.every((curve) => positions(run, curve, axis)));
  return able.length ? able : [...seen].filter((axis) => heads.some((curve) => positions(run, curve, axis)));
}

/** The headline curves: train, validation, test. */
function headlines(run) {
  return ['train', 'val', 'test']
    .map((phase) => Object.values(run.curves).find((c) => c.headline === phase))
    .filter(Boolean);
}

/** Where the log itself puts the points of a curve (or of its levels) on `axis`; null where it does not say. */
function ownPositions(curve, axis) {
  if (curve.axis === axis) return curve.x;
  if (axis === 'epoch') return curve.epoch;
  return axis === 'time' ? curve.time : null;
}

/** The same, or where other curves of the run say how the axes run along one another. */
function positions(run, curve, axis) {
  const own = ownPositions(curve, axis);
  if (own) return own;
  const map = translation(run, curve.axis, axis);
  return map && Float64Array.from(curve.x, (x) => interpolate(map.from, map.to, x));
}

/** One position of a curve's own axis, on another axis. */
function translate(run, curve, x, axis) {
  if (x === null || curve.axis === axis) return x;
  const own = positions(run, curve, axis);
  return own ? interpolate(curve.x, own, x) : null;
}

/** A pair of rising arrays that says how one axis runs along another, from the curve of the run that knows it best. */
function translation(run, from, to) {
  run.translations ??= new Map();
  const key = `${from}>${to}`;
  if (!run.translations.has(key)) run.translations.set(key, findTranslation(run, from, to));
  return run.translations.get(key);
}

function findTranslation(run, from, to) {
  let best = null;
  for (const curve of Object.values(run.curves)) {
    const [a, b] = [ownPositions(curve, from), ownPositions(curve, to)];
    if (!a || !b) continue;
    const known = [...a.keys()].filter((i) => Number.isFinite(a[i]) && Number.isFinite(b[i]));
    if (known.length < 2 || known.length <= (best?.from.length ?? 0)) continue;
    best = { from: known.map((i) => a[i]), to: known.map((i) => b[i]) };
  }
  return best;
}

/** y at x, between the neighbours; beyond the ends along the last slope. */
function interpolate(xs, ys, x) {
  const n = xs.length;
  if (n === 1) return ys[0];
  const right = Math.min(Math.max(lowerBound(xs, x), 1), n - 1);
  const left = right - 1;
  const width = xs[right] - xs[left];
  return width ? ys[left] + ((x - xs[left]) / width) * (ys[right] - ys[left]) : ys[left];
}

/** The first index whose value is not below x. */
function lowerBound(xs, x) {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the value nearest to x. */
function nearest(xs, x) {
  const right = Math.min(lowerBound(xs, x), xs.length - 1);
  return right > 0 && x - xs[right - 1] < xs[right] - x ? right - 1 : right;
}

/** Where a value lies between two others, 0 to 1; their distance may be more than a number can hold. */
function shareOf(value, low, high) {
  const width = high / 2 - low / 2;
  return width ? (value / 2 - low / 2) / width : 0;
}

/** Smallest and largest finite value. */
function extent(...arrays) {
  let [low, high] = [Infinity, -Infinity];
  for (const array of arrays) {
    for (const x of array) {
      if (!Number.isFinite(x)) continue;
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  return low <= high ? [low, high] : null;
}

/** Whether a linear axis would press the curve flat: all positive, and the top far above the middle. */
function asksForLog(curves) {
  const values = curves
    .flatMap((curve) => Array.from(curve.level?.y ?? curve.y))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (values.length < 8 || values[0] <= 0) return false;
  const high = extent(...curves.map((curve) => curve.y))[1];
  return high / values[values.length >> 1] > 40;
}
