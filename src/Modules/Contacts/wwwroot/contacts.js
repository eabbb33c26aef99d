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
    if (form.hasAttribute('data-dirty') || form.querySelector('[data-problems]')) return;
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
})();
