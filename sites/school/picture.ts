// A picture leaves this browser small and square, and as its pixels alone.

export const SIDE = 192; // px, as it is kept
const MOST = 20 * 1024; // bytes that the server takes
const QUALITIES = [0.9, 0.75, 0.6, 0.4];

/** The largest square in the middle of a picture. */
export function middle(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** Base64 of a file's picture, cut to a square and scaled; null if this browser cannot read it. */
export async function scaled(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const drawing = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const { x, y, side } = middle(bitmap.width, bitmap.height);
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(bitmap, x, y, side, side, 0, 0, SIDE, SIDE);
  bitmap.close();
  for (const quality of QUALITIES) {
    let blob = await canvas.convertToBlob({ type: "image/webp", quality });
    if (blob.type !== "image/webp") blob = await canvas.convertToBlob({ type: "image/jpeg", quality }); // Safari writes no WebP
    if (blob.size <= MOST) return base64(new Uint8Array(await blob.arrayBuffer()));
  }
  return null;
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
