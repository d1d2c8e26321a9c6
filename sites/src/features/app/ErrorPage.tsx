// The page for an error while a page is drawn or starts: it says what happened and offers a way on. Never a white page.

import { Component, type ComponentChildren } from "preact";
import { storageStatus, clearNamespace } from "../../browser/storage";
import { messages } from "../../i18n/messages";
import { AuthLayout } from "../../ui/AuthLayout";

interface ErrorPageProps {
  error: unknown;
  /** The name under which this site stores data; unknown until the configuration is loaded. */
  name?: string | undefined;
}

export function ErrorPage({ error, name }: ErrorPageProps) {
  const texts = messages.errorPage;
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

/** Draws its children, or the error page after one of them has thrown. */
export class ErrorBoundary extends Component<{ name: string; children: ComponentChildren }, { error: unknown }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    return this.state.error === null ? (
      this.props.children
    ) : (
      <ErrorPage error={this.state.error} name={this.props.name} />
    );
  }
}
