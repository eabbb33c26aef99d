// What every page needs: delegated events, toasts, questions, light and dark, menus.
window.Tieline = (() => {
  const icon = name => {
    const sample = document.querySelector('svg.icon use')?.getAttribute('href') ?? '/lib/icons.svg#x';
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${sample.split('#')[0]}#${name}`);
    svg.append(use);
    return svg;
  };

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, '');
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  /** Handles an event on every present and future element that matches. */
  const on = (type, selector, handle, capture = false) => document.addEventListener(type, event => {
    const found = event.target instanceof Element ? event.target.closest(selector) : null;
    if (found) handle(event, found);
  }, capture);

  /** Runs for all matching elements now in the page, and again for those htmx brings. */
  const each = (selector, prepare) => {
    const run = root => {
      if (root.matches?.(selector)) prepare(root);
      root.querySelectorAll(selector).forEach(prepare);
    };
    run(document);
    document.addEventListener('htmx:load', event => run(event.detail.elt));
  };

  /** A short note at the edge. Failures stay until they are closed. */
  const toast = (text, { bad = false } = {}) => {
    const close = element('button', { type: 'button', class: 'btn btn-icon btn-ghost', 'aria-label': 'Close this note' }, icon('x'));
    const note = element('div', { class: bad ? 'note note-bad' : 'note' }, icon(bad ? 'alert-circle' : 'circle-check'), element('span', {}, text), close);
    const remove = () => note.remove();
    close.addEventListener('click', remove);
    for (const same of [...document.querySelectorAll('#toasts .note span')].filter(s => s.textContent === text)) same.closest('.note').remove();
    // A modal dialog hides everything outside of it; the popover stands above the dialog too.
    const place = document.getElementById('toasts');
    place.append(note);
    if (place.showPopover && place.popover) { if (place.matches(':popover-open')) place.hidePopover(); place.showPopover(); }
    if (!bad) {
      let left = setTimeout(remove, 6000);
      note.addEventListener('mouseenter', () => clearTimeout(left));
      note.addEventListener('mouseleave', () => { left = setTimeout(remove, 3000); });
    }
  };

  /** Asks in a modal dialog. Answers true for yes; focus returns to where it was. */
  const ask = (question, { yes = 'Yes', no = 'Cancel', danger = false, text = null } = {}) => new Promise(resolve => {
    const before = document.activeElement;
    const agree = element('button', { type: 'button', class: danger ? 'btn btn-danger' : 'btn btn-primary' }, yes);
    const refuse = element('button', { type: 'button', class: 'btn' }, no);
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'ask-title' },
      element('div', { class: 'dialog-head' }, element('h2', { id: 'ask-title' }, question)),
      element('div', { class: 'dialog-body' }, ...(text ? [element('p', {}, text)] : []), element('div', { class: 'form-buttons' }, agree, refuse)));
    let answer = false;
    agree.addEventListener('click', () => { answer = true; dialog.close(); });
    refuse.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    agree.focus();
  });

  /** Said to screen readers only. */
  const announce = text => {
    const place = document.getElementById('announce');
    if (place) place.textContent = text;
  };

  return { icon, element, on, each, toast, ask, announce, channel: 'BroadcastChannel' in window ? new BroadcastChannel('tieline') : null };
})();

