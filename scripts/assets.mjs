// Copies what the pages need from node_modules into src/Platform/wwwroot/lib and draws the icon sprite.
// A file is written only when its content changes, so that the build after it stays quick.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'src/Platform/wwwroot/lib');
const iconList = join(root, 'src/Platform/Ui/icons.txt');

const copies = {
  'tabler.min.css': '@tabler/core/dist/css/tabler.min.css',
  'tabler.min.js': '@tabler/core/dist/js/tabler.min.js',
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'pdf.min.js': 'pdfjs-dist/build/pdf.min.mjs',
  'pdf.worker.min.js': 'pdfjs-dist/build/pdf.worker.min.mjs',
  'pako_inflate.min.js': 'pako/dist/pako_inflate.min.js',
  'utif.js': 'utif/UTIF.js',
  'openjpeg_nowasm_fallback.js': 'pdfjs-dist/wasm/openjpeg_nowasm_fallback.js',
  'inter-latin.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'inter-latin-ext.woff2': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
};
const licensed = ['@tabler/core', '@tabler/icons', '@popperjs/core', 'htmx.org', '@fontsource-variable/inter', 'pdfjs-dist', 'utif', 'pako'];

const written = new Set();

function fail(message) {
  console.error(`tieline: ${message}`);
  process.exit(1);
}

function pack(path) {
  const full = join(root, 'node_modules', path);
  if (!existsSync(full)) fail(`node_modules/${path} is missing; run "npm ci" in ${root}`);
  return readFileSync(full);
}

function write(name, content) {
  const file = join(target, name);
  const bytes = Buffer.from(content);
  written.add(name);
  if (!existsSync(file) || !readFileSync(file).equals(bytes)) writeFileSync(file, bytes);
}

// The maps are not served; without this line browsers would ask for them.
const withoutSourceMap = text => text.replace(/\n?(\/\*|\/\/)# sourceMappingURL=.*$/, '\n');

function fontFaces() {
  const css = pack('@fontsource-variable/inter/wght.css').toString();
  return ['latin-ext', 'latin'].map(subset => {
    const start = css.indexOf(`/* inter-${subset}-wght-normal */`);
    if (start < 0) fail(`the font package has no subset "${subset}"`);
    return css.slice(start, css.indexOf('}', start) + 1)
      .replace(`./files/inter-${subset}-wght-normal.woff2`, `inter-${subset}.woff2`);
  }).join('\n\n') + '\n';
}

/** One <symbol> for each line of icons.txt: "name" is the outline icon #name, "filled/name" is #name-filled. */
function sprite() {
  const names = [...new Set(readFileSync(iconList, 'utf8').split('\n')
    .map(line => line.replace(/#.*/, '').trim()).filter(Boolean))].sort();
  const symbols = names.map(name => {
    const filled = name.startsWith('filled/');
    const path = filled ? name : `outline/${name}`;
    if (!/^[a-z0-9/-]+$/.test(name) || !existsSync(join(root, `node_modules/@tabler/icons/icons/${path}.svg`)))
      fail(`icons.txt names "${name}", which is not an icon`);
    const svg = pack(`@tabler/icons/icons/${path}.svg`).toString();
    const shapes = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, '').replace(/\s+/g, ' ').trim();
    const paint = filled
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
    const id = filled ? `${name.slice('filled/'.length)}-filled` : name;
    return `<symbol id="${id}" viewBox="0 0 24 24" ${paint}>${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`;
}

function licenses() {
  const file = name => {
    const folder = join(root, 'node_modules', name);
    const found = existsSync(folder) && readdirSync(folder).find(f => /^licen[cs]e(\.|$)/i.test(f));
    return found ? pack(`${name}/${found}`).toString().trim() : null;
  };
  const mit = file('@tabler/icons');
  // pdf.js carries a decoder of others.
  const openJpeg = `OpenJPEG, in pdfjs-dist (BSD-2-Clause)\n\n${pack('pdfjs-dist/wasm/LICENSE_OPENJPEG').toString().trim()}\n`;
  return licensed.map(name => {
    const { version, license } = JSON.parse(pack(`${name}/package.json`));
    // Tabler's package names its holders in the style sheet and leaves the text of the licence out.
    const holders = () => [...pack(copies['tabler.min.css']).toString().matchAll(/Copyright .*/g)].slice(0, 2).join('\n');
    const text = file(name) ?? mit.replace(/^Copyright .*$/m, holders);
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).concat(openJpeg).join(`\n${'-'.repeat(80)}\n\n`);
}

mkdirSync(target, { recursive: true });
for (const [name, path] of Object.entries(copies)) {
  const content = pack(path);
  write(name, /\.(css|js)$/.test(name) ? withoutSourceMap(content.toString()) : content);
}
write('inter.css', fontFaces());
write('icons.svg', sprite());
write('LICENSES.txt', licenses());
for (const name of readdirSync(target)) if (!written.has(name)) rmSync(join(target, name), { recursive: true });
