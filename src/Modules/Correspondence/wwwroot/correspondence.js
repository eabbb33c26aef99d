// Shows a scan: pictures as pictures, PDFs drawn on a canvas by pdf.js, which runs none of what is in them.
(() => {
  const { each, on, element } = Tieline;
  const Reader = '/lib/pdf.min.js';
  const Worker = '/lib/pdf.worker.min.js';
  const Inflate = '/lib/pako_inflate.min.js';
  const Tiff = '/lib/utif.js';
  const MostPixels = 100_000_000;
  const shown = new WeakMap();

  const say = (scan, text) => { scan.querySelector('[data-scan-place]').textContent = text; };

  const place = (sheet, { zoom, turn }) => {
    sheet.style.width = `${zoom * 100}%`;
    sheet.style.transform = `rotate(${turn}deg)`;
    // Turned by a quarter it is as high as it was wide.
    const room = turn % 180 !== 0 ? Math.max(0, (sheet.offsetWidth - sheet.offsetHeight) / 2) : 0;
    sheet.style.marginBlock = `${room}px`;
  };

  const picture = async (scan, paper) => {
    const image = element('img', { src: scan.dataset.scan, alt: `Scan ${scan.dataset.name}`, class: 'scan-sheet' });
    await new Promise((done, failed) => { image.onload = done; image.onerror = () => failed(new Error('This picture is damaged.')); paper.replaceChildren(image); });
    return {
      pages: 1,
      draw: async look => place(image, look),
    };
  };

  const loaded = new Map();
  const script = src => {
    if (!loaded.has(src)) loaded.set(src, new Promise((done, failed) => document.head.append(Object.assign(document.createElement('script'), { src, onload: done, onerror: failed }))));
    return loaded.get(src);
  };

  // No browser draws a TIFF: its pages are unpacked here, each when it is looked at.
  const tiff = async (scan, paper) => {
    await script(Inflate);
    await script(Tiff);
    const bytes = await (await fetch(scan.dataset.scan)).arrayBuffer();
    const sheets = UTIF.decode(bytes).filter(sheet => sheet.t256?.[0] > 0 && sheet.t257?.[0] > 0);
    if (sheets.length === 0) throw new Error('This TIFF has no page.');
    return {
      pages: sheets.length,
      draw: async look => {
        const sheet = sheets[look.page - 1];
        const [width, height] = [sheet.t256[0], sheet.t257[0]];
        if (width * height > MostPixels) throw new Error('This page is too large.');
        if (!sheet.canvas) {
          UTIF.decodeImage(bytes, sheet);
          sheet.canvas = element('canvas', { class: 'scan-sheet', role: 'img', 'aria-label': `Page ${look.page} of ${sheets.length} of ${scan.dataset.name}`, width, height });
          sheet.canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(UTIF.toRGBA8(sheet)), width, height), 0, 0);
          // A fax has fewer lines to the inch than dots.
          const [across, down] = [sheet.t282?.[0], sheet.t283?.[0]];
          if (across > 0 && down > 0) sheet.canvas.style.aspectRatio = `${width} / ${height * across / down}`;
        }
        paper.replaceChildren(sheet.canvas);
        place(sheet.canvas, look);
      },
    };
  };

  const pdf = async (scan, paper) => {
    const reader = await import(Reader);
    reader.GlobalWorkerOptions.workerSrc = Worker;
    const file = await reader.getDocument({
      url: scan.dataset.scan, isEvalSupported: false, enableXfa: false, useWasm: false, wasmUrl: '/lib/', disableRange: true, disableStream: true, disableAutoFetch: true, maxImageSize: 100_000_000,
    }).promise;
    let drawing = null;
    return {
      pages: file.numPages,
      draw: async ({ page, zoom, turn }) => {
        drawing?.cancel();
        const sheet = await file.getPage(page);
        const rotation = (sheet.rotate + turn) % 360;
        const plain = sheet.getViewport({ scale: 1, rotation });
        const width = Math.max(200, paper.clientWidth - 24) * zoom;
        const dense = Math.min(window.devicePixelRatio || 1, 2);
        const viewport = sheet.getViewport({ scale: (width / plain.width) * dense, rotation });
        const canvas = element('canvas', { class: 'scan-sheet', role: 'img', 'aria-label': `Page ${page} of ${file.numPages} of ${scan.dataset.name}`, width: Math.floor(viewport.width), height: Math.floor(viewport.height) });
        canvas.style.width = `${width}px`;
        drawing = sheet.render({ canvas, viewport });
        await drawing.promise;
        paper.replaceChildren(canvas);
      },
    };
  };

  const draw = async scan => {
    const look = shown.get(scan);
    if (!look) return;
    try {
      await look.paper.draw(look);
      say(scan, look.paper.pages > 1 ? `${look.page} of ${look.paper.pages}` : 'one page');
      scan.dataset.drawn = `${look.page}`;
    } catch (problem) {
      if (problem?.name !== 'RenderingCancelledException') say(scan, 'This page cannot be drawn.');
    }
  };

  each('[data-scan]', async scan => {
    const paper = scan.querySelector('[data-scan-paper]');
    if (!paper || shown.has(scan)) return;
    shown.set(scan, null);
    try {
      shown.set(scan, { paper: await ({ pdf, tiff }[scan.dataset.kind] ?? picture)(scan, paper), page: 1, zoom: 1, turn: 0 });
      await draw(scan);
    } catch (problem) {
      paper.replaceChildren(element('p', { class: 'scan-failed' }, problem?.name === 'PasswordException' ? 'This PDF asks for a password. Set it aside.' : 'This scan is damaged and cannot be shown. Set it aside.'));
      say(scan, 'not shown');
    }
  });

  const act = (scan, what) => {
    const look = shown.get(scan);
    if (!look) return;
    const before = look.page;
    if (what === 'back') look.page = Math.max(1, look.page - 1);
    if (what === 'on') look.page = Math.min(look.paper.pages, look.page + 1);
    if (what === 'larger') look.zoom = Math.min(4, look.zoom * 1.25);
    if (what === 'smaller') look.zoom = Math.max(0.25, look.zoom / 1.25);
    if (what === 'turn') look.turn = (look.turn + 90) % 360;
    if ((what === 'back' || what === 'on') && before === look.page) return;
    draw(scan);
  };
  on('click', '[data-scan-do]', (_, button) => act(button.closest('[data-scan]'), button.dataset.scanDo));

  // In a field of the form too: the hands stay where they are.
  document.addEventListener('keydown', event => {
    const scan = document.querySelector('[data-scan]');
    if (!scan || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
    const what = event.altKey
      ? { r: 'turn', '+': 'larger', '=': 'larger', '-': 'smaller' }[event.key.toLowerCase()]
      : { PageDown: 'on', PageUp: 'back' }[event.key];
    if (!what) return;
    event.preventDefault();
    act(scan, what);
  });

  // How far an upload is.
  document.addEventListener('htmx:xhr:progress', event => {
    const form = event.detail.elt ?? event.target;
    if (!(form instanceof Element) || !form.matches('form[data-upload]') || !event.detail.total) return;
    let bar = form.querySelector('progress');
    if (!bar) {
      bar = element('progress', { class: 'upload-progress', 'aria-label': 'Upload', max: 1 });
      form.append(bar);
    }
    bar.value = event.detail.loaded / event.detail.total;
  });
})();
