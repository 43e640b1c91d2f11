// Where an axis has its marks, and what stands at them.

/** Marks for a logarithmic axis: whole powers of ten if it spans many, figures between them if it spans few. */
function logMarks(low, high) {
  const decades = Math.log10(high / low);
  if (decades < 0.35) return evenMarks(low, high, 4);
  const figures = decades > 3 ? [1] : decades > 1.3 ? [1, 3] : [1, 2, 3, 5, 7];
  const stride = Math.max(1, Math.ceil(decades / 6));
  const marks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    if (power % stride) continue;
    for (const figure of figures) {
      const mark = Number(`${figure}e${power}`);
      if (mark >= low && mark <= high) marks.push(mark);
    }
  }
  return marks;
}

/** About `count` round marks at equal distances. */
function evenMarks(low, high, count) {
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const stride = [1, 2, 5, 10].map((figure) => figure * unit).find((one) => one >= rough) ?? rough;
  const marks = [];
  for (let step = Math.ceil(low / stride); step * stride <= high && marks.length < 20; step += 1)
    marks.push(step * stride);
  return marks;
}

/** Short numbers for an axis, all in the same unit; what seven digits do not tell apart is written once. */
function axisTexts(marks, axis) {
  if (axis === 'time') return marks.map((x) => (x === null ? '' : duration(x)));
  const largest = Math.max(...marks.map(Math.abs));
  const [unit, sign] =
    largest >= 1e6 && largest < 1e10 ? [1e6, 'M'] : largest >= 1e4 && largest < 1e6 ? [1e3, 'k'] : [1, ''];
  const write = (digits) => marks.map((x) => (x === null ? '' : x ? `${num(x / unit, digits)}${sign}` : '0'));
  const short = write(4);
  const texts = new Set(short).size === marks.length ? short : write(7);
  return texts.map((text, i) => (text === texts[i - 1] ? '' : text));
}
