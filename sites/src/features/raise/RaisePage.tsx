// A thread is raised once. If the answer is lost, the form keeps the text, and the next attempt repeats the first one.

import { ArrowLeft } from "lucide";
import { useEffect } from "preact/hooks";
import type { Account, RaiseResult } from "../../sync/account";
import type { DraftFields } from "../../sync/draft-store";
import { cleanLine, cleanText, countLeft } from "../../i18n/clean-text";
import { ErrorText } from "../../ui/ErrorText";
import { SHOWN_BELOW, useCharactersLeft } from "../../ui/characters-left";
import { EmptyState } from "../../ui/EmptyState";
import { OpenThreadsMeter } from "./OpenThreadsMeter";
import { errorMessage } from "../../api/client";
import { type FieldErrors, Form, useForm } from "../../ui/Form";
import { LinkedText } from "../../ui/LinkedText";
import { TextField } from "../../ui/TextField";
import { Icon } from "../../ui/Icon";
import { Avatar } from "../../ui/Avatar";
import { DraftConflicts, UnsentTexts } from "../drafts/lazy-editors";
import { toast } from "../../ui/toast";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import type { DirectoryCard } from "../../api/types";
import { loadSchool, refresh } from "../../sync/sync";
import { href, navigate, route } from "../../browser/route";
import { pictureUrl } from "../../sync/picture-url";
import { account, meter, missingSchools, session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { PageLoading } from "../app/PageLoading";
import { usePageTitle } from "../app/use-page-title";
import { confirmPersonalData } from "../personal-data/confirm-personal-data";
import { ThreadLimitNotice } from "./ThreadLimitNotice";
import { OfficeHours } from "./OfficeHours";
import { schoolOf } from "./raised-threads";

const { raise: texts } = pageMessages;

/** `threadsPage` is the page that shows what was raised. */
export function RaisePage({ threadsPage, title }: { threadsPage: string; title: string }) {
  const { id } = route.value;
  const school = schoolOf(id);
  const isConnected = session.socket.isReachable.value;
  useEffect(() => void refresh(loadSchool(id)), [id, isConnected]); // its hours and profile as of now
  usePageTitle(school ? texts.title(school.name) : "");
  const ownAccount = account.value;
  if (!ownAccount || (!school && !missingSchools.value.has(id)))
    return <PageLoading label={pageMessages.schools.loading} />;
  return (
    <div class="page">
      <p>
        <a class="back-link" href={href("schools")}>
          <Icon of={ArrowLeft} size={18} />
          {title}
        </a>
      </p>
      {school ? (
        <RaiseToSchool key={school.id} school={school} threadsPage={threadsPage} ownAccount={ownAccount} />
      ) : (
        <MissingSchool id={id} />
      )}
    </div>
  );
}

const MissingSchool = ({ id }: { id: string }) => (
  <EmptyState title={pageMessages.schools.missing} text={pageMessages.schools.missingText}>
    <UnsentTexts id={id} reason="gone" />
  </EmptyState>
);

interface RaiseProps {
  school: DirectoryCard;
  threadsPage: string;
  ownAccount: Account;
}

function RaiseToSchool({ school, threadsPage, ownAccount }: RaiseProps) {
  return (
    <>
      <div class="page-head">
        <Avatar name={school.name} pictureUrl={pictureUrl(school.picture)} />
        <h1 class="page-title" tabIndex={-1}>
          {texts.title(school.name)}
        </h1>
      </div>
      {school.about && (
        <p class="school-about" dir="auto">
          <LinkedText text={school.about} />
        </p>
      )}
      <OfficeHours hours={school.hours} zone={school.zone} />
      {school.takes && school.reply_time && <p class="muted">{pageMessages.schools.replyTimes[school.reply_time]}</p>}
      {school.takes ? (
        <RaiseForm school={school} threadsPage={threadsPage} ownAccount={ownAccount} />
      ) : (
        <EmptyState title={pageMessages.schools.closedTitle} text={pageMessages.schools.closedText}>
          <UnsentTexts id={school.id} reason="gone" />
        </EmptyState>
      )}
    </>
  );
}

function RaiseForm({ school, threadsPage, ownAccount }: RaiseProps) {
  const target = `raise:${school.id}`;
  const draft = ownAccount.drafts.get(target);
  const isFull = meter.value !== null && meter.value.open >= meter.value.most;
  const charactersLeft = countLeft(draft.text, TEXT_FIELDS.message);
  const pending = ownAccount.outbox.items.value.find(({ kind, about }) => kind === "raise" && about === school.id);
  const change = ({ text = draft.text, subject = draft.subject }: Partial<DraftFields>) =>
    ownAccount.drafts.write(target, { text, subject });
  useCharactersLeft(charactersLeft, pageMessages.composer.left(charactersLeft, TEXT_FIELDS.message.most));
  const raise = async () => {
    const isAsIs = pending || (await confirmPersonalData(`${draft.subject}\n${draft.text}`, "raiser"));
    return isAsIs ? resultErrors(await ownAccount.raise(school.id)) : {};
  };
  useOpenRaisedThread(ownAccount, school.id, threadsPage);

  return (
    <>
      <OpenThreadsMeter />
      {isFull && <ThreadLimitNotice threadsPage={threadsPage} hasDraft={draft.subject !== "" || draft.text !== ""} />}
      <Form
        hidden={isFull}
        validate={() => (pending ? {} : validate(draft))} // a pending raise is sent again as it was
        submit={raise}
        describeError={errorMessage}
        submitLabel={texts.send}
        busyLabel={texts.sending}
      >
        <p class="muted">{texts.visible}</p>
        <TextField
          name="subject"
          label={texts.about}
          hint={texts.aboutHint}
          autoDirection
          value={draft.subject}
          autocomplete="off"
          onInput={(subject) => change({ subject })}
        />
        <TextField
          name="text"
          label={texts.happened}
          status={
            charactersLeft <= SHOWN_BELOW ? pageMessages.composer.left(charactersLeft, TEXT_FIELDS.message.most) : ""
          }
          autoDirection
          rows={7}
          value={draft.text}
          onInput={(text) => change({ text })}
        />
        <DraftConflicts target={target} />
        {pending?.unsure && <UnsureNotice draft={draft} pending={pending} />}
      </Form>
    </>
  );
}

/** Says that the answer to an earlier attempt was lost, except while an attempt runs. */
function UnsureNotice({ draft, pending }: { draft: DraftFields; pending: DraftFields }) {
  const { busy } = useForm();
  if (busy) return null;
  return (
    <ErrorText
      text={[texts.unsure, isChanged(draft, pending) && texts.unsureText(pending.subject)].filter(Boolean).join(" ")}
    />
  );
}

/** Opens the thread as soon as the server confirms it, by an answer or by a frame. */
function useOpenRaisedThread(ownAccount: Account, school: string, threadsPage: string): void {
  const raised = ownAccount.confirmedRaise.value;
  useEffect(() => {
    if (raised?.school !== school || raised.shownBy !== route.peek()) return;
    if (raised.changed) toast(texts.changed);
    navigate(threadsPage, raised.thread, { replace: true });
  }, [raised, school, threadsPage]);
}

const isChanged = (draft: DraftFields, pending: DraftFields): boolean =>
  cleanText(draft.text) !== pending.text || cleanLine(draft.subject) !== pending.subject;

/** The errors to show for a raise. That its result is unknown is shown by UnsureNotice. */
function resultErrors(result: RaiseResult): FieldErrors {
  if (result.t === "refused") return { form: `${result.sentence} ${texts.textKept}` };
  if (result.t === "not_sent") return { form: `${texts.unreached} ${texts.textKept}` };
  return result.t === "changed" ? { form: pageMessages.composer.changed } : {};
}

const validate = ({ subject, text }: DraftFields): FieldErrors => ({
  ...textError("subject", subject, TEXT_FIELDS.subject, texts.aboutMissing),
  ...textError("text", text, TEXT_FIELDS.message, texts.textMissing),
});
