// A number on something, such as new messages on a thread. A screen reader hears the text in its place.

export function Badge({ count, text, isQuiet = false }: { count: number; text: string; isQuiet?: boolean }) {
  const shown = count > 99 ? "99+" : String(count);
  return (
    <span class={isQuiet ? "badge quiet" : "badge"}>
      <span key={shown} aria-hidden="true">
        {shown}
      </span>
      <span key={text} class="visually-hidden">
        {text}
      </span>
    </span>
  );
}
