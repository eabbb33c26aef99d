// The one stream of this browser, shared by its tabs.
const ports = new Set();
const known = new Set();
let source = null;
let actor = null;
let broken = false;

const tell = topic => { for (const port of ports) port.postMessage(topic); };

const listen = topic => {
  known.add(topic);
  source?.addEventListener(topic, () => tell(topic));
};

const open = () => {
  source?.close();
  source = new EventSource('/live');
  for (const topic of known) listen(topic);
  source.onopen = () => {
    // Something may have been told while the line was down.
    if (broken) tell('*');
    broken = false;
  };
  source.onerror = () => {
    broken = true;
    if (source.readyState !== EventSource.CLOSED) return;
    // The server refused: signed out, or just starting. Try again, gently, while a page is open.
    source = null;
    setTimeout(() => { if (!source && ports.size > 0) open(); }, 15000);
  };
};

onconnect = event => {
  const port = event.ports[0];
  port.onmessage = message => {
    if (message.data.gone) {
      ports.delete(port);
      if (ports.size === 0) {
        source?.close();
        source = null;
      }
      return;
    }
    ports.add(port);
    if (message.data.actor !== actor) {
      actor = message.data.actor;
      source?.close();
      source = null;
    }
    for (const topic of message.data.topics) if (!known.has(topic)) listen(topic);
    if (!source) open();
  };
  port.start();
};
