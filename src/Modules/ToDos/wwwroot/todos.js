// How many To Dos of the list are chosen, said beside what can be done with them.
(() => {
  const count = () => {
    const said = document.querySelector('.bulk-count');
    if (said) said.textContent = `${document.querySelectorAll('.bulk-one:checked').length} chosen`;
  };
  document.addEventListener('change', event => { if (event.target.matches?.('.bulk-one')) count(); });
  document.addEventListener('htmx:afterSettle', count);
  // A browser that goes back shows what was checked before.
  addEventListener('pageshow', count);
})();
