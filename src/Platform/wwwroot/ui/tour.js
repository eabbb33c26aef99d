// The coach of a guided tour: stands beside what it speaks of, marks it, and lets everybody work on below it.
(() => {
  const place = document.getElementById('coach');
  if (!place) return;
  const Gap = 12;
  const narrow = matchMedia('(max-width: 56rem)');
  let target = null;
  let moved = false;

  const coach = () => place.querySelector('[data-coach]');
  const seen = node => node.getClientRects().length > 0;
  const find = () => {
    const at = coach()?.dataset.at;
    return at ? [...document.querySelectorAll(at)].find(seen) ?? null : null;
  };

  const mark = next => {
    if (target === next) return;
    target?.classList.remove('coached');
    target = next;
    target?.classList.add('coached');
  };

  // What is urgent stands in the corner, above everything: the coach makes room for it.
  const urgent = document.getElementById('urgent');
  const floor = () => urgent && !urgent.hidden ? urgent.getBoundingClientRect().top : innerHeight;

  /** Where the coach fits without covering what it speaks of: right, left, below, above; else in the corner. */
  const stand = () => {
    const box = coach();
    if (!box) return mark(null);
    mark(find());
    const { style } = box;
    const bottom = floor();
    const dock = () => {
      style.left = style.top = '';
      style.bottom = bottom < innerHeight ? `${innerHeight - bottom + Gap}px` : '';
      box.removeAttribute('data-beside');
    };
    if (!target || narrow.matches) return dock();
    const at = target.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const right = document.documentElement.clientWidth;
    const within = (least, value, most) => Math.max(least, Math.min(value, most));
    const along = within(Gap, at.top, bottom - height - Gap);
    const across = within(Gap, at.left, right - width - Gap);
    const fits = [
      [at.right + width + 2 * Gap <= right, at.right + Gap, along],
      [at.left - width - 2 * Gap >= 0, at.left - width - Gap, along],
      [at.bottom + height + 2 * Gap <= bottom, across, at.bottom + Gap],
      [at.top - height - 2 * Gap >= 0, across, at.top - height - Gap],
    ].find(([fit]) => fit);
    if (!fits || at.bottom < 0 || at.top > bottom) return dock();
    box.setAttribute('data-beside', '');
    style.bottom = '';
    style.left = `${fits[1]}px`;
    style.top = `${fits[2]}px`;
  };

  let waiting = 0;
  const soon = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(stand);
  };

  document.addEventListener('tour', event => { moved = event.detail?.moved === true; });
  document.addEventListener('htmx:afterSettle', event => {
    if (event.detail.target !== place) return soon();
    stand();
    const title = place.querySelector('.coach-title');
    if (!title) return;
    const box = target?.getBoundingClientRect();
    if (box && (box.bottom < 120 || box.top > innerHeight - 40)) target.scrollIntoView({ block: 'center' });
    soon();
    // Who pressed Next goes on with the keyboard where they are; who only opened a page keeps the focus there.
    if (moved) title.focus({ preventScroll: true });
    else Tieline.announce(`Guided tour: ${title.textContent}`);
    moved = false;
  });
  // What the step asks for may have been done by any form.
  document.addEventListener('htmx:afterRequest', ({ detail: { successful, requestConfig, elt } }) => {
    // Left or finished: nothing came, and nothing is marked any more.
    if (elt === place) soon();
    if (successful && requestConfig.verb !== 'get' && !place.contains(elt)) setTimeout(() => htmx.trigger(document.body, 'tour'), 250);
  });
  Tieline.on('click', '.coach-title', (_, title) => title.focus());
  Tieline.on('click', '.coach-fold > summary', soon);
  addEventListener('resize', soon);
  if (urgent) new MutationObserver(soon).observe(urgent, { childList: true, attributeFilter: ['hidden'] });
  document.addEventListener('scroll', soon, true);
  narrow.addEventListener('change', soon);
})();
