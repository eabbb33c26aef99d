// Hears that something changed and lets the elements with data-live ask again. One stream per browser: a shared worker holds it.
(() => {
  const actor = document.body.dataset.actor;
  if (!actor) return;
  const topics = () => [...new Set([...document.querySelectorAll('[data-live]')].flatMap(e => e.dataset.live.split(' ')).filter(Boolean))];

  const heard = topic => {
    for (const node of document.querySelectorAll(topic === '*' ? '[data-live]' : `[data-live~="${CSS.escape(topic)}"]`)) htmx.trigger(node, 'live');
    document.dispatchEvent(new CustomEvent('tieline:live', { detail: { topic } }));
  };

  if (window.SharedWorker) {
    const worker = new SharedWorker('/ui/live-worker.js', { name: 'tieline-live' });
    worker.port.onmessage = event => heard(event.data);
    const watch = () => worker.port.postMessage({ actor, topics: topics() });
    worker.port.start();
    watch();
    document.addEventListener('htmx:afterSettle', watch);
    // A page put into the browser's memory and taken out again registers anew.
    addEventListener('pageshow', watch);
    addEventListener('pagehide', () => worker.port.postMessage({ gone: true }));
    return;
  }

  const source = new EventSource('/live');
  const known = new Set();
  const listen = () => {
    for (const topic of topics()) {
      if (known.has(topic)) continue;
      known.add(topic);
      source.addEventListener(topic, () => heard(topic));
    }
  };
  listen();
  document.addEventListener('htmx:afterSettle', listen);
  addEventListener('pagehide', () => source.close());
})();
