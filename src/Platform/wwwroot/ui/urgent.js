// What is urgent and waits for this person: shown above the page, which stays as it is, and rung for once in each browser.
// The bell brings it (<data class="urgent-item">): a To Do may be put aside, what says where it is answered (data-href) stays until then. No sound where the browser does not allow one, the notice always.
(() => {
  const { on, element, icon } = Tieline;
  const Heard = 'tieline-urgent-heard';
  const Aside = 'tieline-urgent-aside';
  const place = document.getElementById('urgent');
  if (!place) return;

  const read = (store, name) => {
    try {
      return new Set(JSON.parse(store.getItem(name) ?? '[]'));
    } catch {
      return new Set();
    }
  };
  const write = (store, name, ids) => {
    try {
      store.setItem(name, JSON.stringify([...ids].slice(-50)));
    } catch {
      // Without a store it is shown, and rung for, once more.
    }
  };

  /** One more report of it changes what it says: that is heard again, also by whoever has put the first aside. */
  const saying = ({ id, text }) => `${id} ${text.trim()}`;

  let audio = null;
  /** Two short tones, three times. False when the browser forbids sound until somebody clicks. */
  const ring = async () => {
    try {
      audio ??= new AudioContext();
      if (audio.state === 'suspended') await Promise.race([audio.resume(), new Promise(done => setTimeout(done, 300))]);
      if (audio.state !== 'running') return false;
      const volume = audio.createGain();
      volume.connect(audio.destination);
      for (let i = 0; i < 6; i++) {
        const start = audio.currentTime + i * 0.28 + Math.floor(i / 2) * 0.12;
        const tone = audio.createOscillator();
        tone.frequency.value = i % 2 ? 988 : 784;
        tone.connect(volume);
        volume.gain.setValueAtTime(0.2, start);
        tone.start(start);
        tone.stop(start + 0.22);
      }
      return true;
    } catch {
      return false;
    }
  };

  const show = items => {
    const aside = read(sessionStorage, Aside);
    const shown = items.filter(item => item.href || !aside.has(saying(item)));
    const now = shown.map(saying).join('\n');
    if (place.dataset.shown === now) return;
    place.dataset.shown = now;
    place.replaceChildren(...shown.map(({ id, text, href, sign }) => element('div', { class: 'urgent-note', 'data-urgent': id },
      icon(sign ?? 'ambulance'), element('a', { href: href ?? `/todos/${id}`, 'data-drawer': true, 'data-keep-draft': true }, text),
      href ? element('a', { href, class: 'btn btn-sm', 'data-drawer': true, 'data-keep-draft': true, 'aria-label': `Answer: ${text}` }, 'Answer')
        : element('button', { type: 'button', class: 'btn btn-sm', 'data-urgent-aside': saying({ id, text }) }, 'Put aside'))));
    place.hidden = shown.length === 0;
    const heard = read(localStorage, Heard);
    const fresh = shown.filter(item => !heard.has(saying(item)));
    if (fresh.length === 0) return;
    write(localStorage, Heard, new Set([...heard, ...fresh.map(saying)]));
    ring().then(rung => {
      if (!rung && !place.hidden) place.append(element('div', { class: 'urgent-silent' }, 'Silent: this browser makes no sound before a click on the page.'));
    });
  };

  document.addEventListener('htmx:afterSwap', ({ detail: { target } }) => {
    if (target.classList?.contains('bell-count')) show([...target.querySelectorAll('.urgent-item')].map(item => ({
      id: item.value ?? item.getAttribute('value'), text: item.textContent, href: item.dataset.href, sign: item.dataset.icon,
    })));
  });
  on('click', '[data-urgent-aside]', (_, button) => {
    write(sessionStorage, Aside, read(sessionStorage, Aside).add(button.dataset.urgentAside));
    button.closest('.urgent-note').remove();
    place.hidden = !place.querySelector('.urgent-note');
  });
})();
