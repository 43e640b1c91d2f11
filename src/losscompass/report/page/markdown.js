// A small part of Markdown as elements: paragraphs, lists, code, headings, emphasis, links to http and https. Nothing is HTML.

/** The elements of a text. */
function markdown(text) {
  const lines = text.split('\n');
  const out = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (!line.trim()) {
      at += 1;
    } else if (/^\s*(```|~~~)/.test(line)) {
      const fence = line.trim().slice(0, 3);
      const body = [];
      for (at += 1; at < lines.length && !lines[at].trim().startsWith(fence); at += 1) body.push(lines[at]);
      at += 1;
      out.push(codeBlock(body.join('\n')));
    } else if (/^#{1,6} /.test(line)) {
      out.push(el('h5', {}, inline(line.replace(/^#+ /, ''))));
      at += 1;
    } else if (bullet(line)) {
      const [list, next] = listFrom(lines, at);
      out.push(list);
      at = next;
    } else {
      const body = [];
      for (; at < lines.length && lines[at].trim() && !bullet(lines[at]) && !/^\s*(```|~~~)/.test(lines[at]); at += 1) {
        body.push(lines[at].trim());
      }
      out.push(el('p', {}, inline(joinLines(body))));
    }
  }
  return out;
}

/** Code with a button that copies it. */
function codeBlock(code) {
  return el(
    'div',
    { class: 'code' },
    el('pre', { tabindex: 0 }, el('code', {}, document.createTextNode(code.split('\n').map(visible).join('\n')))),
    copyButton(code),
  );
}

function copyButton(code) {
  const button = el('button', { type: 'button', class: 'copy' }, t('copy'));
  button.addEventListener('click', async () => {
    button.textContent = (await copyText(code)) ? t('copied') : t('copy-failed');
    setTimeout(() => {
      button.textContent = t('copy');
    }, 1500);
  });
  return button;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Lines of one paragraph; Japanese needs no space where a line was broken. */
function joinLines(lines) {
  return lines.reduce((all, line) => {
    const tight = /[\u3000-\u9fff\uff00-\uffef]$/.test(all) && /^[\u3000-\u9fff\uff00-\uffef]/.test(line);
    return all + (tight ? '' : ' ') + line;
  });
}

function bullet(line) {
  return /^(\s*)([-*]|\d+[.)])\s+(.*)$/.exec(line);
}

/** A list with the lists in it; returns it and the first line after it. */
function listFrom(lines, start) {
  const first = bullet(lines[start]);
  const depth = first[1].length;
  const list = el(/\d/.test(first[2]) ? 'ol' : 'ul', {});
  let at = start;
  while (at < lines.length) {
    const found = bullet(lines[at]);
    if (!found || found[1].length < depth) break;
    if (found[1].length > depth) {
      const [inner, next] = listFrom(lines, at);
      (list.lastElementChild ?? list).append(inner);
      at = next;
      continue;
    }
    const body = [found[3]];
    for (at += 1; at < lines.length && lines[at].trim() && !bullet(lines[at]) && /^\s/.test(lines[at]); at += 1)
      body.push(lines[at].trim());
    list.append(el('li', {}, inline(joinLines(body))));
  }
  return [list, at];
}

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|<?(https?:\/\/[^\s<>)、。]+)>?/g;

/** Text with code, bold and links in it. */
function inline(text) {
  const out = [];
  let done = 0;
  for (const found of text.matchAll(INLINE)) {
    out.push(text.slice(done, found.index));
    done = found.index + found[0].length;
    if (found[1] !== undefined) out.push(el('code', {}, found[1]));
    else if (found[2] !== undefined) out.push(el('strong', {}, inline(found[2])));
    else out.push(link(found[4] ?? found[5], found[3] ?? found[5]));
  }
  out.push(text.slice(done));
  return out;
}

/** A link, if it leads to http or https; else its text. */
function link(address, text) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return text;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return text;
  return el('a', { href: url.href, rel: 'noopener noreferrer', target: '_blank' }, text);
}
