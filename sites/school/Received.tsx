// A thread as the school it was raised to reads it: its owner, whose hands it is in, and who wrote what.

import { BesideButton, BesidePane } from "../common/parts/Beside";
import { later } from "../common/parts/later";
import { ThreadPane } from "../common/parts/ThreadPane";
import type { SchoolRow } from "../common/protocol";
import { words } from "../common/words";
import { Give } from "./Give";
import { authorIn, ownerName } from "./people";

const About = later(() => import("./About").then((part) => part.About));

export function Received({ row }: { row: SchoolRow }) {
  const movable = row.state === "open" || row.worker !== null;
  return (
    <ThreadPane
      row={row}
      who={ownerName(row)}
      under={
        <>
          {ownerName(row)} · {words.about.kind[row.kind]}
        </>
      }
      author={authorIn(row)}
      actions={
        <>
          {movable && <Give row={row} />}
          <BesideButton id={row.id}>
            <About row={row} />
          </BesideButton>
        </>
      }
    />
  );
}

/** The third column, where there is room for one. */
export function AboutPane({ row }: { row: SchoolRow }) {
  return (
    <BesidePane>
      <About key={row.id} row={row} />
    </BesidePane>
  );
}
