// A picture is made small and square in this browser, and sent as pixels without metadata.

const PICTURE_SIZE = 192; // px
const MAX_BYTES = 20 * 1024; // the server's limit
const QUALITIES = [0.9, 0.75, 0.6, 0.4];

/** The largest square in the middle of a picture. */
export function centerSquare(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** A file's picture, cut to a square and scaled, in base64; null if this browser cannot read it. */
export async function resizePicture(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const canvas = new OffscreenCanvas(PICTURE_SIZE, PICTURE_SIZE);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const { x, y, side } = centerSquare(bitmap.width, bitmap.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, x, y, side, side, 0, 0, PICTURE_SIZE, PICTURE_SIZE);
  bitmap.close();
  for (const quality of QUALITIES) {
    let blob = await canvas.convertToBlob({ type: "image/webp", quality });
    if (blob.type !== "image/webp") blob = await canvas.convertToBlob({ type: "image/jpeg", quality }); // Safari cannot write WebP
    if (blob.size <= MAX_BYTES) return base64(new Uint8Array(await blob.arrayBuffer()));
  }
  return null;
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
