// Hears that something changed and lets the elements with data-live ask again. One stream per browser: a shared worker holds it.
(() => {
  const actor = document.body.dataset.actor;
  if (!actor) return;
  const topics = () => [...new Set([...document.querySelectorAll('[data-live]')].flatMap(e => e.dataset.live.split(' ')).filter(Boolean))];

  const heard = topic => {
    for (const node of document.querySelectorAll(topic === '*' ? '[data-live]' : `[data-live~="${CSS.escape(topic)}"]`)) htmx.trigger(node, 'live');
    document.dispatchEvent(new CustomEvent('tieline:live', { detail: { topic } }));
  };

  // Busy hours tell the same topic many times a second: it is asked again at once, then at most every five seconds, and after the last time.
  const rest = 5000;
  const asked = new Map();
  const waiting = new Set();
  const told = topic => {
    if (waiting.has(topic)) return;
    const wait = (asked.get(topic) ?? -rest) + rest - performance.now();
    const ask = () => {
      waiting.delete(topic);
      asked.set(topic, performance.now());
      heard(topic);
    };
    if (wait <= 0) {
      ask();
      return;
    }
    waiting.add(topic);
    setTimeout(ask, wait);
  };

  if (window.SharedWorker) {
    const worker = new SharedWorker('/ui/live-worker.js', { name: 'tieline-live' });
    worker.port.onmessage = event => told(event.data);
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
      source.addEventListener(topic, () => told(topic));
    }
  };
  listen();
  document.addEventListener('htmx:afterSettle', listen);
  addEventListener('pagehide', () => source.close());
})();
