// The smoothed line: at each point a straight line through its neighbours, whose weight fades with the distance.
//
// A line instead of a mean: no lag, and no bias where a curve falls steeply or begins. Two passes, linear in the points.

const USUAL_SMOOTHING = 0.25;

/** What the reader chose, or some where a curve is noisy. */
function smoothingFor(curves) {
  return state.smoothing ?? (curves.some(isNoisy) ? USUAL_SMOOTHING : 0);
}

/** Whether neighbours differ so much that the eye needs help to see the trend. */
function isNoisy(curve) {
  const known = noisy.get(curve);
  if (known?.n === curve.n) return known.is;
  const is = looksNoisy(curve);
  noisy.set(curve, { n: curve.n, is });
  return is;
}

const noisy = new WeakMap();
const LOOKED_AT = 900; // points: enough to tell

function looksNoisy(curve) {
  if (curve.n <= 150) return false;
  const stride = Math.max(3, 3 * Math.ceil(curve.y.length / LOOKED_AT));
  const [ys, bends] = [[], []];
  for (let i = 0; i + 2 < curve.y.length; i += stride) {
    const [a, b, c] = [curve.y[i], curve.y[i + 1], curve.y[i + 2]];
    if (!Number.isFinite(a + b + c)) continue;
    ys.push(a, b, c);
    bends.push(Math.abs(b - (a + c) / 2));
  }
  if (ys.length < 20) return false;
  for (const list of [ys, bends]) list.sort((a, b) => a - b);
  const middle = ys[Math.floor(ys.length * 0.95)] - ys[Math.floor(ys.length * 0.05)];
  return bends[bends.length >> 1] > 0.01 * middle;
}

/** The smoothed values; `span` is the distance along x at which a neighbour's weight has fallen to 1/e. */
function smooth(xs, ys, span) {
  const order = [...ys.keys()].filter((i) => Number.isFinite(ys[i]));
  const out = new Float64Array(ys.length).fill(NaN);
  const before = new Map();
  passOver(xs, ys, order, span, (i, sums) => before.set(i, sums));
  passOver(xs, ys, order.reverse(), span, (i, after) => {
    out[i] = lineAt(before.get(i), after, ys[i]);
  });
  return out;
}

/** The moments of all points up to each, relative to it: weight, x, x², y, xy. */
function passOver(xs, ys, order, span, report) {
  let [w, wx, wxx, wy, wxy, last] = [0, 0, 0, 0, 0, null];
  for (const i of order) {
    const d = last === null ? 0 : (xs[i] - last) / span;
    const fade = last === null ? 0 : Math.exp(-Math.abs(d));
    wxx = fade * (wxx - 2 * d * wx + d * d * w);
    wxy = fade * (wxy - d * wy);
    wx = fade * (wx - d * w);
    w = fade * w + 1;
    wy = fade * wy + ys[i];
    last = xs[i];
    report(i, [w, wx, wxx, wy, wxy]);
  }
}

/** The height of the weighted line at the point itself, which both passes have counted. */
function lineAt(before, after, y) {
  const [w, wx, wxx, wy, wxy] = before.map((sum, k) => sum + after[k]);
  const [weight, height] = [w - 1, wy - y];
  const spread = wxx * weight - wx * wx;
  return spread > 1e-9 * weight * weight ? (wxx * height - wx * wxy) / spread : height / weight;
}
