// A number on something, such as new messages on a thread. A screen reader hears the text in its place.

export function Badge({ count, text }: { count: number; text: string }) {
  const shown = count > 99 ? "99+" : String(count);
  return (
    <span class="badge">
      <span key={shown} aria-hidden="true">
        {shown}
      </span>
      <span key={text} class="visually-hidden">
        {text}
      </span>
    </span>
  );
}
