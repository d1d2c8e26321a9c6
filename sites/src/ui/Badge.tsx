// A number on something, such as new messages on a thread, or a dot. A screen reader hears the text in its place.

interface BadgeProps {
  /** 0: a dot. */
  count: number;
  text: string;
  /** Before the number. */
  sign?: string;
  isQuiet?: boolean;
}

export function Badge({ count, text, sign = "", isQuiet }: BadgeProps) {
  const shown = `${sign} ${count > 99 ? "99+" : count || ""}`.trim();
  return (
    <span class={`badge${shown ? "" : " dot"}${isQuiet ? " quiet" : ""}`}>
      <span key={shown} aria-hidden="true">
        {shown}
      </span>
      <span key={text} class="visually-hidden">
        {text}
      </span>
    </span>
  );
}
