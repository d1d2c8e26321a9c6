// A text that a person wrote, with its quotes, lists, code, bold and italic as they meant them (`marked-text.ts`). It is
// drawn as elements, and never as HTML.

import type { ComponentChild } from "preact";
import { HighlightedText } from "./HighlightedText";
import { LinkedText } from "./LinkedText";
import { type Block, type Inline, mayHaveMarks, parseBlocks } from "./marked-text";

interface MarkedTextProps {
  text: string;
  /** Of the element that holds the text. */
  class?: string | undefined;
  /** Those that a person has searched for. */
  words?: readonly string[];
}

/** A text without marks is one paragraph. */
export function MarkedText({ text, class: className, words = [] }: MarkedTextProps) {
  const { drawBlock, drawParts } = drawing(words);
  const blocks = mayHaveMarks(text) ? parseBlocks(text) : [];
  const isPlain = blocks.length === 0 || (blocks.length === 1 && blocks[0]?.t === "text");
  if (!isPlain) return <div class={["marked", className].filter(Boolean).join(" ")}>{blocks.map(drawBlock)}</div>;
  return (
    <p class={className}>
      {blocks[0]?.t === "text" ? drawParts(blocks[0].parts) : <LinkedText text={text} words={words} />}
    </p>
  );
}

function drawing(words: readonly string[]) {
  const drawParts = (parts: readonly Inline[]): ComponentChild => parts.map(drawPart);

  function drawBlock(block: Block, n: number): ComponentChild {
    switch (block.t) {
      case "text":
        return <p key={n}>{drawParts(block.parts)}</p>;
      case "code":
        return (
          <pre key={n} dir="ltr">
            <code>
              <HighlightedText text={block.text} words={words} />
            </code>
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

  function drawPart(part: Inline, n: number): ComponentChild {
    if (typeof part === "string") return <LinkedText key={n} text={part} words={words} />;
    if (part.t === "code")
      return (
        <code key={n} dir="ltr">
          <HighlightedText text={part.text} words={words} />
        </code>
      );
    return part.t === "strong" ? (
      <strong key={n}>{drawParts(part.parts)}</strong>
    ) : (
      <em key={n}>{drawParts(part.parts)}</em>
    );
  }

  return { drawBlock, drawParts };
}
