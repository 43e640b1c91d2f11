// The words of the language of the moment, and numbers as people read them (the same forms as in `text/number.py`).

const language = { all: {}, now: 'en' };

/** A word of the page by its dotted key, its {placeholders} filled; the key itself where there is none. */
function t(key, values) {
  let found = language.all[language.now]?.page;
  for (const part of key.split('.')) found = found?.[part];
  if (typeof found !== 'string') return key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values?.[name];
    if (value === undefined || value === null) return '?';
    return typeof value === 'number' ? num(value) : String(value);
  });
}

/** What the catalogue says about one run, the same length as the run's own lists. */
function said(index) {
  return language.all[language.now].runs[index];
}

/** The words of a rule or remedy: title and sections. */
function entry(id) {
  return language.all[language.now].entries[id] ?? { title: id, sections: [] };
}

/** A number of the JSON: NaN and infinities come as text; nothing stays null. */
function fromJson(x) {
  return x === null || x === undefined ? null : Number(x);
}

const whole = new Intl.NumberFormat('en-US');
const forms = [];

/** A number with `digits` significant digits; whole numbers whole. */
function num(x, digits = 4) {
  if (x === null || x === undefined) return '–';
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  if (Number.isInteger(x) && Math.abs(x) < 1e9) return minus(whole.format(x));
  const size = Math.abs(x);
  if (size < 1e-4 || size >= 1e9)
    return minus(
      x
        .toExponential(digits - 1)
        .replace(/\.?0+e/, 'e')
        .replace('e+', 'e'),
    );
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  forms[decimals] ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals });
  return minus(forms[decimals].format(x));
}

function minus(text) {
  return text.replace('-', '−');
}

/** With its first letter large, where there are such. */
function capital(text) {
  return text.charAt(0).toLocaleUpperCase('en') + text.slice(1);
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

/** Seconds as a span of time in its two largest units. */
function duration(seconds) {
  const units = { en: [' s', ' min', ' h', ' d', ' '], ja: ['秒', '分', '時間', '日', ''] }[
    language.now === 'ja' ? 'ja' : 'en'
  ];
  const whole = Math.round(Math.abs(seconds));
  const sign = seconds < 0 ? '−' : '';
  if (whole < 60) return `${sign}${num(Math.abs(seconds), 2)}${units[0]}`;
  const steps = [60, 60, 24, Infinity];
  let [small, large, level] = [whole % 60, Math.floor(whole / 60), 1];
  while (large >= steps[level] && level < 3) {
    [small, large] = [large % steps[level], Math.floor(large / steps[level])];
    level += 1;
  }
  return `${sign}${large}${units[level]}${small ? `${units[4]}${small}${units[level - 1]}` : ''}`;
}

/** A position as a sentence has it: "step 1,200", 「エポック 12」, "2 h 5 min". */
function position(x, axis) {
  if (x === null) return '–';
  return axis === 'time' ? duration(x) : t(`at.${axis}`, { at: num(x) });
}
