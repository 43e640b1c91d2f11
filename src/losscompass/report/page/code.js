// The user's own line, and what it should be: a small difference, line by line.

/** Where in the user's code, the line, and the change where one is known; null where nothing is. */
function codeOf(found) {
  const { change, location } = found;
  if (!location && !change) return null;
  const place = change ?? location;
  const lines = change ? difference(change.before, change.after) : found.code ? [[' ', found.code]] : [];
  return el(
    'figure',
    { class: 'own-code' },
    el(
      'figcaption',
      {},
      el('strong', {}, change ? t('code.change') : t('code.line')),
      ' ',
      named(`${place.file}:${place.line}`),
    ),
    lines.length ? el('pre', { tabindex: 0 }, lines.map(codeLine)) : null,
    change ? copyButton(change.after) : null,
  );
}

function codeLine([sign, text, from, to]) {
  const [tag, word] = { '-': ['del', t('code.before')], '+': ['ins', t('code.after')] }[sign] ?? ['span', null];
  const whole = to === undefined;
  return el(
    tag,
    { class: 'code-line' },
    el('i', { 'aria-hidden': 'true' }, sign === '-' ? '−' : sign),
    word ? el('span', { class: 'unseen' }, word, ' ') : null,
    el('code', {}, whole ? text : [text.slice(0, from), el('b', {}, text.slice(from, to)), text.slice(to)]),
  );
}

/** The lines of a change: [sign, text] and, where one line became another, the part of it that differs. */
function difference(before, after) {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const common = (a, b) => {
    let n = 0;
    while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
    return n;
  };
  const head = common(old, now);
  const tail = common(old.slice(head).reverse(), now.slice(head).reverse());
  const gone = old.slice(head, old.length - tail);
  const come = now.slice(head, now.length - tail);
  const kept = (lines) => lines.map((text) => [' ', text]);
  return [...kept(old.slice(0, head)), ...pairOf(gone, come, common), ...kept(old.slice(old.length - tail))];
}

function pairOf(gone, come, common) {
  if (gone.length !== 1 || come.length !== 1) return [...gone.map((x) => ['-', x]), ...come.map((x) => ['+', x])];
  const [a, b] = [gone[0], come[0]];
  const head = common(a, b);
  const tail = common([...a.slice(head)].reverse(), [...b.slice(head)].reverse());
  return [
    ['-', a, head, a.length - tail],
    ['+', b, head, b.length - tail],
  ];
}