(() => {
  const { on, toast, ask, channel } = Tieline;

  // A toast that the page before left for this one.
  const left = document.cookie.split('; ').find(c => c.startsWith('tieline_toast='));
  if (left) {
    document.cookie = 'tieline_toast=; Max-Age=0; Path=/; SameSite=Strict';
    toast(decodeURIComponent(left.slice('tieline_toast='.length)));
  }

  on('click', '[data-theme-toggle]', () => {
    const next = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
    localStorage.setItem('tieline-theme', next);
    document.documentElement.dataset.bsTheme = next;
  });

  on('click', '[data-rail-toggle]', (_, button) => {
    const open = document.documentElement.toggleAttribute('data-rail-open');
    button.setAttribute('aria-expanded', open);
    if (open) document.querySelector('#rail a')?.focus();
  });

  // Menus close on Escape and on a click elsewhere.
  document.addEventListener('click', event => {
    for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
    const root = document.documentElement;
    if (root.hasAttribute('data-rail-open') && !event.target.closest('#rail, [data-rail-toggle]')) {
      root.removeAttribute('data-rail-open');
      document.querySelector('[data-rail-toggle]').setAttribute('aria-expanded', 'false');
    }
  });
  on('keydown', 'details.menu[open]', (event, menu) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key !== 'Escape' && !step) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) {
      const lines = [...menu.querySelectorAll('.menu-item')];
      const at = lines.indexOf(document.activeElement);
      lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : (at + step + lines.length) % lines.length]?.focus();
      return;
    }
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  // What is chosen opens beside; the menu has done its work, and whoever comes back stands on it.
  on('click', 'details.menu[open] .menu-item', (_, { dataset, parentElement }) => {
    const menu = parentElement.closest('details.menu');
    if (dataset.drawer === undefined) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  }, true);

  on('click', '[data-copy]', async (_, { dataset: { copy } }) => {
    try {
      await navigator.clipboard.writeText(copy);
      toast(`${copy} copied`);
    } catch {
      toast(`${copy} could not be copied: this browser does not allow it.`, { bad: true });
    }
  });

  on('click', '[data-dialog]', (_, button) => document.getElementById(button.dataset.dialog)?.showModal());
  on('click', '[data-close-dialog]', (_, button) => button.closest('dialog').close());
  // A click on the backdrop hits the dialog itself, outside of its box.
  on('click', 'dialog[open]', (event, dialog) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) dialog.close();
  });

  // Asked before anything else hears of the click; a yes repeats it.
  const agreed = new WeakSet();
  on('click', '[data-confirm]', async (event, element) => {
    if (agreed.delete(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { confirm, confirmText, confirmYes = 'Yes', confirmDanger } = element.dataset;
    if (await ask(confirm, { text: confirmText, yes: confirmYes, danger: confirmDanger !== undefined || element.classList.contains('btn-danger') })) {
      agreed.add(element);
      element.click();
    }
  }, true);

  // Tabs of the same browser hear of a sign-in, so that an interrupted form can go on.
  if (document.body.dataset.actor) channel?.postMessage({ signedIn: document.body.dataset.actor });

  // Said by a button that is no form.
  document.body.addEventListener('tieline:told', ({ detail: { text, bad } }) => toast(text, { bad }));
  document.body.addEventListener('tieline:go', ({ detail: { href } }) => {
    // What has a draft is found again; anything else that is half typed stays on screen.
    if (!document.querySelector('form[data-dirty]:not([data-draft])')) location.href = href;
  });

  // The strip is asked for again while somebody stands on one of its buttons.
  let stoodOn = null;
  document.addEventListener('htmx:beforeSwap', ({ detail: { target } }) => {
    if (target.id === 'in-hand') stoodOn = target.contains(document.activeElement) ? document.activeElement.dataset.stand ?? document.activeElement.dataset.key ?? '' : null;
  });
  document.addEventListener('htmx:afterSwap', ({ detail: { target } }) => {
    if (target.id !== 'in-hand' || stoodOn === null) return;
    (target.querySelector(`[data-stand="${CSS.escape(stoodOn)}"], [data-key="${CSS.escape(stoodOn)}"]`) ?? target.querySelector('[data-answer]') ?? target.querySelector('a[href], button'))?.focus();
    stoodOn = null;
  });

  // How long something lasts: the seconds at which it was shown go on here.
  let clocks = [];
  const tick = () => {
    clocks = clocks.filter(({ node }) => node.isConnected);
    for (const { node, from } of clocks) {
      const seconds = Math.floor((performance.now() - from) / 1000);
      node.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    }
  };
  Tieline.each('[data-clock]', node => clocks.push({ node, from: performance.now() - Number(node.dataset.clock) * 1000 }));
  setInterval(tick, 1000);

  // The strip keeps its room on the next page, so that nothing jumps.
  document.addEventListener('htmx:afterSwap', event => {
    if (event.detail.target.id !== 'in-hand') return;
    const shown = event.detail.target.textContent.trim().length > 0;
    document.documentElement.toggleAttribute('data-in-hand', shown);
    if (shown) sessionStorage.setItem('tieline-in-hand', '1');
    else sessionStorage.removeItem('tieline-in-hand');
    told = true;
    document.querySelectorAll('[data-unless-in-hand]').forEach(apart);
  });

  // What the strip tells of a customer, their page need not tell again; unless the strip could not be had, or tells of another.
  let told = false;
  const apart = node => node.toggleAttribute('data-apart', document.querySelector('[data-person-in-hand]')?.dataset.personInHand !== node.dataset.unlessInHand);
  Tieline.each('[data-unless-in-hand]', node => { if (told) apart(node); });
  for (const failed of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout'])
    document.addEventListener(failed, ({ detail: { target } }) => {
      if (target?.id !== 'in-hand' || told) return;
      told = true;
      document.querySelectorAll('[data-unless-in-hand]').forEach(apart);
    });

  // On a telephone the tab one is at may stand beyond the edge.
  Tieline.each('.tabs [aria-current]', here => here.parentElement.scrollTo({ left: here.offsetLeft - here.parentElement.offsetLeft - 24 }));
})();
