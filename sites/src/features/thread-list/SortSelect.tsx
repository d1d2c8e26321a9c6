// The order of a list of threads, which a person chooses.

import { ArrowDownWideNarrow } from "lucide";
import { useEffect } from "preact/hooks";
import type { Mailbox } from "../../api/types";
import { changeQuery } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { leaveOtherSorts } from "../../sync/leave-other-sorts";
import { Icon } from "../../ui/Icon";
import { SORTS, sortInAddress } from "./sort-in-address";

const { sort: texts } = pageMessages;

export function SortSelect({ shelf }: { shelf: Mailbox }) {
  const sorts = SORTS[shelf];
  const sort = sortInAddress(shelf);
  useEffect(() => leaveOtherSorts(shelf, sort), [shelf, sort]);
  return (
    <>
      <Icon of={ArrowDownWideNarrow} size={16} />
      <select
        aria-label={texts.label}
        value={sort ?? sorts[0]}
        onChange={({ currentTarget: { value } }) => changeQuery({ sort: value === sorts[0] ? "" : value })}
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
