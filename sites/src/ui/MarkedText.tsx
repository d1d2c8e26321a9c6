// A text that a person wrote, with its quotes, lists, code, bold and italic as they meant them (`marked-text.ts`). It is
// drawn as elements, and never as HTML.

import type { ComponentChild } from "preact";
import { LinkedText } from "./LinkedText";
import { type Block, type Inline, mayHaveMarks, parseBlocks } from "./marked-text";

/** A text without marks is one paragraph. `class` is of the element that holds the text. */
export function MarkedText({ text, class: className }: { text: string; class?: string | undefined }) {
  const blocks = mayHaveMarks(text) ? parseBlocks(text) : [];
  const isPlain = blocks.length === 0 || (blocks.length === 1 && blocks[0]?.t === "text");
  if (!isPlain) return <div class={["marked", className].filter(Boolean).join(" ")}>{blocks.map(drawBlock)}</div>;
  return <p class={className}>{blocks[0]?.t === "text" ? drawParts(blocks[0].parts) : <LinkedText text={text} />}</p>;
}

function drawBlock(block: Block, n: number): ComponentChild {
  switch (block.t) {
    case "text":
      return <p key={n}>{drawParts(block.parts)}</p>;
    case "code":
      return (
        <pre key={n} dir="ltr">
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote key={n}>{block.blocks.map(drawBlock)}</blockquote>;
    case "list": {
      const items = block.items.map((parts, at) => <li key={at}>{drawParts(parts)}</li>);
      return block.start === null ? (
        <ul key={n}>{items}</ul>
      ) : (
        <ol key={n} start={block.start}>
          {items}
        </ol>
      );
    }
  }
}

const drawParts = (parts: readonly Inline[]): ComponentChild => parts.map(drawPart);

function drawPart(part: Inline, n: number): ComponentChild {
  if (typeof part === "string") return <LinkedText key={n} text={part} />;
  if (part.t === "code")
    return (
      <code key={n} dir="ltr">
        {part.text}
      </code>
    );
  return part.t === "strong" ? (
    <strong key={n}>{drawParts(part.parts)}</strong>
  ) : (
    <em key={n}>{drawParts(part.parts)}</em>
  );
}
