// How many of a few places are taken: one dot for each place, and the same in words.

export function Meter({ used, most, text }: { used: number; most: number; text: string }) {
  return (
    <p class="meter">
      <span class="meter-slots" aria-hidden="true">
        {Array.from({ length: most }, (_, i) => (
          <i key={i} class={i < used ? "full" : ""} />
        ))}
      </span>
      {text}
    </p>
  );
}
