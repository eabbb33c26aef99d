// What is typed into a form with data-draft stays in this browser until the server says it is stored: bound to the
// user and the record by its key, gone at sign-out and after eight hours.
(() => {
  const { on, each, element } = Tieline;
  const Prefix = 'tieline-draft:';
  const Life = 8 * 60 * 60 * 1000;
  const Own = new Set(['__RequestVerificationToken', '_key', '_handler', '_rows', '_not_secret']);
  const waiting = new WeakMap();
  // Values whose fields are not there yet: they come when what was chosen asks for them.
  const unplaced = new WeakMap();
  let ready = false;
  document.addEventListener('DOMContentLoaded', () => { ready = true; });
  const whenReady = act => { if (ready) act(); else document.addEventListener('DOMContentLoaded', act, { once: true }); };

  const storeName = form => Prefix + form.dataset.draft;
  const values = form => [...new FormData(form)].filter(([name, value]) => !Own.has(name) && typeof value === 'string'
    && form.querySelector(`[name="${CSS.escape(name)}"]`)?.type !== 'password');

  const keep = form => {
    if (!form.isConnected) return;
    try {
      localStorage.setItem(storeName(form), JSON.stringify({ at: Date.now(), values: [...values(form), ...(unplaced.get(form) ?? [])] }));
    } catch {
      // The browser's store is full or closed: the form itself still holds everything.
    }
  };
  const forget = form => {
    clearTimeout(waiting.get(form));
    localStorage.removeItem(storeName(form));
  };

  const read = form => {
    const text = localStorage.getItem(storeName(form));
    if (!text) return null;
    try {
      const kept = JSON.parse(text);
      return Date.now() - kept.at < Life ? kept : null;
    } catch {
      return null;
    }
  };

  /** What a colleague had typed, stored with what was handed over. */
  const given = form => {
    try {
      return form.dataset.draftGiven ? { values: JSON.parse(form.dataset.draftGiven), given: true } : null;
    } catch {
      return null;
    }
  };

  for (const name of Object.keys(localStorage).filter(n => n.startsWith(Prefix))) {
    let at = 0;
    try { at = JSON.parse(localStorage.getItem(name)).at; } catch { at = 0; }
    if (Date.now() - at >= Life) localStorage.removeItem(name);
  }

  const later = form => {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => keep(form), 300));
  };
  on('input', 'form[data-draft]', (_, form) => later(form));
  on('change', 'form[data-draft]', (_, form) => later(form));
  addEventListener('pagehide', () => document.querySelectorAll('form[data-draft][data-dirty]').forEach(keep));
  on('tieline:stored', 'form[data-draft]', (_, form) => forget(form));
  on('tieline:keep', 'form[data-draft]', (_, form) => {
    clearTimeout(waiting.get(form));
    keep(form);
  });
  on('tieline:discarded', 'form[data-draft]', (_, form) => forget(form));
  on('click', '[data-cancel]', (_, link) => {
    const form = link.closest('form[data-draft]');
    if (form) {
      delete form.dataset.dirty;
      forget(form);
    }
  });

  each('form[data-draft]', form => {
    if (form.querySelector('[data-problems]')) return;
    const kept = read(form) ?? given(form);
    if (!kept) return;
    const now = JSON.stringify(values(form));
    if (JSON.stringify(kept.values) === now) return;
    const before = form.innerHTML;
    // What this browser kept without it is another form than the one that was handed over.
    const mark = form.querySelector('[data-draft-mark]');
    if (mark && !kept.given && !kept.values.some(([name]) => name === mark.name)) mark.value = '';
    restore(form, kept.values);
    if (JSON.stringify(values(form)) === now) return;
    form.dataset.dirty = '';
    const discard = element('button', { type: 'button', class: 'btn btn-sm' }, 'Discard');
    const notice = element('div', { class: 'callout callout-info draft-notice', role: 'status' }, Tieline.icon('history'),
      element('div', {}, kept.given ? 'As it was handed to you. ' : 'Restored what you had typed. '), discard);
    discard.addEventListener('click', () => {
      forget(form);
      unplaced.delete(form);
      form.innerHTML = before;
      delete form.dataset.dirty;
      htmx.process(form);
      form.querySelector('input:not([type=hidden]), textarea, select')?.focus();
    });
    form.prepend(notice);
  });

  function restore(form, kept) {
    const byName = new Map();
    for (const [name, value] of kept) byName.set(name, [...(byName.get(name) ?? []), value]);
    for (const rows of form.querySelectorAll('.rows')) {
      const start = `${rows.dataset.rows}[`;
      const needed = Math.max(0, ...[...byName.keys()].filter(n => n.startsWith(start)).map(n => parseInt(n.slice(start.length), 10) + 1));
      while (rows.querySelectorAll('[data-row]').length < needed) Tieline.addRow(rows);
    }
    const changed = [];
    const there = new Set();
    for (const field of form.elements) {
      if (!field.name || Own.has(field.name) || field.type === 'file' || field.type === 'password') continue;
      there.add(field.name);
      if (place(field, byName.get(field.name))) changed.push(field);
    }
    unplaced.set(form, kept.filter(([name]) => !there.has(name)));
    // What hangs on the restored values (parts of the form, warnings) is asked for as if they had just been chosen.
    whenReady(() => changed.forEach(field => field.dispatchEvent(new Event('change', { bubbles: true }))));
  }

  /** True when the field now says what somebody once chose. */
  function place(field, typed) {
    const before = field.value;
    if (field.type === 'checkbox' || field.type === 'radio') {
      field.checked = typed?.includes(field.value) ?? false;
      return field.checked;
    }
    if (field instanceof HTMLSelectElement && field.multiple) [...field.options].forEach(o => { o.selected = typed?.includes(o.value) ?? false; });
    else if (typed) field.value = typed.shift() ?? field.value;
    return field.value !== before;
  }

  document.addEventListener('htmx:afterSettle', event => {
    const form = event.detail.elt.closest?.('form[data-draft]');
    const left = form && unplaced.get(form);
    if (!left?.length) return;
    for (const field of form.elements) {
      const typed = left.filter(([name]) => name === field.name).map(([, value]) => value);
      if (typed.length > 0) place(field, typed);
    }
    unplaced.set(form, left.filter(([name]) => !form.querySelector(`[name="${CSS.escape(name)}"]`)));
  });
})();
