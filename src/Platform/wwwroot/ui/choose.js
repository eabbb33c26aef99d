// A field with a list below it: the search box and type-aheads. Focus stays in the field; arrows move the choice.
(() => {
  const { on } = Tieline;

  const options = list => [...list.querySelectorAll('[role=option]')];
  const active = list => list.querySelector('[role=option][aria-selected=true]');
  const mark = (input, list, option) => {
    active(list)?.setAttribute('aria-selected', 'false');
    if (!option) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    option.id ||= `option-${Math.random().toString(36).slice(2)}`;
    option.setAttribute('aria-selected', 'true');
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  };
  const open = (input, list, yes) => {
    list.hidden = !yes;
    input.setAttribute('aria-expanded', yes);
    if (!yes) mark(input, list, null);
  };
  const move = (input, list, step) => {
    const all = options(list);
    const at = all.indexOf(active(list));
    mark(input, list, all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
  };
  const listOf = input => document.getElementById(input.getAttribute('aria-controls'));

  const arrows = (event, input, list) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return false;
    event.preventDefault();
    if (options(list).length === 0) return true;
    if (list.hidden) open(input, list, true);
    move(input, list, event.key === 'ArrowDown' ? 1 : -1);
    return true;
  };

  // --- Search -------------------------------------------------------------------------------------------------
  on('keydown', '[data-search] input', (event, input) => {
    const list = listOf(input);
    if (arrows(event, input, list)) return;
    if (event.key === 'Enter') {
      const all = options(list);
      const chosen = active(list) ?? (list.dataset.for === input.value && all.length === 1 ? all[0] : null);
      if (chosen && !list.hidden) {
        event.preventDefault();
        chosen.click();
      }
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (list.hidden) {
        input.blur();
        document.getElementById('main')?.focus();
      } else {
        open(input, list, false);
      }
    }
  });
  document.addEventListener('htmx:beforeRequest', event => {
    const input = event.detail.elt;
    if (!input.matches?.('[data-search] input')) return;
    if (input.value.trim() === '') {
      event.preventDefault();
      open(input, listOf(input), false);
    }
  });
  document.addEventListener('htmx:afterSwap', event => {
    const list = event.detail.target;
    if (list.id !== 'search-panel') return;
    const input = document.getElementById('search');
    list.dataset.for = event.detail.requestConfig?.parameters?.q ?? input.value;
    open(input, list, document.activeElement === input && list.textContent.trim().length > 0);
    Tieline.announce(`${options(list).length} found`);
  });
  on('focusin', '[data-search] input', (_, input) => {
    const list = listOf(input);
    if (input.value && list.dataset.for === input.value && list.textContent.trim()) open(input, list, true);
  });
  on('focusout', '[data-search]', (event, form) => {
    if (!form.contains(event.relatedTarget)) open(form.querySelector('input'), form.querySelector('[role=listbox]'), false);
  });
  // The field keeps its focus while a result is clicked.
  on('mousedown', '#search-panel [role=option], .typeahead-list [role=option]', event => event.preventDefault());

  // --- Type-ahead ---------------------------------------------------------------------------------------------
  const waiting = new WeakMap();
  const hiddenOf = input => input.closest('[data-typeahead]').querySelector('[data-value]');
  const choose = (input, option) => {
    const hidden = hiddenOf(input);
    // What was still being looked for would open the list once more, under the next key.
    clearTimeout(waiting.get(input));
    htmx.trigger(input, 'htmx:abort');
    hidden.value = option?.dataset.value ?? '';
    if (option) input.value = option.dataset.text;
    open(input, listOf(input), false);
    hidden.dispatchEvent(new Event('change', { bubbles: true }));
    if (option) input.dispatchEvent(new CustomEvent('tieline:chosen', { bubbles: true, detail: { value: hidden.value, option } }));
  };
  const search = (input, wait) => {
    clearTimeout(waiting.get(input));
    waiting.set(input, setTimeout(() => htmx.trigger(input, 'typeahead'), wait));
  };

  on('input', '[data-typeahead] input[role=combobox]', (_, input) => {
    if (hiddenOf(input).value) {
      hiddenOf(input).value = '';
      hiddenOf(input).dispatchEvent(new Event('change', { bubbles: true }));
    }
    search(input, 120);
  });
  on('click', '[data-typeahead] input[role=combobox]', (_, input) => { if (listOf(input).hidden) search(input, 0); });
  on('keydown', '[data-typeahead] input[role=combobox]', (event, input) => {
    const list = listOf(input);
    if (event.key === 'ArrowDown' && list.hidden && options(list).length === 0) {
      event.preventDefault();
      search(input, 0);
      return;
    }
    if (arrows(event, input, list) || list.hidden) return;
    if ((event.key === 'Enter' && !event.ctrlKey) || event.key === 'Tab') {
      const option = active(list);
      if (option && event.key === 'Enter') event.preventDefault();
      if (option) choose(input, option); else open(input, list, false);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      open(input, list, false);
    }
  });
  on('click', '.typeahead-list [role=option]', (_, option) => {
    const input = option.closest('[data-typeahead]').querySelector('input[role=combobox]');
    choose(input, option);
    input.focus();
  });
  on('focusout', '[data-typeahead]', (event, box) => {
    if (!box.contains(event.relatedTarget)) open(box.querySelector('input[role=combobox]'), box.querySelector('.typeahead-list'), false);
  });
  document.addEventListener('htmx:configRequest', event => {
    const input = event.detail.elt;
    if (!input.matches?.('[data-typeahead] input[role=combobox]')) return;
    // A chosen text is not a question: opening the list again shows everything.
    event.detail.parameters.q = hiddenOf(input).value ? '' : input.value;
  });
  document.addEventListener('htmx:afterSwap', event => {
    const list = event.detail.target;
    if (!list.matches('.typeahead-list')) return;
    const input = list.closest('[data-typeahead]').querySelector('input[role=combobox]');
    const any = options(list).length > 0;
    open(input, list, any && document.activeElement === input);
    // Shown again, it must not choose another: what is chosen stays marked, or nothing is.
    const chosen = hiddenOf(input).value;
    if (any && !list.hidden) mark(input, list, chosen ? options(list).find(option => option.dataset.value === chosen) : options(list)[0]);
    input.closest('.typeahead').toggleAttribute('data-none', !any && input.value.length > 0);
  });
})();
