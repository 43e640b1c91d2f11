// The switches: language and theme for the page; axis, scale, smoothing and forecast for the charts.

/** A row of choices, of which one holds: native radio buttons, so the arrow keys work by themselves. */
function choice(name, label, options, now, choose) {
  return el(
    'fieldset',
    { class: 'choice' },
    el('legend', {}, label),
    options.map(([value, text, lang]) => {
      const id = `${name}-${value}`;
      const input = el('input', {
        type: 'radio',
        name,
        id,
        value,
        checked: value === now,
        on: { change: () => choose(value) },
      });
      return [input, el('label', { for: id, lang: lang ?? null }, text)];
    }),
  );
}

function toggle(id, text, on, flip, props) {
  const input = el('input', { type: 'checkbox', role: 'switch', id, checked: on, ...props });
  input.addEventListener('change', () => flip(input.checked));
  return el('span', { class: 'toggle' }, input, el('label', { for: id }, text));
}

/** Language and theme. */
function pageControls() {
  const tongues = { en: 'English', ja: '日本語' };
  const languages = Object.keys(language.all).map((lang) => [lang, tongues[lang] ?? lang, lang]);
  const themes = ['auto', 'light', 'dark'].map((theme) => [theme, t(`theme.${theme}`)]);
  return el(
    'div',
    { class: 'page-controls' },
    languages.length > 1
      ? choice('language', t('controls.language'), languages, language.now, (lang) => {
          language.now = lang;
          changed('language');
        })
      : null,
    choice('theme', t('controls.theme'), themes, state.theme, (theme) => {
      state.theme = theme;
      changed('theme');
    }),
  );
}

/** The switches over the charts of a run. */
function chartControls(options, axes, reset, hasForecast) {
  const smoothing = el('input', {
    type: 'range',
    id: 'smoothing',
    min: 0,
    max: 100,
    step: 5,
    value: options.smoothing * 100,
  });
  smoothing.addEventListener('change', () => {
    state.smoothing = smoothing.value / 100;
    changed('charts');
  });
  return el(
    'div',
    { class: 'chart-controls', role: 'group', 'aria-label': t('controls.charts') },
    axes.length > 1
      ? choice(
          'axis',
          t('controls.axis'),
          axes.map((axis) => [axis, t(`axis.${axis}`)]),
          options.axis,
          (axis) => {
            state.axis = axis;
            changed('charts');
          },
        )
      : null,
    toggle(
      'log',
      t('controls.log'),
      options.log,
      (on) => {
        state.log = on;
        changed('charts');
      },
      { disabled: !options.mayLog },
    ),
    el('span', { class: 'slider' }, el('label', { for: 'smoothing' }, t('controls.smoothing')), smoothing),
    hasForecast
      ? toggle('forecast', t('controls.forecast'), state.forecast, (on) => {
          state.forecast = on;
          changed('charts');
        })
      : null,
    reset,
    el('span', { class: 'hint' }, t('controls.hint')),
  );
}
