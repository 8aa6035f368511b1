// Runs smoke.mjs over a folder: `node plain.mjs FOLDER HASH LOG_KEY QUOTE [ARTICLE_TEXT_FILE]`.

import {serveFolder} from './files.mjs';

const [folder] = process.argv.splice(2, 1);
const server = await serveFolder(folder);
process.argv.splice(2, 0, server.url);
await import('./smoke.mjs');
server.close();
