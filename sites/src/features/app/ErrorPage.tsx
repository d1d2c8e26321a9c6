// The page for an error while a page is drawn or starts: it says what happened and offers a way on. Never a white page.

import { clearNamespace } from "../../browser/clear-namespace";
import { storageStatus } from "../../browser/storage";
import { pageMessages } from "../../i18n/page-messages";
import { AuthLayout } from "../../ui/AuthLayout";

const { errorPage: texts } = pageMessages;

export interface ErrorPageProps {
  error: unknown;
  /** The name under which this site stores data; unknown until the configuration is loaded. */
  name?: string | undefined;
}

export function ErrorPage({ error, name }: ErrorPageProps) {
  const clear = () => {
    clearNamespace(name ?? "");
    location.reload();
  };
  return (
    <AuthLayout site="">
      <p class="lead">{texts.title}</p>
      <p>{storageStatus.value === "available" ? texts.draftsKept : texts.draftsLost}</p>
      <div class="auth-actions">
        <button type="button" class="button primary wide" onClick={() => location.reload()}>
          {texts.reload}
        </button>
        {name && (
          <>
            <p class="muted">{texts.again}</p>
            <button type="button" class="button wide" onClick={clear}>
              {texts.clear}
            </button>
          </>
        )}
      </div>
      <p class="muted small" translate={false}>
        {String(error)}
      </p>
    </AuthLayout>
  );
}
