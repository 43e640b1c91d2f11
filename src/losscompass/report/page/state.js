// What the reader has chosen. One plain object; whoever changes it says so, and the page draws again what depends on it.

const state = {
  run: 0, // which run is shown
  theme: 'auto',
  axis: null, // null: the axis of the verdict
  log: null, // null: as the data ask
  smoothing: null, // 0..100; null: as the data ask
  forecast: true,
  overlay: new Set(), // runs drawn over one another
  filter: '', // which rows of the table are left
  sort: { by: 'rank', down: false },
  panel: null, // which group of further curves is open
};

const listeners = new Map();

/** `handler` is called after `topic` ("language", "theme", "run", "charts", "overlay", "sort") has changed. */
function whenChanged(topic, handler) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), handler]);
}

function changed(topic) {
  for (const handler of listeners.get(topic) ?? []) handler();
}
