// Evidence that is no curve: a table of texts.

const MOST_TABLE_ROWS = 50;

/** The tables among the exhibits of a finding. */
function tablesOf(found) {
  return found.exhibits.filter((one) => one.kind === 'table' && one.columns && one.rows).map(tableExhibit);
}

/** The head of a column: by the catalogue if it knows it, else as it is called. */
function headOf(name) {
  const words = t(`exhibit.${name}`);
  return words === `exhibit.${name}` ? named(name) : words;
}

function tableExhibit({ columns, rows }) {
  const rest = rows.length - MOST_TABLE_ROWS;
  return el(
    'div',
    { class: 'scroll exhibit', tabindex: 0, role: 'region', 'aria-label': t('findings.table') },
    el(
      'table',
      { class: 'narrow' },
      el('thead', {}, el('tr', {}, columns.map((name) => el('th', { scope: 'col' }, headOf(name))))),
      el(
        'tbody',
        {},
        rows.slice(0, MOST_TABLE_ROWS).map((row) => el('tr', {}, row.map((one) => el('td', {}, named(typeof one === 'number' ? num(one) : one ?? '–'))))),
      ),
    ),
    rest > 0 ? el('p', { class: 'settle' }, t('findings.table-more', { count: rest })) : null,
  );
}
