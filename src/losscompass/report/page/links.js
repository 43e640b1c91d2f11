// Addresses within the page: "#finding-2" leads to a card, "#run=3&finding=overfitting" to a finding of a run, for sharing.

/** Whether the page has an address of its own that can be shared; the frame of a notebook has none. */
function hasAddress() {
  return location.protocol !== 'about:' && location.origin !== 'null' ? true : location.protocol === 'file:';
}

/** The address of a finding. */
function addressOf(run, found) {
  const wish = new URLSearchParams({ run: run.index + 1, finding: found.id });
  return `${location.href.split('#')[0]}#${wish}`;
}

/** Follows the fragment of the page's address, now and whenever it changes. */
function followFragment(page) {
  const go = () => {
    const wish = new URLSearchParams(location.hash.slice(1));
    const index = Number(wish.get('run') ?? 1) - 1;
    const run = page.runs[index];
    if (!run || !wish.has('finding')) return;
    const place = run.found.findIndex((found) => found.id === wish.get('finding'));
    if (state.run !== index) showRun(index);
    if (place >= 0) page.parts.findings.open(place);
  };
  addEventListener('hashchange', go);
  if (location.hash.includes('finding=')) go();
}

/** Links within the page open the card they lead to; in a notebook's frame the browser itself would lose its way. */
function followLinks(root) {
  root.addEventListener('click', (event) => {
    const anchor = event.target.closest?.('a[href^="#"]');
    const target = anchor && document.getElementById(anchor.getAttribute('href').slice(1));
    if (!target) return;
    event.preventDefault();
    if (target.matches('details')) target.open = true;
    goTo(target.querySelector('summary') ?? target);
  });
}

/** A button that copies the address of a finding, and puts it into the page's own address. */
function linkButton(run, found) {
  if (!hasAddress()) return null;
  const button = el('button', { type: 'button', class: 'quiet' }, t('findings.link'));
  button.addEventListener('click', async () => {
    const address = addressOf(run, found);
    history.replaceState(null, '', address);
    button.textContent = (await copyText(address)) ? t('copied') : t('findings.linked');
    setTimeout(() => {
      button.textContent = t('findings.link');
    }, 1500);
  });
  return button;
}
