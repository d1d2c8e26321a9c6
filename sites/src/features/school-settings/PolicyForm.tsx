// A school chooses what happens to a new thread.

import { useAction } from "../app/use-action";
import { RadioGroup } from "../../ui/RadioGroup";
import { toast } from "../../ui/toast";
import type { Policy } from "../../api/types";
import { refetch, refresh } from "../../sync/sync";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";

const { policy: texts, settings } = pageMessages;
const HINTS: Record<Policy, string> = { by_hand: texts.byHandText, automatic: texts.automaticText };
const POLICIES: readonly Policy[] = ["by_hand", "automatic"];

export function PolicyForm({ policy }: { policy: Policy }) {
  const [, run] = useAction();
  const choose = async (chosen: Policy) => {
    await session.call("setPolicy", { policy: chosen });
    await refresh(refetch("me"));
    toast(settings.saved);
  };
  return (
    <RadioGroup
      name="policy"
      legend={texts.title}
      options={POLICIES.map((value) => ({ value, label: texts[value], hint: HINTS[value] }))}
      value={policy}
      onChange={(chosen) => run(() => choose(chosen))}
    />
  );
}
