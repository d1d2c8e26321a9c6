// Gives the reader a file that is made in this browser, of what the page shows.

const PATIENCE = 60_000; // ms: a slow browser may still be reading it

export function downloadFile(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE);
}
