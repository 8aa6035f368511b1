// Long work in small pieces: a page that checks ten thousand entries still answers its reader.

let last = 0;

// Gives way to whatever else the page does, if this has gone on for a while.
export async function breathe() {
  if (Date.now() - last > 50) {
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    last = Date.now();
  }
}
