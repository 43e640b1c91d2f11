// The further curves of a run: loss parts, metrics, the rest, as tabs of small charts that share the cursor of the main one.

const MOST_CHARTS = 24; // at once; the rest on request

function furtherCurves(run, options, group) {
  const groups = furtherGroups(run);
  if (!groups.length) return { node: null, figures: () => [], drawn() {}, destroy() {}, refresh: () => !furtherGroups(run).length };
  const open = groups.find((one) => one.id === state.panel) ?? groups[0];
  const panel = el('div', { class: 'panel', role: 'tabpanel', id: 'further-panel', tabindex: -1 });
  let drawn = [];
  const clear = () => {
    for (const chart of drawn) {
      group.charts.splice(group.charts.indexOf(chart), 1);
      chart.destroy();
    }
    drawn = [];
  };
  const fill = (one, most = MOST_CHARTS) => {
    clear();
    state.panel = one.id;
    const figures = one.charts
      .slice(0, most)
      .map((chart) => {
        const remake = () => smallSpec(run, chart, options);
        return { ...chartFigure(remake(), group), remake };
      })
      .filter((f) => f.spec.lines.length);
    const more = one.charts.length - most;
    panel.replaceChildren(
      el(
        'div',
        { class: 'small-charts' },
        figures.map((figure) => figure.figure),
      ),
      more > 0
        ? el(
            'button',
            { type: 'button', class: 'quiet', on: { click: () => fill(one, Infinity) } },
            t('further.more', { count: more }),
          )
        : '',
    );
    if (panel.isConnected) {
      const widths = figures.map((figure) => figure.width());
      drawn = figures.map((figure, i) => figure.draw(widths[i]));
    }
    pending = figures;
  };
  let pending = [];
  const tabs = tabList(
    groups.map((one) => ({
      id: one.id,
      text: `${t(`further.${one.id}`)} (${one.charts.length})`,
      select: () => fill(one),
    })),
    open.id,
    panel,
  );
  fill(open);
  return {
    node: el('div', { class: 'further' }, el('h3', { class: 'unseen' }, t('further.title')), tabs, panel),
    figures: () => pending,
    drawn(charts) {
      drawn = charts;
    },
    /** Follows curves that have grown; false where that takes other charts. */
    refresh() {
      const now = furtherGroups(run);
      const names = (list) => list.map((one) => `${one.id} ${one.charts.map((chart) => chart.title)}`).join();
      if (names(now) !== names(groups)) return false;
      return pending.every((figure) => figure.refresh(figure.remake()));
    },
    destroy() {
      drawn = [];
    },
  };
}

function smallSpec(run, { title, curves }, options) {
  const lines = curves
    .slice(0, 8)
    .map((curve) =>
      lineOf(run, curve, {
        ...options,
        color: colorOf(curve, curve.phase === 'none' ? 0 : undefined),
        label: curves.length > 1 || curve.phase === 'none' ? curve.name : curve.name,
      }),
    )
    .filter(Boolean);
  return {
    title: title,
    titleNode: named(title),
    height: CHART_HEIGHT.small,
    axis: options.axis,
    lines,
    class: 'small',
    log:
      options.log &&
      curves.every((curve) => ['loss', 'loss-part'].includes(curve.kind)) &&
      curves.every((curve) => (extent(curve.y)?.[0] ?? 0) > 0),
  };
}

/** Tabs that are walked with the arrow keys, as the pattern for tabs asks. */
function tabList(tabs, chosen, panel) {
  const buttons = tabs.map((tab) =>
    el(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${tab.id}`,
        'aria-controls': panel.id,
        'aria-selected': String(tab.id === chosen),
        tabindex: tab.id === chosen ? 0 : -1,
      },
      tab.text,
    ),
  );
  const choose = (index, focus) => {
    buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', String(i === index));
      button.tabIndex = i === index ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', buttons[index].id);
    tabs[index].select();
    if (focus) buttons[index].focus();
  };
  buttons.forEach((button, index) => {
    button.addEventListener('click', () => choose(index, false));
    button.addEventListener('keydown', (event) => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose((to + tabs.length) % tabs.length, true);
    });
  });
  panel.setAttribute('aria-labelledby', `tab-${chosen}`);
  return el('div', { role: 'tablist', class: 'tabs', 'aria-label': t('further.title') }, buttons);
}
