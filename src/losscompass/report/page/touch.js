// Fingers on a chart: a tap moves the cursor, a sideways stroke chooses what to zoom into. Up and down scrolls the page.

function listenToTouch(u, group) {
  let start = null;
  const at = (event) => Math.min(Math.max(event.clientX - u.over.getBoundingClientRect().left, 0), u.over.clientWidth);
  const select = (from, to) =>
    u.setSelect({ left: Math.min(from, to), width: Math.abs(to - from), top: 0, height: u.over.clientHeight }, false);
  const end = () => {
    start = null;
    select(0, 0);
  };
  u.over.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch') return;
    start = at(event);
    u.setCursor({ left: start, top: 0 });
  });
  u.over.addEventListener('pointermove', (event) => {
    if (start === null) return;
    u.setCursor({ left: at(event), top: 0 });
    select(start, at(event));
  });
  u.over.addEventListener('pointerup', (event) => {
    if (start === null) return;
    const [low, high] = [start, at(event)].sort((a, b) => a - b);
    end();
    if (high - low > 24) group.zoom(u.posToVal(low, 'x'), u.posToVal(high, 'x'));
  });
  u.over.addEventListener('pointercancel', end);
}
