// Grey lines in the shape of what is loading. They appear only if loading takes longer than a blink.

import { useEffect, useState } from "preact/hooks";

const DELAY = 300; // ms

export function Skeleton({ label, lines = 4 }: { label: string; lines?: number }) {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), DELAY);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{label}</span>
      {isLate && Array.from({ length: lines }, (_, i) => <i key={i} />)}
    </div>
  );
}
