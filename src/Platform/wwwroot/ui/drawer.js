// A page beside the page: any link with data-drawer. The address stays; focus goes in and comes back.
(() => {
  const { on, ask } = Tieline;
  const drawer = document.getElementById('drawer');
  const back = document.getElementById('drawer-back');
  const body = document.getElementById('drawer-body');
  let opener = null;

  document.addEventListener('htmx:configRequest', event => {
    const { elt, target, verb, parameters, headers } = event.detail;
    if (drawer && (drawer.contains(elt) || target === body)) headers['Tieline-Drawer'] = 'true';
    // That of the address of the page: a list that comes anew would be scrolled to it each time.
    event.detail.path = event.detail.path.split('#')[0];
    if (verb === 'get') for (const name of Object.keys(parameters)) if (parameters[name] === '') delete parameters[name];
  });

  if (!drawer) {
    Tieline.closeDrawer = () => {};
    return;
  }

  // Where there is room both page and drawer are at hand; where not, the drawer covers the page.
  const narrow = matchMedia('(max-width: 74.99rem)');
  const dirty = () => drawer.querySelector('form[data-dirty]');

  const show = href => {
    drawer.hidden = back.hidden = false;
    drawer.setAttribute('aria-modal', narrow.matches);
    document.documentElement.setAttribute('data-drawer-open', '');
    document.getElementById('drawer-full').href = href;
    drawer.setAttribute('aria-busy', 'true');
    htmx.ajax('GET', href, { source: body, target: body, swap: 'innerHTML' });
  };

  const settled = () => {
    drawer.removeAttribute('aria-busy');
    const head = body.querySelector('h1');
    if (head) {
      head.id ||= 'drawer-title';
      drawer.setAttribute('aria-labelledby', head.id);
    }
    if (body.contains(document.activeElement)) return;
    (body.querySelector('[autofocus], [aria-invalid=true]') ?? head ?? body).focus();
  };

  const close = ({ refresh = false } = {}) => {
    if (drawer.hidden) {
      if (refresh) reload();
      return;
    }
    drawer.hidden = back.hidden = true;
    document.documentElement.removeAttribute('data-drawer-open');
    body.replaceChildren();
    const to = opener?.isConnected && opener.getClientRects().length ? opener : document.getElementById('main');
    to.focus({ preventScroll: true });
    opener = null;
    if (refresh) reload();
  };

  /** The page below again, unless someone is typing in it; focus stays on the same row or element. */
  const reload = () => {
    const main = document.getElementById('main');
    if (main.querySelector('form[data-dirty]')) return;
    const at = document.activeElement?.getAttribute('href');
    htmx.ajax('GET', location.pathname + location.search, { source: main, target: main, swap: 'innerHTML show:none' }).then(() => {
      if (document.activeElement === document.body || document.activeElement === main)
        (at ? main.querySelector(`a[href="${CSS.escape(at)}"]`) : null)?.focus({ preventScroll: true });
    });
    for (const node of document.querySelectorAll('[data-live]')) if (!main.contains(node)) htmx.trigger(node, 'live');
  };

  const askToClose = async () => {
    const form = dirty();
    if (form && !await ask('Throw away what you typed?', { yes: 'Throw away', no: 'Keep typing', danger: true })) return;
    form?.dispatchEvent(new CustomEvent('tieline:discarded', { bubbles: true }));
    close();
  };

  Tieline.openDrawer = async (href, { keep = false } = {}) => {
    const form = dirty();
    // A form with a draft is found again as it was left.
    if (form && keep && form.hasAttribute('data-draft')) form.dispatchEvent(new CustomEvent('tieline:keep', { bubbles: true }));
    else if (form && !await ask('Throw away what you typed?', { yes: 'Throw away', no: 'Keep typing', danger: true })) return;
    if (!drawer.contains(document.activeElement)) opener = document.activeElement;
    show(href);
  };
  document.body.addEventListener('tieline:ask', ({ detail: { href } }) => Tieline.openDrawer(href, { keep: true }));
  Tieline.closeDrawer = close;
  Tieline.showAgain = href => {
    show(href);
    reload();
  };

  on('click', 'a[data-drawer]', (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const address = new URL(link.href);
    const person = document.querySelector('[data-person-in-hand]')?.dataset.personInHand;
    if (link.hasAttribute('data-with-person') && person && !address.searchParams.has('person')) address.searchParams.set('person', person);
    const call = document.querySelector('[data-interaction-in-hand]')?.dataset.interactionInHand;
    if (link.hasAttribute('data-with-person') && call && !address.searchParams.has('interaction')) address.searchParams.set('interaction', call);
    link.focus();
    Tieline.openDrawer(address.pathname + address.search, { keep: link.hasAttribute('data-keep-draft') });
  });
  on('click', '[data-close-drawer], #drawer [data-cancel]', (event, control) => {
    event.preventDefault();
    if (control.hasAttribute('data-cancel')) {
      const form = control.closest('form');
      if (form) delete form.dataset.dirty;
    }
    askToClose();
  });
  back.addEventListener('click', askToClose);
  document.addEventListener('keydown', event => {
    if (drawer.hidden || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      askToClose();
    } else if (event.key === 'Tab' && narrow.matches) {
      const stops = [...drawer.querySelectorAll('a[href], button:not([disabled]), input:not([type=hidden],[disabled]), select, textarea, summary, [tabindex="0"]')].filter(e => e.getClientRects().length);
      const [first, last] = [stops[0], stops.at(-1)];
      const inside = drawer.contains(document.activeElement);
      if (event.shiftKey ? document.activeElement === first || !inside : document.activeElement === last || !inside) {
        event.preventDefault();
        (event.shiftKey ? last : first)?.focus();
      }
    }
  });
  document.addEventListener('htmx:afterSettle', event => { if (event.detail.target === body) settled(); });
  document.addEventListener('htmx:responseError', event => { if (event.detail.target === body) close(); });
  document.addEventListener('htmx:sendError', event => { if (event.detail.target === body) close(); });

  Tieline.inDrawer = element => drawer.contains(element);
})();
