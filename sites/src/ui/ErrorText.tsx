// What is wrong, in words. A new element is announced by itself, so each occasion has an element of its own.

interface ErrorTextProps {
  text: string;
  id?: string;
  /** The same text is announced again for each new occasion, such as the next attempt. */
  occasion?: number | string | undefined;
  /** Brings the text into view: it may appear below what is visible. */
  intoView?: boolean;
}

export function ErrorText({ text, id, occasion, intoView = false }: ErrorTextProps) {
  return (
    <p
      key={`${occasion}${text}`}
      id={id}
      class="error-text"
      role="alert"
      ref={(line) => (intoView ? line?.scrollIntoView({ block: "nearest" }) : undefined)}
    >
      {text}
    </p>
  );
}
