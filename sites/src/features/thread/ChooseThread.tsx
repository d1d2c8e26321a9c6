// Beside a list while no thread is open: what to do, and for those who answer, whose threads wait longest.

import { EmptyState } from "../../ui/EmptyState";
import { WaitingLongest, type WaitingLongestProps } from "../thread-list/WaitingLongest";

export interface ChooseThreadProps {
  title: string;
  text: string;
  waiting?: WaitingLongestProps | undefined;
}

export function ChooseThread({ title, text, waiting }: ChooseThreadProps) {
  return (
    <>
      <EmptyState title={title} text={text} />
      {waiting && <WaitingLongest {...waiting} />}
    </>
  );
}
