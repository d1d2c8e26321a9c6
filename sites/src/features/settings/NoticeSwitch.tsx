// A person switches the e-mails about new messages. Not shown where the home sends no e-mail.

import { useEffect, useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import type { Me } from "../../api/types";
import { pageMessages } from "../../i18n/page-messages";
import { session } from "../../sync/store";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";
import { Switch } from "../../ui/Switch";
import { useAction } from "../app/use-action";

const { emails: texts } = pageMessages;

export function NoticeSwitch({ kind }: { kind: Me["kind"] }) {
  const [isOn, setIsOn] = useState<boolean>();
  const [problem, setProblem] = useState<string>();
  const [busy, run] = useAction();
  const load = async () => {
    setProblem(undefined);
    try {
      setIsOn((await session.call("notices")).by_email);
    } catch (error) {
      setProblem(errorMessage(error));
    }
  };
  const isOffered = session.config.notices;
  useEffect(() => {
    if (isOffered) void load();
  }, [isOffered]);
  const toggle = async () => {
    await session.call("setNotices", { by_email: !isOn });
    setIsOn(!isOn);
  };
  if (!isOffered) return null;
  return (
    <section class="page-section">
      <h2>{texts.title}</h2>
      {problem ? (
        <LoadFailure text={problem} retry={() => void load()} />
      ) : isOn === undefined ? (
        <Skeleton label={texts.loading} lines={1} />
      ) : (
        <Switch label={texts.label} checked={isOn} busy={busy} onToggle={() => run(toggle)} />
      )}
      <p class="muted">{texts.text[kind]}</p>
    </section>
  );
}
