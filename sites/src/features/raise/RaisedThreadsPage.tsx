// The threads that a user or a school raised, open ones first, and how many of the five are open.

import { Plus } from "lucide";
import { EmptyState } from "../../ui/EmptyState";
import { OpenThreadsMeter } from "./OpenThreadsMeter";
import { Icon } from "../../ui/Icon";
import { ThreadSplitView } from "../app/ThreadSplitView";
import { sortInAddress } from "../thread-list/sort-in-address";
import { hasOrder, openAndEnded } from "../thread-list/open-and-ended";
import { ThreadList } from "../thread-list/ThreadList";
import { ThreadPlaceholder } from "../thread/ThreadPlaceholder";
import { href, route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { hasThreads, openRow } from "../../sync/store";
import { lazyThread } from "../app/lazy-page";
import { isRaised, schoolName, schoolPicture } from "./raised-threads";

const RaisedThread = lazyThread(() => import("./RaisedThread").then((part) => part.RaisedThread));

interface RaisedThreadsTexts {
  title: string;
  empty: string;
  emptyText: string;
  findSchool: string;
}

export function RaisedThreadsPage({ texts }: { texts: RaisedThreadsTexts }) {
  const { page, id } = route.value;
  const open = openRow.value;
  const row = open && isRaised(open) ? open : null;
  return (
    <ThreadSplitView
      title={texts.title}
      headerExtra={<OpenThreadsMeter />}
      list={<RaisedThreadList page={page} texts={texts} />}
      thread={
        row ? (
          <RaisedThread key={id} row={row} />
        ) : (
          <ThreadPlaceholder
            isEmpty={!hasThreads("raiser")}
            title={messages.threads.pick}
            text={messages.threads.pickText}
          />
        )
      }
    />
  );
}

function RaisedThreadList({ page, texts }: { page: string; texts: RaisedThreadsTexts }) {
  const sort = sortInAddress("raised");
  const groups = openAndEnded("raised").map((group) => ({ ...group, list: { ...group.list, ...(sort && { sort }) } }));
  return (
    <ThreadList
      page={page}
      nameOf={schoolName}
      pictureOf={schoolPicture}
      ownText={messages.list.you}
      groups={groups}
      sorted={hasOrder(openAndEnded("raised")) ? "raised" : undefined}
      empty={
        <EmptyState title={texts.empty} text={texts.emptyText}>
          <FindSchoolLink label={texts.findSchool} primary />
        </EmptyState>
      }
    >
      <FindSchoolLink label={texts.findSchool} />
    </ThreadList>
  );
}

function FindSchoolLink({ label, primary = false }: { label: string; primary?: boolean }) {
  return (
    <a class={primary ? "button primary" : "button quiet find-school"} href={href("schools")}>
      <Icon of={Plus} size={18} />
      {label}
    </a>
  );
}
