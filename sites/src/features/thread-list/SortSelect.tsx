// The order of a list of threads, which a person chooses.

import { ArrowDownWideNarrow } from "lucide";
import type { Mailbox } from "../../api/types";
import { changeQuery } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { leaveOtherSorts } from "../../sync/thread-lists";
import { Icon } from "../../ui/Icon";
import { SORTS, sortInAddress } from "./sort-in-address";

const { sort: texts } = pageMessages;

export function SortSelect({ shelf }: { shelf: Mailbox }) {
  const sorts = SORTS[shelf];
  const choose = (chosen: string) => {
    const sort = sorts.slice(1).find((each) => each === chosen);
    changeQuery({ sort: sort ?? "" });
    leaveOtherSorts(shelf, sort);
  };
  return (
    <>
      <Icon of={ArrowDownWideNarrow} size={16} />
      <select
        aria-label={texts.label}
        value={sortInAddress(shelf) ?? sorts[0]}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {sorts.map((each) => (
          <option key={each} value={each}>
            {texts.orders[each]}
          </option>
        ))}
      </select>
    </>
  );
}
