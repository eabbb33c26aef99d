// One registry of keys: every element that declares data-key, the menu behind g, and what lists and forms know by themselves.
(() => {
  const { element, on } = Tieline;
  let afterG = 0;

  /** What stands in a closed menu is reached by its key as well. */
  const visible = node => (node.closest('details.menu:not([open])') ?? node).getClientRects().length > 0;
  const typing = target => target instanceof Element && target.closest('input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]');
  /** What is on top hears first: an open dialog, then the drawer, then the page itself, then what stands around it. */
  const layers = () => [document.querySelector('dialog[open]'), document.querySelector('#drawer:not([hidden])'), document.getElementById('main'), document.body].filter(Boolean);

  const press = target => {
    if (target.matches('input, textarea, select')) {
      target.focus();
      target.select?.();
    } else {
      target.click();
      // A menu that a key opens is walked from its first line.
      if (target.matches('summary')) target.nextElementSibling?.querySelector('a[href], button')?.focus();
    }
  };

  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.('form');
      const button = form?.querySelector('[data-submit], button[type=submit], button:not([type])');
      if (form && button && !button.disabled) {
        event.preventDefault();
        form.requestSubmit(button);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '?') {
      event.preventDefault();
      help();
      return;
    }
    if (Date.now() - afterG < 1500) {
      afterG = 0;
      const entry = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (entry) {
        event.preventDefault();
        entry.click();
      }
      return;
    }
    if (event.key === 'g') {
      afterG = Date.now();
      return;
    }
    for (const layer of layers()) {
      const target = [...layer.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(visible);
      if (target) {
        event.preventDefault();
        press(target);
        return;
      }
    }
  });

  const keyText = key => ({ ' ': 'Space', Escape: 'Esc' })[key] ?? key;

  const section = (title, rows) => rows.length === 0 ? [] : [
    element('h3', {}, title),
    element('dl', { class: 'keys' }, ...rows.map(([keys, text]) => element('div', {},
      element('dt', {}, ...keys.flatMap((k, i) => i ? [' ', element('kbd', { class: 'key' }, keyText(k))] : [element('kbd', { class: 'key' }, keyText(k))])),
      element('dd', {}, text)))),
  ];

  function help() {
    const seen = new Set();
    const own = layers().flatMap(layer => [...layer.querySelectorAll('[data-key][data-key-help]')]).filter(visible)
      .filter(e => !seen.has(e.dataset.key) && seen.add(e.dataset.key)).map(e => [[e.dataset.key], e.dataset.keyHelp]);
    const go = [...document.querySelectorAll('[data-go]')].filter(e => e.dataset.go).map(e => [['g', e.dataset.go], e.dataset.keyHelp]);
    const lists = document.querySelector('.data-table, [data-list]') ? [[['j', 'k'], 'Next and previous row (or the arrow keys)'], [['Enter'], 'Open the row']] : [];
    const close = element('button', { type: 'button', class: 'btn btn-icon btn-ghost', 'data-close-dialog': true, 'aria-label': 'Close' }, Tieline.icon('x'));
    const before = document.activeElement;
    const dialog = element('dialog', { class: 'dialog dialog-keys', 'aria-labelledby': 'keys-title' },
      element('div', { class: 'dialog-head' }, element('h2', { id: 'keys-title' }, 'All keys'), close),
      element('div', { class: 'dialog-body keys-body', tabindex: '0', role: 'region', 'aria-label': 'Keys' },
        ...section('On this page', own), ...section('Go to', go), ...section('In lists', lists),
        ...section('Everywhere', [[['Ctrl', 'Enter'], 'Save the form you are in'], [['Esc'], 'Close what is on top'], [['?'], 'This help']])));
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  on('click', '[data-help]', (_, button) => {
    const menu = button.closest('details.menu');
    if (menu) menu.open = false;
    help();
  });
})();
