// The lines above every page: what was put aside stays so in this browser; when maintenance ends, forms say that they can be saved.
(() => {
  const { on, toast } = Tieline;
  const Aside = 'tieline-bars-aside';
  const place = document.getElementById('bars');
  if (!place) return;
  const aside = () => {
    try {
      return JSON.parse(localStorage.getItem(Aside) ?? '[]');
    } catch {
      return [];
    }
  };
  const show = () => {
    const gone = aside();
    for (const bar of place.querySelectorAll('[data-bar]')) if (bar.querySelector('[data-bar-aside]')) bar.hidden = gone.includes(bar.dataset.bar);
  };
  on('click', '[data-bar-aside]', (_, button) => {
    const bar = button.closest('[data-bar]');
    try {
      localStorage.setItem(Aside, JSON.stringify([...aside(), bar.dataset.bar].slice(-20)));
    } catch {
      // Without a store it comes back with the next page.
    }
    bar.hidden = true;
  });
  document.addEventListener('htmx:afterSwap', ({ detail: { target } }) => {
    if (target !== place) return;
    show();
    if (place.querySelector('[data-bar=maintenance]')) return;
    const refused = document.querySelectorAll('[data-maintenance-refusal]');
    refused.forEach(note => note.remove());
    if (refused.length > 0) toast('Maintenance is over: what you typed can be saved now.');
  });
  show();
})();
