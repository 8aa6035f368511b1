// Runs smoke.mjs over a folder: `node plain.mjs FOLDER HASH LOG_KEY QUOTE [ARTICLE_TEXT_FILE]`, with a server that only gives
// out files, as any web host does.

import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join, normalize} from 'node:path';

const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml'};
const [folder] = process.argv.splice(2, 1);

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
  try {
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const bytes = await readFile(file);
    response.writeHead(200, {'content-type': TYPES[extname(file)] ?? 'application/octet-stream'}).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
process.argv.splice(2, 0, `http://127.0.0.1:${server.address().port}/`);
await import('./smoke.mjs');
server.close();
