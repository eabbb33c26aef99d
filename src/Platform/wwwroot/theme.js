// Runs before the first paint, so that no page shows in the wrong colours.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = localStorage.getItem('tieline-theme');
    root.dataset.bsTheme = chosen === 'dark' || chosen === 'light' ? chosen : dark.matches ? 'dark' : 'light';
  };
  apply();
  dark.addEventListener('change', apply);
  addEventListener('storage', e => { if (e.key === 'tieline-theme') apply(); });
  // Keeps the room of the strip free where one was shown on the page before.
  if (sessionStorage.getItem('tieline-in-hand')) root.dataset.inHand = '';
})();
