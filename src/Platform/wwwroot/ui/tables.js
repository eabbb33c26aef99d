// Lists: the row is the link, j and k walk, sorting and paging without losing the place. And: focus is never lost in a swap.
(() => {
  const { on, each, element } = Tieline;

  on('click', 'tr[data-row-link]', (event, row) => {
    if (event.defaultPrevented || event.target.closest('a, button, input, select, textarea, label, summary')) return;
    if (getSelection()?.toString()) return;
    const link = row.querySelector('a.row-link');
    if (event.ctrlKey || event.metaKey) open(link.href, '_blank', 'noopener');
    else link.click();
  });

  // What else on the page goes by its address (links with the filters in them, ...) comes along with the list: it stands outside, for the filters must keep what is being typed.
  const byAddress = from => [...(from.closest('#drawer-body') ?? document.getElementById('main')).querySelectorAll('[data-by-address]')].map(part => `#${part.id}`).join();

  // What comes anew by itself gives way to whoever filters, sorts or pages: its answer is about the address of before, and must not come last.
  const anew = '[hx-get=""]';
  const clear = () => document.querySelectorAll(anew).forEach(part => htmx.trigger(part, 'htmx:abort'));
  document.addEventListener('htmx:beforeRequest', event => {
    const { elt } = event.detail;
    if (!elt.matches?.(anew) || !document.querySelector('form[data-filters].htmx-request, .table-region.htmx-request')) return;
    event.preventDefault();
    setTimeout(() => htmx.trigger(elt, 'live'), 1000);
  });

  on('click', '.table-region th a.sort, .pager a', (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const region = link.closest('.table-region');
    if (!region) return;
    event.preventDefault();
    const inDrawer = Tieline.inDrawer?.(region);
    const column = link.closest('th')?.cellIndex;
    clear();
    const push = inDrawer ? 'false' : link.getAttribute('href');
    htmx.ajax('GET', link.href, { source: region, target: region, select: `#${region.id}`, selectOOB: byAddress(region), push, swap: 'outerHTML' }).then(() => {
      const now = (inDrawer ? document.getElementById('drawer-body') : document).querySelector(`#${CSS.escape(region.id)}`);
      const focus = column === undefined ? now?.querySelector('a.row-link') ?? now : now?.querySelectorAll('th')[column]?.querySelector('a');
      focus?.focus({ preventScroll: column !== undefined });
      if (column === undefined) now?.scrollIntoView({ block: 'start' });
    });
  });

  const typing = target => target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=listbox]');
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const drawer = document.querySelector('#drawer:not([hidden])');
    const scope = drawer ?? document.getElementById('main');
    const here = document.activeElement?.closest('tr[data-row-link], [data-list] > *');
    // Arrows scroll the page as ever, unless a row has the focus.
    if (!here && event.key.startsWith('Arrow')) return;
    const list = here?.closest('table, [data-list]') ?? scope?.querySelector('.data-table, [data-list]');
    if (!list) return;
    const links = [...list.querySelectorAll('tr[data-row-link] a.row-link, :scope[data-list] > * > a:first-of-type, :scope[data-list] > a')];
    if (links.length === 0) return;
    event.preventDefault();
    const at = links.findIndex(l => here?.contains(l));
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)] ?? links[0];
    next.focus();
    next.closest('tr, [data-list] > *').scrollIntoView({ block: 'nearest' });
  });

  document.addEventListener('htmx:afterSettle', event => {
    if (event.detail.requestConfig?.elt.closest('[data-quiet]')) return;
    const region = event.detail.elt.closest?.('.table-region') ?? (event.detail.elt.matches?.('.table-region') ? event.detail.elt : null);
    if (region) Tieline.announce(region.querySelector('.pager-count, .empty-title')?.textContent ?? '');
  });

  // What was found while typing is not asked for again when the field is left: what is pressed then would be gone under the hand.
  const asked = new WeakMap();
  document.addEventListener('htmx:beforeRequest', event => {
    const { elt, requestConfig } = event.detail;
    if (!elt.matches?.('form[data-filters]')) return;
    const filters = new URLSearchParams(new FormData(elt)).toString();
    if (requestConfig.triggeringEvent?.type !== 'submit' && asked.get(elt) === filters) {
      event.preventDefault();
      return;
    }
    asked.set(elt, filters);
    clear();
    elt.setAttribute('hx-select-oob', byAddress(elt));
  });
  document.addEventListener('htmx:afterRequest', ({ detail: { elt, successful } }) => {
    if (!successful && elt.matches?.('form[data-filters]')) asked.delete(elt);
  });

  // Ticks that are not saved yet outlive the filters: those whose rows are hidden go along in the field that the form names.
  const unsaved = new Map();
  const changes = form => unsaved.get(form.id) ?? unsaved.set(form.id, new Map()).get(form.id);
  const tick = (form, value) => form.querySelector(`[type=checkbox][value="${CSS.escape(value)}"]`);
  const showUnsaved = form => {
    form.querySelectorAll('[data-unsaved]').forEach(part => part.remove());
    const changed = changes(form);
    if (changed.size === 0) return;
    form.dataset.dirty = '';
    const hidden = [...changed].filter(([value]) => !tick(form, value));
    for (const [value, checked] of hidden)
      form.append(element('input', { type: 'hidden', name: form.dataset.keepsTicks, value: `${checked ? '+' : '-'}${value}`, 'data-unsaved': true }));
    const discard = element('button', { type: 'button', class: 'btn btn-sm' }, 'Discard');
    discard.addEventListener('click', () => {
      for (const [value, checked] of changed) {
        const box = tick(form, value);
        if (box) box.checked = !checked;
      }
      changed.clear();
      showUnsaved(form);
      delete form.dataset.dirty;
      form.querySelector('[type=checkbox]')?.focus();
    });
    const where = hidden.length === 0 ? '' : `${hidden.length < changed.size ? `, ${hidden.length} of them` : ','} in rows that the filters hide`;
    const words = `${changed.size === 1 ? '1 change is' : `${changed.size} changes are`} not saved yet${where}.`;
    form.prepend(element('div', { class: 'callout callout-info draft-notice', role: 'status', 'data-unsaved': true }, Tieline.icon('history'), element('div', {}, words), discard));
  };
  on('change', 'form[data-keeps-ticks] [type=checkbox]', (_, box) => {
    const changed = changes(box.form);
    if (!changed.delete(box.value)) changed.set(box.value, box.checked);
    if (changed.size === 0) delete box.form.dataset.dirty;
    showUnsaved(box.form);
  });
  each('form[data-keeps-ticks]', form => {
    for (const [value, checked] of changes(form)) {
      const box = tick(form, value);
      if (box) box.checked = checked;
    }
    showUnsaved(form);
  });
  on('tieline:stored', 'form[data-keeps-ticks]', (_, form) => unsaved.delete(form.id));

  // The focused element is described before a swap and found again after it.
  let lost = null;
  const focused = target => {
    const at = document.activeElement;
    return at && at !== document.body && target.contains(at) ? { id: at.id, name: at.getAttribute('name'), href: at.getAttribute('href'), target: target.id } : null;
  };
  document.addEventListener('htmx:beforeSwap', event => { lost = focused(event.detail.target); });
  document.addEventListener('htmx:oobBeforeSwap', event => {
    const { target, fragment } = event.detail;
    lost ??= focused(target);
    // What was opened in it and half typed goes on.
    const coming = [...fragment.querySelectorAll('details, form, input:not([type=hidden]), textarea')];
    for (const [i, part] of [...target.querySelectorAll('details, form, input:not([type=hidden]), textarea')].entries()) {
      const next = coming[i];
      if (next?.tagName !== part.tagName || next.name !== part.name) break;
      if (part.open) next.open = true;
      if ('dirty' in part.dataset) next.dataset.dirty = '';
      if ('defaultValue' in part && part.value !== part.defaultValue) next.value = part.value;
    }
  });
  document.addEventListener('htmx:afterSettle', () => {
    const was = lost;
    lost = null;
    if (!was || (document.activeElement && document.activeElement !== document.body)) return;
    const target = was.target ? document.getElementById(was.target) : null;
    const found = (was.id && document.getElementById(was.id))
      || (was.name && target?.querySelector(`[name="${CSS.escape(was.name)}"]:not([type=hidden])`))
      || (was.href && target?.querySelector(`a[href="${CSS.escape(was.href)}"]`))
      || target || document.getElementById('main');
    if (!found) return;
    if (found.tabIndex < 0 && !found.hasAttribute('tabindex')) found.tabIndex = -1;
    found.focus({ preventScroll: true });
  });
})();
