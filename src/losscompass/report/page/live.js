// The page as a server feeds it: points as they appear, the verdict every few seconds, the whole where something was missed.

const LEAST_PAUSE = 200; // milliseconds between two drawings

const wire = { state: 'connecting', ended: '', fault: '', step: null, axis: 'step', id: '' };

function startLive() {
  const data = JSON.parse(document.getElementById('diagnosis').textContent);
  state.run = data.live.open;
  document.documentElement.dataset.live = '';
  const shown = showDiagnosis(document.getElementById('page'), data, liveBadge);
  wire.id = data.live.id;
  noteState(shown.page, data.live);
  connect(shown);
}

/** One line for events; the browser takes it up again by itself, unless the server refuses us: then we ask now and then. */
function connect(shown) {
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const events = new EventSource(`events?${new URLSearchParams({ token, since: wire.id })}`);
  const say = (now) => {
    wire.state = now;
    showState();
  };
  events.addEventListener('open', () => say('live'));
  events.addEventListener('error', () => {
    say(events.readyState === EventSource.CLOSED ? 'refused' : 'lost');
    if (events.readyState === EventSource.CLOSED) setTimeout(() => connect(shown), 3000);
  });
  events.addEventListener('message', (event) => {
    wire.id = event.lastEventId;
    const message = JSON.parse(event.data);
    const ask = { points: takePoints, verdict: takeVerdict, whole: takeWhole }[message.kind];
    if (ask?.(shown, message) === false) {
      events.close();
      wire.id = '';
      connect(shown);
      return;
    }
    noteState(shown.page, message.live);
  });
}

/** Further points; the charts follow at the next chance. */
function takePoints(shown, { runs }) {
  for (const [index, series] of Object.entries(runs)) {
    const run = shown.page.runs[index];
    for (const [name, columns] of Object.entries(series)) {
      const curve = run?.curves[name];
      if (!curve) return false;
      growCurve(run, curve, columns);
    }
    run.translations = null;
  }
  drawSoon(shown, 'points');
  return true;
}

/** A new verdict on the same runs; of the curves only those that are new. */
function takeVerdict(shown, message) {
  const runs = unpackRuns(message, shown.page.runs);
  if (runs.length !== shown.page.runs.length || runs.some((run) => !run)) return false;
  runs.forEach((run, index) => Object.assign(shown.page.runs[index], run, { translations: null }));
  shown.page.data = { ...shown.page.data, document: message.document, words: message.words };
  language.all = message.words;
  drawSoon(shown, 'verdict');
  return true;
}

function takeWhole(shown, message) {
  const key = (run) => JSON.stringify([run?.source, run?.name]);
  const open = key(shown.page.runs[state.run]);
  const overlaid = shown.page.runs.filter((run) => state.overlay.has(run.index)).map(key);
  const runs = unpackRuns(message);
  const place = runs.findIndex((run) => key(run) === open);
  state.run = place < 0 ? message.live.open : place;
  if (overlaid.length) state.overlay = new Set(runs.filter((run) => overlaid.includes(key(run))).map((run) => run.index));
  shown.show(message, runs);
}

const pending = { at: 0, kinds: new Set(), asked: false };

/** Draws once the browser is ready for it, never while the page is hidden, and not more often than eyes can follow. */
function drawSoon(shown, kind) {
  pending.kinds.add(kind);
  if (pending.asked) return;
  pending.asked = true;
  requestAnimationFrame(() => {
    const wait = Math.max(0, pending.at + LEAST_PAUSE - performance.now());
    setTimeout(() => {
      const verdict = pending.kinds.has('verdict');
      Object.assign(pending, { at: performance.now(), kinds: new Set(), asked: false });
      shown.refresh(verdict);
      document.documentElement.dataset.drawn = String(performance.now());
    }, wait);
  });
}

/** Where the run has got to, and how it ended. */
function noteState(page, told) {
  Object.assign(wire, { ended: told.ended, fault: told.fault });
  const run = page.runs[told.open];
  const curve = run && (run.curves[run.reading.curve] ?? Object.values(run.curves)[0]);
  if (curve?.x.length) {
    const head = run.curves[headlines(run)[0]?.name] ?? curve;
    Object.assign(wire, { step: head.x[head.x.length - 1], axis: head.axis });
  }
  showState();
}

/** The sign in the head: whether numbers come, how far the run is. Only a change of state is read out. */
function liveBadge() {
  return el(
    'div',
    { class: 'live', id: 'live-badge' },
    el('i', { 'aria-hidden': 'true' }),
    el('span', { id: 'live-state', role: 'status' }),
    el('span', { id: 'live-step' }),
  );
}

function showState() {
  const badge = document.getElementById('live-badge');
  if (!badge) return;
  const over = wire.ended === 'finished' ? 'finished' : 'ended';
  const ended = wire.ended ? over : wire.state; // that the server has gone with the run is no news
  badge.dataset.state = ended;
  const words = {
    connecting: t('live.connecting'),
    live: t('live.live'),
    lost: t('live.lost'),
    refused: t('live.refused'),
    finished: t('live.finished'),
    ended: t('live.ended'),
  }[ended];
  const text = wire.fault ? `${words} ${t('live.fault', { error: wire.fault })}` : words;
  const [status, step] = ['live-state', 'live-step'].map((id) => document.getElementById(id));
  if (status.textContent !== visible(text)) status.textContent = visible(text);
  step.textContent = wire.step === null ? '' : position(wire.step, wire.axis);
}

startLive();
