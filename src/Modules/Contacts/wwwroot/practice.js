// The simulated caller: a soft ring, the focus on what comes next for whoever types nothing, and folds that stay as they were left.
(() => {
  const { each, announce } = Tieline;
  const Rung = 'tieline-practice-rung';
  const Fold = name => `tieline-fold-${name}`;

  const keep = (name, value) => {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // Without a store it begins anew on every page.
    }
  };
  const kept = name => {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  };

  let audio = null;
  let ringing = null;
  /** Two soft rings, as a desk telephone has them. Silent where the browser allows no sound yet. */
  const ring = async () => {
    try {
      audio ??= new AudioContext();
      if (audio.state === 'suspended') await Promise.race([audio.resume(), new Promise(done => setTimeout(done, 300))]);
      if (audio.state !== 'running') return;
      const volume = audio.createGain();
      volume.gain.setValueAtTime(0, audio.currentTime);
      volume.connect(audio.destination);
      const tones = [440, 480].map(frequency => {
        const tone = audio.createOscillator();
        tone.frequency.value = frequency;
        tone.connect(volume);
        tone.start();
        tone.stop(audio.currentTime + 4.2);
        return tone;
      });
      for (const at of [0.05, 2.4]) {
        volume.gain.linearRampToValueAtTime(0.05, audio.currentTime + at + 0.1);
        volume.gain.setValueAtTime(0.05, audio.currentTime + at + 1.1);
        volume.gain.linearRampToValueAtTime(0, audio.currentTime + at + 1.3);
      }
      ringing = () => tones.forEach(tone => tone.stop());
    } catch {
      // No sound here.
    }
  };
  const quiet = () => {
    try {
      ringing?.();
    } catch {
      // It had ended by itself.
    }
    ringing = null;
  };

  const typing = () => document.activeElement?.closest('input, textarea, select, [contenteditable], dialog, #drawer, main form');

  // Where the drawer covers the page the caller goes on above its form, and back when it closes.
  const strip = document.getElementById('in-hand');
  const drawer = document.getElementById('drawer');
  const narrow = matchMedia('(max-width: 74.99rem)');
  const place = fresh => {
    const [here, there] = [strip, drawer].map(where => where?.querySelector(':scope > .practice'));
    const covered = drawer && !drawer.hidden && narrow.matches;
    if (covered && here) {
      const stood = there?.contains(document.activeElement) ? document.activeElement.dataset.stand : undefined;
      const along = there?.querySelector('.practice-ask .practice-steps')?.scrollLeft ?? 0;
      there?.remove();
      drawer.prepend(here);
      here.querySelector('.practice-ask .practice-steps')?.scrollTo({ left: along });
      if (stood) here.querySelector(`[data-stand="${CSS.escape(stood)}"]`)?.focus({ preventScroll: true });
    } else if (there) {
      if (fresh || here) there.remove();
      else if (!covered) strip.append(there);
    }
  };
  if (drawer) new MutationObserver(() => place(false)).observe(drawer, { attributeFilter: ['hidden'] });
  narrow.addEventListener('change', () => place(false));

  document.addEventListener('htmx:afterSwap', ({ detail: { target } }) => {
    if (target.id !== 'in-hand') return;
    const bell = target.querySelector('[data-ring]');
    if (!bell) quiet();
    else if (kept(Rung) !== bell.dataset.ring) {
      keep(Rung, bell.dataset.ring);
      ring();
      announce('A practice caller is ringing.');
    }
    const said = target.querySelector('[data-said]');
    if (said) {
      // The last words stand there, also when the drawer takes half of the room.
      new ResizeObserver(() => { said.scrollTop = said.scrollHeight; }).observe(said);
      if (kept('tieline-practice-said') !== said.dataset.said) announce(said.dataset.said);
      keep('tieline-practice-said', said.dataset.said);
    }
    const next = target.querySelector('[data-answer]');
    const stage = target.querySelector('[data-ring], [data-result]')?.outerHTML.length ? (bell ? `ring ${bell.dataset.ring}` : `result ${target.querySelector('[data-result]').dataset.result}`) : next ? 'talk' : '';
    // Once for each stage; nobody is taken away from what they type.
    if (next && kept('tieline-practice-stage') !== stage && !typing()) next.focus({ preventScroll: true });
    keep('tieline-practice-stage', stage);
    place(true);
  });

  each('details[data-fold]', fold => {
    const left = kept(Fold(fold.dataset.fold));
    if (left !== null) fold.open = left === 'open';
  });
  document.addEventListener('toggle', ({ target }) => {
    if (target.matches?.('details[data-fold]')) keep(Fold(target.dataset.fold), target.open ? 'open' : 'shut');
  }, true);
})();
