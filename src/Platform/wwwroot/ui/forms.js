// Forms: sent once, kept when the line or the session breaks, focus where the problem is.
(() => {
  const { on, each, element, toast, ask, channel } = Tieline;

  const buttons = form => [...form.querySelectorAll('button[type=submit], button:not([type])')];
  const busy = (form, yes) => {
    form.toggleAttribute('data-busy', yes);
    if (yes) form.setAttribute('aria-busy', 'true'); else form.removeAttribute('aria-busy');
    for (const button of buttons(form)) button.disabled = yes;
  };

  /** A field that holds something unreadable (half a date) would be sent empty; the browser knows, so it is said here. */
  const unreadable = form => {
    form.querySelectorAll('[data-unreadable]').forEach(p => p.remove());
    const bad = [...form.elements].filter(f => f.validity?.badInput);
    for (const field of bad) {
      field.classList.add('is-invalid');
      field.setAttribute('aria-invalid', 'true');
      field.after(element('div', { class: 'field-problem', 'data-unreadable': true }, Tieline.icon('alert-circle'), ' This is not complete. Fill in every part, or clear it.'));
    }
    bad[0]?.focus();
    return bad.length > 0;
  };

  document.addEventListener('htmx:beforeRequest', event => {
    const form = event.detail.elt;
    if (!form.matches('form[data-form]')) return;
    if (form.hasAttribute('data-busy') || unreadable(form)) {
      event.preventDefault();
      return;
    }
    busy(form, true);
  });

  document.addEventListener('htmx:afterRequest', event => {
    const form = event.detail.elt;
    if (!form.matches?.('form[data-form]')) return;
    const leaving = event.detail.xhr?.getResponseHeader('HX-Redirect');
    if (!leaving && form.isConnected) busy(form, false);
  });
  // A page out of the browser's memory must not come back with dead buttons.
  addEventListener('pageshow', event => { if (event.persisted) document.querySelectorAll('form[data-busy]').forEach(f => busy(f, false)); });

  on('input', 'form[data-form]', (_, form) => { form.dataset.dirty = ''; });
  on('change', 'form[data-form]', (_, form) => { form.dataset.dirty = ''; });
  on('input', '.is-invalid', (_, field) => {
    field.classList.remove('is-invalid');
    field.removeAttribute('aria-invalid');
  });

  document.body.addEventListener('tieline:saved', event => {
    const { form, toast: text, stay, again } = event.detail;
    const saved = event.target.closest?.('form') ?? document.getElementById(form);
    if (saved) {
      delete saved.dataset.dirty;
      saved.dispatchEvent(new CustomEvent('tieline:stored', { bubbles: true }));
    }
    if (text) toast(text);
    if (stay) Tieline.closeDrawer({ refresh: true });
    if (again) Tieline.showAgain(again);
  });

  // What is swapped in after a refusal shows its problem first.
  document.addEventListener('htmx:afterSettle', event => {
    if (event.detail.xhr?.status !== 422) return;
    const form = document.getElementById(event.detail.elt.id) ?? event.detail.elt;
    form.dataset.dirty = '';
    const first = form.querySelector('[aria-invalid=true]');
    const target = first?.matches('[role=radiogroup]') ? first.querySelector('input') : first ?? form.querySelector('[data-problems]');
    target?.focus();
    target?.scrollIntoView({ block: 'center' });
  });

  // --- The line or the session breaks -------------------------------------------------------------------------
  const quiet = elt => elt?.closest?.('[data-quiet]') || elt?.matches?.('[data-search] input, [data-typeahead] input');
  const isForm = elt => elt?.matches?.('form[data-form]');

  const lost = event => {
    if (quiet(event.detail.elt)) return;
    toast(isForm(event.detail.elt) ? 'Not stored yet: no answer from the server. What you typed is still here; try again.' : 'No answer from the server. Try again.', { bad: true });
  };
  document.addEventListener('htmx:sendError', lost);
  document.addEventListener('htmx:timeout', lost);

  document.addEventListener('htmx:responseError', async event => {
    const { xhr, elt } = event.detail;
    if (xhr.status === 401) {
      if (!quiet(elt)) signInAgain(isForm(elt) ? elt : null);
      return;
    }
    if (quiet(elt)) return;
    if (xhr.status === 400 && isForm(elt) && !elt.dataset.renewed) {
      // The token of a form that stood open for long has expired. Ask for a new one, and send once more.
      elt.dataset.renewed = '';
      if (await renewToken(elt)) {
        elt.requestSubmit();
        return;
      }
    }
    if (xhr.getResponseHeader('Tieline-Maintenance')) {
      readOnly(isForm(elt) ? elt : null, xhr.responseText);
      return;
    }
    const number = xhr.getResponseHeader('X-Correlation-Id');
    const what = {
      400: 'The server did not accept this form. It may be too large.',
      403: 'You may not do that. The attempt is on record.',
      404: 'That is not here (any more).',
      413: 'That is too large to be sent.',
      429: 'Too many requests. Wait a moment, then try again.',
    }[xhr.status] ?? `Something went wrong here${number ? `; it is on record as ${number.slice(0, 8)}` : ''}.`;
    toast(isForm(elt) ? `Not stored yet. ${what}` : what, { bad: true });
  });

  /** Refused for maintenance: the form stays as it is, and says so; its draft is kept. */
  function readOnly(form, words) {
    if (!form) {
      toast(words, { bad: true });
      return;
    }
    form.querySelectorAll('[data-maintenance-refusal]').forEach(note => note.remove());
    const note = element('div', { class: 'callout callout-warning', role: 'alert', tabindex: '-1', 'data-maintenance-refusal': true }, Tieline.icon('alert-triangle'),
      element('div', {}, `${words} What you typed is still here: save it when that is over.`));
    form.prepend(note);
    form.dispatchEvent(new CustomEvent('tieline:keep', { bubbles: true }));
    note.focus();
    note.scrollIntoView({ block: 'center' });
  }

  async function renewToken(form) {
    try {
      const answer = await fetch(form.action, { credentials: 'same-origin' });
      if (!answer.ok || answer.redirected) return false;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('input[name=__RequestVerificationToken]');
      const own = form.querySelector('input[name=__RequestVerificationToken]');
      if (!fresh || !own || fresh.value === own.value) return false;
      own.value = fresh.value;
      return true;
    } catch {
      return false;
    }
  }

  let asking = false;
  async function signInAgain(form) {
    if (asking) return;
    asking = true;
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'session-title' },
      element('div', { class: 'dialog-head' }, element('h2', { id: 'session-title' }, 'You have been signed out')),
      element('div', { class: 'dialog-body' },
        element('p', {}, form ? 'Nothing was stored yet, and nothing you typed is lost. Sign in again in a new tab, come back here and save.' : 'Sign in again in a new tab, then come back here.'),
        element('div', { class: 'form-buttons' },
          element('a', { class: 'btn btn-primary', href: '/sign-in', target: '_blank', rel: 'opener' }, 'Sign in'),
          element('button', { type: 'button', class: 'btn', 'data-close-dialog': true }, 'Not now'))));
    const heard = async event => {
      if (!event.data?.signedIn) return;
      if (document.body.dataset.actor && event.data.signedIn !== document.body.dataset.actor) {
        toast('Someone else has signed in. What you typed stays in this tab until you close it.', { bad: true });
        return;
      }
      dialog.close();
      if (form?.isConnected) {
        await renewToken(form);
        buttons(form)[0]?.focus();
      }
      toast('You are signed in again. You can save now.');
    };
    channel?.addEventListener('message', heard);
    dialog.addEventListener('close', () => {
      channel?.removeEventListener('message', heard);
      dialog.remove();
      asking = false;
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  // --- Small things inside forms ------------------------------------------------------------------------------
  const grow = area => {
    if (CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight * 0.6)}px`;
  };
  each('textarea[data-grow]', grow);
  on('input', 'textarea[data-grow]', (_, area) => grow(area));

  Tieline.addRow = rows => {
    const list = rows.querySelector(':scope > .rows-list');
    const next = Number(rows.dataset.nextRow ?? list.children.length);
    rows.dataset.nextRow = next + 1;
    const made = rows.querySelector(':scope > template').innerHTML.replaceAll('__row__', next).replaceAll('-row-', `-${next}-`);
    list.insertAdjacentHTML('beforeend', made);
    const row = list.lastElementChild;
    htmx.process(row);
    return row;
  };
  on('click', '[data-add-row]', (_, button) => Tieline.addRow(button.closest('.rows')).querySelector('input:not([type=hidden]), select, textarea')?.focus());
  on('click', '[data-remove-row]', (_, button) => {
    const row = button.closest('[data-row]');
    const rows = row.closest('.rows');
    const near = row.nextElementSibling ?? row.previousElementSibling;
    rows.closest('form')?.dispatchEvent(new Event('change', { bubbles: true }));
    row.remove();
    (near?.querySelector('[data-remove-row]') ?? rows.querySelector('[data-add-row]')).focus();
  });

  on('submit', '[data-sign-out]', async () => {
    for (const name of Object.keys(localStorage)) if (name.startsWith('tieline-draft:')) localStorage.removeItem(name);
    sessionStorage.clear();
  });
  on('click', '[data-ask-discard]', async (event, link) => {
    event.preventDefault();
    if (await ask('Throw away what you typed?', { yes: 'Throw away', no: 'Keep typing', danger: true })) location.href = link.href;
  });
})();
