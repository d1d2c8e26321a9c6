// Grey lines in the shape of what is loading. They appear only if loading takes longer than a blink.

import { useEffect, useState } from "preact/hooks";

const DELAY = 300; // ms

interface SkeletonProps {
  label: string;
  lines?: number;
  /** In the shape of rows: a picture, and beside it two lines. */
  rows?: boolean;
}

export function Skeleton({ label, lines = 4, rows = false }: SkeletonProps) {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), DELAY);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={rows ? "skeleton rows" : "skeleton"} role="status">
      <span class="visually-hidden">{label}</span>
      {isLate && Array.from({ length: lines }, (_, i) => <i key={i} />)}
    </div>
  );
}
