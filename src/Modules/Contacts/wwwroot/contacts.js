// The form that records a contact: the type's own text and direction, the channel used last, quick days.
(() => {
  const { on, each } = Tieline;
  const LastChannel = 'tieline-channel';

  const changed = field => {
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  };

  // What the type would say, unless something was typed already.
  each('[data-type-part]', part => {
    const form = part.closest('form');
    const comment = form?.querySelector('textarea[name=Comment]');
    if (!comment) return;
    const offered = part.dataset.defaultText ?? '';
    if (comment.value.trim() === '' || comment.value === form.dataset.offeredText) comment.value = offered;
    form.dataset.offeredText = offered;
    const direction = form.querySelector(`input[name=Direction][value="${CSS.escape(part.dataset.defaultDirection ?? '')}"]`);
    if (direction && !('directionChosen' in form.dataset)) direction.checked = true;
  });
  on('change', 'form[data-record] input[name=Direction]', (_, input) => { input.form.dataset.directionChosen = ''; });

  // With the type chosen, what was said is next: typing replaces what the type would say. First what the type cannot do without.
  const next = form => {
    form.elements.Comment.focus();
    form.elements.Comment.select();
  };
  on('tieline:chosen', 'form[data-record] input[name=TypeId_text]', (_, field) => {
    // Once the key has done what it does: Tab goes its own way.
    setTimeout(() => { if (document.activeElement === field) next(field.form); });
  });
  document.addEventListener('htmx:afterSettle', ({ detail: { target } }) => {
    const form = target.id === 'record-parts' && target.closest('form[data-record]');
    const comment = form && form.elements.Comment;
    if (!comment || document.activeElement !== comment || (comment.value && comment.value !== form.dataset.offeredText)) return;
    next(form);
    [...target.querySelectorAll('[required]')].find(field => !field.value)?.focus();
  });

  each('form[data-record]', form => {
    if (form.hasAttribute('data-dirty') || form.hasAttribute('data-call') || form.querySelector('[data-problems]')) return;
    const last = sessionStorage.getItem(LastChannel);
    const channel = last && form.querySelector(`input[name=Channel][value="${CSS.escape(last)}"]`);
    if (channel) channel.checked = true;
  });
  on('change', 'form[data-record] input[name=Channel]', (_, input) => sessionStorage.setItem(LastChannel, input.value));

  on('click', '[data-day]', (_, button) => {
    const field = button.closest('form').querySelector(`input[name="${CSS.escape(button.dataset.dayFor)}"]`);
    field.value = button.dataset.day;
    changed(field);
    field.focus();
  });

  // Somebody hands a call over: said once in this browser, whatever page stands open.
  each('[data-handed]', ({ dataset: { handed, handedText } }) => {
    const told = sessionStorage.getItem('tieline-handed');
    if (told === handed) return;
    sessionStorage.setItem('tieline-handed', handed);
    Tieline.toast(handedText);
  });

  // A call handed over takes with it what is typed and not recorded: forms of that call, as this browser keeps them.
  const DraftOf = /^tieline-draft:[^/]*\/(record|emergency)-(\d+)-(\d+)$/;
  const draftsOf = call => Object.keys(localStorage).map(name => [name, DraftOf.exec(name)]).filter(([, found]) => found?.[2] === call);
  const typed = call => draftsOf(call).flatMap(([name, found]) => {
    const text = localStorage.getItem(name);
    try {
      const values = JSON.parse(text).values.filter(([field]) => field !== 'InteractionId');
      return [{ name, text, form: found[1] === 'emergency' ? { emergency: Number(found[3]), values } : { person: Number(found[3]) || null, values } }];
    } catch {
      return [];
    }
  });
  each('form[data-hand-over]', form => {
    const count = typed(form.dataset.handOver).length;
    form.querySelector('.hand-over-drafts').textContent = count === 0 ? '' : 'What you have typed and not recorded yet goes with it.';
  });
  // Only what was sent goes from here: what cannot be read, or was typed meanwhile, stays.
  const sent = new Map();
  document.addEventListener('htmx:configRequest', ({ detail: { elt, parameters, verb } }) => {
    if (verb !== 'post' || !elt.matches?.('form[data-hand-over]')) return;
    const drafts = typed(elt.dataset.handOver);
    sent.set(elt.dataset.handOver, drafts);
    parameters.Drafts = drafts.length > 0 ? JSON.stringify(drafts.map(({ form }) => form)) : '';
  });
  on('tieline:stored', 'form[data-hand-over]', (_, form) => {
    for (const { name, text } of sent.get(form.dataset.handOver) ?? []) if (localStorage.getItem(name) === text) localStorage.removeItem(name);
  });
})();
