// A number on something, such as new messages on a thread. A screen reader hears the text in its place.

export function Badge({ count, text }: { count: number; text: string }) {
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="visually-hidden">{text}</span>
    </span>
  );
}
