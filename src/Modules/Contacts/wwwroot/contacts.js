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
